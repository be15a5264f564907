"""Whether the potentials of one shape fall into two groups."""

import math

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_spread import widest


def two_groups(shapes: NDArray[np.float32]) -> tuple[NDArray[np.bool_], float]:
    """Which potentials f32 `(n, n_samples)`, three or more, are of the second of two groups, and how far apart these
    are.

    Along the direction in which the potentials differ most, they are cut where most of their variance lies between
    the groups (Otsu). The distance of the means is in standard deviations within the groups: 2.7 for one normal
    group that is cut in its middle.
    """
    away = shapes.astype(np.float64) - shapes.mean(axis=0, dtype=np.float64)
    n = len(away)
    along = np.empty(n)
    widest(away, np.empty((2, n, n)), along)
    order = np.argsort(along, kind="stable")
    lower = np.arange(1, n)
    below = np.cumsum(along[order])[:-1]
    between = below**2 / lower + below**2 / (n - lower)
    cut = int(np.argmax(between)) + 1
    second = np.zeros(n, dtype=np.bool_)
    second[order[cut:]] = True
    within = (np.sum(along**2) - between[cut - 1]) / n
    gap = float(np.mean(along[second]) - np.mean(along[~second]))
    return second, gap / math.sqrt(within) if within > 0.0 else math.inf
