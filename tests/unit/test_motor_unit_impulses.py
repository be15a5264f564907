"""What the detection filter makes of single samples is no motor unit, wherever it lies in a shape."""

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motor_units.detection import Detector
from processing.motor_units.plausibility import Plausibility
from processing.motor_units.tracking_settings import TrackingSettings
from processing.motor_units.train import Train

RATE_HZ = 23_437.5
SETTINGS = TrackingSettings()
LENGTH = 119
DETECTOR = Detector(RATE_HZ, 702, SETTINGS.detection)
PLAUSIBLE = Plausibility(RATE_HZ, DETECTOR.rate_hz, DETECTOR.impulses(LENGTH), SETTINGS.train)


def impulsive(shape: NDArray[np.float64]) -> bool:
    return PLAUSIBLE.impulsive(Train(0, shape.astype(np.float32), RATE_HZ, SETTINGS))


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize("away", [-28, -10, 0, 1, 17, 28])
def test_a_single_sample_anywhere_in_the_shape(away: int, sign: float) -> None:
    rng = np.random.default_rng(abs(away))
    for impulse in DETECTOR.impulses(LENGTH):
        shape = 50.0 * sign * np.roll(impulse, away) / np.abs(impulse).max()
        others = 15.0 * np.roll(impulse, away - 40) / np.abs(impulse).max()
        assert impulsive(shape + others + 2.0 * rng.standard_normal(LENGTH))


@pytest.mark.parametrize("width_ms", [0.25, 0.4, 0.8])
def test_a_spike_of_a_fibre_is_none(width_ms: float) -> None:
    at_ms = (np.arange(LENGTH) - LENGTH // 2) / DETECTOR.rate_hz * 1e3
    spike = -np.gradient(np.gradient(np.exp(-0.5 * (at_ms / (width_ms / 2)) ** 2)))
    assert not impulsive(100.0 * spike / np.abs(spike).max())
