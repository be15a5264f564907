"""How much of a window's power lies along given waveforms."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def project(
    window: NDArray[np.float32],
    means: NDArray[np.float64],
    step: int,
    waveforms: NDArray[np.float32],
    groups: NDArray[np.int64],
    products: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Sum of squared inner products with each group of waveforms, and the sum of squares about the mean.

    window: f32 (n_samples, n_channels), means: f64 (n_channels,) of it, waveforms: f32 (n_steps, n_waveforms),
    each value holding for `step` samples (the last for what is left), orthonormal within a group over the
    samples; groups: i64 (n_groups + 1,), group g is columns [g, g + 1); scratch products: f64 (n_waveforms,)
    -> out: f64 (n_groups + 1, n_channels).

    All products grow side by side: one after the other, each addition waiting for the one before, took six
    times as long. Waveforms in steps, because tables of every sample (0.4 MB for a needle) were out of the
    cache each time a window came, and reading them took longer than the sums.
    """
    n_samples, n_channels = window.shape
    n_steps, n_waveforms = waveforms.shape
    n_groups = groups.shape[0] - 1
    for c in range(n_channels):
        mean = means[c]
        products[:] = 0.0
        square = 0.0
        for s in range(n_steps):
            part = 0.0
            for i in range(s * step, min((s + 1) * step, n_samples)):
                x = np.float64(window[i, c]) - mean
                square += x * x
                part += x
            for k in range(n_waveforms):
                products[k] += part * waveforms[s, k]
        out[n_groups, c] = square
        for g in range(n_groups):
            out[g, c] = 0.0
            for k in range(groups[g], groups[g + 1]):
                out[g, c] += products[k] * products[k]
