"""Averaging of what recurs: two units in noise come back as they went in; a chance peak does not."""

import numpy as np
from numpy.typing import NDArray

from myoscope.studies.averaging import averaged, gathered, locked, regular
from myoscope.studies.examination import RATE_HZ

F64 = NDArray[np.float64]


def spike(width_ms: float, size_uv: float) -> F64:
    """A potential 8 ms long: positive, negative, positive."""
    at_ms = np.arange(-4.0, 4.0, 1e3 / RATE_HZ)
    return -size_uv * (1 - (at_ms / width_ms) ** 2) * np.exp(-0.5 * (at_ms / width_ms) ** 2)


def trace(rng: np.random.Generator) -> F64:
    """Eight seconds of two units and noise."""
    signal = 3.0 * rng.standard_normal(round(8 * RATE_HZ))
    for shape, start_s, interval_s in ((spike(0.35, 400.0), 0.1, 0.11), (spike(0.6, 250.0), 0.15, 0.13)):
        for at_s in start_s + np.cumsum(interval_s * (1 + 0.1 * rng.standard_normal(55))):
            first = round(at_s * RATE_HZ)
            signal[first : first + shape.size] += shape
    return signal


def test_two_units_come_back() -> None:
    found = averaged(trace(np.random.default_rng(1)))
    assert len(found) == 2
    sizes = [potential.measures.amplitude_uv for potential in found]
    assert abs(sizes[0] / np.ptp(spike(0.35, 400.0)) - 1) < 0.1
    assert abs(sizes[1] / np.ptp(spike(0.6, 250.0)) - 1) < 0.1


def test_noise_has_no_potentials() -> None:
    assert averaged(20.0 * np.random.default_rng(2).standard_normal(round(4 * RATE_HZ))) == []


def test_shapes_are_gathered_with_their_like() -> None:
    rng = np.random.default_rng(3)
    kinds = rng.integers(0, 2, 60)
    shapes = np.stack(
        [(spike(0.35, 300.0), spike(0.7, 150.0))[kind] + 5 * rng.standard_normal(160) for kind in kinds]
    )
    labels = gathered(shapes)
    assert len(set(labels[kinds == 0])) == len(set(labels[kinds == 1])) == 1
    assert labels[kinds == 0][0] != labels[kinds == 1][0]


def test_a_train_is_regular_or_is_not() -> None:
    steady = (np.arange(40) * 0.1 * RATE_HZ).astype(np.int64)
    assert regular(steady)
    assert not regular(steady[:10])
    assert not regular(np.sort(np.concatenate([steady, steady + round(0.005 * RATE_HZ)])))


def test_a_satellite_is_locked_and_another_unit_is_not() -> None:
    rng = np.random.default_rng(4)
    train = np.cumsum(RATE_HZ * (0.1 + 0.01 * rng.standard_normal(40))).astype(np.int64)
    assert locked(train + 90, train)
    assert not locked(np.cumsum(RATE_HZ * (0.12 + 0.01 * rng.standard_normal(40))).astype(np.int64), train)
