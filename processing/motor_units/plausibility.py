"""Whether the discharges of a shape can be those of a motor unit, and of which."""

import math
from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_correlation import best_correlation, span
from processing.kernels.muap_evidence import evidence
from processing.kernels.muap_lock import locked
from processing.motor_units.firing import unevenness
from processing.motor_units.middles import median
from processing.motor_units.tracking_settings import TrainSettings
from processing.motor_units.train import Train

MEANS = 60
"""Mean intervals that are tried: one every 5 %, beside a spread of 15 %."""


class Plausibility:
    """Firing times and shapes against the settings: times at the recording's rate, shapes at the detection signal's."""

    def __init__(
        self, rate_hz: float, band_hz: float, impulses: NDArray[np.float32], settings: TrainSettings
    ) -> None:
        per_ms = rate_hz / 1000.0
        self._settings = settings
        self.strained = False
        """Whether the person does more than tense the muscle slightly."""
        self._beside = max(2, round(settings.impulse_ms * band_hz / 1000.0))
        self._impulses = _about_peaks(impulses, self._beside)
        parts = np.arange(1.0, settings.mains_harmonics + 1.0)
        self._mains = np.concatenate([rate_hz / hz / parts for hz in settings.mains_hz])
        self._mains_within = np.full(self._mains.size, settings.mains_within_ms * per_ms)
        self._fastest = settings.fastest_ms * per_ms
        self._slowest = settings.slowest_ms * per_ms
        self._merge = settings.merge_ms * per_ms
        self._merge_lag = round(settings.merge_lag_ms * band_hz / 1000.0)
        self._locked = settings.locked_ms * per_ms
        self._means = np.geomspace(settings.shortest_ms, settings.slowest_ms, MEANS) * per_ms
        self._locked_within = settings.locked_within_ms * per_ms

    @staticmethod
    def warm_up() -> None:
        """Compile what compares shapes and weighs intervals."""
        evidence(np.ones(2, dtype=np.int64), np.ones(2), 1, 0.1, 0.1)
        shape, times = np.ones(4, dtype=np.float32), np.arange(4)
        best_correlation(shape, shape, 1)
        span(shape)
        locked(times, times, 1.0, 1.0, np.empty_like(times))

    def impulsive(self, train: Train) -> bool:
        """Whether a shape is about its peak what the filter makes of a single sample, which no muscle gives.

        Farther from it lie other samples of the same noise; and the peak is not always in the middle.
        """
        peak = int(np.abs(train.shape).argmax())
        about = np.pad(train.shape, self._beside)[peak : peak + 2 * self._beside + 1]
        size = math.sqrt(float((about * about).sum()))
        alike = np.abs((self._impulses * about).sum(axis=1)).max()
        return float(alike) > self._settings.impulse_correlation * size

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

    def unwilled(self, train: Train) -> bool:
        """Whether neighbouring intervals differ by so little as those of a fibre that discharges by itself, which goes
        on while others obey the will."""
        newest = train.intervals()[-self._settings.unwilled_of :]
        if newest.size < self._settings.unwilled_least:
            return False
        return float(median(unevenness(newest[:-1], newest[1:]))) < self._settings.unwilled_uneven

    def voluntary(self, train: Train) -> bool:
        """Neither too fast nor clocked, and rather a unit's, of which some are missed, than chance."""
        intervals = train.intervals()
        if intervals.size < self._settings.born - 1:
            return False
        newest = intervals[-self._settings.newest :]
        if float(newest.sum()) / newest.size > self._slowest or self.mixed(train):
            return False
        if self.evidence(newest) < self._least_evidence(train):
            return False
        return not self._clocked(newest) and not self.impulsive(train)

    def _least_evidence(self, train: Train) -> float:
        if float(np.abs(train.shape).max()) < self._settings.faint_uv:
            return self._settings.faint_evidence
        return self._settings.strained_evidence if self.strained else self._settings.evidence

    def _clocked(self, intervals: NDArray[np.int64]) -> bool:
        """Whether most intervals are whole multiples of one of the shortest, or of a part of the mains' period."""
        shortest = np.maximum(1.0, np.sort(intervals)[: self._settings.clocked_tries])
        periods = np.concatenate([shortest, self._mains])[:, None]
        off = np.abs(intervals - periods * np.round(intervals / periods))
        within = np.concatenate([self._settings.clocked_fraction * shortest, self._mains_within])[:, None]
        return bool((off <= within).mean(axis=1).max() > self._settings.clocked_share)

    def evidence(self, intervals: NDArray[np.int64]) -> float:
        """Natural logarithm of how much likelier the intervals are a unit's than those of discharges at random.

        A unit's interval is the sum of one or a few of normal length, as many as were missed and one; the mean
        that suits best is taken. At random they are exponential.
        """
        # Tried: an exponential that begins after `early_ms`, before which hardly any discharge is taken. It keeps
        # heavy-tailed noise from bearing units, as `impulsive` does, but loses a tenth of recall at moderate effort.
        s = self._settings
        return (
            evidence(intervals, self._means, s.skipped, s.interval_cv, s.stray)
            if intervals.size
            else -math.inf
        )

    def alike(self, a: Train, b: Train) -> bool:
        """Whether two shapes are so near each other that one unit may have both."""
        return self._near(a, b, self._settings.merge_correlation, self._settings.merge_ratio)

    def similar(self, a: Train, b: Train) -> bool:
        """Whether discharges of one may be taken for the other's."""
        return self._near(a, b, self._settings.similar_correlation, self._settings.similar_ratio)

    def _near(self, a: Train, b: Train, correlation: float, ratio: float) -> bool:
        of_a, of_b = span(a.shape), span(b.shape)
        if max(of_a, of_b) > ratio * min(of_a, of_b):
            return False
        return best_correlation(a.shape, b.shape, self._merge_lag) > correlation

    def fit_together(self, a: Train, b: Train) -> bool:
        """Whether the discharges of both can be those of one unit."""
        together = np.diff(np.array(sorted(a.indices + b.indices), dtype=np.int64))
        return self._share(together, self._merge) < self._settings.merge_fraction

    def better_together(self, a: Train, b: Train) -> bool:
        """Whether the newest discharges of both are those of one unit rather than of two."""
        both = sorted(a.indices + b.indices)[-self._settings.merge_of :]
        since = both[0]
        parts = [[index for index in train.indices if index >= since] for train in (a, b)]
        if min(map(len, parts)) < self._settings.born - 1:
            return False
        alone = max(self._of_indices(part) for part in parts)
        return self._of_indices(both) > alone + self._settings.merge_evidence

    def better_apart(self, indices: NDArray[np.int64], second: NDArray[np.bool_]) -> bool:
        """Whether ascending discharges are those of two units, the second's marked, rather than of one."""
        apart = self._of_indices(indices[second]) + self._of_indices(indices[~second])
        return apart > max(0.0, self._of_indices(indices))

    def _of_indices(self, indices: list[int] | NDArray[np.int64]) -> float:
        return self.evidence(np.diff(np.asarray(indices, dtype=np.int64)))

    def part_of(self, a: Train, b: Train) -> bool:
        """Whether `a` is but a part of unit `b`: it comes at one interval before or after its discharges."""
        own = np.array(a.indices[-self._settings.merge_of :], dtype=np.int64)
        if own.size < 2:
            return False
        since = bisect_left(b.indices, int(own[0]) - self._locked_within)
        theirs = np.array(b.indices[since:], dtype=np.int64)
        if theirs.size < 2:
            return False
        found = locked(own, theirs, self._locked_within, self._locked, np.empty_like(own))
        return found >= self._settings.locked_fraction * own.size

    @staticmethod
    def _share(intervals: NDArray[np.int64], shortest: float) -> float:
        return float(np.count_nonzero(intervals < shortest)) / max(1, intervals.size)


def _about_peaks(impulses: NDArray[np.float32], near: int) -> NDArray[np.float32]:
    """Each impulse within `near` of its peak and of the samples beside that, of energy 1, f32 `(3 n, 2 near + 1)`."""
    rows: list[NDArray[np.float32]] = []
    for each in impulses:
        peak = int(np.abs(each).argmax())
        padded = np.pad(each, near + 1)
        rows += [padded[peak + lag : peak + lag + 2 * near + 1] for lag in range(3)]
    about = np.stack(rows)
    return about / np.sqrt((about * about).sum(axis=1, keepdims=True))
