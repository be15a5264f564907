"""Where a signal turns."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def turning_points(signal: NDArray[np.float64], threshold: float, out: NDArray[np.int64]) -> int:
    """How many turning points there are; their indices are written to `out`.

    signal: f64 (n_samples,); threshold in its unit -> out: i64 (n_samples,).

    A turning point is an extreme, the first sample of it, from which the signal then departs by `threshold`
    or more; maxima and minima alternate. The first one only opens the sequence: every later one is a turn,
    since the signal also came to it by `threshold` or more.
    """
    n_points = 0
    direction = 0
    low = signal[0]
    high = signal[0]
    low_at = 0
    high_at = 0
    for i in range(signal.shape[0]):
        x = signal[i]
        if direction >= 0 and x > high:
            high = x
            high_at = i
        if direction <= 0 and x < low:
            low = x
            low_at = i
        if direction >= 0 and high - x >= threshold:
            out[n_points] = high_at
            n_points += 1
            direction = -1
            low = x
            low_at = i
        elif direction <= 0 and x - low >= threshold:
            out[n_points] = low_at
            n_points += 1
            direction = 1
            high = x
            high_at = i
    return n_points
