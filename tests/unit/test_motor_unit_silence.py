"""What is no muscle yields no unit."""

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motor_units.tracking import MotorUnitTracker

RATE_HZ = 20_000.0
T = np.arange(round(60.0 * RATE_HZ)) / RATE_HZ
MINUTES = 4


def white(noise_uv: float) -> NDArray[np.float64]:
    return noise_uv * np.random.default_rng(1).standard_normal(T.size)


def mains(hz: float) -> NDArray[np.float64]:
    """With the sharp tops that a dimmer makes."""
    phase = 2 * np.pi * hz * T
    return 300.0 * np.sin(phase) + 400.0 * np.exp(-((np.sin(phase / 2) / 0.02) ** 2)) + white(3.0)


def clipped() -> NDArray[np.float64]:
    """A baseline that wanders far beyond the converter's range, in a little noise."""
    steps = np.cumsum(np.random.default_rng(2).standard_normal(600)) * 2000.0
    wander = np.interp(T, np.linspace(0.0, T[-1], 600), steps)
    return np.clip(wander + 4000.0 * np.sin(2 * np.pi * 9.0 * T) + white(4.0), -2500.0, 2500.0)


SIGNALS = {
    "silence": np.zeros(T.size),
    "an offset": np.full(T.size, -700.0),
    "little noise": white(4.0),
    "much noise": white(300.0),
    "mains at 50 Hz": mains(50.0),
    "mains at 60 Hz": mains(60.0),
    "saturation": clipped(),
    "rail to rail": 2500.0 * np.sign(np.sin(2 * np.pi * 9.0 * T)),
    "not a number": np.full(T.size, np.nan),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_no_unit(name: str) -> None:
    tracker = MotorUnitTracker(RATE_HZ)
    assert tracker.feed(SIGNALS[name].astype(np.float32), 0) == []
    assert tracker.units() == ()


def test_saturation_for_minutes() -> None:
    """A baseline that goes in and out of the converter's range: while it is out there is no noise to be heard."""
    tracker = MotorUnitTracker(RATE_HZ)
    rng = np.random.default_rng(1)
    for first in range(0, MINUTES * T.size, T.size):
        t = T + first / RATE_HZ
        wander = 4000.0 * np.sin(2 * np.pi * 9.0 * t) + 3000.0 * np.sin(2 * np.pi * 0.37 * t)
        clipped = np.clip(wander + 4.0 * rng.standard_normal(t.size), -2500.0, 2500.0)
        assert tracker.feed(clipped.astype(np.float32), first) == []
