"""How large turns are, and how brief."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def turn_sizes(
    signal: NDArray[np.float32], threshold: float, brief: int, sizes: NDArray[np.float64]
) -> tuple[int, int]:
    """How many turns there are, and the samples on ways of at most `brief` samples from turn to turn.

    signal: f32 (n_samples,); threshold in its unit -> sizes: f64 (n_samples,), the distance of every turn from the
    turning point before. Turning points are those of `turning_points`.
    """
    n_turns = -1
    on_brief = 0
    direction = 0
    low = high = before = np.float64(signal[0])
    low_at = high_at = before_at = 0
    for i in range(signal.shape[0]):
        x = np.float64(signal[i])
        if direction >= 0 and x > high:
            high = x
            high_at = i
        if direction <= 0 and x < low:
            low = x
            low_at = i
        falls = direction >= 0 and high - x >= threshold
        if not falls and not (direction <= 0 and x - low >= threshold):
            continue
        point, at = (high, high_at) if falls else (low, low_at)
        if n_turns >= 0:
            sizes[n_turns] = abs(point - before)
            on_brief += at - before_at if at - before_at <= brief else 0
        n_turns += 1
        before, before_at = point, at
        if falls:
            direction, low, low_at = -1, x, i
        else:
            direction, high, high_at = 1, x, i
    return max(n_turns, 0), on_brief
