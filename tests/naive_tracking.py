"""Slow twins of how potentials are compared, aligned and found, from the definitions."""

import math
from statistics import median

import numpy as np

from tests.naive import Signal


def between(samples: Signal, at: float, taps: int) -> float:
    """The signal at a place between its samples: a sinc under a Hann window, made to sum to one."""
    first = math.floor(at) - taps // 2 + 1
    away = [first + k - at for k in range(taps)]
    weights = [np.sinc(x) * math.cos(math.pi * x / (taps + 1)) ** 2 for x in away]
    held = [samples[first + k] if 0 <= first + k < len(samples) else 0.0 for k in range(taps)]
    return float(np.dot(weights, held) / sum(weights))


def distance(
    residual: Signal, place: float, template: Signal, support: tuple[int, int], noise: float, taps: int
) -> float:
    """Energy that a template laid at `place` leaves over its own, less that of the noise."""
    begin, end = support
    start = math.floor(place)
    late = np.array([between(template, k - (place - start), taps) for k in range(begin, end)])
    left = residual[start + begin : start + end] - late
    excess = float(np.sum(left**2)) - noise * (end - begin)
    return max(0.0, excess) / float(np.sum(template[begin:end] ** 2))


def next_peak(residual: Signal, floor: Signal, first: int, stop: int, half: int) -> int:
    """The largest sample above its floor that no other such sample within `half` exceeds."""
    size = np.where(np.abs(residual) > floor, np.abs(residual), -1.0)
    peaks = [
        i
        for i in range(first, stop)
        if size[i] >= 0.0 and i == i - half + int(np.argmax(size[i - half : i + half + 1]))
    ]
    return max(peaks, key=lambda i: (size[i], -i), default=-1)


def longest_flat(samples: Signal) -> int:
    """The longest run of the largest or of the smallest value."""
    runs = [0]
    for extreme in (samples.max(), samples.min()):
        run = 0
        for x in samples:
            run = run + 1 if x == extreme else 0
            runs.append(run)
    return max(runs)


def most_at(samples: Signal, low: float, high: float) -> int:
    """How many are one of the two."""
    return max(samples.tolist().count(low), samples.tolist().count(high))


def evidence(intervals: list[int], means: list[float], skipped: int, cv: float, stray: float) -> float:
    """Logarithm of the likelihood ratio, by its definition."""
    mean = sum(intervals) / len(intervals)
    sums = [-math.inf]
    for tried in means:
        if tried > 1.1 * mean:
            continue
        seen = min(0.98, tried / mean)
        logs = []
        for x in intervals:
            parts = [
                seen * (1 - seen) ** (k - 1) * normal_density(x, k * tried, cv * tried * math.sqrt(k))
                for k in range(1, skipped + 1)
            ]
            logs.append(math.log((1 - stray) * sum(parts) * mean / math.exp(-x / mean) + stray))
        sums.append(sum(logs))
    return max(sums)


def normal_density(x: float, mean: float, sd: float) -> float:
    """Of the normal distribution."""
    return math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))


def best_correlation(a: Signal, b: Signal, most_lag: int) -> float:
    """The largest normalised product over lags."""
    norm = math.sqrt(float(np.sum(a**2) * np.sum(b**2)))
    if norm == 0.0:
        return 0.0
    padded = np.pad(b, most_lag)
    lags = range(2 * most_lag + 1)
    return max(float(np.sum(a * padded[lag : lag + len(a)])) / norm for lag in lags)


def decimated(samples: Signal, taps: Signal, factor: int) -> Signal:
    """Every so many of the sums of neighbours, weighted."""
    return np.correlate(samples, taps, "valid")[::factor]


def extent(
    template: Signal, near: int, young: bool, support_fraction: float, anchor_fraction: float
) -> tuple[int, int, list[int]]:
    """The first column and the one after the last that count, and the extrema about the middle, largest first."""
    size, middle = np.abs(template), len(template) // 2
    largest = size[middle - near : middle + near + 1].max()
    counting = [
        i
        for i in range(len(template))
        if size[i] > support_fraction * largest and (not young or abs(i - middle) <= near)
    ]
    extrema = [
        i
        for i in range(middle - near + 1, middle + near)
        if size[i] >= max(size[i - 1], anchor_fraction * largest) and size[i] > size[i + 1]
    ]
    begin, end = (counting[0], counting[-1] + 1) if counting else (0, 0)
    return begin, end, sorted(extrema, key=lambda i: (-size[i], i))


def gain(residual: Signal, start: int, shape: Signal, support: tuple[int, int]) -> tuple[float, float]:
    """Energy that a shape takes off where it is laid, and that it leaves, both over its own."""
    own = shape[support[0] : support[1]]
    there = residual[start + support[0] : start + support[1]]
    before, after, energy = np.sum(there**2), np.sum((there - own) ** 2), np.sum(own**2)
    return float((before - after) / energy), float(after / energy)


def limit_at(at: int, others: list[int], expected: float, limits: list[float]) -> float:
    """The largest distance for a discharge at a place, by its intervals to those before and after it."""
    refractory, early, usual, when_early, when_expected, width = limits
    before = min((at - other for other in others if other <= at), default=math.inf)
    after = min((other - at for other in others if other > at), default=math.inf)
    if min(before, after) < refractory:
        return 0.0
    if min(before, after) < early:
        return when_early
    timely = expected > 0.0 and min(abs(before - expected), abs(after - expected)) < width * expected
    return when_expected if timely else usual


def locked(own: list[int], others: list[int], within: float, width: float) -> int:
    """How many are as far from the nearest other as most are."""
    nearest = [min((time - other for other in others), key=lambda away: (abs(away), -away)) for time in own]
    near = [away for away in nearest if abs(away) <= within]
    return sum(abs(away - median(near)) <= width for away in near)


def released(
    held: list[tuple[int, int, int]], before: list[int], stop: int, core: int
) -> list[tuple[int, int, int, int, int]]:
    """Of what is held, as row, first sample, phase, what begins before `stop`, in order; with each whether another is
    near, and its place in what was held."""
    starts = before + [start for _, start, _ in held]
    found = [
        (row, start, phase, int(sum(abs(other - start) <= core for other in starts) > 1), at)
        for at, (row, start, phase) in enumerate(held)
        if start < stop
    ]
    return sorted(found, key=lambda each: each[1])
