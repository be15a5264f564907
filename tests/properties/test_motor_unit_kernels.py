"""The kernels of following motor units against their twins."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from processing.kernels.muap_match import best_correlation, match
from processing.kernels.muap_peaks import longest_flat, next_peak
from processing.motor_units.alignment import TAPS, Interpolator
from tests import naive_tracking
from tests.strategies import blocks

PHASES = 4


def rows(n: int, largest: float = 300.0) -> st.SearchStrategy[NDArray[np.float32]]:
    return blocks(n, 1, largest).map(lambda block: block[:, 0].copy())


@settings(deadline=None)
@given(x=rows(40), start=st.integers(-5, 40), phase=st.integers(0, PHASES))
def test_reading_between_samples_is_the_twin(x: NDArray[np.float32], start: int, phase: int) -> None:
    read = Interpolator(PHASES).read(x, start, phase, 12)
    places = [start + i + phase / PHASES for i in range(12)]
    expected = [naive_tracking.between(x.astype(np.float64), at, TAPS) for at in places]
    np.testing.assert_allclose(read, expected, rtol=1e-4, atol=1e-2)


def test_a_sine_is_read_as_it_is_between_its_samples() -> None:
    turns = 2 * np.pi * 0.2 * np.arange(200)
    read = Interpolator(PHASES).read(np.sin(turns).astype(np.float32), 50, 1, 100)
    np.testing.assert_allclose(read, np.sin(2 * np.pi * 0.2 * (np.arange(50, 150) + 0.25)), atol=0.01)


def laid(template: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float64]]:
    """Phases, anchors and energies of one template, compared over columns 4 to 25."""
    phases = np.zeros((1, PHASES, template.size), dtype=np.float32)
    Interpolator(PHASES).delayed(template, phases[0])
    anchors = np.array([[int(np.argmax(np.abs(template))), -1]], dtype=np.int64)
    return phases, anchors, np.array([np.sum(template[4:25].astype(np.float64) ** 2)])


@settings(deadline=None)
@given(residual=rows(120), template=rows(31), noise=st.sampled_from([0.0, 4.0]))
def test_the_distance_at_the_place_found_is_the_twin(
    residual: NDArray[np.float32], template: NDArray[np.float32], noise: float
) -> None:
    phases, anchors, energies = laid(template)
    out = np.empty((1, 3))
    match(residual, 60, phases, np.array([[4, 25]]), anchors, energies, 3, noise, out)
    if math.isinf(out[0, 0]):
        return
    place = out[0, 1] + out[0, 2] / PHASES
    expected = naive_tracking.distance(
        residual.astype(np.float64), place, template.astype(np.float64), (4, 25), noise, TAPS
    )
    assert out[0, 0] == pytest.approx(expected, rel=1e-3, abs=1e-5)
    assert out[0, 0] < 1.0
    assert abs(place + anchors[0, 0] - 60) < 5


@settings(deadline=None)
@given(template=rows(31), lag=st.integers(-3, 3), phase=st.integers(0, PHASES - 1))
def test_a_template_is_found_where_it_was_laid(template: NDArray[np.float32], lag: int, phase: int) -> None:
    phases, anchors, energies = laid(template)
    peak, residual = 60, np.zeros(120, dtype=np.float32)
    start = peak - int(anchors[0, 0]) + lag
    residual[start : start + 31] = phases[0, phase]
    out = np.empty((1, 3))
    match(residual, peak, phases, np.array([[4, 25]]), anchors, energies, 3, 0.0, out)
    reference = float(template[anchors[0, 0]])
    fits = reference != 0.0 and 0.4 <= float(residual[peak]) / reference <= 2.5
    if not fits or energies[0] == 0.0:
        assert math.isinf(out[0, 0])
    elif phase == 0 and lag == 0:
        assert out[0, 0] == 0.0


@settings(deadline=None)
@given(residual=rows(60), level=st.sampled_from([0.0, 20.0, 200.0]), half=st.integers(0, 8), data=st.data())
def test_the_next_peak_is_the_twin(
    residual: NDArray[np.float32], level: float, half: int, data: st.DataObject
) -> None:
    floor = np.full(60, level, dtype=np.float32)
    for at in data.draw(st.lists(st.integers(0, 59), max_size=5)):
        floor[at] = np.inf
    expected = naive_tracking.next_peak(residual.astype(np.float64), floor.astype(np.float64), 10, 50, half)
    assert next_peak(residual, floor, 10, 50, half) == expected


@given(x=rows(30, 3.0).map(np.round))
def test_the_longest_flat_top_is_the_twin(x: NDArray[np.float32]) -> None:
    x = x.astype(np.float32)
    assert longest_flat(x, 0, x.size) == naive_tracking.longest_flat(x.astype(np.float64))


@settings(deadline=None)
@given(a=rows(25), b=rows(25), lag=st.integers(0, 6))
def test_the_best_correlation_is_the_twin(a: NDArray[np.float32], b: NDArray[np.float32], lag: int) -> None:
    expected = naive_tracking.best_correlation(a.astype(np.float64), b.astype(np.float64), lag)
    assert best_correlation(a, b, lag) == pytest.approx(expected, rel=1e-6, abs=1e-9)
