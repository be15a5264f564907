"""Which discharges no longer change."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def release(
    placed: NDArray[np.int64],
    distances: NDArray[np.float64],
    n_placed: int,
    stop: int,
    core: int,
    before: NDArray[np.int64],
    recent: NDArray[np.int64],
    out: NDArray[np.int64],
    far: NDArray[np.float64],
) -> int:
    """The placed ones that begin before `stop`, in order of their first samples: how many they are.

    placed: i64 (most, 4), distances: f64 (most,), see `muap_pursuit`: those no longer hold there. before: i64 (n,),
    first samples of those that were released before; recent: i64 (n_rows, n), by row the newest, which these join ->
    out: i64 (most, 4) as row, first sample, phase, and 1 if another, held or of those before, begins within `core`;
    far: f64 (most,), their distances.
    """
    n = 0
    for j in range(n_placed):
        if placed[j, 1] >= stop:
            continue
        at = n
        while at > 0 and out[at - 1, 1] > placed[j, 1]:
            out[at] = out[at - 1]
            far[at] = far[at - 1]
            at -= 1
        out[at] = placed[j]
        far[at] = distances[j]
        n += 1
    for i in range(n):
        near = 0
        for j in range(n_placed):
            near += abs(placed[j, 1] - out[i, 1]) <= core
        for start in before:
            near += abs(start - out[i, 1]) <= core
        out[i, 3] = 1 if near > 1 else 0
        row = out[i, 0]
        for k in range(recent.shape[1] - 1):
            recent[row, k] = recent[row, k + 1]
        recent[row, recent.shape[1] - 1] = out[i, 1]
    for j in range(n_placed):
        if placed[j, 1] < stop:
            placed[j, 3] = 0
    return n
