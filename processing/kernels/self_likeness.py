"""How alike an envelope is to itself a little later."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def self_likeness(
    signal: NDArray[np.float32], cell: int, lags: NDArray[np.int64], out: NDArray[np.float64]
) -> None:
    """Mean autocorrelation of the envelope of a signal over ranges of lags.

    signal: f32 (n_samples,), of any unit. Its envelope is the mean of |signal| in cells of so many samples, without
    their mean; what is left of a cell at the end is left out. lags: i64 (n_ranges, 2), the first and the last of each,
    in cells, 1 or more -> out: f64 (n_ranges,). The autocorrelation at a lag is the mean product over the pairs so far
    apart, over the variance. 0 where the envelope is even or too short. Six lags at a time, since a sum in order waits
    for each addition before the next.
    """
    out[:] = 0.0
    n = signal.shape[0] // cell
    if n == 0:
        return
    envelope = np.zeros(n + lags.max() + 6)
    total = 0.0
    for i in range(n):
        held = 0.0
        for k in range(i * cell, (i + 1) * cell):
            held += abs(signal[k])
        envelope[i] = held / cell
        total += envelope[i]
    middle = total / n
    power = 0.0
    for i in range(n):
        envelope[i] -= middle
        power += envelope[i] * envelope[i]
    if power <= n * (1e-9 * middle) ** 2:
        return
    for r in range(lags.shape[0]):
        first, last = lags[r]
        if n <= last:
            continue
        mean = 0.0
        for lag in range(first, last + 1, 6):
            later = envelope[lag:]
            t0 = t1 = t2 = t3 = t4 = t5 = 0.0
            for i in range(n):
                x = envelope[i]
                t0 += x * later[i]
                t1 += x * later[i + 1]
                t2 += x * later[i + 2]
                t3 += x * later[i + 3]
                t4 += x * later[i + 4]
                t5 += x * later[i + 5]
            for k, product in enumerate((t0, t1, t2, t3, t4, t5)):
                if lag + k <= last:
                    mean += product / (n - lag - k)
        out[r] = mean / (last - first + 1) / (power / n)
