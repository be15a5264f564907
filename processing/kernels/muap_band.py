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
    all outputs for one tap before the next, over samples that were dealt out first so that they lie side by side: so
    the compiler takes several at a time.
    """
    length, n_taps = out.shape[0], taps.shape[0]
    dealt = np.empty((factor, length + n_taps // factor), dtype=np.float32)
    for k in range(factor):
        for i in range((factor * length + n_taps - 1 - k) // factor):
            dealt[k, i] = samples[factor * i + k]
    out[:] = 0.0
    for k in range(n_taps):
        weight, late = taps[k], dealt[k % factor, k // factor :]
        for i in range(length):
            out[i] += weight * late[i]
