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
    smoothed: NDArray[np.float64],
    loud: NDArray[np.bool_],
    start: int,
    step: int,
    change: float,
    span: int,
    quiet: int,
) -> int:
    """The sample nearest to `start` of the next quiet stretch, going back (`step` -1) or forth (1); -1 for none.

    smoothed: f64, loud: bool (n_samples,). A stretch is `quiet` samples, none of them loud and no two of
    them that are `span` apart more than `change` from each other.
    """
    inner = start
    i = start
    while 0 <= i < smoothed.shape[0]:
        if loud[i]:
            inner = i + step
        elif (i - inner) * step >= span and abs(smoothed[i] - smoothed[i - step * span]) > change:
            inner = i - step * (span - 1)
        if (i - inner) * step + 1 >= quiet:
            return inner
        i += step
    return -1


@njit(nogil=True, cache=True)
def moved_inwards(template: NDArray[np.float64], edge: int, start: int, level: float, most: int) -> int:
    """`edge` moved towards `start` by `most` samples at most, while the template stays within `level`.

    template: f64 (n_samples,) about the baseline.
    """
    step = 1 if start > edge else -1
    for _ in range(most):
        if edge == start or abs(template[edge + step]) > level:
            break
        edge += step
    return edge


@njit(nogil=True, cache=True)
def deflections(loud: NDArray[np.bool_], first: int, gap: int, out: NDArray[np.int64]) -> int:
    """How many deflections there are from `first` on; their first and last samples are written to `out`.

    loud: bool (n_samples,) -> out: i64 (rows, 2), with a row for every gap + 1 samples from `first` on.
    A deflection is of loud samples with fewer than `gap` others in a row between them.
    """
    n_found = 0
    for i in range(first, loud.shape[0]):
        if not loud[i]:
            continue
        if n_found == 0 or i - out[n_found - 1, 1] > gap:
            out[n_found, 0] = i
            n_found += 1
        out[n_found - 1, 1] = i
    return n_found
