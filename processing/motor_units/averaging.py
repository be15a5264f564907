"""The averaged potential of a unit, from the signal as it was recorded."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.motor_units.tracking_settings import AveragingSettings


class Average(NamedTuple):
    """The median of the newest discharges that stood alone."""

    template: NDArray[np.float32]
    """`(n_samples,)` microvolt about its baseline, unfiltered; the unit's peak in the detection signal is in
    the middle. Empty before the first."""
    discharges: int
    amplitude_uv: float
    """Peak to peak."""
    noise_uv: float
    """Standard deviation of what one discharge has besides the template, where no other activity is near it;
    infinite below two discharges."""
    template_noise_uv: float
    """Of what the averaging has left of it."""


class Averager:
    """Keeps the newest discharges of one unit that stood alone, aligned."""

    def __init__(self, rate_hz: float, settings: AveragingSettings) -> None:
        per_ms = rate_hz / 1000.0
        self.half = round(settings.half_ms * per_ms)
        self._apart = round(settings.apart_ms * per_ms)
        self._edge = max(1, round(settings.edge_ms * per_ms))
        self._rows = np.zeros((settings.discharges, 2 * self.half + 1), dtype=np.float32)
        self._taken = 0

    def add(self, discharge: NDArray[np.float32]) -> None:
        """Take one more, f32 `(2 * half + 1,)` microvolt; the oldest leaves."""
        edges = np.concatenate([discharge[: self._edge], discharge[-self._edge :]])
        self._rows[self._taken % len(self._rows)] = discharge - np.median(edges)
        self._taken += 1

    def average(self) -> Average:
        """The template of what is held."""
        n = min(self._taken, len(self._rows))
        if n == 0:
            return Average(np.empty(0, dtype=np.float32), 0, 0.0, math.inf, math.inf)
        rows = self._rows[:n]
        template = np.median(rows, axis=0).astype(np.float32)
        amplitude = float(np.ptp(template))
        if n == 1:
            return Average(template, n, amplitude, math.inf, math.inf)
        near = slice(self.half - self._apart, self.half + self._apart + 1)
        noise = float(np.std(rows[:, near] - template[near])) * math.sqrt(n / (n - 1))
        # The median of n normal values varies sqrt(pi / 2) times as much as their mean.
        return Average(template, n, amplitude, noise, noise * math.sqrt(math.pi / 2.0 / n))
