"""The kernels of following motor units against their twins."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.registry import CPUDispatcher
from numpy.typing import NDArray

from processing.kernels import muap_pursuit
from processing.kernels.muap_band import decimated
from processing.kernels.muap_correlation import best_correlation, span
from processing.kernels.muap_evidence import evidence
from processing.kernels.muap_lock import locked
from processing.kernels.muap_peaks import longest_flat, most_at, next_peak, next_potential
from processing.kernels.muap_power import power
from processing.kernels.muap_pursuit import closest, densest, gains, largest, limit_at, sum_squares
from processing.kernels.muap_release import release
from processing.kernels.muap_spread import widest
from processing.kernels.muap_template import (
    Bank,
    adopt,
    between,
    lay_out,
    lay_out_row,
    learn,
    lift,
    match,
    put,
    read_about_baseline,
    take,
    take_off,
)
from processing.motor_units.alignment import TAPS, interpolation
from processing.motor_units.middles import median, middles
from tests import naive_tracking
from tests.strategies import blocks

PHASES = 4
WEIGHTS = interpolation(PHASES)


def read(x: NDArray[np.float32], start: int, phase: int, length: int) -> NDArray[np.float32]:
    """The signal from `start + phase / PHASES` on, f32 `(length,)`."""
    out = np.empty(length, dtype=np.float32)
    between(x, start, WEIGHTS[phase], out)
    return out


def rows(n: int, largest: float = 300.0) -> st.SearchStrategy[NDArray[np.float32]]:
    return blocks(n, 1, largest).map(lambda block: block[:, 0].copy())


@settings(deadline=None)
@given(x=rows(40), start=st.integers(-5, 40), phase=st.integers(0, PHASES))
def test_reading_between_samples_is_the_twin(x: NDArray[np.float32], start: int, phase: int) -> None:
    found = read(x, start, phase, 12)
    places = [start + i + phase / PHASES for i in range(12)]
    expected = [naive_tracking.between(x.astype(np.float64), at, TAPS) for at in places]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-2)


def test_a_sine_is_read_as_it_is_between_its_samples() -> None:
    turns = 2 * np.pi * 0.2 * np.arange(200)
    found = read(np.sin(turns).astype(np.float32), 50, 1, 100)
    np.testing.assert_allclose(found, np.sin(2 * np.pi * 0.2 * (np.arange(50, 150) + 0.25)), atol=0.01)


def laid(template: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float64]]:
    """Phases, anchors and energies of one template, compared over columns 4 to 25."""
    phases = np.zeros((1, PHASES, template.size), dtype=np.float32)
    lay_out(
        template,
        WEIGHTS,
        5,
        False,
        0.1,
        0.7,
        phases[0],
        np.empty(2, dtype=np.int64),
        np.empty(4, dtype=np.int64),
        np.empty(2),
    )
    anchors = np.array([[int(np.argmax(np.abs(template))), -1]], dtype=np.int64)
    return phases, anchors, np.array([np.sum(template[4:25].astype(np.float64) ** 2)])


@settings(deadline=None, max_examples=30)
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


@settings(deadline=None)
@given(x=rows(30, 3.0).map(np.round))
def test_the_longest_flat_top_is_the_twin(x: NDArray[np.float32]) -> None:
    x = x.astype(np.float32)
    assert longest_flat(x, 0, x.size) == naive_tracking.longest_flat(x.astype(np.float64))


@settings(deadline=None)
@given(x=rows(30, 3.0).map(np.round), low=st.integers(-3, 0), high=st.integers(0, 3))
def test_how_many_lie_at_the_limits_is_the_twin(x: NDArray[np.float32], low: float, high: float) -> None:
    found = most_at(x.astype(np.float32), 4, 25, float(low), float(high))
    assert found == naive_tracking.most_at(x[4:25].astype(np.float64), low, high)


@settings(deadline=None)
@given(discharges=blocks(9, 70, 300.0), n=st.integers(1, 9))
def test_the_middles_are_those_of_sorted_values(discharges: NDArray[np.float32], n: int) -> None:
    taken = discharges[:n]
    ordered = np.sort(taken, axis=0)
    np.testing.assert_array_equal(middles(taken), ordered[[(n - 1) // 2, n // 2]])
    # Zeros of either sign are equal, and any may come first.
    exact = taken.astype(np.float64) + 0.0
    for each in (exact, exact.T, exact[:, 0]):
        assert median(each).tobytes() == np.median(each, axis=0).tobytes()


@settings(deadline=None)
@given(x=rows(50))
def test_the_power_is_the_variance(x: NDArray[np.float32]) -> None:
    assert power(x) == pytest.approx(np.var(x, dtype=np.float64), rel=1e-9, abs=1e-9)
    x[7] = np.nan
    assert not math.isfinite(power(x))


@settings(deadline=None)
@given(
    intervals=st.lists(st.integers(50, 5_000), min_size=1, max_size=20), stray=st.sampled_from([0.05, 0.3])
)
def test_the_evidence_is_the_twin(intervals: list[int], stray: float) -> None:
    means = np.geomspace(400.0, 4_000.0, 12)
    expected = naive_tracking.evidence(intervals, means.tolist(), 5, 0.15, stray)
    found = evidence(np.array(intervals), means, 5, 0.15, stray)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(seed=st.integers(0, 1000), apart=st.floats(0.0, 6.0))
def test_the_widest_direction_is_that_of_the_singular_value(seed: int, apart: float) -> None:
    rng = np.random.default_rng(seed)
    away = rng.standard_normal((12, 30))
    away[:5] += apart * rng.standard_normal(30)
    away -= away.mean(axis=0)
    out = np.empty(12)
    widest(away, np.empty((2, 12, 12)), out)
    _, sizes, directions = np.linalg.svd(away)
    assert np.linalg.norm(out) == pytest.approx(sizes[0], rel=0.01)
    if sizes[1] < 0.98 * sizes[0]:
        along = away @ directions[0]
        np.testing.assert_allclose(out * np.sign(out @ along), along, rtol=1e-6, atol=1e-6 * sizes[0])


@settings(deadline=None)
@given(residual=rows(80), shape=rows(31))
def test_what_is_lifted_is_laid_again(residual: NDArray[np.float32], shape: NDArray[np.float32]) -> None:
    phases, _, _ = laid(shape)
    placed = np.array([[0, 10, 1, 1], [3, 2, 0, 1], [0, 40, 0, 1]])
    expected = residual.copy()
    expected[10:41] += phases[0, 1]
    expected[40:71] += phases[0, 0]
    lift(residual, phases[0], placed, 0, np.float32(1.0))
    np.testing.assert_array_equal(residual, expected)


def bank_of(*shapes: NDArray[np.float32], learned: int = 9) -> Bank:
    """Units' shapes, of so many discharges each, compared over all their columns."""
    n, length = len(shapes), shapes[0].size
    bank = Bank(
        templates=np.stack(shapes),
        learned=np.full(n, learned),
        phases=np.empty((n, PHASES, length), dtype=np.float32),
        supports=np.empty((n, 2), dtype=np.int64),
        anchors=np.empty((n, 2), dtype=np.int64),
        energies=np.empty(n),
        loose=np.zeros(n),
        sizes=np.empty(n),
        taps=WEIGHTS,
        layout=np.array([5.0, 4.0, 0.0, 0.7, 20.0]),
    )
    for row in range(n):
        lay_out_row(bank, row)
    return bank


@settings(deadline=None, max_examples=20)
@given(residual=rows(80), shape=rows(31), newest=rows(31), learned=st.integers(1, 40))
def test_what_is_learned_is_laid_in_place_of_the_old(
    residual: NDArray[np.float32], shape: NDArray[np.float32], newest: NDArray[np.float32], learned: int
) -> None:
    bank = bank_of(shape, learned=learned)
    placed = np.array([[0, 10, 1, 1], [3, 2, 0, 1], [0, 40, 0, 1]])
    template, expected = shape + (newest - shape) / np.float32(min(learned + 1, 20)), residual.copy()
    late = bank_of(template.astype(np.float32), learned=learned + 1)
    for start, phase in ((10, 1), (40, 0)):
        expected[start : start + 31] += bank.phases[0, phase] - late.phases[0, phase]
    learn(bank, 0, newest, residual, placed)
    for found, wanted in zip(bank, late, strict=True):
        np.testing.assert_array_equal(found, wanted)
    np.testing.assert_allclose(residual, expected, atol=1e-3)


@settings(deadline=None, max_examples=20)
@given(residual=rows(80), shape=rows(31), other=rows(31), loose=st.booleans())
def test_what_is_put_is_laid_in_place_of_the_old(
    residual: NDArray[np.float32], shape: NDArray[np.float32], other: NDArray[np.float32], loose: bool
) -> None:
    shape[15] = other[15] = 400.0
    bank, expected = bank_of(shape), bank_of(other, learned=3)
    bank.loose[0] = expected.loose[0] = bank.energies[0] if loose else 0.0
    lay_out_row(expected, 0)
    left = residual.copy()
    left[10:41] += bank.phases[0, 1] - expected.phases[0, 1]
    put(bank, 0, other, 3, residual, np.array([[0, 10, 1, 1], [3, 2, 0, 1]]))
    for found, wanted in zip(bank, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    np.testing.assert_allclose(residual, left, atol=1e-3)


@settings(deadline=None)
@given(
    held=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60), st.integers(0, 3)), max_size=8),
    before=st.lists(st.integers(-30, 0), max_size=3),
    stop=st.integers(0, 61),
    core=st.integers(0, 10),
)
def test_what_is_released_is_the_twin(
    held: list[tuple[int, int, int]], before: list[int], stop: int, core: int
) -> None:
    placed = np.zeros((10, 4), dtype=np.int64)
    placed[: len(held)] = [(*each, 1) for each in held] or np.empty((0, 4))
    distances, recent = np.arange(10) / 10.0, np.full((3, 2), -99)
    out, far = np.empty((10, 4), dtype=np.int64), np.empty(10)
    n = release(placed, distances, len(held), stop, core, np.array(before, dtype=np.int64), recent, out, far)
    expected = naive_tracking.released(held, before, stop, core)
    assert [tuple(each) for each in out[:n].tolist()] == [each[:4] for each in expected]
    assert far[:n].tolist() == [each[4] / 10.0 for each in expected]
    assert placed[: len(held), 3].tolist() == [int(start >= stop) for _, start, _ in held]
    newest = [[each[1] for each in expected if each[0] == row] for row in range(3)]
    assert recent.tolist() == [[-99, -99, *starts][-2:] for starts in newest]


@settings(deadline=None, max_examples=30)
@given(
    signal=rows(200),
    first=rows(31),
    second=rows(31),
    near=st.booleans(),
    superposed=st.booleans(),
    distance=st.sampled_from([0.1, 0.4]),
    phase=st.integers(0, PHASES - 1),
)
def test_a_discharge_teaches_what_lay_there(
    signal: NDArray[np.float32],
    first: NDArray[np.float32],
    second: NDArray[np.float32],
    near: bool,
    superposed: bool,
    distance: float,
    phase: int,
) -> None:
    """Read with what was subtracted, on the samples of its template; only if it is near, and nothing else is."""
    first[15], second[15] = 400.0, 380.0
    bank, twin = bank_of(first, second), bank_of(first, second)
    residual, floor = signal.copy(), np.full(200, 10.0, dtype=np.float32)
    done = np.array([[0, 80, phase, int(superposed)]])
    similar = np.array([[False, near], [near, False]])
    held = np.array([[0, 120, 0, 1]])
    aligned, rivals = np.full((1, 31), np.nan, dtype=np.float32), np.empty(1, dtype=np.int64)
    take(
        bank, done, np.array([distance]), residual, floor, held, similar, 3, 0.1, 0.3, 0.25, aligned, rivals
    )  # fmt: skip
    there, found = signal.copy(), np.empty((2, 3))
    there[80:111] += twin.phases[0, phase]
    energies = np.array([0.0, twin.energies[1] if near else 0.0])
    peak = 80 + int(twin.anchors[0, 0])
    match(there, peak, twin.phases, twin.supports, twin.anchors, energies, 3, 0.0, found)
    assert rivals[0] == (1 if found[1, 0] < distance + 0.1 else -1)
    low, high = twin.supports[0]
    raised = np.float32(0.3 * twin.sizes[0])
    assert floor.tolist() == [max(10.0, raised) if 80 + low <= k < 80 + high else 10.0 for k in range(200)]
    expected = read(signal, 80, phase, 31) + first
    if superposed and distance >= 0.25:
        assert np.isnan(aligned).all()
    else:
        np.testing.assert_array_equal(aligned[0], expected)
    if rivals[0] < 0 and distance < 0.25:
        learn(twin, 0, expected, signal, held)
    np.testing.assert_array_equal(residual, signal)
    for mine, wanted in zip(bank, twin, strict=True):
        np.testing.assert_array_equal(mine, wanted)


@settings(deadline=None, max_examples=30)
@given(signal=rows(120), shape=rows(31), phase=st.integers(0, PHASES - 1))
def test_a_potential_is_adopted_and_stays(
    signal: NDArray[np.float32], shape: NDArray[np.float32], phase: int
) -> None:
    shape[15] = 400.0
    bank, twin = bank_of(shape), bank_of(shape)
    residual, floor = signal.copy(), np.full(120, 10.0, dtype=np.float32)
    nowhere = np.empty((0, 4), dtype=np.int64)
    adopt(bank, 0, 40, phase, residual, floor, nowhere, 0.3)
    np.testing.assert_array_equal(residual, signal)
    raised = np.abs(twin.phases[0, phase]) + np.float32(0.3 * twin.sizes[0])
    low, high = twin.supports[0]
    np.testing.assert_array_equal(floor[40 + low : 40 + high], np.maximum(10.0, raised[low:high]))
    assert (np.delete(floor, np.s_[40 + low : 40 + high]) == 10.0).all()
    learn(twin, 0, read(signal, 40, phase, 31), signal, nowhere)
    np.testing.assert_array_equal(bank.templates, twin.templates)


@settings(deadline=None)
@given(
    residual=rows(60),
    raw=rows(150, 3.0).map(np.round),
    level=st.sampled_from([0.0, 20.0, 200.0]),
    flat=st.integers(2, 12),
)
def test_the_next_potential_is_the_twin(
    residual: NDArray[np.float32], raw: NDArray[np.float32], level: float, flat: int
) -> None:
    floor = np.full(60, level, dtype=np.float32)
    twin, expected = floor.astype(np.float64), -1
    raw = raw.astype(np.float32)
    low, high = float(raw.min()), float(raw.max())
    while (peak := naive_tracking.next_peak(residual.astype(np.float64), twin, 10, 50, 5)) >= 0:
        twin[peak - 5 : peak + 6] = np.inf
        beside = raw[2 * peak + 5 - 13 : 2 * peak + 5 + 14].astype(np.float64)
        if max(naive_tracking.longest_flat(beside), naive_tracking.most_at(beside, low, high)) < flat:
            expected = peak
            break
    assert next_potential(residual, floor, 10, 50, 5, raw, 2, 5, 3, flat, low, high) == expected
    np.testing.assert_array_equal(floor, twin.astype(np.float32))


@settings(deadline=None)
@given(samples=rows(60), shape=rows(15), first=st.integers(-20, 60), part=st.integers(0, PHASES - 1))
def test_what_is_taken_off_is_what_is_read(
    samples: NDArray[np.float32], shape: NDArray[np.float32], first: int, part: int
) -> None:
    """Also over the ends, where only a part of a shape lies."""
    late = 1 if part else 0
    expected = np.pad(samples, 30)
    expected[first + 30 : first + 45 + late] -= read(shape, -late, late * PHASES - part, 15 + late)
    take_off(samples, first, shape, WEIGHTS[late * PHASES - part], late)
    np.testing.assert_array_equal(samples, expected[30:90])


@settings(deadline=None)
@given(
    samples=rows(60),
    known=st.one_of(st.just(np.empty(0, dtype=np.float32)), rows(9)),
    phase=st.integers(0, 3),
)
def test_a_discharge_is_read_about_its_baseline(
    samples: NDArray[np.float32], known: NDArray[np.float32], phase: int
) -> None:
    out = np.empty(31, dtype=np.float32)
    expected = read(samples, 12, phase, 31)
    expected[15 - known.size // 2 : 15 - known.size // 2 + known.size] += known
    read_about_baseline(samples, 12, WEIGHTS[phase], known, 4, out)
    baseline = np.median(np.concatenate([expected[:4], expected[-4:]]))
    np.testing.assert_allclose(out, expected - baseline, rtol=1e-5, atol=1e-4)


@settings(deadline=None)
@given(a=rows(25), b=rows(25), lag=st.integers(0, 6))
def test_the_best_correlation_is_the_twin(a: NDArray[np.float32], b: NDArray[np.float32], lag: int) -> None:
    expected = naive_tracking.best_correlation(a.astype(np.float64), b.astype(np.float64), lag)
    assert best_correlation(a, b, lag) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert span(a) == float(np.ptp(a))


@settings(deadline=None)
@given(
    own=st.lists(st.integers(0, 200), min_size=1, max_size=12).map(sorted),
    others=st.lists(st.integers(0, 200), min_size=1, max_size=12).map(sorted),
    within=st.integers(0, 40),
    width=st.integers(0, 5),
)
def test_what_follows_another_is_the_twin(own: list[int], others: list[int], within: int, width: int) -> None:
    found = locked(
        np.array(own), np.array(others), float(within), float(width), np.empty(len(own), dtype=np.int64)
    )
    assert found == naive_tracking.locked(own, others, within, width)


@settings(deadline=None)
@given(x=rows(60), factor=st.integers(1, 4), taps=rows(9, 1.0))
def test_the_detection_signal_is_the_twin(
    x: NDArray[np.float32], factor: int, taps: NDArray[np.float32]
) -> None:
    out = np.empty((x.size - taps.size) // factor + 1, dtype=np.float32)
    decimated(x, taps, factor, out)
    expected = naive_tracking.decimated(x.astype(np.float64), taps.astype(np.float64), factor)
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-2)


@settings(deadline=None, max_examples=20)
@given(template=rows(31), young=st.booleans(), near=st.integers(2, 15))
def test_a_template_is_laid_out_as_its_twin(template: NDArray[np.float32], young: bool, near: int) -> None:
    phases = np.empty((PHASES, 31), dtype=np.float32)
    support, anchors, out = np.empty(2, dtype=np.int64), np.empty(3, dtype=np.int64), np.empty(2)
    lay_out(template, WEIGHTS, near, young, 0.1, 0.7, phases, support, anchors, out)
    exact = template.astype(np.float64)
    for q in range(PHASES):
        late = [naive_tracking.between(exact, i - q / PHASES, TAPS) for i in (0, 14, 30)]
        np.testing.assert_allclose(phases[q, [0, 14, 30]], late, rtol=1e-4, atol=1e-2)
    begin, end, extrema = naive_tracking.extent(exact, near, young, 0.1, 0.7)
    if exact.any():
        assert support.tolist() == [begin, end]
    found = [a for a in anchors.tolist() if a >= 0]
    # Of equal ones any may come first.
    assert np.abs(exact[found]).tolist() == np.abs(exact[extrema[:3]]).tolist()
    assert len(set(found) & set(extrema)) == len(found)
    assert out[0] == pytest.approx(np.sum(exact[support[0] : support[1]] ** 2))
    assert out[1] == pytest.approx(np.abs(exact[15 - near : 16 + near]).max())


@settings(deadline=None, max_examples=25)
@given(
    residual=rows(220),
    shape=rows(31),
    begin=st.integers(0, 10),
    end=st.integers(12, 31),
    part=st.floats(0.0, 1.0),
    laid_at=st.lists(st.integers(0, 180), max_size=4),
)
def test_the_gain_of_a_shape_is_the_twin(
    residual: NDArray[np.float32],
    shape: NDArray[np.float32],
    begin: int,
    end: int,
    part: float,
    laid_at: list[int],
) -> None:
    """Whatever part of it is looked at first, and where it is as well as where it is not."""
    shape[begin] += np.float32(50.0)
    for at in laid_at:
        residual[at : at + 31] += shape
    energy = float(np.sum(shape[begin:end].astype(np.float64) ** 2))
    width = max(1, round(part * (end - begin)))
    core, rest = densest(shape, begin, end, width)
    out, squares = np.empty(180, dtype=np.float32), np.zeros(212)
    sum_squares(residual, 4, 4, squares)
    gains(residual, squares, 4, 184, shape, begin, end, core, width, rest, energy, 0.3, 1.5, out)
    exact, laid_shape = residual.astype(np.float64), shape.astype(np.float64)
    for start in range(4, 184):
        gain, left = naive_tracking.gain(exact, start, laid_shape, (begin, end))
        clear = min(abs(gain - 0.3), abs(left - 1.5)) > 1e-2
        if clear:
            expected = gain if gain >= 0.3 and left <= 1.5 else 0.0
            assert out[start - 4] == pytest.approx(expected, abs=1e-2)


@settings(deadline=None)
@given(shape=rows(31), begin=st.integers(0, 10), end=st.integers(12, 31), part=st.floats(0.0, 1.0))
def test_the_densest_columns_have_the_most_energy(
    shape: NDArray[np.float32], begin: int, end: int, part: float
) -> None:
    width = max(1, round(part * (end - begin)))
    squares = shape.astype(np.float64) ** 2
    inside = [squares[k : k + width].sum() for k in range(begin, end - width + 1)]
    core, rest = densest(shape, begin, end, width)
    assert inside[core - begin] == pytest.approx(max(inside))
    assert rest == pytest.approx(squares[begin:end].sum() - max(inside), abs=1e-6 * squares.sum())


@settings(deadline=None)
@given(residual=rows(60), at=st.integers(5, 50))
def test_squares_are_summed_from_where_they_changed(residual: NDArray[np.float32], at: int) -> None:
    squares = np.zeros(51)
    sum_squares(residual, 5, 5, squares)
    residual[at:] += np.float32(1.0)
    sum_squares(residual, 5, at, squares)
    expected = np.concatenate([[0.0], np.cumsum(residual[5:55].astype(np.float64) ** 2)])
    np.testing.assert_allclose(squares, expected, rtol=1e-12)


@settings(deadline=None)
@given(x=rows(200, 3.0).map(np.round), low=st.integers(0, 150), best=st.integers(0, 199))
def test_the_largest_is_the_one_given_or_the_first(x: NDArray[np.float32], low: int, best: int) -> None:
    first = low + int(np.argmax(x[low:190]))
    assert largest(x, low, 190, best) == (best if x[best] >= x[first] else first)


@settings(deadline=None, max_examples=30)
@given(residual=rows(120), template=rows(31))
def test_the_closest_place_leaves_what_the_twin_leaves(
    residual: NDArray[np.float32], template: NDArray[np.float32]
) -> None:
    phases, _, _ = laid(template)
    out = np.empty(3)
    closest(residual, 50, 1, phases[0], 4, 25, out)
    place = out[1] + out[2] / PHASES
    assert 48 <= place <= 52
    late = phases[0, int(out[2])].astype(np.float64)
    start = int(out[1])
    left = np.sum((residual[start + 4 : start + 25].astype(np.float64) - late[4:25]) ** 2)
    assert out[0] == pytest.approx(left, rel=1e-6)
    exact = template.astype(np.float64)
    whole = [
        np.sum((residual[at + 4 : at + 25].astype(np.float64) - exact[4:25]) ** 2) for at in (49, 50, 51)
    ]
    assert out[0] <= min(whole) * (1 + 1e-9)


@settings(deadline=None)
@given(
    at=st.integers(0, 400),
    placed=st.lists(st.integers(0, 400), max_size=4),
    recent=st.lists(st.integers(-300, 100), min_size=1, max_size=3),
    expected=st.sampled_from([0.0, 50.0, 120.0]),
)
def test_what_a_discharge_is_allowed_is_the_twin(
    at: int, placed: list[int], recent: list[int], expected: float
) -> None:
    limits = np.array([10.0, 30.0, 0.5, 0.1, 0.6, 0.3])
    rows_of = np.array([[0, start, 0, 1] for start in placed] + [[1, at, 0, 1], [0, at, 0, 0]])
    allowed = limit_at(0, at, -1, rows_of, len(rows_of), np.array([recent]), np.array([expected]), limits)
    assert allowed == naive_tracking.limit_at(at, placed + recent, expected, limits.tolist())


def superposed() -> tuple[
    NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], list[tuple[int, ...]]
]:
    """A signal, its stranger, the phases of three shapes, and where these lie in it."""
    rng = np.random.default_rng(5)
    window = np.hanning(31)
    shapes = [(300.0 * window * rng.standard_normal(31)).astype(np.float32) for _ in range(3)]
    phases = np.concatenate([laid(shape)[0] for shape in shapes])
    places = [(0, 100, 1), (1, 107, 0), (2, 118, 3)]
    residual = np.zeros(300, dtype=np.float32)
    for row, start, phase in places:
        residual[start : start + 31] += phases[row, phase]
    stranger = (900.0 * window * rng.standard_normal(31)).astype(np.float32)
    residual[200:231] += stranger
    return residual, stranger, phases, places


def come_apart(residual: NDArray[np.float32], phases: NDArray[np.float32]) -> NDArray[np.int64]:
    """What is placed in a signal, which is what is left afterwards."""
    supports = np.array([[0, 31]] * 3)
    energies = np.sum(phases[:, 0].astype(np.float64) ** 2, axis=1)
    placed, distances = np.zeros((20, 4), dtype=np.int64), np.zeros(20)
    refused = np.zeros((20, 2), dtype=np.int64)
    recent, expected = np.full((3, 2), -(1 << 30)), np.zeros(3)
    limits = np.array([10.0, 30.0, 0.5, 0.1, 0.6, 0.3])
    work, tops = np.empty((3, 240), dtype=np.float32), np.empty(3, dtype=np.int64)
    n = muap_pursuit.resolve(
        residual, 20, 260, phases, supports, energies, np.arange(3), 0.3, 1.5, 0.0, recent, expected, limits,
        refused, placed, 0, distances, work, tops, 2,
    )  # fmt: skip
    return placed[:n]


def test_three_that_lie_upon_each_other_come_apart() -> None:
    """Pursued and settled, each where it was laid, nothing left; and what is no unit's is left alone."""
    residual, stranger, phases, places = superposed()
    placed = come_apart(residual, phases)
    assert sorted(tuple(row[:3]) for row in placed.tolist()) == places
    assert np.abs(residual[:200]).max() < 1.0
    np.testing.assert_allclose(residual[200:231], stranger, atol=1.0)


def test_what_does_not_hold_leaves_and_the_rest_closes_up() -> None:
    placed = np.array([[0, 5, 0, 1], [1, 6, 2, 0], [2, 7, 1, 1], [3, 8, 0, 0]])
    distances = np.array([0.1, 0.2, 0.3, 0.4])
    assert muap_pursuit.compact(placed, distances, 3) == 2
    assert placed[:2].tolist() == [[0, 5, 0, 1], [2, 7, 1, 1]]
    assert distances[:2].tolist() == [0.1, 0.3]


def test_plain_python_lays_and_settles_bit_for_bit_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    residual, _, phases, _ = superposed()
    plain = residual.copy()
    placed = come_apart(residual, phases)
    for name, kernel in list(vars(muap_pursuit).items()):
        if isinstance(kernel, CPUDispatcher):
            monkeypatch.setattr(muap_pursuit, name, kernel.py_func)
    assert come_apart(plain, phases).tolist() == placed.tolist()
    assert plain.tobytes() == residual.tobytes()


KERNELS: dict[str, Callable[..., object]] = {
    kernel.__name__: kernel for kernel in (between, decimated, longest_flat, next_peak)
}


def small(name: str, *, plain: bool) -> tuple[object, bytes]:
    """What a kernel gives and writes, compiled or in plain Python."""
    x = np.random.default_rng(6).standard_normal(90).astype(np.float32)
    taps, floor, out = x[:8].copy(), np.full(90, 0.5, dtype=np.float32), np.zeros(30, dtype=np.float32)
    kernel = getattr(KERNELS[name], "py_func", KERNELS[name]) if plain else KERNELS[name]
    given = {"between": (x, -3, taps, out), "decimated": (x, taps, 2, out), "longest_flat": (x, 5, 60)}
    return kernel(*given.get(name, (x, floor, 10, 70, 6))), out.tobytes()


@pytest.mark.parametrize("name", KERNELS)
def test_plain_python_gives_the_same_bits(name: str) -> None:
    assert small(name, plain=True) == small(name, plain=False)
