"""The middle of several discharges, sample by sample."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

TILE = 64
"""Samples that are sorted at a time: so what is sorted stays in the nearest cache."""


@njit(nogil=True, cache=True)
def middles(rows: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """The two middle values of every column, the same one twice of an odd number.

    rows: f32 (n, length), one at least, finite -> out: f32 (2, length), the lower one first. Columns are sorted side by
    side by Batcher's merge exchange (Knuth, Art of Computer Programming 5.2.2, algorithm M): what is compared with
    what does not depend on the values, so the compiler takes several columns at a time.
    """
    n, length = rows.shape
    work = np.empty((n, TILE), dtype=np.float32)
    top = 1
    while 2 * top < n:
        top *= 2
    for first in range(0, length, TILE):
        width = min(TILE, length - first)
        for i in range(n):
            for k in range(width):
                work[i, k] = rows[i, first + k]
        p = top
        while p > 0:
            q, r, d = top, 0, p
            while True:
                for i in range(n - d):
                    if i & p != r:
                        continue
                    low, high = work[i], work[i + d]
                    for k in range(TILE):
                        a, b = low[k], high[k]
                        low[k] = a if a < b else b
                        high[k] = b if a < b else a
                if q == p:
                    break
                d, q, r = q - p, q // 2, p
            p //= 2
        for k in range(width):
            out[0, first + k] = work[(n - 1) // 2, k]
            out[1, first + k] = work[n // 2, k]
