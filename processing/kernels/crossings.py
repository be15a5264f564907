"""Counts per second of small events: crossings of zero, changes of slope, large steps."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def crossings(
    window: NDArray[np.float32],
    rate_hz: float,
    zero: float,
    slope: float,
    step: float,
    out: NDArray[np.float32],
) -> None:
    """Zero crossings, slope sign changes and Willison amplitude, each per second of the window.

    window: f32 (n_samples, n_channels); zero, slope, step: thresholds in its unit -> out: f32 (3, n_channels).
    A zero crossing counts when the signal reaches `zero` on the other side of the side it last reached it on. No
    branch hangs on the signal: a processor foresees none of them, which took half as long again.
    """
    n_samples, n_channels = window.shape
    per_second = rate_hz / n_samples
    for c in range(n_channels):
        n_zero = 0
        n_slope = 0
        n_step = 0
        side = 0
        rise = 0.0
        x = np.float64(window[0, c])
        for i in range(n_samples):
            reached = (1 if x >= zero else 0) - (1 if x <= -zero else 0)
            n_zero += side * reached < 0
            side = reached if reached != 0 else side
            if i + 1 == n_samples:
                break
            after = np.float64(window[i + 1, c])
            fall = x - after
            n_step += abs(fall) >= step
            n_slope += (rise * fall > 0.0) & (max(abs(rise), abs(fall)) >= slope)
            rise = -fall
            x = after
        out[0, c] = n_zero * per_second
        out[1, c] = n_slope * per_second
        out[2, c] = n_step * per_second
