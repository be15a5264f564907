"""Where a window lies."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def means(window: NDArray[np.float32], out: NDArray[np.float64]) -> None:
    """The mean of each channel: window f32 (n_samples, n_channels) -> out: f64 (n_channels,).

    Several measures are about the mean. A sum in order waits for each addition before the next, which took each of
    them as long as what it then did.
    """
    n_samples, n_channels = window.shape
    for c in range(n_channels):
        total = 0.0
        for i in range(n_samples):
            total += np.float64(window[i, c])
        out[c] = total / n_samples
