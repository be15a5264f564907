"""A signal between its samples."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def between(
    samples: NDArray[np.float32], start: int, taps: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    """Sum over k of taps[k] samples[start + i + k - n_taps // 2 + 1]; samples outside count as zero.

    samples: f32 (n_samples,), taps: f32 (n_taps,), an even number -> out: f32 (length,). All outputs for one tap
    before the next: so the compiler takes several at a time.
    """
    n_samples = samples.shape[0]
    length = out.shape[0]
    for i in range(length):
        out[i] = 0.0
    for k in range(taps.shape[0]):
        offset = start + k - taps.shape[0] // 2 + 1
        low = min(length, max(0, -offset))
        high = min(length, n_samples - offset)
        if high <= low:
            continue
        weight = taps[k]
        late = samples[offset + low : offset + high]
        sums = out[low:high]
        for i in range(high - low):
            sums[i] += weight * late[i]
