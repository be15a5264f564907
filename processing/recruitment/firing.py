"""Units against rate, from the trains of one stretch of effort."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from processing.motor_units.firing import unevenness
from processing.motor_units.middles import median
from processing.recruitment.settings import FiringSettings

DEFAULTS = FiringSettings()

Times = NDArray[np.float64]


class Run(msgspec.Struct, frozen=True):
    """Regular firing of one unit without a pause."""

    unit: int
    times_s: Times
    """Of its discharges, ascending."""

    @property
    def first_s(self) -> float:
        """Of its first discharge."""
        return float(self.times_s[0])

    @property
    def last_s(self) -> float:
        """Of its last discharge."""
        return float(self.times_s[-1])


class RatePoint(msgspec.Struct, frozen=True):
    """How many units fire at one moment, and how fast the fastest does."""

    at_s: float
    units: int
    fastest_hz: float


class UnitsAgainstRate(msgspec.Struct, frozen=True):
    """What the trains of one stretch of effort show. None where it was not to be seen."""

    units: int
    """That fired together, at most."""
    fastest_hz: float | None
    """Of the fastest unit: the median over the moments with most units, which a mixed train disturbs least."""
    onset_hz: float | None
    """Slowest regular rate of the first unit."""
    recruitment_hz: float | None
    """Rate of the first unit as the second joined."""
    ratio: float | None
    """Fastest rate over number of units."""
    series: tuple[RatePoint, ...]

    @property
    def lasted_s(self) -> float:
        """From the first moment at which a unit fired to the last."""
        return self.series[-1].at_s - self.series[0].at_s if self.series else 0.0


def runs(trains: Mapping[int, Times], breaks_s: Sequence[float], settings: FiringSettings) -> list[Run]:
    """Regular firing of each unit, in order of beginning.

    trains: by unit, ascending times f64 `(n,)` in seconds. A run ends where the next discharge is missing for
    `pause_s`, or at a break (a gap of the signal), and counts from `fewest` discharges on, if it is even.
    """
    found: list[Run] = []
    for unit, times in trains.items():
        apart = np.diff(times) > settings.pause_s
        apart |= np.diff(np.searchsorted(np.asarray(breaks_s, dtype=np.float64), times, side="right")) > 0
        parts = np.split(times, np.flatnonzero(apart) + 1)
        found += [Run(unit, part) for part in parts if part.size >= settings.fewest and _even(part, settings)]
    return sorted(found, key=lambda run: (run.first_s, run.unit))


def _even(times_s: Times, settings: FiringSettings) -> bool:
    """Whether a run is one unit's: the median difference between neighbouring intervals, over their mean, is small.

    So it is where a unit speeds up, and where a discharge is missed now and then; in a train that holds two units, or
    pieces of many, it is not.
    """
    intervals = np.diff(times_s)
    return float(median(unevenness(intervals[:-1], intervals[1:]))) <= settings.uneven


def rates_at(run: Run, at_s: Times, intervals: int) -> Times:
    """Rates of a run about moments: 1 over the median of the so many intervals nearest to each, within the run."""
    all_intervals = np.diff(run.times_s)
    count = min(intervals, all_intervals.size)
    middle = np.searchsorted(run.times_s, at_s, side="right") - 1
    first = np.minimum(np.maximum(middle - count // 2, 0), all_intervals.size - count)
    return 1.0 / median(all_intervals[np.arange(count)[:, None] + first])


def units_against_rate(
    trains: Mapping[int, Times], breaks_s: Sequence[float] = (), settings: FiringSettings = DEFAULTS
) -> UnitsAgainstRate:
    """What the trains of one stretch of effort show; times in seconds. See `runs` for what counts as firing."""
    found = runs(trains, breaks_s, settings)
    if not found:
        return UnitsAgainstRate(0, None, None, None, None, ())
    series = _series(found, settings)
    most = max(point.units for point in series)
    fastest = float(np.median([point.fastest_hz for point in series if point.units == most]))
    return UnitsAgainstRate(
        units=most,
        fastest_hz=fastest,
        onset_hz=_onset(found[0], settings),
        recruitment_hz=_joined(found, settings),
        ratio=fastest / most,
        series=series,
    )


def _series(found: Sequence[Run], settings: FiringSettings) -> tuple[RatePoint, ...]:
    """A point every step from the first run's beginning to the last one's end."""
    begin, end = found[0].first_s, max(run.last_s for run in found)
    at_s = np.arange(begin, end + 1e-9, settings.step_s)
    units, fastest_hz = np.zeros(at_s.size, np.int64), np.zeros(at_s.size)
    for run in found:
        # Runs of one unit are apart: at no moment does it count twice.
        during = slice(np.searchsorted(at_s, run.first_s), np.searchsorted(at_s, run.last_s, side="right"))
        units[during] += 1
        fastest_hz[during] = np.maximum(fastest_hz[during], rates_at(run, at_s[during], settings.intervals))
    points = zip(at_s.tolist(), units.tolist(), fastest_hz.tolist(), strict=True)
    return tuple(RatePoint(*point) for point in points if point[1])


def _onset(first: Run, settings: FiringSettings) -> float | None:
    """The slowest rate over so many intervals in a row that are regular."""
    all_intervals = np.diff(first.times_s)
    if all_intervals.size < settings.intervals:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(all_intervals, settings.intervals)
    regular = np.std(windows, axis=1) <= settings.regular_cv * np.mean(windows, axis=1)
    return 1.0 / float(np.median(windows, axis=1)[regular].max()) if regular.any() else None


def _joined(found: Sequence[Run], settings: FiringSettings) -> float | None:
    """The first unit's rate as another one joined that stayed; None where both began together, or none joined."""
    first = found[0]
    for run in found[1:]:
        if run.unit == first.unit or run.first_s > first.last_s:
            continue
        if min(run.last_s, first.last_s) - run.first_s >= settings.stays_s:
            together = run.first_s - first.first_s < settings.together_s
            return None if together else float(rates_at(first, run.times_s[:1], settings.intervals)[0])
    return None
