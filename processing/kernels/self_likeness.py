"""How alike an envelope is to itself a little later."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def self_likeness(signal: NDArray[np.float32], cell: int, first: int, last: int) -> float:
    """Mean autocorrelation of the envelope of a signal over the lags `first` to `last`, both counted.

    signal: f32 `(n_samples,)`, of any unit. Its envelope is the mean of |signal| in cells of so many samples, without
    their mean; what is left of a cell at the end is left out. Lags in cells, 1 or more. The autocorrelation at a lag
    is the mean product over the pairs so far apart, over the variance. 0 where the envelope is even or too short.
    """
    n = signal.shape[0] // cell
    if n <= last:
        return 0.0
    envelope = np.empty(n)
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
        return 0.0
    products = np.zeros(last - first + 1)
    for i in range(n - first):
        for lag in range(first, min(last + 1, n - i)):
            products[lag - first] += envelope[i] * envelope[i + lag]
    mean = 0.0
    for lag in range(first, last + 1):
        mean += products[lag - first] / (n - lag)
    return mean / (last - first + 1) / (power / n)
