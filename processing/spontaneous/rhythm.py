"""The firing pattern of a train: what its intervals and amplitudes say."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.kernels.rest_rhythm import VALUES, pattern
from processing.spontaneous.settings import NamingSettings


class Rhythm(NamedTuple):
    """Pattern of a train. Rates and intervals inside its runs, unless stated."""

    discharges: int
    span_s: float
    rate_hz: float
    """One over the median interval."""
    quarter_s: float
    """A quarter of the intervals are shorter."""
    mean_hz: float
    """Discharges over the whole span."""
    cv: float
    """Of all intervals, pauses left out."""
    irregularity: float
    """Robust standard deviation of intervals about their local median, over it."""
    near: int
    """Intervals that are near their local median, or twice or thrice that."""
    looked_at: int
    """Of so many: pauses are left out."""
    bursts: int
    """Groups that are separated by pauses."""
    burst_size: float
    """Median discharges of a group."""
    burst_interval_s: float
    """Median from the beginning of a group to that of the next."""
    burst_cv: float
    """Of those intervals."""
    run_hz: float
    """One over the median interval within groups."""
    run_irregularity: float
    """Of intervals within groups about their trend."""
    rate_swing: float
    """Largest over smallest rate within a group, smoothed; median over the longer groups."""
    size_swing: float
    """The same of amplitudes."""
    size_trend: float
    """Median over groups of the correlation of amplitude with time."""
    inside_spread: float
    """Robust standard deviation of intervals within groups about their median, over it."""
    burst_spread: float
    """The same of the intervals from one group to the next."""


def rhythm(
    index: NDArray[np.int64], size_uv: NDArray[np.float64], rate_hz: float, settings: NamingSettings
) -> Rhythm:
    """The pattern of at least three discharges, ascending indices i64 and sizes f64 `(n,)`."""
    out = np.empty(VALUES)
    pattern(index / rate_hz, size_uv, settings.burst_pause, settings.near, out)
    discharges, span, rate, quarter, mean, cv, irregularity, near, looked_at, bursts, *rest = out.tolist()
    return Rhythm(
        round(discharges), span, rate, quarter, mean, cv, irregularity, round(near), round(looked_at),
        round(bursts), *rest,
    )  # fmt: skip
