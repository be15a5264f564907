"""Fasciculation potentials of a unit that never looks the same twice."""

import numpy as np
from numpy.typing import NDArray

from processing.spontaneous.watcher import RestWatcher
from tests.doubles_rest import at_times, fibre

RATE_HZ = 12_000.0


def unstable(seconds: float, at: NDArray[np.float64], seed: int = 1) -> NDArray[np.float32]:
    """At each time five fibres that come early, late, or not at all."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE_HZ)
    signal = 2.0 * rng.standard_normal(n)
    for k in range(5):
        there = rng.random(at.size) < 0.75
        late = 0.002 * k + 0.0008 * rng.standard_normal(at.size)
        signal += at_times(RATE_HZ, n, (at + late)[there], fibre(RATE_HZ, 140.0 + 40.0 * k))
    return signal.astype(np.float32)


def names(signal: NDArray[np.float32]) -> set[str]:
    watcher = RestWatcher(RATE_HZ)
    watcher.begin(1, 0)
    told = watcher.feed(signal, 0) + watcher.end(signal.size)
    return {each.kind for each in told}


def test_they_are_named_though_no_shape_recurs() -> None:
    at = 1.0 + np.cumsum(np.random.default_rng(2).exponential(2.0, 40) + 0.3)
    assert "fasciculation potentials" in names(unstable(90.0, at[at < 88.0]))


def test_few_are_not_and_a_rhythm_is_not() -> None:
    assert "fasciculation potentials" not in names(unstable(40.0, np.array([3.0, 9.5, 11.0, 30.0])))
    assert "fasciculation potentials" not in names(unstable(40.0, np.arange(1.0, 39.0, 0.12)))
