"""The firing pattern of a train."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

VALUES = 20
"""Of a pattern, in the order of `rhythm.Rhythm`."""

_RUN = 8
"""Discharges of a group whose course is looked at."""
_FOLDED = 3
"""Intervals of up to so many periods are taken for discharges that were missed."""


@njit(nogil=True, cache=True)
def _middle(x: NDArray[np.float64]) -> float:
    """Median; x: f64 (n,), n > 0."""
    ordered = np.sort(x)
    n = x.shape[0]
    return float((ordered[(n - 1) // 2] + ordered[n // 2]) / 2.0)


@njit(nogil=True, cache=True)
def _running_middle(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of each value and two to either side, at the ends that of the first or last five. x: f64 (n,)."""
    n = x.shape[0]
    out = np.empty(n)
    if n < 5:
        out[:] = _middle(x)
        return out
    five = np.empty(5)
    for i in range(2, n - 2):
        for k in range(5):
            five[k] = x[i - 2 + k]
        for a in range(1, 5):
            value = five[a]
            b = a
            while b > 0 and five[b - 1] > value:
                five[b] = five[b - 1]
                b -= 1
            five[b] = value
        out[i] = five[2]
    out[:2] = out[2]
    out[n - 2 :] = out[n - 3]
    return out


@njit(nogil=True, cache=True)
def _cv(x: NDArray[np.float64]) -> float:
    """Standard deviation over mean; 0 of fewer than two."""
    if x.shape[0] < 2:
        return 0.0
    mean = np.mean(x)
    total = 0.0
    for value in x:
        total += (value - mean) ** 2
    return float(math.sqrt(total / x.shape[0]) / mean)


@njit(nogil=True, cache=True)
def _regularity(interval: NDArray[np.float64], middle: float, near: float) -> tuple[float, int, int]:
    """Irregularity, near intervals, of how many; missed discharges are allowed for. See `rhythm.Rhythm`."""
    n = interval.shape[0]
    folded = np.empty(n)
    for i in range(n):
        folded[i] = interval[i] / min(max(1.0, np.rint(interval[i] / middle)), float(_FOLDED))
    local = _running_middle(folded)
    off = np.empty(n)
    n_off = 0
    n_near = 0
    for i in range(n):
        if interval[i] < (_FOLDED + 0.5) * middle:
            off[n_off] = abs(folded[i] / local[i] - 1.0)
            if off[n_off] < near:
                n_near += 1
            n_off += 1
    # The local median contains the interval itself: for normal intervals, that of five takes a tenth off.
    return 1.1 * 1.4826 * _middle(off[:n_off]), n_near, n_off


@njit(nogil=True, cache=True)
def _course(at: NDArray[np.float64], size: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Rate swing, size swing, correlation of size with order, irregularity about the trend, of one group."""
    interval = np.diff(at)
    slow = _running_middle(interval)
    smooth = _running_middle(size)
    out[0] = slow.max() / slow.min()
    out[1] = smooth.max() / max(smooth.min(), 1e-9)
    n = smooth.shape[0]
    order = np.arange(n) - (n - 1) / 2.0
    off = smooth - np.mean(smooth)
    power = np.sum(off * off)
    out[2] = np.sum(order * off) / math.sqrt(power * np.sum(order * order)) if power > 0.0 else 0.0
    out[3] = 1.4826 * _middle(np.abs(interval / slow - 1.0))


@njit(nogil=True, cache=True)
def pattern(
    at: NDArray[np.float64], size: NDArray[np.float64], pause: float, near: float, out: NDArray[np.float64]
) -> None:
    """The pattern of at least three discharges. at: f64 (n,) seconds, rising; size: f64 (n,) -> out: f64 (VALUES,).

    A group ends before an interval longer than `pause` times the lower quartile; `near` is how far, as a fraction,
    an interval may be from its local median.
    """
    n = at.shape[0]
    interval = np.maximum(np.diff(at), 1e-6)
    middle = _middle(interval)
    quarter = np.sort(interval)[(n - 2) // 4]
    longest = max(pause * quarter, 1e-3)
    first = np.empty(n, np.int64)
    inside = np.empty(n)
    n_groups = 1
    n_inside = 0
    first[0] = 0
    for i in range(n - 1):
        if interval[i] > longest:
            first[n_groups] = i + 1
            n_groups += 1
        else:
            inside[n_inside] = interval[i]
            n_inside += 1
    courses = np.empty((n_groups, 4))
    members = np.empty(n_groups)
    n_courses = 0
    longest_run = 0.0
    for g in range(n_groups):
        stop = first[g + 1] if g + 1 < n_groups else n
        members[g] = stop - first[g]
        longest_run = max(longest_run, at[stop - 1] - at[first[g]])
        if stop - first[g] >= _RUN:
            _course(at[first[g] : stop], size[first[g] : stop], courses[n_courses])
            n_courses += 1
    between = np.diff(at[first[:n_groups]])
    irregularity, n_near, n_off = _regularity(interval, middle, near)
    out[0] = n
    out[1] = at[n - 1] - at[0]
    out[2] = 1.0 / middle
    out[3] = quarter
    out[4] = (n - 1) / max(1e-9, out[1])
    out[5] = _cv(interval[interval < max(10.0 * middle, 1e-3)])
    out[6] = irregularity
    out[7] = n_near
    out[8] = n_off
    out[9] = n_groups
    out[10] = _middle(members)
    out[11] = _middle(between) if n_groups > 1 else 0.0
    out[12] = _cv(between)
    out[13] = 1.0 / _middle(inside[:n_inside]) if n_inside > 0 else 1.0 / middle
    out[14] = _middle(courses[:n_courses, 3]) if n_courses > 0 else irregularity
    out[15] = _middle(courses[:n_courses, 0]) if n_courses > 0 else 1.0
    out[16] = _middle(courses[:n_courses, 1]) if n_courses > 0 else 1.0
    out[17] = _middle(courses[:n_courses, 2]) if n_courses > 0 else 0.0
    usual = 1.0 / out[13]
    out[18] = 1.4826 * _middle(np.abs(inside[:n_inside] / usual - 1.0)) if n_inside > 0 else 0.0
    out[19] = 1.4826 * _middle(np.abs(between / out[11] - 1.0)) if n_groups > 2 else 1.0
