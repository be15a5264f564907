"""Slow twins of everything that processing computes, written from the definitions.

Plain numpy and Python, no state, no tricks; float64 throughout. What is fast is compared with these.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from processing.feature_registry import FeatureParameters

Signal = NDArray[np.float64]
Twin = Callable[[Signal, float, FeatureParameters], Sequence[Any]]


# --- buffers ----------------------------------------------------------------------------------------------


def ring_window(pushed: NDArray[Any], first_pushed: int, stop_index: int, length: int) -> NDArray[Any]:
    """The samples [stop_index - length, stop_index) of all that were ever pushed."""
    return pushed[stop_index - length - first_pushed : stop_index - first_pushed]


def windows_due(at_index: int, length: int, hop: int, stop_index: int) -> list[int]:
    """Every stop index of a window that is complete when samples up to `stop_index` are there."""
    return [s for s in range(stop_index + 1) if s >= at_index + length and (s - at_index - length) % hop == 0]


# --- filters ----------------------------------------------------------------------------------------------


def hold_finite(x: NDArray[Any], before: float = 0.0) -> Signal:
    """Samples that are not finite replaced by the last finite one."""
    held = []
    for value in x:
        before = float(value) if math.isfinite(value) else before
        held.append(before)
    return np.array(held)


def cascade(x: Signal, sections: NDArray[np.float64]) -> Signal:
    """Second-order sections by their difference equation, as if the first sample had stood for ever."""
    level = x[0]
    y = x - level
    for b0, b1, b2, a1, a2 in sections:
        x, y = y, np.zeros_like(y)
        for n in range(len(x)):
            past = [(x[n - k], y[n - k]) if n >= k else (0.0, 0.0) for k in (1, 2)]
            y[n] = b0 * x[n] + b1 * past[0][0] + b2 * past[1][0] - a1 * past[0][1] - a2 * past[1][1]
        level *= (b0 + b1 + b2) / (1.0 + a1 + a2)
    return y + level


def resampled(x: Signal, phases: NDArray[np.float64], down: int) -> Signal:
    """Zero-stuffed, filtered at the high rate, every `down`-th kept; the first sample stands before."""
    up, n_taps = phases.shape
    impulse = phases[:, ::-1].T.ravel()
    stuffed = np.zeros((n_taps + len(x)) * up)
    stuffed[::up] = np.concatenate([np.full(n_taps, x[0]), x])
    return np.convolve(stuffed, impulse)[n_taps * up : len(stuffed)][::down]


# --- quality ----------------------------------------------------------------------------------------------


def longest_run(x: NDArray[Any]) -> int:
    """The most samples in a row that are equal."""
    return max(len(list(run)) for _, run in groupby(x.tolist()))


def explained_fraction(x: Signal, waveforms: list[Signal], beside: list[Signal]) -> float:
    """Part of the power of x about its mean that `waveforms` explain beyond `beside`, by least squares."""

    def residual(columns: list[Signal]) -> float:
        matrix = np.stack(columns, axis=1)
        return float(np.sum((x - matrix @ np.linalg.lstsq(matrix, x, rcond=None)[0]) ** 2))

    return (residual(beside) - residual(beside + waveforms)) / float(np.sum((x - np.mean(x)) ** 2))


def slow_waves(length: int, duration_s: float, below_hz: float) -> list[Signal]:
    """The cosines of 0, 1, 2 ... half periods in the window, as long as they are slower than `below_hz`."""
    at = (np.arange(length) + 0.5) / length
    return [np.cos(np.pi * k * at) for k in range(length) if k / (2.0 * duration_s) < below_hz]


def mains_waves(length: int, duration_s: float, mains_hz: float) -> list[Signal]:
    """Cosines and sines of the mains and its next two harmonics."""
    t = (np.arange(length) + 0.5) / length * duration_s
    return [f(2.0 * np.pi * k * mains_hz * t) for k in (1, 2, 3) for f in (np.cos, np.sin)]


# --- features ---------------------------------------------------------------------------------------------


def central_moment(x: Signal, order: int) -> float:
    return float(np.mean((x - np.mean(x)) ** order))


def is_constant(x: Signal) -> bool:
    return bool(np.all(x == x[0]))


def standardised_moment(x: Signal, order: int) -> float:
    return 0.0 if is_constant(x) else central_moment(x, order) / central_moment(x, 2) ** (order / 2)


def mobility(x: Signal, rate_hz: float) -> float:
    return 0.0 if is_constant(x) else rate_hz * float(np.std(np.diff(x)) / np.std(x))


def complexity(x: Signal) -> float:
    slope = np.diff(x)
    return 0.0 if is_constant(x) or is_constant(slope) else mobility(slope, 1.0) / mobility(x, 1.0)


def autoregressive(x: Signal, order: int) -> list[float]:
    x = x - np.mean(x)
    r = [float(np.sum(x[lag:] * x[: len(x) - lag])) for lag in range(order + 1)]
    if r[0] == 0.0:
        return [0.0] * order
    matrix = [[r[abs(i - j)] for j in range(order)] for i in range(order)]
    return np.linalg.solve(np.array(matrix), np.array(r[1:])).tolist()


def zero_crossings(x: Signal, threshold: float) -> int:
    sides = [math.copysign(1.0, v) for v in x if abs(v) >= threshold]
    return sum(a != b for a, b in pairwise(sides))


def slope_sign_changes(x: Signal, threshold: float) -> int:
    return sum(
        (b > max(a, c) or b < min(a, c)) and max(abs(b - a), abs(b - c)) >= threshold
        for a, b, c in zip(x, x[1:], x[2:], strict=False)
    )


def pivots(x: Signal, threshold: float) -> list[int]:
    """Positions of the alternating extremes from which the signal then departs by `threshold`."""
    found: list[int] = []
    start, sign = 0, 0
    while True:
        departures = [
            (stop, s)
            for s in ((1, -1) if sign == 0 else (sign,))
            for stop in range(start + 1, len(x))
            if np.max(s * x[start:stop]) - s * x[stop] >= threshold
        ]
        if not departures:
            return found
        stop, s = min(departures, key=lambda departure: departure[0])
        start += int(np.argmax(s * x[start:stop]))
        found.append(start)
        sign = -s


def turn_amplitudes(x: Signal, threshold: float) -> list[float]:
    at = pivots(x, threshold)
    return [abs(float(x[b] - x[a])) for a, b in pairwise(at)]


def upper_centile(values: list[float], centile: float) -> float:
    rank = math.ceil(Fraction(str(centile)) * len(values))
    return sorted(values)[rank - 1] if values else 0.0


def activity(x: Signal, threshold: float, longest: int) -> float:
    at = pivots(x, threshold)
    return sum(b - a for a, b in pairwise(at) if b - a <= longest) / len(x)


def padded_length(n: int) -> int:
    """The smallest even number from n up that is a product of 2, 3 and 5."""
    fives = (2**a * 3**b * 5**c for a in range(1, 15) for b in range(10) for c in range(7))
    return min(m for m in fives if m >= n)


def periodogram(x: Signal, rate_hz: float) -> tuple[Signal, Signal]:
    """Frequencies (Hz) and the variance at each, by the sum that defines the Fourier transform."""
    n = padded_length(len(x))
    weights = np.sin(np.pi * (np.arange(len(x)) + 0.5) / len(x)) ** 2
    tapered = (x - np.mean(x)) * weights
    k = np.arange(1, n // 2 + 1)
    transform = np.exp(-2j * np.pi * np.outer(k, np.arange(len(x))) / n) @ tapered
    power = 2.0 * np.abs(transform) ** 2 / (n * np.sum(weights**2))
    power[-1] /= 2.0
    return k * rate_hz / n, power


def mean_frequency(x: Signal, rate_hz: float) -> float:
    hz, power = periodogram(x, rate_hz)
    return 0.0 if is_constant(x) else float(np.sum(hz * power) / np.sum(power))


def median_frequency(x: Signal, rate_hz: float) -> float:
    hz, power = periodogram(x, rate_hz)
    return 0.0 if is_constant(x) else float(hz[np.searchsorted(np.cumsum(power), np.sum(power) / 2.0)])


def spectral_moments(x: Signal, rate_hz: float) -> list[float]:
    hz, power = periodogram(x, rate_hz)
    return [float(np.sum(power * (hz / 1000.0) ** k)) for k in range(4)]


def band_powers(x: Signal, rate_hz: float, edges_hz: tuple[float, ...]) -> list[float]:
    hz, power = periodogram(x, rate_hz)
    bands = [(a, b) for a, b in pairwise(edges_hz) if b <= rate_hz / 2]
    total = float(np.sum(power))
    inside = [float(np.sum(power[(hz > a - 1e-6) & (hz < b - 1e-6)])) for a, b in bands]
    return [part / total if not is_constant(x) else 0.0 for part in inside]


def turns(x: Signal, p: FeatureParameters) -> list[float]:
    return turn_amplitudes(x, p.turn_threshold)


FEATURE_TWINS: dict[str, Twin] = {
    "mean_absolute_value": lambda x, rate_hz, p: [np.mean(np.abs(x))],
    "root_mean_square": lambda x, rate_hz, p: [np.sqrt(np.mean(x**2))],
    "peak": lambda x, rate_hz, p: [np.max(np.abs(x))],
    "peak_to_peak": lambda x, rate_hz, p: [np.max(x) - np.min(x)],
    "waveform_length": lambda x, rate_hz, p: [np.sum(np.abs(np.diff(x)))],
    "skewness": lambda x, rate_hz, p: [standardised_moment(x, 3)],
    "kurtosis": lambda x, rate_hz, p: [0.0 if is_constant(x) else standardised_moment(x, 4) - 3.0],
    "hjorth_activity": lambda x, rate_hz, p: [np.var(x)],
    "hjorth_mobility": lambda x, rate_hz, p: [mobility(x, rate_hz)],
    "hjorth_complexity": lambda x, rate_hz, p: [complexity(x)],
    "autoregressive": lambda x, rate_hz, p: autoregressive(x, p.order),
    "zero_crossings": lambda x, rate_hz, p: [zero_crossings(x, p.zero_threshold) * rate_hz / len(x)],
    "slope_sign_changes": lambda x, rate_hz, p: [slope_sign_changes(x, p.slope_threshold) * rate_hz / len(x)],
    "willison_amplitude": lambda x, rate_hz, p: [
        np.sum(np.abs(np.diff(x)) >= p.step_threshold) * rate_hz / len(x)
    ],
    "turns": lambda x, rate_hz, p: [len(turns(x, p)) * rate_hz / len(x)],
    "mean_turn_amplitude": lambda x, rate_hz, p: [np.mean(turns(x, p) or [0.0])],
    "upper_centile_amplitude": lambda x, rate_hz, p: [upper_centile(turns(x, p), p.upper_centile)],
    "activity": lambda x, rate_hz, p: [activity(x, p.turn_threshold, math.floor(p.segment_s * rate_hz))],
    "mean_frequency": lambda x, rate_hz, p: [mean_frequency(x, rate_hz)],
    "median_frequency": lambda x, rate_hz, p: [median_frequency(x, rate_hz)],
    "spectral_moments": lambda x, rate_hz, p: spectral_moments(x, rate_hz),
    "band_powers": lambda x, rate_hz, p: band_powers(x, rate_hz, p.band_edges_hz),
}
"""One for every name in the registry: x is one channel, f64 (n_samples,)."""


def features(
    window: NDArray[np.float32], names: Sequence[str], rate_hz: float, p: FeatureParameters
) -> Signal:
    """The columns of `names`, f64 (n_channels, k)."""
    channels = window.astype(np.float64).T
    return np.array([[v for name in names for v in FEATURE_TWINS[name](x, rate_hz, p)] for x in channels])
