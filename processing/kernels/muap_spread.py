"""Along which direction the potentials of one shape differ most."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

SQUARINGS = 12
"""The power iteration of 4096 steps."""


@njit(nogil=True, cache=True)
def widest(away: NDArray[np.float64], work: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Where each row lies along the direction in which the rows differ most, to either sign.

    away: f64 (n, length), about their mean; work: f64 (2, n, n) to work in -> out: f64 (n,). The largest eigenvector of
    the rows' inner products, by squaring their matrix until nothing else is left. Not LAPACK's, whose threads wake
    for so small a matrix and spin: fifteen times the processor time, on a core that is another's.
    """
    n, length = away.shape
    inner, squared = work[0], work[1]
    trace = 0.0
    for i in range(n):
        for j in range(i + 1):
            total = 0.0
            for k in range(length):
                total += away[i, k] * away[j, k]
            inner[i, j] = inner[j, i] = total
        trace += inner[i, i]
    for i in range(n):
        out[i] = 0.0
    if trace <= 0.0:
        return
    first = inner.copy()
    for _ in range(SQUARINGS):
        scale = 1.0 / (trace * trace)
        for i in range(n):
            row = squared[i]
            for j in range(n):
                row[j] = 0.0
            for k in range(n):
                weight, other = scale * inner[i, k], inner[k]
                for j in range(n):
                    row[j] += weight * other[j]
        inner, squared = squared, inner
        trace = 0.0
        for i in range(n):
            trace += inner[i, i]
    best = 0
    for i in range(n):
        if inner[i, i] > inner[best, best]:
            best = i
    norm = 0.0
    for i in range(n):
        norm += inner[best, i] * inner[best, i]
    norm = math.sqrt(norm)
    size = 0.0
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += first[i, j] * inner[best, j]
        size += total * inner[best, i]
    size = math.sqrt(max(0.0, size)) / norm
    for i in range(n):
        out[i] = size * inner[best, i] / norm
