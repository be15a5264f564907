"""The firing pattern of a train: what its intervals and amplitudes say."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.spontaneous.settings import NamingSettings

_FOLDED = 3
"""Intervals of up to so many periods are taken for discharges that were missed."""
_AROUND = 2
"""Intervals to either side that make the local median."""


class Rhythm(NamedTuple):
    """Pattern of a train. Rates and intervals inside its runs, unless stated."""

    discharges: int
    span_s: float
    rate_hz: float
    """One over the median interval."""
    mean_hz: float
    """Discharges over the whole span."""
    cv: float
    """Of all intervals, pauses left out."""
    irregularity: float
    """Robust standard deviation of intervals about their local median, over it."""
    regular_share: float
    """Of the intervals that are near their local median, or twice or thrice that."""
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
    longest_run_s: float


def rhythm(
    index: NDArray[np.int64], size_uv: NDArray[np.float64], rate_hz: float, s: NamingSettings
) -> Rhythm:
    """The pattern of at least three discharges, ascending indices i64 and amplitudes f64 `(n,)`."""
    interval_s = np.diff(index) / rate_hz
    middle = float(np.median(interval_s))
    within = float(np.quantile(interval_s, 0.25))
    pause = interval_s > max(s.burst_pause * within, 1e-3)
    cuts = np.flatnonzero(pause)
    firsts = np.concatenate([[0], cuts + 1])
    stops = np.concatenate([cuts + 1, [index.size]])
    groups = [(int(a), int(b)) for a, b in zip(firsts, stops, strict=True)]
    begins = index[firsts] / rate_hz
    between = np.diff(begins)
    inside = interval_s[~pause]
    run = float(np.median(inside)) if inside.size else middle
    unpaused = interval_s[interval_s < max(10.0 * middle, 1e-3)]
    irregularity, share = regularity(interval_s)
    long = sorted(groups, key=lambda g: g[0] - g[1])[:6]
    swings = [_swings(index[a:b], size_uv[a:b]) for a, b in long if b - a >= 8]
    run_irregularity = float(np.median([w[3] for w in swings])) if swings else irregularity
    return Rhythm(
        discharges=index.size,
        span_s=float(index[-1] - index[0]) / rate_hz,
        rate_hz=1.0 / middle if middle > 0 else 0.0,
        mean_hz=(index.size - 1) / max(1e-9, float(index[-1] - index[0]) / rate_hz),
        cv=float(np.std(unpaused) / np.mean(unpaused)) if unpaused.size else 0.0,
        irregularity=irregularity,
        regular_share=share,
        bursts=len(groups),
        burst_size=float(np.median(stops - firsts)),
        burst_interval_s=float(np.median(between)) if between.size else 0.0,
        burst_cv=float(np.std(between) / np.mean(between)) if between.size > 1 else 0.0,
        run_hz=1.0 / run if run > 0 else 0.0,
        run_irregularity=run_irregularity,
        rate_swing=float(np.median([w[0] for w in swings])) if swings else 1.0,
        size_swing=float(np.median([w[1] for w in swings])) if swings else 1.0,
        size_trend=float(np.median([w[2] for w in swings])) if swings else 0.0,
        longest_run_s=max(float(index[b - 1] - index[a]) for a, b in groups) / rate_hz,
    )


def regularity(interval_s: NDArray[np.float64]) -> tuple[float, float]:
    """Irregularity and regular share of intervals f64 `(n,)`, with missed discharges allowed for."""
    middle = float(np.median(interval_s))
    if middle <= 0.0:
        return np.inf, 0.0
    times = np.clip(np.round(interval_s / middle), 1, _FOLDED)
    folded = interval_s / times
    local = _running_median(folded)
    off = folded / local - 1.0
    near = np.abs(off) < 0.25
    kept = interval_s < (_FOLDED + 1) * middle
    used = off[kept]
    # The local median contains the interval itself: for normal intervals, the median of five takes a sixth off.
    return float(1.4826 * np.median(np.abs(used)) * 1.1), float(np.mean(near[kept]))


def _running_median(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of each value and `_AROUND` to either side, f64 `(n,)`."""
    width = 2 * _AROUND + 1
    if x.size < width:
        return np.full(x.size, np.median(x))
    inner = np.median(np.lib.stride_tricks.sliding_window_view(x, width), axis=1)
    return np.concatenate([np.full(_AROUND, inner[0]), inner, np.full(_AROUND, inner[-1])])


def _swings(index: NDArray[np.int64], size_uv: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Rate swing, amplitude swing, correlation of amplitude with time, and irregularity of one group."""
    interval = np.diff(index).astype(np.float64)
    slow, sizes = _running_median(interval), _running_median(size_uv)
    t = np.arange(sizes.size)
    trend = float(np.corrcoef(t, sizes)[0, 1]) if np.ptp(sizes) > 0 else 0.0
    off = float(1.4826 * np.median(np.abs(interval / slow - 1.0)))
    return float(slow.max() / slow.min()), float(sizes.max() / max(sizes.min(), 1e-9)), trend, off
