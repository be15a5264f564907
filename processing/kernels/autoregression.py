"""Autoregressive coefficients by the Levinson-Durbin recursion."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def autoregression(
    window: NDArray[np.float32],
    means: NDArray[np.float64],
    centred: NDArray[np.float64],
    covariance: NDArray[np.float64],
    previous: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Coefficients a with x[n] = a[0] x[n - 1] + a[1] x[n - 2] + ... + e[n], the mean removed.

    window: f32 (n_samples, n_channels), means: f64 (n_channels,) of it; scratch centred: f64
    (n_samples + order + 6,), covariance: f64 (order + 1,), previous: f64 (order,) -> out: f32 (order, n_channels).
    Yule-Walker with the biased autocovariance, whose poles always lie inside the unit circle. Coefficients stay 0
    from where nothing is left to predict (a constant). Six lags at a time, since a sum in order waits for each
    addition before the next.
    """
    n_samples, n_channels = window.shape
    order = out.shape[0]
    before = order + 6
    for c in range(n_channels):
        mean = means[c]
        centred[:before] = 0.0
        for i in range(n_samples):
            centred[before + i] = np.float64(window[i, c]) - mean
        now = centred[before:]
        for lag in range(0, order + 1, 6):
            earlier = centred[before - lag - 5 :]
            t0 = t1 = t2 = t3 = t4 = t5 = 0.0
            for i in range(n_samples):
                x = now[i]
                t0 += x * earlier[i + 5]
                t1 += x * earlier[i + 4]
                t2 += x * earlier[i + 3]
                t3 += x * earlier[i + 2]
                t4 += x * earlier[i + 1]
                t5 += x * earlier[i]
            for k, total in enumerate((t0, t1, t2, t3, t4, t5)):
                if lag + k <= order:
                    covariance[lag + k] = total
        for k in range(order):
            out[k, c] = 0.0
            previous[k] = 0.0
        error = covariance[0]
        floor = 1e-12 * error
        for m in range(order):
            if error <= floor:
                break
            reflection = covariance[m + 1]
            for k in range(m):
                reflection -= previous[k] * covariance[m - k]
            reflection /= error
            for k in range((m + 1) // 2):
                ahead = previous[k]
                behind = previous[m - 1 - k]
                previous[k] = ahead - reflection * behind
                if k != m - 1 - k:
                    previous[m - 1 - k] = behind - reflection * ahead
            previous[m] = reflection
            error *= 1.0 - reflection * reflection
        for k in range(order):
            out[k, c] = previous[k]
