"""The Lab Streaming Layer outlet of a source, with its companion stream of markers."""

import time
import uuid
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

import msgspec
import numpy as np
import pylsl
from numpy.typing import NDArray

from contracts.records import Channel, Role, StreamDescription

INDEX_CHANNEL = Channel(label="index", unit="samples", role="counter")
"""Says of each sample its number since the outlet began, samples lost in a hole counted."""

_CHANNEL_TYPES: dict[Role, str] = {"emg": "EMG", "aux": "AUX", "trigger": "trigger", "counter": "counter"}
_POLL_S = 0.02
_BUFFERED_S = 60


class Outlet(Protocol):
    """Where a player or a bridge puts samples and markers."""

    def push(
        self, samples: NDArray[np.float32], aux: NDArray[np.float64], first_index: int, stamp: float
    ) -> None:
        """Send consecutive samples; `stamp` is the time of the last one."""
        ...

    def mark(self, text: str, stamp: float) -> None:
        """Send one marker."""
        ...

    def has_consumer(self) -> bool:
        """True while somebody receives the samples."""
        ...

    def drain(self, timeout_s: float) -> None:
        """Give the consumers time to take what was sent."""
        ...


class LslOutlet:
    """A stream of samples and a stream of markers on Lab Streaming Layer.

    Channel metadata is where the XDF conventions have it (`desc/channels/channel/{label,unit,type}`), the
    rest of the description in `desc/subject/{muscle,side,age}`, `desc/replay/speed` and
    `desc/acquisition/{manufacturer,model,notes,...}`: no name, no identifier. The notes say what was
    assumed of a recording, a missing unit for instance, or that the signal is synthetic.

    Samples are float32. With the index channel, or any other counter, the stream is double64, because
    float32 counts exactly only to 2^24, which is 12 minutes of a needle at 23.4 kHz; a double counts
    exactly for longer than any recording lasts, and every float32 sample is a double too.

    The markers travel in an irregular string stream `<name> markers` of type `Markers` with the source id
    `<source_id>-markers`. Without a source id of its own each outlet gets a unique one: an empty one would
    end the inlet with the outlet, and one derived from the name would let two replays be taken for one.
    """

    def __init__(
        self,
        description: StreamDescription,
        *,
        source_id: str | None = None,
        index_channel: bool = False,
        acquisition: Mapping[str, str] | None = None,
    ) -> None:
        channels = (*description.channels, INDEX_CHANNEL) if index_channel else description.channels
        exact = any(channel.role == "counter" for channel in channels)
        self._index_channel = index_channel
        self._dtype = np.dtype(np.float64 if exact else np.float32)
        self.description = msgspec.structs.replace(
            description,
            channels=channels,
            source_id=source_id or f"myoscope-{uuid.uuid4().hex[:12]}",
            sample_format="double64" if exact else "float32",
        )
        """What is on the air, source id and number format included."""
        self._signal: pylsl.StreamOutlet | None = pylsl.StreamOutlet(
            _signal_info(self.description, acquisition or {}), max_buffered=_BUFFERED_S
        )
        self._markers: pylsl.StreamOutlet | None = pylsl.StreamOutlet(_marker_info(self.description))

    def push(
        self, samples: NDArray[np.float32], aux: NDArray[np.float64], first_index: int, stamp: float
    ) -> None:
        """Send consecutive samples.

        samples: f32 `(n, n_emg)`; aux: f64 `(n, n_aux)`; first_index: what the index channel says of the
        first sample; stamp: seconds on the LSL clock of the last one, from which liblsl reckons the
        others by the nominal rate.
        """
        if self._signal is None:
            raise ValueError("the outlet is closed")
        if not self._index_channel and aux.shape[1] == 0 and self._dtype == np.float32:
            self._signal.push_chunk(samples, stamp)
            return
        block = np.empty((samples.shape[0], len(self.description.channels)), self._dtype)
        n_emg, n_aux = samples.shape[1], aux.shape[1]
        block[:, :n_emg] = samples
        block[:, n_emg : n_emg + n_aux] = aux
        if self._index_channel:
            block[:, -1] = np.arange(first_index, first_index + samples.shape[0])
        self._signal.push_chunk(block, stamp)

    def mark(self, text: str, stamp: float) -> None:
        """Send one marker; stamp: seconds on the LSL clock."""
        if self._markers is None:
            raise ValueError("the outlet is closed")
        self._markers.push_sample([text], stamp)

    def has_consumer(self) -> bool:
        """True while somebody receives the samples."""
        return self._signal is not None and self._signal.have_consumers()

    def has_marker_consumer(self) -> bool:
        """True while somebody receives the markers."""
        return self._markers is not None and self._markers.have_consumers()

    def drain(self, timeout_s: float) -> None:
        """Wait until the consumers have gone, or `timeout_s` seconds.

        An outlet that is destroyed right after its last push takes the tail with it: of 23,400 samples
        pushed at once an inlet got none. liblsl does not tell what is still on its way, hence a time.
        """
        stop = time.monotonic() + timeout_s
        while self.has_consumer() and time.monotonic() < stop:
            time.sleep(_POLL_S)

    def close(self) -> None:
        """Take both streams off the air. Closing twice is harmless."""
        self._signal = None  # pylsl destroys an outlet when its last reference goes
        self._markers = None

    def __enter__(self) -> Self:
        """The outlet itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def _signal_info(description: StreamDescription, acquisition: Mapping[str, str]) -> pylsl.StreamInfo:
    info = pylsl.StreamInfo(
        name=description.name,
        type=description.type,
        channel_count=len(description.channels),
        nominal_srate=description.rate_hz,
        channel_format=pylsl.cf_double64 if description.sample_format == "double64" else pylsl.cf_float32,
        source_id=description.source_id,
    )
    desc = info.desc()
    channels = desc.append_child("channels")
    for channel in description.channels:
        node = channels.append_child("channel")
        node.append_child_value("label", channel.label)
        node.append_child_value("unit", "microvolts" if channel.unit == "uV" else channel.unit)
        node.append_child_value("type", _CHANNEL_TYPES[channel.role])
    subject = desc.append_child("subject")
    for key, value in msgspec.structs.asdict(description.subject).items():
        if value is not None:
            subject.append_child_value(key, str(value))
    maker = desc.append_child("acquisition")
    stated = {
        "manufacturer": description.manufacturer,
        "model": description.model,
        "notes": " ".join(description.notes),
        **acquisition,
    }
    for key, value in stated.items():
        if value:
            maker.append_child_value(key, value)
    if description.replay_speed is not None:
        desc.append_child("replay").append_child_value("speed", repr(description.replay_speed))
    return info


def _marker_info(description: StreamDescription) -> pylsl.StreamInfo:
    return pylsl.StreamInfo(
        name=f"{description.name} markers",
        type="Markers",
        channel_count=1,
        nominal_srate=pylsl.IRREGULAR_RATE,
        channel_format=pylsl.cf_string,
        source_id=f"{description.source_id}-markers",
    )
