"""Units against rate from its definition, one discharge after the other."""

import itertools
from collections.abc import Mapping, Sequence
from statistics import median


def naive_runs(
    trains: Mapping[int, Sequence[float]], breaks: Sequence[float], pause: float, fewest: int, uneven: float
) -> list[tuple[int, list[float]]]:
    """Each unit's stretches of even firing without a pause or break, in order of beginning."""
    found: list[tuple[int, list[float]]] = []
    for unit, times in trains.items():
        run: list[float] = []
        for t in [*times, None]:
            ends = t is None or (
                bool(run) and (t - run[-1] > pause or any(run[-1] < gap <= t for gap in breaks))
            )
            if ends:
                if len(run) >= fewest and naive_unevenness(run) <= uneven:
                    found.append((unit, run))
                run = []
            if t is not None:
                run.append(t)
    return sorted(found, key=lambda each: (each[1][0], each[0]))


def naive_unevenness(run: Sequence[float]) -> float:
    """Median difference between neighbouring intervals, over their mean."""
    gaps = [b - a for a, b in itertools.pairwise(run)]
    return median(2.0 * abs(b - a) / (b + a) for a, b in itertools.pairwise(gaps))


def naive_rate(run: Sequence[float], at: float, intervals: int) -> float:
    """1 over the median of the intervals nearest to a moment."""
    gaps = [b - a for a, b in itertools.pairwise(run)]
    count = min(intervals, len(gaps))
    before = sum(1 for t in run if t <= at) - 1
    first = before - count // 2
    first = max(0, min(first, len(gaps) - count))
    return 1.0 / median(gaps[first : first + count])


def naive_most(
    trains: Mapping[int, Sequence[float]],
    breaks: Sequence[float],
    pause: float,
    fewest: int,
    uneven: float,
    step: float,
    n: int,
) -> tuple[int, float | None]:
    """Most units that fire together on the grid, and the middle of the fastest rates at such moments."""
    found = naive_runs(trains, breaks, pause, fewest, uneven)
    if not found:
        return 0, None
    begin, end = found[0][1][0], max(run[-1] for _, run in found)
    best = 0
    rates: list[float] = []
    k = 0
    while begin + k * step <= end + 1e-9:
        at = begin + k * step
        firing = [(unit, run) for unit, run in found if run[0] <= at <= run[-1]]
        units = len({unit for unit, _ in firing})
        if units:
            rate = max(naive_rate(run, at, n) for _, run in firing)
            if units > best:
                best, rates = units, []
            if units == best:
                rates.append(rate)
        k += 1
    return best, median(rates)


def naive_index(
    strongest: Sequence[Sequence[tuple[float, float]]],
    moderate: Sequence[Sequence[float]],
    soon: float,
    again: float,
) -> float:
    """Index of units: (activity, soon) of each moment of each stretch of the strongest effort, `again` of those of
    moderate effort. Each stretch counts alike, however long it was."""
    index = 0.0
    for stretch in strongest:
        index += median(activity for activity, _ in stretch) / len(strongest)
        index += soon * sum(each for _, each in stretch) / len(stretch) / len(strongest)
    for stretch in moderate:
        index -= again * sum(stretch) / len(stretch) / len(moderate)
    return index
