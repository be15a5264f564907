"""A handful of motor units for the synthetic source: what each looks like, and when it discharges.

Textbook proportions, drawn at random; **not a physiological model**: no fibres, no volume conductor, no
force. Numbers follow the direction of the clinical literature (short, small potentials of many units in
myopathy; long, large ones of few fast units in neurogenic disease) and were not fitted to any recording,
nor to any model that may read them.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Pattern = Literal["healthy", "myopathic", "neurogenic"]
Electrode = Literal["needle", "surface", "armband"]

_SPIKE_PEAK_TO_PEAK = 1.0 + 2.0 * np.exp(-1.5)
"""Of (u^2 - 1) exp(-u^2 / 2): -1 in the middle, 2 exp(-3/2) in the side lobes."""

_ISI_VARIATION = 0.15
"""Coefficient of variation of the interval between discharges of one unit."""


@dataclass(frozen=True, slots=True)
class _Pool:
    """Typical values of a pattern, as a needle sees it."""

    n_units: int
    amplitude_uv: float
    """Peak to peak."""
    duration_ms: float
    spike_ms: float
    """Half the distance between the zero crossings of the main lobe."""
    rate_per_effort_hz: float


_POOLS: dict[Pattern, _Pool] = {
    "healthy": _Pool(10, 370.0, 10.0, 0.28, 20.0),
    "myopathic": _Pool(28, 240.0, 7.0, 0.22, 20.0),
    "neurogenic": _Pool(4, 830.0, 13.5, 0.35, 40.0),
}


@dataclass(frozen=True, slots=True)
class _View:
    """How an electrode changes what a needle would see."""

    units: int
    """Times as many units in reach."""
    gain: float
    """To microvolt, or to counts for the armband."""
    widening: float
    """A potential lasts so many times longer under the skin."""


_VIEWS: dict[Electrode, _View] = {
    "needle": _View(1, 1.0, 1.0),
    "surface": _View(4, 0.4, 7.0),
    "armband": _View(4, 0.08, 20.0),
}


@dataclass(frozen=True, slots=True)
class MotorUnit:
    """One unit."""

    potential: NDArray[np.float32]
    """`(length, n_channels)`, microvolt or counts; the discharge is in the middle."""
    threshold: float
    """Effort, 0 to 1, from which it takes part."""
    rate_per_effort_hz: float

    def rate_hz(self, effort: float) -> float:
        """Its discharge rate; 0 below its threshold."""
        return 7.0 + self.rate_per_effort_hz * (effort - self.threshold) if effort >= self.threshold else 0.0


def draw_units(
    pattern: Pattern, electrode: Electrode, n_channels: int, rate_hz: float, rng: np.random.Generator
) -> tuple[MotorUnit, ...]:
    """The units of a pool, those of low threshold first."""
    pool, view = _POOLS[pattern], _VIEWS[electrode]
    thresholds = np.linspace(0.05, 0.6, pool.n_units * view.units)
    units = []
    for threshold in thresholds:
        amplitude = view.gain * pool.amplitude_uv * rng.lognormal(sigma=0.4)
        duration_s = view.widening * pool.duration_ms / 1000.0 * rng.uniform(0.8, 1.2)
        spike_s = view.widening * pool.spike_ms / 1000.0 * rng.uniform(0.8, 1.2)
        shape = amplitude * _three_lobes(rate_hz, spike_s, duration_s)
        potential = (shape[:, None] * _reach(n_channels, rng)).astype(np.float32)
        units.append(MotorUnit(potential, float(threshold), pool.rate_per_effort_hz))
    return tuple(units)


def _three_lobes(rate_hz: float, spike_s: float, duration_s: float) -> NDArray[np.float64]:
    """A potential of peak-to-peak 1: positive, negative, positive, on a slow wave that widens it.

    Negative is down. Both parts have no net area, as behind an amplifier that passes no direct current.
    """
    half = int(np.ceil(duration_s * rate_hz))
    t_s = np.arange(-half, half + 1) / rate_hz
    u = t_s / spike_s
    v = t_s / (duration_s / 5.0)
    slow = 0.08 * v * np.exp(-0.5 * v**2)
    return (u**2 - 1.0) * np.exp(-0.5 * u**2) / _SPIKE_PEAK_TO_PEAK + slow


def _reach(n_channels: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How strongly each of a ring of channels sees a unit that lies somewhere under it: at most 1."""
    centre = rng.uniform(0, n_channels) if n_channels > 1 else 0.0
    apart = np.abs(np.arange(n_channels) - centre)
    apart = np.minimum(apart, n_channels - apart)
    return np.exp(-0.5 * (apart / (n_channels / 6.0)) ** 2)


def discharges(
    unit: MotorUnit,
    phases: tuple[tuple[float, float], ...],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Times, in s, at which a unit discharges during `phases` of (duration in s, effort 0 to 1).

    Intervals are normal about 1/rate with a coefficient of variation of 0.15, cut at three standard
    deviations, so that no interval is shorter than about half the mean one.
    """
    times: list[float] = []
    begin_s = 0.0
    for duration_s, effort in phases:
        rate_hz = unit.rate_hz(effort)
        stop_s = begin_s + duration_s
        if rate_hz > 0:
            t_s = max(begin_s, times[-1] if times else 0.0) + rng.uniform(0.2, 1.0) / rate_hz
            while t_s < stop_s:
                times.append(t_s)
                t_s += (1.0 + _ISI_VARIATION * np.clip(rng.standard_normal(), -3.0, 3.0)) / rate_hz
        begin_s = stop_s
    return np.array(times)
