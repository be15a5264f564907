"""Three sizes of a window: how large it is, how high it reaches, how large it usually is; and where it lies."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def spread(
    window: NDArray[np.float32], below: float, scratch: NDArray[np.float32], out: NDArray[np.float64]
) -> None:
    """Root mean square, largest |x|, median |x| (nearest rank from below; 0 unless the first is under `below`), mean.

    window: f32 (n_samples, n_channels), below: in its unit; scratch: f32 (n_samples,) -> out: f64 (4, n_channels).
    """
    n_samples, n_channels = window.shape
    for c in range(n_channels):
        total = 0.0
        square = 0.0
        peak = 0.0
        for i in range(n_samples):
            total += np.float64(window[i, c])
            x = abs(np.float64(window[i, c]))
            square += x * x
            peak = max(peak, x)
            scratch[i] = x
        out[0, c] = math.sqrt(square / n_samples)
        out[1, c] = peak
        out[2, c] = 0.0
        out[3, c] = total / n_samples
        if not out[0, c] < below:
            continue
        # Quickselect, written out here because a cached kernel stands alone in its file.
        wanted = (n_samples - 1) // 2
        left = 0
        right = n_samples - 1
        while left < right:
            middle = scratch[(left + right) // 2]
            i = left
            j = right
            while i <= j:
                while scratch[i] < middle:
                    i += 1
                while scratch[j] > middle:
                    j -= 1
                if i <= j:
                    held = scratch[i]
                    scratch[i] = scratch[j]
                    scratch[j] = held
                    i += 1
                    j -= 1
            if wanted <= j:
                right = j
            elif wanted >= i:
                left = i
            else:
                break
        out[2, c] = scratch[wanted]
