"""How much of a train comes at one interval from another."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def locked_share(own: NDArray[np.int64], theirs: NDArray[np.int64], within: int, jitter: float) -> float:
    """Share of `own` discharges whose nearest of `theirs` lies at the median interval, to `jitter`.

    own, theirs: i64 (n,), ascending, in samples. Those that have none of `theirs` within `within` count as not locked.
    """
    n = own.shape[0]
    offsets = np.empty(n)
    found = 0
    j = 0
    for i in range(n):
        while j + 1 < theirs.shape[0] and abs(theirs[j + 1] - own[i]) <= abs(theirs[j] - own[i]):
            j += 1
        if abs(theirs[j] - own[i]) <= within:
            offsets[found] = own[i] - theirs[j]
            found += 1
    if found == 0:
        return 0.0
    middle = np.median(offsets[:found])
    locked = 0
    for i in range(found):
        if abs(offsets[i] - middle) <= jitter:
            locked += 1
    return locked / n


@njit(nogil=True, cache=True)
def near_share(own: NDArray[np.int64], theirs: NDArray[np.int64], before: int, after: int) -> float:
    """Share of `own` discharges that come up to `before` ahead of one of `theirs`, or up to `after` behind it.

    own, theirs: i64 (n,), ascending, in samples.
    """
    near = 0
    j = 0
    for i in range(own.shape[0]):
        while j < theirs.shape[0] and theirs[j] < own[i] - after:
            j += 1
        if j < theirs.shape[0] and theirs[j] <= own[i] + before:
            near += 1
    return near / own.shape[0]
