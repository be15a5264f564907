"""How large a stretch of signal is."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def power(samples: NDArray[np.float32]) -> float:
    """Variance about the mean; not finite where a sample is not. samples: f32 (n_samples,), one at least."""
    n = samples.shape[0]
    mean = 0.0
    for i in range(n):
        mean += samples[i]
    mean /= n
    total = 0.0
    for i in range(n):
        away = samples[i] - mean
        total += away * away
    return total / n
