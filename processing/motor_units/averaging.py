"""The averaged potential of a unit, from the signal as it was recorded."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_template import read_about_baseline
from processing.motor_units.middles import middles
from processing.motor_units.tracking_settings import AveragingSettings


class Average(NamedTuple):
    """The median of the newest discharges."""

    template: NDArray[np.float32]
    """`(n_samples,)` microvolt about its baseline, unfiltered; the unit's peak in the detection signal is in
    the middle. Empty before the first."""
    aligned: NDArray[np.float32]
    """Those discharges, `(n, n_samples)`, in the order in which they came."""
    apart: bool
    """Whether nothing but known units was near any of them."""
    amplitude_uv: float
    """Peak to peak."""
    noise_uv: float
    """Standard deviation of what one discharge has besides the template, where no other activity is near it;
    infinite below two discharges."""
    template_noise_uv: float
    """Of what the averaging has left of it."""

    @property
    def discharges(self) -> int:
        """How many."""
        return len(self.aligned)

    def is_clear(self, limits: AveragingSettings) -> bool:
        """Whether the template stands far enough above what one discharge has besides, and above what is left of it."""
        return self.amplitude_uv >= max(
            limits.trusted_snr * self.noise_uv, limits.trusted_template_snr * self.template_noise_uv
        )


class Averager:
    """Keeps the newest discharges of one unit, aligned, other units' subtracted.

    Those with nothing unknown near them are kept apart from the rest, and suffice once they are enough.
    """

    def __init__(self, rate_hz: float, settings: AveragingSettings) -> None:
        per_ms = rate_hz / 1000.0
        self.half = round(settings.half_ms * per_ms)
        self._apart = round(settings.apart_ms * per_ms)
        self._edge = max(1, round(settings.edge_ms * per_ms))
        self._settings = settings
        shape = (settings.discharges, 2 * self.half + 1)
        self._rows = (np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32))
        """Near something unknown; apart."""
        self._taken = [0, 0]
        self._taper = _taper(round(settings.subtract_ms * per_ms), self._edge)
        self._known = np.empty(0, dtype=np.float32)
        self._unused = 0
        self._average: Average | None = None

    def add(
        self,
        samples: NDArray[np.float32],
        start: int,
        taps: NDArray[np.float32],
        known: NDArray[np.float32],
        apart: bool,
    ) -> None:
        """Take one more, that begins at samples[start] and a part of a sample later, see `between`, with what was taken
        off about its peak, `known`, added again; the oldest leaves."""
        rows = self._rows[apart]
        read_about_baseline(samples, start, taps, known, self._edge, rows[self._taken[apart] % len(rows)])
        self._taken[apart] += 1
        self._unused += 1
        self._average = None

    def known(self) -> NDArray[np.float32]:
        """What to subtract where this unit discharges, f32, an odd number of samples about its peak; none before there
        are discharges enough. It is looked at again after a few more."""
        enough = self._settings.renewed
        if self._unused >= enough:
            reach = self._taper.size // 2
            near = slice(self.half - reach, self.half + reach + 1)
            self._known = middles(self._newest(self._suffices(), near))[1] * self._taper
            self._unused = 0
        return self._known

    def average(self) -> Average:
        """The template of what is held; made anew only where that changed."""
        if self._average is None:
            self._average = self._made()
        return self._average

    def _made(self) -> Average:
        apart = self._suffices()
        rows = self._newest(apart)
        n = len(rows)
        if n == 0:
            return Average(np.empty(0, dtype=np.float32), rows, apart, 0.0, math.inf, math.inf)
        lower, upper = middles(rows)
        template = (lower + upper) / np.float32(2.0)
        amplitude = float(np.ptp(template))
        if n == 1:
            return Average(template, rows, apart, amplitude, math.inf, math.inf)
        near = slice(self.half - self._apart, self.half + self._apart + 1)
        noise = float(np.std(rows[:, near] - template[near])) * math.sqrt(n / (n - 1))
        # The median of n normal values varies sqrt(pi / 2) times as much as their mean.
        return Average(template, rows, apart, amplitude, noise, noise * math.sqrt(math.pi / 2.0 / n))

    def _suffices(self) -> bool:
        """Whether those apart are enough."""
        return self._taken[1] >= self._settings.trusted_discharges or not self._taken[0]

    def _newest(self, apart: bool, part: slice = slice(None)) -> NDArray[np.float32]:
        """A part of the rows in order; where those apart are too few, both kinds, those near something first."""
        if apart:
            return self._ordered(1, part)
        both = np.concatenate([self._ordered(0, part), self._ordered(1, part)])
        return both[-self._settings.discharges :]

    def _ordered(self, kind: int, part: slice) -> NDArray[np.float32]:
        rows, taken = self._rows[kind][:, part], self._taken[kind]
        return rows[:taken].copy() if taken <= len(rows) else np.roll(rows, -(taken % len(rows)), axis=0)


def _taper(reach: int, edge: int) -> NDArray[np.float32]:
    """One, falling to zero over `edge` at either end, f32 `(2 * reach + 1,)`."""
    ramp = np.minimum(1.0, (np.arange(2 * reach + 1) + 0.5) / edge)
    return np.minimum(ramp, ramp[::-1]).astype(np.float32)
