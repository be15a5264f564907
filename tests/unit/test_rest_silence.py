"""What is no muscle has no name."""

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.spontaneous.watcher import RestWatcher

RATE_HZ = 12_000.0
T = np.arange(round(60.0 * RATE_HZ)) / RATE_HZ


def white(noise_uv: float) -> NDArray[np.float64]:
    return noise_uv * np.random.default_rng(1).standard_normal(T.size)


def mains(hz: float) -> NDArray[np.float64]:
    """With the sharp tops that a dimmer makes."""
    phase = 2 * np.pi * hz * T
    return 100.0 * np.sin(phase) + 150.0 * np.exp(-((np.sin(phase / 2) / 0.02) ** 2)) + white(3.0)


def clipped() -> NDArray[np.float64]:
    """A baseline that wanders far beyond the converter's range, in a little noise."""
    steps = 4000.0 * np.random.default_rng(2).standard_normal(600)
    return np.clip(np.interp(T, np.linspace(0.0, T[-1], 600), steps) + white(4.0), -2500.0, 2500.0)


SIGNALS = {
    "silence": np.zeros(T.size),
    "an offset": np.full(T.size, -700.0),
    "little noise": white(3.0),
    "much noise": white(200.0),
    "mains at 50 Hz": mains(50.0),
    "mains at 60 Hz": mains(60.0),
    "saturation": clipped(),
    "rail to rail": 2500.0 * np.sign(np.sin(2 * np.pi * 9.0 * T)),
    "not a number": np.full(T.size, np.nan),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_no_name(name: str) -> None:
    watcher = RestWatcher(RATE_HZ)
    watcher.begin(1, 0)
    told = watcher.feed(SIGNALS[name].astype(np.float32), 0) + watcher.end(T.size)
    assert {each.kind for each in told} <= {"artefact", "not named"}
    assert all(grade.grade == 0 for grade in watcher.grades())
