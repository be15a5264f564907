"""Amplitude measures of a window, in one pass."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def amplitude(window: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """Mean |x|, root mean square, largest |x|, largest minus smallest, and sum of |differences|.

    window: f32 (n_samples, n_channels) -> out: f32 (5, n_channels), in the window's unit.
    """
    n_samples, n_channels = window.shape
    for c in range(n_channels):
        absolute = 0.0
        square = 0.0
        length = 0.0
        before = np.float64(window[0, c])
        low = before
        high = before
        for i in range(n_samples):
            x = np.float64(window[i, c])
            absolute += abs(x)
            square += x * x
            length += abs(x - before)
            low = min(low, x)
            high = max(high, x)
            before = x
        out[0, c] = absolute / n_samples
        out[1, c] = math.sqrt(square / n_samples)
        out[2, c] = max(high, -low)
        out[3, c] = high - low
        out[4, c] = length
