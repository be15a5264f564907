"""What two shapes have in common, and what a converter at its limit leaves."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def longest_flat(samples: NDArray[np.float32]) -> int:
    """The longest run of equal samples, of those at the largest or smallest value. samples: f32 (n_samples,)."""
    low = samples[0]
    high = low
    for x in samples:
        low = min(low, x)
        high = max(high, x)
    longest = 0
    run = 0
    for i in range(samples.shape[0]):
        x = samples[i]
        if x != low and x != high:
            run = 0
        elif run > 0 and x == samples[i - 1]:
            run += 1
        else:
            run = 1
        longest = max(longest, run)
    return longest


@njit(nogil=True, cache=True)
def likeness(a: NDArray[np.float32], b: NDArray[np.float32], lag: int) -> tuple[float, float]:
    """Residual energy of b fitted by a over that of b, and the gain, at the lag where it is least.

    a, b: f32 (length,). Infinity where they have opposite signs at every lag.
    """
    n = a.shape[0]
    best = math.inf
    gain = 0.0
    for shift in range(-lag, lag + 1):
        aa = 0.0
        ab = 0.0
        bb = 0.0
        for k in range(max(0, -shift), min(n, n - shift)):
            x = np.float64(a[k])
            y = np.float64(b[k + shift])
            aa += x * x
            ab += x * y
            bb += y * y
        if ab <= 0.0:
            continue
        left = 1.0 - ab * ab / (aa * bb)
        if left < best:
            best = left
            gain = ab / aa
    return best, gain
