"""One shape, and when it discharged."""

from bisect import bisect_left, insort
from collections import deque
from operator import sub

import numpy as np
from numpy.typing import NDArray

from processing.motor_units.tracking_settings import TrackingSettings

_RECENT = 8
"""Intervals whose median is what the next is expected to be."""


class Train:
    """A shape in the detection signal and its discharges; a unit once it has a number.

    `indices` ascend, however the discharges were found.
    """

    def __init__(
        self, row: int, shape: NDArray[np.float32], rate_hz: float, settings: TrackingSettings
    ) -> None:
        self.row = row
        self.shape = shape
        """Of its row in the bank, f32 `(length,)`: changes with it."""
        self.unit = 0
        """0 until it is born."""
        self.total = 0
        self.indices: list[int] = []
        self.breaks: list[int] = []
        self.rivals: dict[int, int] = {}
        """Discharges that might as well have been of another unit, by its number."""
        self.shapes: deque[tuple[int, NDArray[np.float32]]] = deque(maxlen=settings.train.split_of)
        """Of the newest discharges that were not superposed, with their indices."""
        self._intervals: NDArray[np.int64] | None = None
        """Until a discharge comes or goes."""
        self.gone = False
        self._settings = settings
        per_ms = rate_hz / 1000.0
        self._refractory = round(settings.match.refractory_ms * per_ms)
        self._early = round(settings.match.early_ms * per_ms)

    def welcome(self, index: int) -> float:
        """The largest distance at which a discharge at `index` is its own; 0 within the refractory time."""
        match = self._settings.match
        at = bisect_left(self.indices, index)
        before = index - self.indices[at - 1] if at else self._early
        after = self.indices[at] - index if at < len(self.indices) else self._early
        nearest = min(before, after)
        if nearest < self._refractory:
            return 0.0
        return match.distance if nearest >= self._early else match.early_distance

    def expected_interval(self) -> float:
        """Median of the newest intervals, in samples; 0 without any."""
        newest = self.indices[-_RECENT - 1 :]
        start = bisect_left(newest, self.breaks[-1]) if self.breaks else 0
        intervals = sorted(map(sub, newest[start + 1 :], newest[start:]))
        return float(intervals[len(intervals) // 2]) if intervals else 0.0

    def add(self, index: int) -> None:
        """Take a discharge; the oldest leave."""
        self._intervals = None
        insort(self.indices, index)
        self.total += 1
        kept = self._settings.train.kept
        if len(self.indices) > kept:
            del self.indices[: len(self.indices) - kept]
            self.breaks = [at for at in self.breaks if at > self.indices[0]]

    def part_with(self, indices: set[int]) -> None:
        """Give up discharges that are another unit's."""
        self._intervals = None
        self.indices = [index for index in self.indices if index not in indices]
        self.total -= len(indices)
        self.shapes.clear()
        self.rivals.clear()

    def break_off(self, at_index: int) -> None:
        """No interval spans `at_index`."""
        if self.indices and (not self.breaks or self.breaks[-1] <= self.indices[-1]):
            self._intervals = None
            self.breaks.append(at_index)

    def intervals(self) -> NDArray[np.int64]:
        """Between neighbours, across no break, in samples."""
        if self._intervals is None:
            self._intervals = self._measured()
        return self._intervals

    def _measured(self) -> NDArray[np.int64]:
        times = np.array(self.indices, dtype=np.int64)
        if not self.breaks:
            return times[1:] - times[:-1]
        spanned = np.diff(np.searchsorted(self.breaks, times, side="right")) > 0
        return np.diff(times)[~spanned]

    def absorb(self, other: "Train") -> None:
        """Take the discharges of a train that turned out to be of the same unit."""
        for index in other.indices:
            at = bisect_left(self.indices, index)
            around = self.indices[max(0, at - 1) : at + 1]
            if all(abs(index - own) >= self._refractory for own in around):
                self.add(index)
        other.gone = True
