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
    for so small a matrix and spin: fifteen times the processor time, on a core that is another's. The inner loops
    hold no sum of their own: so the compiler takes several values at a time.
    """
    n, length = away.shape
    inner, squared = work[0], work[1]
    inner[:] = 0.0
    turned = away.T.copy()
    for k in range(length):
        column = turned[k]
        for i in range(n):
            weight, row = column[i], inner[i]
            for j in range(n):
                row[j] += weight * column[j]
    trace = 0.0
    for i in range(n):
        trace += inner[i, i]
    for i in range(n):
        out[i] = 0.0
    if trace <= 0.0:
        return
    first = inner.copy()
    for _ in range(SQUARINGS):
        scale = 1.0 / (trace * trace)
        squared[:] = 0.0
        for k in range(n):
            other = inner[k]
            for i in range(n):
                weight, row = scale * inner[i, k], squared[i]
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
