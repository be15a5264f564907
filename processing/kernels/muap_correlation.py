"""How alike two shapes are."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def best_correlation(a: NDArray[np.float32], b: NDArray[np.float32], most_lag: int) -> float:
    """The largest of sum a[k] b[k + lag] over the root of both energies. a, b: f32 (length,)."""
    length = a.shape[0]
    energy_a = 0.0
    energy_b = 0.0
    for k in range(length):
        energy_a += np.float64(a[k]) * a[k]
        energy_b += np.float64(b[k]) * b[k]
    if energy_a <= 0.0 or energy_b <= 0.0:
        return 0.0
    totals = np.zeros(2 * most_lag + 1)
    for k in range(length):
        for j in range(max(0, k - most_lag), min(length, k + most_lag + 1)):
            totals[j - k + most_lag] += np.float64(a[k]) * b[j]
    best = -1.0
    for total in totals:
        best = max(best, total / math.sqrt(energy_a * energy_b))
    return best


@njit(nogil=True, cache=True)
def span(shape: NDArray[np.float32]) -> float:
    """From the smallest value to the largest. shape: f32 (length,)."""
    low = high = shape[0]
    for x in shape:
        low = min(low, x)
        high = max(high, x)
    return float(high - low)
