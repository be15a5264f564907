"""Twins of what is measured over the discharges of one unit, and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins
from numpy.typing import NDArray

from processing.motor_units.firing import FiringSettings, firing
from processing.motor_units.measures import measure
from processing.motor_units.settings import MarkerSettings, MuapSettings
from processing.motor_units.variability import spike_part, variability
from tests import naive_muap
from tests.strategies import blocks

RATE_HZ = 10_000.0
SETTINGS = MuapSettings(markers=MarkerSettings(baseline_ms=0.5, quiet_ms=0.3), minimum_discharges=2)

ascending = st.lists(st.integers(1, 400), max_size=30).map(lambda ms: np.cumsum([0, *ms]) / 1000.0)


@settings(deadline=None)
@given(times_s=ascending, breaks_ms=st.lists(st.integers(0, 5000), max_size=3))
def test_firing_is_that_of_the_twin(times_s: NDArray[np.float64], breaks_ms: list[int]) -> None:
    breaks_s = [ms / 1000.0 for ms in sorted(breaks_ms)]
    measured = to_builtins(firing(times_s, breaks_s))
    expected = naive_muap.firing(times_s.tolist(), breaks_s, FiringSettings())
    assert measured.keys() == expected.keys()
    for name, value in expected.items():
        if value is None:
            assert measured[name] is None, name
        else:
            np.testing.assert_allclose(measured[name], value, rtol=1e-9, atol=1e-12, err_msg=name)


@settings(deadline=None)
@given(
    intervals_ms=st.lists(st.integers(70, 130), min_size=2, max_size=30),
    slower=st.sampled_from([0.5, 2.0, 4.0]),
)
def test_a_slower_train_has_the_same_variability(intervals_ms: list[int], slower: float) -> None:
    times_s = np.cumsum([0, *intervals_ms]) / 1000.0
    once, again = firing(times_s), firing(times_s * slower)
    assert once.rate_hz is not None
    assert again.rate_hz == pytest.approx(once.rate_hz / slower)
    assert again.cv == pytest.approx(once.cv)
    assert again.cv2 == pytest.approx(once.cv2)


@settings(deadline=None)
@given(rows=blocks(st.integers(1, 8), st.integers(12, 40), largest=300.0))
def test_variability_is_that_of_the_twin(rows: NDArray[np.float32]) -> None:
    rows = np.round(rows)
    measures = measure(np.median(rows, axis=0), RATE_HZ, SETTINGS)
    found = variability(rows, measures, RATE_HZ, SETTINGS)
    assert found.discharges == rows.shape[0]
    if rows.shape[0] < 2 or "no potential" in measures.flags:
        assert (found.jiggle_percent, found.correlation) == (None, None)
        return
    part = spike_part(measures)
    discharges = rows.astype(np.float64)
    jiggle = naive_muap.jiggle_percent(discharges, part.start, part.stop - 1, 5)
    correlation = naive_muap.consecutive_correlation(discharges, part.start, part.stop - 1)
    assert found.jiggle_percent == (jiggle if jiggle is None else pytest.approx(jiggle, rel=1e-6, abs=1e-6))
    assert found.correlation == (None if jiggle is None else pytest.approx(correlation, abs=1e-6))


@settings(deadline=None)
@given(rows=blocks(st.integers(2, 6), 30, largest=300.0), power=st.integers(-4, 4))
def test_variability_does_not_see_a_gain(rows: NDArray[np.float32], power: int) -> None:
    measures = measure(np.median(rows, axis=0), RATE_HZ, SETTINGS)
    once = variability(rows, measures, RATE_HZ, SETTINGS)
    louder = variability(rows * np.float32(2.0**power), measures, RATE_HZ, SETTINGS)
    assert louder == once
