"""A signal between its samples."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def between(
    samples: NDArray[np.float32], start: int, taps: NDArray[np.float64], out: NDArray[np.float32]
) -> None:
    """Sum over k of taps[k] samples[start + i + k - n_taps // 2 + 1]; samples outside count as zero.

    samples: f32 (n_samples,), taps: f64 (n_taps,), an even number -> out: f32 (length,).
    """
    n_samples = samples.shape[0]
    n_taps = taps.shape[0]
    offset = start - n_taps // 2 + 1
    for i in range(out.shape[0]):
        total = 0.0
        for k in range(n_taps):
            j = offset + i + k
            if 0 <= j < n_samples:
                total += taps[k] * samples[j]
        out[i] = total
