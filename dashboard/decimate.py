"""From full rate to the width of a screen without losing a spike."""

import numpy as np
from numpy.typing import NDArray


def bin_length(sweep_samples: int, width_px: int) -> int:
    """Samples per bin, so that a sweep has one to two bins per pixel; 1 when there is nothing to thin out."""
    return max(1, sweep_samples // width_px)


def extremes(samples: NDArray[np.float32], bin_samples: int) -> NDArray[np.float32]:
    """Least and greatest value of every bin, float32 `(n_bins, 2)`; NaN where a bin has no sample.

    `samples` holds whole bins. Every sample is looked at, so a spike of one sample keeps its height: a
    plain stride loses it. Bins are cut at multiples of their length in absolute sample index, so that a
    bin looks the same whenever it is asked for, and the trace does not shimmer.
    """
    bins = samples.reshape(-1, bin_samples)
    return np.stack([np.fmin.reduce(bins, axis=1), np.fmax.reduce(bins, axis=1)], axis=1)
