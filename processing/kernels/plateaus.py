"""What a saturated or dead channel looks like: runs of equal samples, and samples piled up at an extreme."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def plateaus(window: NDArray[np.float32], full_scale: float, out: NDArray[np.float64]) -> None:
    """Finite or not, longest run of equal samples, samples at full scale, samples piled up at an extreme.

    window: f32 (n_samples, n_channels), full_scale: in its unit, infinity where unknown -> out: f64
    (4, n_channels); row 0 is 1 where all samples are finite (and below 1e9), else 0 and the other rows too.

    Piled up: within 0.2 % of the range (or one step of the converter) of an extreme, in runs of three or
    more, and more of them than there are in the next 5 % (or two steps). A smooth peak, of a spike or of a
    sine, has a quarter as many there as in the 5 % below; a clipped one has most of its samples there.
    """
    n_samples, n_channels = window.shape
    for c in range(n_channels):
        low = np.float64(window[0, c])
        high = low
        step = math.inf
        run = 1
        longest = 1
        at_full_scale = 0
        finite = True
        before = low
        for i in range(n_samples):
            x = np.float64(window[i, c])
            finite = finite and abs(x) < 1e9
            low = min(low, x)
            high = max(high, x)
            at_full_scale += abs(x) >= full_scale
            if i > 0:
                change = abs(x - before)
                run = run + 1 if change == 0.0 else 1
                longest = max(longest, run)
                if change > 0.0:
                    step = min(step, change)
            before = x
        for row in range(4):
            out[row, c] = 0.0
        if not finite:
            continue
        out[0, c] = 1.0
        out[1, c] = longest
        out[2, c] = at_full_scale
        if high == low:
            continue
        edge = max(0.002 * (high - low), 0.5 * step)
        near = max(0.05 * (high - low), 2.5 * step)
        piled_high = 0
        piled_low = 0
        near_high = 0
        near_low = 0
        run_high = 0
        run_low = 0
        for i in range(n_samples):
            x = np.float64(window[i, c])
            if x >= high - edge:
                run_high += 1
                piled_high += 3 if run_high == 3 else (1 if run_high > 3 else 0)
            else:
                run_high = 0
                near_high += x >= high - near
            if x <= low + edge:
                run_low += 1
                piled_low += 3 if run_low == 3 else (1 if run_low > 3 else 0)
            else:
                run_low = 0
                near_low += x <= low + near
        if piled_high > near_high:
            out[3, c] += piled_high
        if piled_low > near_low:
            out[3, c] += piled_low
