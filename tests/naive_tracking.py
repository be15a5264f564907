"""Slow twins of how potentials are compared, aligned and found, from the definitions."""

import math

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


def best_correlation(a: Signal, b: Signal, most_lag: int) -> float:
    """The largest normalised product over lags."""
    norm = math.sqrt(float(np.sum(a**2) * np.sum(b**2)))
    if norm == 0.0:
        return 0.0
    padded = np.pad(b, most_lag)
    lags = range(2 * most_lag + 1)
    return max(float(np.sum(a * padded[lag : lag + len(a)])) / norm for lag in lags)
