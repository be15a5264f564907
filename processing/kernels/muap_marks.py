"""Where an averaged motor unit potential begins and ends, and what follows it."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def running_mean(template: NDArray[np.float64], half: int, out: NDArray[np.float64]) -> None:
    """Mean over 2 `half` + 1 samples, fewer at the ends. template: f64 (n_samples,) -> out: the same."""
    n_samples = template.shape[0]
    for i in range(n_samples):
        first = max(0, i - half)
        stop = min(n_samples, i + half + 1)
        total = 0.0
        for j in range(first, stop):
            total += template[j]
        out[i] = total / (stop - first)


@njit(nogil=True, cache=True)
def quiet_edge(
    smoothed: NDArray[np.float64], start: int, step: int, level: float, change: float, span: int, quiet: int
) -> int:
    """The sample nearest to `start` of the next quiet stretch, going back (`step` -1) or forth (1); -1 for none.

    smoothed: f64 (n_samples,) about the baseline. A stretch is `quiet` samples, all of them within `level`
    and no two of them that are `span` apart more than `change` from each other.
    """
    inner = start
    i = start
    while 0 <= i < smoothed.shape[0]:
        if abs(smoothed[i]) > level:
            inner = i + step
        elif (i - inner) * step >= span and abs(smoothed[i] - smoothed[i - step * span]) > change:
            inner = i - step * (span - 1)
        if (i - inner) * step + 1 >= quiet:
            return inner
        i += step
    return -1


@njit(nogil=True, cache=True)
def late_deflections(
    smoothed: NDArray[np.float64], first: int, stop: int, level: float, gap: int, out: NDArray[np.int64]
) -> int:
    """How many deflections there are in [first, stop); their first and last samples are written to `out`.

    smoothed: f64 (n_samples,) about the baseline -> out: i64 ((stop - first) // (gap + 1) + 1, 2). A
    deflection is of samples beyond `level` with fewer than `gap` samples in a row within it between them.
    """
    n_found = 0
    for i in range(first, stop):
        if abs(smoothed[i]) <= level:
            continue
        if n_found == 0 or i - out[n_found - 1, 1] > gap:
            out[n_found, 0] = i
            n_found += 1
        out[n_found - 1, 1] = i
    return n_found
