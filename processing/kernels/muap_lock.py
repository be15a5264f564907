"""Whether discharges come at one interval before or after others."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def locked(
    own: NDArray[np.int64], others: NDArray[np.int64], within: float, width: float, work: NDArray[np.int64]
) -> int:
    """How many discharges lie within `width` of the median of their distances from the nearest other, as far as that
    is no farther than `within`; of two as near the earlier counts.

    own, others: i64 (n,), ascending, one at least; work: i64 (n_own,) at least, to work in.
    """
    n_near = 0
    at = 0
    for time in own:
        while at + 1 < others.shape[0] and others[at + 1] < time:
            at += 1
        nearest = time - others[at]
        if at + 1 < others.shape[0] and others[at + 1] - time < abs(nearest):
            nearest = time - others[at + 1]
        if abs(nearest) <= within:
            work[n_near] = nearest
            n_near += 1
    if n_near == 0:
        return 0
    near = np.sort(work[:n_near])
    middle = (near[(n_near - 1) // 2] + near[n_near // 2]) / 2.0
    n_locked = 0
    for away in near:
        n_locked += abs(away - middle) <= width
    return n_locked
