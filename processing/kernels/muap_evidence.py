"""How like a motor unit's intervals are."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

ROOT_TAU = math.sqrt(2.0 * math.pi)
NEGLIGIBLE = 60.0
"""Below exp of minus this nothing is added."""


@njit(nogil=True, cache=True)
def evidence(
    intervals: NDArray[np.int64], means: NDArray[np.float64], skipped: int, cv: float, stray: float
) -> float:
    """Natural logarithm of how much likelier intervals are a unit's than those of discharges at random.

    intervals: i64 (n,), one at least; means: f64 (n_means,), ascending, that are tried for the unit's mean interval,
    of which the one that suits best is taken; those over 1.1 times the mean of all are not. One interval is the sum of
    up to `skipped` of a normal length with this coefficient of variation, those between having been missed, or,
    in `stray` of all, anything. At random intervals are exponential. Minus infinity where no mean is tried.
    """
    n = intervals.shape[0]
    mean = 0.0
    for i in range(n):
        mean += intervals[i]
    mean /= n
    chances = np.empty(n)
    for i in range(n):
        chances[i] = math.exp(-np.float64(intervals[i]) / mean) / mean
    spreads = np.empty(skipped + 1)
    best = -math.inf
    for m in range(means.shape[0]):
        if means[m] > 1.1 * mean:
            break
        seen = min(0.98, means[m] / mean)
        for k in range(1, skipped + 1):
            spreads[k] = cv * means[m] * math.sqrt(k)
        total = 0.0
        for i in range(n):
            x = np.float64(intervals[i])
            density = 0.0
            share = seen
            for k in range(1, skipped + 1):
                away = (x - k * means[m]) / spreads[k]
                off = 0.5 * away * away
                if off < NEGLIGIBLE:
                    density += share * math.exp(-off) / (spreads[k] * ROOT_TAU)
                share *= 1.0 - seen
            total += math.log((1.0 - stray) * density / chances[i] + stray)
        best = max(best, total)
    return best
