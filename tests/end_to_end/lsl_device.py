"""A device in a process of its own: an LSL outlet whose first channel is the sample index.

Run as `python -m tests.end_to_end.lsl_device '<DeviceSpec as JSON>'`. The index is the number of sample periods since
`origin_s` on the LSL clock, and stamps are `origin_s + index / rate_hz`: a device that is killed and started again with
the same origin goes on counting as a real one does, so that what is missing is known exactly.
"""

import sys
import time

import msgspec
import numpy as np
import pylsl
from pylsl.lib import string2fmt


class DeviceSpec(msgspec.Struct, frozen=True):
    """What the device says of itself, and how it sends."""

    source_id: str
    name: str = "Test device"
    type: str = "EMG"
    rate_hz: float = 1000.0
    sample_format: str = "float32"
    labels: tuple[str, ...] = ("index", "EMG1")
    units: tuple[str, ...] = ("", "uV")
    types: tuple[str, ...] = ("counter", "EMG")
    origin_s: float = 0.0
    chunk: int = 20
    scale: float = 1.0
    """EMG channels carry the index modulo 1000, times this."""
    silent_after_s: float | None = None
    """Stay there, but send nothing more."""


def outlet_of(spec: DeviceSpec) -> pylsl.StreamOutlet:
    """An outlet that describes itself as the spec says."""
    info = pylsl.StreamInfo(
        spec.name, spec.type, len(spec.labels), spec.rate_hz, string2fmt[spec.sample_format], spec.source_id
    )
    channels = info.desc().append_child("channels")
    for label, unit, kind in zip(spec.labels, spec.units, spec.types, strict=True):
        channel = channels.append_child("channel")
        channel.append_child_value("label", label)
        channel.append_child_value("unit", unit)
        channel.append_child_value("type", kind)
    return pylsl.StreamOutlet(info, 0, 60)


def samples_of(spec: DeviceSpec, first: int, n: int) -> np.ndarray:
    """`(n, channels)`: the index, then its remainder by 1000 in every other channel."""
    index = np.arange(first, first + n, dtype=np.float64)
    rest = np.repeat((index % 1000 * spec.scale)[:, None], len(spec.labels) - 1, axis=1)
    return np.column_stack((index, rest))


def main() -> None:
    """Send until killed, or until the standard input closes (whoever started us has gone)."""
    spec = msgspec.json.decode(sys.argv[1], type=DeviceSpec)
    outlet = outlet_of(spec)
    sent = int((pylsl.local_clock() - spec.origin_s) * spec.rate_hz)
    started_at = pylsl.local_clock()
    while True:
        now = pylsl.local_clock()
        silent = spec.silent_after_s is not None and now - started_at > spec.silent_after_s
        while not silent and (now - spec.origin_s) * spec.rate_hz >= sent + spec.chunk:
            last_stamp = spec.origin_s + (sent + spec.chunk - 1) / spec.rate_hz
            outlet.push_chunk(samples_of(spec, sent, spec.chunk), last_stamp)
            sent += spec.chunk
        time.sleep(0.002)


if __name__ == "__main__":
    main()
