"""An EMG machine's analogue output on Lab Streaming Layer, through a sound input."""

import threading
from collections.abc import Mapping
from contextlib import closing
from typing import Literal

import numpy as np
import pylsl

from contracts.clock import Clock
from contracts.records import Channel, StreamDescription, Subject
from contracts.refusal import Refusal
from simulators.calibration import Calibration
from simulators.outlet import LslOutlet, Outlet
from simulators.sound_input import SoundBlock, SoundInput

COUNTS_PER_FULL_SCALE = 32768.0
"""Without a calibration samples are sent as if from a 16-bit converter, whatever the card has."""

_DRAIN_S = 1.0


def bridge_outlet(
    sound: SoundInput,
    calibration: Calibration | None,
    *,
    name: str = "EMG bridge",
    source_id: str | None = None,
    subject: Subject | None = None,
) -> LslOutlet:
    """An LSL outlet for an input, open: in microvolt if calibrated, otherwise in counts.

    Counts are no voltage: whoever reads the stream refuses microvolt measures and norms for it, which is
    the point. `desc/acquisition` says how the input was calibrated and which band was measured.
    """
    unit = "counts" if calibration is None else "uV"
    labels = ["EMG"] if sound.n_channels == 1 else [f"EMG {c + 1}" for c in range(sound.n_channels)]
    description = StreamDescription(
        name=name,
        rate_hz=sound.rate_hz,
        channels=tuple(Channel(label=label, unit=unit) for label in labels),
        subject=subject or Subject(),
        model="sound input",
    )
    return LslOutlet(description, source_id=source_id, acquisition=_facts(sound, calibration))


class Bridge:
    """Sends what an input hears to an outlet.

    A block is stamped with the time at which its last sample was taken: the moment it was handed over
    less its age. The card keeps its own time, so its rate differs from the nominal one by some parts in a
    million and its stamps jitter with the driver; a reader that dejitters cures both. Samples that the
    card lost are a jump of the stamps and a marker `card overflow`.

    Raises Refusal where a calibration is not that of this input, at this rate, for as many channels.
    """

    def __init__(
        self,
        sound: SoundInput,
        calibration: Calibration | None,
        outlet: Outlet,
        *,
        clock: Clock = pylsl.local_clock,
    ) -> None:
        self._sound, self._outlet, self._clock = sound, outlet, clock
        self._scale = _scale(sound, calibration)
        self.n_samples = 0
        """Sent so far."""
        self.overflows = 0
        """How often the card lost samples."""

    def run(self, stop: threading.Event) -> Literal["end of input", "stopped"]:
        """How it ended: with its input, or because of `stop` or Ctrl-C. Raises Refusal if the card fails."""
        try:
            with closing(self._sound.blocks()) as blocks:
                for block in blocks:
                    if stop.is_set():
                        return "stopped"
                    self._send(block)
        except KeyboardInterrupt:
            return "stopped"
        self._outlet.mark("end of recording", self._clock())
        self._outlet.drain(_DRAIN_S)
        return "end of input"

    def _send(self, block: SoundBlock) -> None:
        n = block.samples.shape[0]
        stamp = self._clock() - block.age_s
        if block.overflowed:
            self.overflows += 1
            self._outlet.mark("card overflow", stamp - (n - 1) / self._sound.rate_hz)
        self._outlet.push(block.samples * self._scale, np.empty((n, 0)), self.n_samples, stamp)
        self.n_samples += n


def _scale(sound: SoundInput, calibration: Calibration | None) -> np.ndarray:
    """Per channel, f32: microvolt (or counts) for a sample of 1.0."""
    if calibration is None:
        return np.full(sound.n_channels, COUNTS_PER_FULL_SCALE, np.float32)
    for what, held, calibrated in (
        ("device", sound.device, calibration.device),
        ("rate in Hz", sound.rate_hz, calibration.rate_hz),
        ("number of channels", sound.n_channels, len(calibration.uv_per_full_scale)),
    ):
        if held != calibrated:
            raise Refusal(
                found=f"a sound input whose {what} is {held}",
                wanted=f"{calibrated}, as when it was calibrated",
                do="Calibrate this input, or use that one.",
            )
    return np.array(calibration.uv_per_full_scale, np.float32)


def _facts(sound: SoundInput, calibration: Calibration | None) -> Mapping[str, str]:
    if calibration is None:
        return {"input": sound.device, "calibration": "none: amplitudes are counts", "band": "not measured"}
    known = f"{calibration.shape} of {calibration.known_uv_pp:g} uV peak to peak, {calibration.measured_on}"
    band = calibration.band_hz
    stated = "not measured" if band is None else f"{band[0]:.1f} to {band[1]:.0f} Hz (-3 dB, measured)"
    return {"input": sound.device, "calibration": known, "band": stated}
