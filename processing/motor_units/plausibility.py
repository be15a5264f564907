"""Whether the discharges of a shape can be those of a motor unit, and of which."""

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_match import best_correlation
from processing.motor_units.tracking_settings import TrainSettings
from processing.motor_units.train import Train


class Plausibility:
    """Firing times and shapes against the settings, at one rate."""

    def __init__(self, rate_hz: float, settings: TrainSettings) -> None:
        per_ms = rate_hz / 1000.0
        self._settings = settings
        self._fastest = settings.fastest_ms * per_ms
        self._slowest = settings.slowest_ms * per_ms
        self._merge = settings.merge_ms * per_ms
        self._merge_lag = round(settings.merge_lag_ms * per_ms)
        self._locked = settings.locked_ms * per_ms
        self._locked_within = settings.locked_within_ms * per_ms

    def mixed(self, train: Train) -> bool:
        """Too many intervals are shorter than one unit's can be: two units."""
        intervals = train.intervals()
        return (
            bool(intervals.size) and self._share(intervals, self._fastest) > self._settings.fastest_fraction
        )

    def irregular(self, train: Train) -> bool:
        """Discharges are missing, or some are not its own."""
        intervals = train.intervals()
        return (
            intervals.size > 1 and float(np.std(intervals) / np.mean(intervals)) > self._settings.irregular_cv
        )

    def voluntary(self, train: Train) -> bool:
        """Neither too fast nor clocked, with discharges enough to tell."""
        intervals = train.intervals()
        if intervals.size < self._settings.born - 1 or self.mixed(train):
            return False
        if not self._steady(intervals):
            return False
        shortest = float(intervals.min())
        multiples = intervals / shortest
        return bool(np.max(np.abs(multiples - np.round(multiples))) > self._settings.clocked_fraction)

    def _steady(self, intervals: NDArray[np.int64]) -> bool:
        """Whether the newest intervals are short enough, and so many of them near their median."""
        newest = intervals[-self._settings.newest :]
        middle = float(np.median(newest))
        near = np.abs(newest - middle) <= self._settings.regular_band * middle
        return middle <= self._slowest and float(np.mean(near)) >= self._settings.regular_fraction

    def alike(self, a: Train, b: Train) -> bool:
        """Whether two shapes are so near each other that one unit may have both."""
        sizes = sorted((float(np.ptp(a.shape)), float(np.ptp(b.shape))))
        if sizes[1] > self._settings.merge_ratio * sizes[0]:
            return False
        return best_correlation(a.shape, b.shape, self._merge_lag) > self._settings.merge_correlation

    def fit_together(self, a: Train, b: Train) -> bool:
        """Whether the discharges of both can be those of one unit."""
        together = np.diff(np.array(sorted(a.indices + b.indices), dtype=np.int64))
        return self._share(together, self._merge) < self._settings.merge_fraction

    def part_of(self, a: Train, b: Train) -> bool:
        """Whether `a` is but a part of unit `b`: it comes at one interval before or after its discharges."""
        theirs = np.array(b.indices, dtype=np.int64)
        own = np.array(a.indices, dtype=np.int64)
        if theirs.size < 2 or own.size < 2:
            return False
        at = np.clip(np.searchsorted(theirs, own), 1, theirs.size - 1)
        before, after = own - theirs[at - 1], own - theirs[at]
        nearest = np.where(np.abs(before) <= np.abs(after), before, after)
        near = nearest[np.abs(nearest) <= self._locked_within]
        needed = self._settings.locked_fraction * own.size
        if near.size < needed:
            return False
        return bool(np.count_nonzero(np.abs(near - np.median(near)) <= self._locked) >= needed)

    @staticmethod
    def _share(intervals: NDArray[np.int64], shortest: float) -> float:
        return float(np.count_nonzero(intervals < shortest)) / max(1, intervals.size)
