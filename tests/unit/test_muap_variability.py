"""Variability of discharges made to vary by a known amount."""

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motor_units.measures import MuapMeasures, measure
from processing.motor_units.variability import consecutive_correlations, spike_part, variability

RATE_HZ = 20_000.0
TIMES_MS = np.arange(-500, 500) / 20.0


def potential(shift_ms: float = 0.0) -> NDArray[np.float64]:
    """Two fibres, of which the second comes late by `shift_ms`."""
    early = -400.0 * np.exp(-((TIMES_MS / 0.4) ** 2))
    late = 200.0 * np.exp(-(((TIMES_MS - 1.5 - shift_ms) / 0.5) ** 2))
    return early + late


def discharges(jitter_ms: float, noise_uv: float, n: int = 200, seed: int = 1) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    rows = np.stack([potential(jitter_ms * rng.standard_normal()) for _ in range(n)])
    return (rows + noise_uv * rng.standard_normal(rows.shape)).astype(np.float32)


def average(rows: NDArray[np.float32]) -> MuapMeasures:
    return measure(np.median(rows, axis=0), RATE_HZ)


def jiggle(jitter_ms: float, noise_uv: float) -> float:
    rows = discharges(jitter_ms, noise_uv)
    value = variability(rows, average(rows), RATE_HZ).jiggle_percent
    assert value is not None
    return value


def test_discharges_that_are_all_the_same_do_not_vary() -> None:
    rows = discharges(0.0, 0.0)
    found = variability(rows, average(rows), RATE_HZ)
    assert found.jiggle_percent == 0.0
    assert found.correlation == pytest.approx(1.0)
    assert found.discharges == 200


def test_jiggle_rises_with_jitter_and_correlation_falls() -> None:
    rising = [jiggle(jitter_ms, 5.0) for jitter_ms in (0.0, 0.05, 0.1, 0.2, 0.4)]
    assert rising == sorted(rising)
    assert rising[-1] > 5 * rising[1] > 0.0
    stable = variability(discharges(0.05, 5.0), average(discharges(0.05, 5.0)), RATE_HZ).correlation
    unstable = variability(discharges(0.4, 5.0), average(discharges(0.4, 5.0)), RATE_HZ).correlation
    assert stable is not None
    assert unstable is not None
    assert unstable < stable


def test_noise_adds_little_to_jiggle() -> None:
    quiet, noisy = jiggle(0.2, 0.0), jiggle(0.2, 10.0)
    assert noisy == pytest.approx(quiet, rel=0.35)
    assert jiggle(0.0, 10.0) < 1.0


def test_every_second_discharge_larger_by_a_tenth_is_ten_per_cent() -> None:
    rows = np.stack([potential() * (1.0 + 0.1 * (k % 2)) for k in range(20)]).astype(np.float32)
    found = variability(rows, average(rows), RATE_HZ)
    # The median of an even number of discharges lies in the middle, at 1.05.
    assert found.jiggle_percent == pytest.approx(100.0 * 0.1 / 1.05, rel=1e-4)
    assert found.correlation == pytest.approx(1.0)


def test_a_drift_of_the_baseline_is_no_variability() -> None:
    rows = discharges(0.0, 0.0, 20) + np.arange(20, dtype=np.float32)[:, None]
    assert variability(rows, average(discharges(0.0, 0.0)), RATE_HZ).jiggle_percent == pytest.approx(
        0.0, abs=1e-4
    )


def test_too_few_discharges_and_silence_say_nothing() -> None:
    rows = discharges(0.1, 1.0)
    few = variability(rows[:9], average(rows), RATE_HZ)
    assert (few.discharges, few.jiggle_percent, few.correlation) == (9, None, None)
    silent = np.zeros_like(rows)
    assert variability(silent, average(silent), RATE_HZ).jiggle_percent is None


def test_the_spike_is_compared_or_else_all_between_the_marks() -> None:
    m = average(discharges(0.0, 0.0))
    assert m.spike_first_index is not None
    assert spike_part(m) == slice(m.spike_first_index, (m.spike_last_index or 0) + 1)
    positive = measure((-potential()).clip(0.0).astype(np.float32), RATE_HZ)
    assert spike_part(positive) == slice(positive.onset_index, positive.offset_index + 1)


def test_a_constant_stretch_correlates_with_nothing() -> None:
    rows = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 2.0, 1.0]])
    np.testing.assert_allclose(consecutive_correlations(rows), [0.0, 1.0, -1.0], atol=1e-12)
