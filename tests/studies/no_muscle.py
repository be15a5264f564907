"""Signals that are no muscle, for as long as one likes, and what is made of them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from processing.motor_units.tracked import UnitBorn
from processing.motor_units.tracking import MotorUnitTracker

RATE_HZ = 23_437.5
CHUNK_S = 20.0
"""Each made anew; every chunk goes on where the last ended."""

Signal = NDArray[np.float64]


def white(noise_uv: float) -> Callable[[Signal, np.random.Generator], Signal]:
    """Random, without memory."""
    return lambda t, rng: noise_uv * rng.standard_normal(t.size)


def coloured(t: Signal, rng: np.random.Generator) -> Signal:
    """Random, with most of its power at low frequencies."""
    return np.asarray(lfilter([60.0], [1.0, -0.95], rng.standard_normal(t.size)))


def spiky(t: Signal, rng: np.random.Generator) -> Signal:
    """Spikes of one shape, of any size, at random times: twelve a second, as a unit has."""
    hits = np.zeros(t.size)
    hits[rng.integers(0, t.size, round(12.0 * t.size / RATE_HZ))] = 1.0
    width = np.arange(-40, 41) / 8.0
    shape = (1.0 - width**2) * np.exp(-0.5 * width**2)
    return 400.0 * np.convolve(hits, shape, "same") * rng.uniform(0.9, 1.1) + 3.0 * rng.standard_normal(
        t.size
    )


def heavy_tailed(t: Signal, rng: np.random.Generator) -> Signal:
    """Random, with rare large values."""
    return np.clip(8.0 * rng.standard_t(2.5, t.size), -4000.0, 4000.0)


def mains(hz: float) -> Callable[[Signal, np.random.Generator], Signal]:
    """With the harmonics that a dimmer makes, 5 mV in all, its amplitude wandering a little."""

    def made(t: Signal, rng: np.random.Generator) -> Signal:
        phase = 2 * np.pi * hz * t
        swing = 1.0 + 0.02 * np.sin(2 * np.pi * 0.1 * t)
        sharp = np.exp(-((np.sin(phase / 2) / 0.02) ** 2)) + 0.5 * np.sin(3 * phase) + 0.2 * np.sin(9 * phase)
        return swing * (1500.0 * np.sin(phase) + 1000.0 * sharp) + 3.0 * rng.standard_normal(t.size)

    return made


def saturated(t: Signal, rng: np.random.Generator) -> Signal:
    """A baseline that wanders far beyond the converter's range."""
    wander = 4000.0 * np.sin(2 * np.pi * 9.0 * t) + 3000.0 * np.sin(2 * np.pi * 0.37 * t)
    return np.clip(wander + 4.0 * rng.standard_normal(t.size), -2500.0, 2500.0)


def silent(t: Signal, rng: np.random.Generator) -> Signal:
    """A converter without a bit of noise, with an offset."""
    return np.full(t.size, -700.0)


KINDS: dict[str, Callable[[Signal, np.random.Generator], Signal]] = {
    "silence": silent,
    "white noise, 4 uV": white(4.0),
    "white noise, 300 uV": white(300.0),
    "coloured noise": coloured,
    "heavy-tailed noise": heavy_tailed,
    "spikes at random": spiky,
    "mains, 50 Hz": mains(50.0),
    "mains, 60 Hz": mains(60.0),
    "saturation": saturated,
}


def heard(kind: str, hours: float) -> list[float]:
    """When units were born in it, in seconds."""
    rng = np.random.default_rng(1)
    tracker = MotorUnitTracker(RATE_HZ)
    chunk = round(CHUNK_S * RATE_HZ)
    born: list[float] = []
    for first in range(0, round(hours * 3600.0 * RATE_HZ), chunk):
        t = np.arange(first, first + chunk) / RATE_HZ
        events = tracker.feed(KINDS[kind](t, rng).astype(np.float32), first)
        born += [event.index / RATE_HZ for event in events if isinstance(event, UnitBorn)]
    return born
