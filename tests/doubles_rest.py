"""A needle at rest beside a few fibres of known shape and known discharges."""

import numpy as np
from numpy.typing import NDArray


def fibre(rate_hz: float, amplitude_uv: float) -> NDArray[np.float64]:
    """A single fibre's potential, peak to peak: positive, negative, positive, its negative peak in the middle."""
    half = round(8.0 * rate_hz / 1000.0)
    t = np.arange(-half, half + 1) / rate_hz * 1000.0
    x = (
        -np.exp(-((t / 0.3) ** 2))
        + 0.5 * np.exp(-(((t + 0.7) / 0.35) ** 2))
        + 0.2 * np.exp(-(((t - 0.9) / 0.5) ** 2))
    )
    return amplitude_uv * x / np.ptp(x)


def at_times(
    rate_hz: float, n_samples: int, at: NDArray[np.float64], potential: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The potential laid at these seconds."""
    out = np.zeros(n_samples)
    half = potential.size // 2
    for index in np.round(at * rate_hz).astype(int):
        if half <= index < n_samples - half:
            out[index - half : index + half + 1] += potential
    return out


def regular_fibre(
    rate_hz: float, duration_s: float, per_s: float, amplitude_uv: float, seed: int, cv: float = 0.03
) -> NDArray[np.float32]:
    """A fibre that fires regularly, in 2 uV of noise."""
    rng = np.random.default_rng(seed)
    n = round(duration_s * rate_hz)
    intervals = (1.0 + cv * np.clip(rng.standard_normal(round(duration_s * per_s * 1.5)), -2.5, 2.5)) / per_s
    signal = at_times(rate_hz, n, 0.05 + np.cumsum(intervals), fibre(rate_hz, amplitude_uv))
    return (signal + 2.0 * rng.standard_normal(n)).astype(np.float32)
