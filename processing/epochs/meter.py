"""Epochs of stable effort, as the phases become known."""

import numpy as np
from numpy.typing import NDArray

from contracts.measured import Epoch, PhaseKind
from contracts.refusal import Refusal
from processing.epochs.cloud import Cloud
from processing.epochs.settings import EpochSettings
from processing.interference import measure_epoch
from processing.ring import RingBuffer

EFFORTS: tuple[PhaseKind, ...] = ("minimal", "moderate", "maximal")
DEFAULTS = EpochSettings()


class EpochMeter:
    """Measures the interference pattern of one channel in epochs that lie within one effort.

    The signal waits until its phase is told, `hold_s` at most. Epochs follow each other from the beginning of an
    effort; where the effort changes within one, the next is tried a part of its length later. What comes out depends
    on the samples and on what hops they belong to alone, not on chunks nor on when the phase was told. Written to
    every epoch: `channel`, `site` and `cloud` as they are set when its phase becomes known.
    """

    def __init__(self, rate_hz: float, settings: EpochSettings = DEFAULTS) -> None:
        self.channel = 0
        self.site = 1
        self.cloud: Cloud | None = None
        """The normal area of this muscle."""
        self._settings, self._rate_hz = settings, rate_hz
        self._length = max(2, round(settings.pattern.epoch_s * rate_hz))
        self._stride = max(1, round(settings.stride * self._length))
        self._ring = RingBuffer(max(round(settings.hold_s * rate_hz), 2 * self._length), 1)
        self._fed = False
        self._forget()

    def _forget(self) -> None:
        self._phase: PhaseKind = "unknown"
        self._start = self._known = self._cut = 0

    def feed(self, samples: NDArray[np.float32], first_index: int) -> None:
        """Take the next samples, f32 `(n_samples,)` microvolt. Raises Refusal where they do not follow."""
        if not self._fed:
            self.gap(first_index)
        if first_index != self._ring.stop_index:
            raise Refusal(
                found=f"samples from index {first_index}",
                wanted=f"those from {self._ring.stop_index}",
                do="Tell of missing samples by calling gap.",
            )
        self._ring.push(samples[:, None])

    def gap(self, at_index: int) -> None:
        """The next sample has this index; tell the phases of all before it first. No epoch spans it."""
        self._fed = True
        self._ring.reset(at_index)
        self._forget()

    def cut(self, at_index: int) -> None:
        """Another needle position or muscle from here on: no epoch spans it, and none before it comes any more."""
        self._cut = at_index

    def phase(self, phase: PhaseKind, first_index: int, stop_index: int) -> list[Epoch]:
        """The epochs that are whole now that these samples, which were fed, are known to belong to this phase.

        Stretches are told in order; one that does not follow the one before begins a new effort.
        """
        if phase != self._phase or first_index != self._known:
            self._phase, self._start = phase, first_index
        self._known = stop_index
        self._start = max(self._start, self._ring.first_index, self._cut)
        found: list[Epoch] = []
        while phase in EFFORTS and self._start + self._length <= stop_index:
            epoch = self._measure(phase, self._start)
            self._start += self._stride if epoch is None else self._length
            if epoch is not None:
                found.append(epoch)
        return found

    def _measure(self, phase: PhaseKind, first_index: int) -> Epoch | None:
        """The epoch from this index; None where effort was not stable or samples are not finite."""
        stop_index = first_index + self._length
        signal = self._ring.window(stop_index, self._length)[:, 0]
        if not stable(signal, self._settings):
            return None
        m = measure_epoch(signal, self._rate_hz, self._settings.pattern)
        cloud = self.cloud
        return Epoch(
            channel=self.channel,
            site=self.site,
            first_index=first_index,
            stop_index=stop_index,
            phase=phase,
            turns_per_s=m.turns_per_s,
            mean_amplitude_uv=m.mean_amplitude_uv,
            turns_amplitude_ratio=m.turns_amplitude_ratio,
            small_segments_per_s=m.small_segments_per_s,
            activity=m.activity,
            upper_centile_amplitude_uv=m.upper_centile_amplitude_uv,
            envelope_uv=m.envelope_uv,
            in_cloud=cloud.holds(m.turns_per_s, m.mean_amplitude_uv) if cloud is not None else None,
        )


def stable(signal: NDArray[np.float32], settings: EpochSettings) -> bool:
    """Whether the RMS of its parts, each about its mean, is alike; no for what is not finite."""
    sizes = [float(np.std(part)) for part in np.array_split(signal.astype(np.float64), settings.parts)]
    return bool(np.isfinite(sizes).all()) and max(sizes) <= settings.parts_ratio * min(sizes)
