"""The detection signal: band-passed without delay between frequencies, at a lower rate."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def decimated(
    samples: NDArray[np.float32], taps: NDArray[np.float32], factor: int, out: NDArray[np.float32]
) -> None:
    """Sum over k of taps[k] samples[factor i + k].

    samples: f32 (factor (length - 1) + n_taps,) at least, taps: f32 (n_taps,) -> out: f32 (length,). The sum runs over
    all outputs for one tap before the next: so the compiler takes several at a time.
    """
    length = out.shape[0]
    out[:] = 0.0
    for k in range(taps.shape[0]):
        weight = taps[k]
        late = samples[k:]
        for i in range(length):
            out[i] += weight * late[factor * i]
