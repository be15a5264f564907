"""A needle beside a few motor units of known shape and known discharges."""

import numpy as np
from numpy.typing import NDArray

HALF_MS = 12.0


def potential(rate_hz: float, amplitude_uv: float, width_ms: float, kind: int) -> NDArray[np.float64]:
    """A unit's potential, its largest peak in the middle; each kind another shape."""
    half = round(HALF_MS * rate_hz / 1000.0)
    t = np.arange(-half, half + 1) / rate_hz * 1000.0
    x = -np.exp(-((t / width_ms) ** 2))
    if kind % 3 == 0:
        x += 0.45 * np.exp(-(((t + 0.9) / 0.5) ** 2))
    if kind % 3 == 1:
        x += 0.7 * np.exp(-(((t - 0.8) / 0.35) ** 2)) - 0.4 * np.exp(-(((t - 1.9) / 0.4) ** 2))
    if kind % 3 == 2:
        x = -x + 0.8 * np.exp(-(((t - 2.2) / 0.4) ** 2)) - 0.5 * np.exp(-(((t + 1.4) / 0.5) ** 2))
    return amplitude_uv * x


def regular(
    rate_hz: float, duration_s: float, per_s: float, cv: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Indices of a unit's discharges over a recording."""
    n = round(duration_s * per_s * 1.5) + 2
    intervals = (1.0 + cv * np.clip(rng.standard_normal(n), -2.5, 2.5)) / per_s
    at = np.round((rng.uniform(0.05, 0.15) + np.cumsum(intervals)) * rate_hz).astype(np.int64)
    return at[at < (duration_s - 0.05) * rate_hz]


def muscle(
    rate_hz: float, duration_s: float, units: int, noise_uv: float, seed: int
) -> tuple[NDArray[np.float32], list[NDArray[np.int64]], list[NDArray[np.float64]]]:
    """Signal f32 `(n_samples,)`, and per unit its discharges and its potential."""
    rng = np.random.default_rng(seed)
    signal = noise_uv * rng.standard_normal(round(duration_s * rate_hz))
    trains: list[NDArray[np.int64]] = []
    shapes: list[NDArray[np.float64]] = []
    for k in range(units):
        shapes.append(potential(rate_hz, 500.0 + 250.0 * k, 0.25 + 0.05 * k, k))
        trains.append(regular(rate_hz, duration_s, 8.0 + 1.3 * k, 0.15, rng))
        half = shapes[k].size // 2
        for at in trains[k]:
            signal[at - half : at + half + 1] += shapes[k]
    return signal.astype(np.float32), trains, shapes
