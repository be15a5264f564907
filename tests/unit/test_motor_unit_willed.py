"""What discharges by itself while others obey the will is followed, and is no motor unit to be measured."""

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motor_units.tracking import MotorUnitTracker

RATE_HZ = 23_437.5
FLAG = "as regular as a fibrillating fibre"


def signal(cv: float, seed: int, seconds: float = 9.0) -> NDArray[np.float32]:
    """One shape, eight times a second, in noise of 3 uV."""
    rng = np.random.default_rng(seed)
    noisy = 3.0 * rng.standard_normal(round(seconds * RATE_HZ))
    wide_ms = (np.arange(-120, 121)) / RATE_HZ * 1e3
    shape = -300.0 * np.exp(-0.5 * (wide_ms / 0.3) ** 2) + 80.0 * np.exp(-0.5 * ((wide_ms - 1.5) / 0.6) ** 2)
    at_s = np.cumsum(rng.normal(0.125, 0.125 * cv, round(seconds * 8)))
    for at in (at_s[at_s < seconds - 0.1] * RATE_HZ).astype(int).tolist():
        noisy[at : at + shape.size] += shape
    return noisy.astype(np.float32)


@pytest.mark.parametrize(("cv", "regular"), [(0.02, True), (0.025, True), (0.08, False), (0.15, False)])
@pytest.mark.parametrize("seed", [1, 2])
def test_regularity_tells_a_fibre_from_a_unit(cv: float, regular: bool, seed: int) -> None:
    tracker = MotorUnitTracker(RATE_HZ)
    tracker.feed(signal(cv, seed), 0)
    (unit,) = tracker.units()
    assert (FLAG in unit.flags) == regular
    assert unit.trusted == (not regular)


def test_nothing_is_said_of_a_few_discharges() -> None:
    tracker = MotorUnitTracker(RATE_HZ)
    tracker.feed(signal(0.02, 1, seconds=3.5), 0)
    (unit,) = tracker.units()
    assert FLAG not in unit.flags
