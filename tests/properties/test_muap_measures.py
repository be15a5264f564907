"""Laws that the measures of a template keep, and their twins."""

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs, to_builtins
from numpy.typing import NDArray

from processing.motor_units.measures import measure
from processing.motor_units.settings import MarkerSettings, MuapSettings
from tests import naive_muap
from tests.strategies import blocks, signals

RATE_HZ = 10_000.0


@st.composite
def templates(draw: st.DrawFn) -> NDArray[np.float32]:
    """f32 `(n_samples,)` in whole microvolts: straight lines between corners, late ones at times, and noise.

    Whole, so that both twins round nothing and no comparison hangs on the last bit.
    """
    n_corners = draw(st.integers(0, 9))
    steps = draw(st.lists(st.integers(1, 25), min_size=n_corners, max_size=n_corners))
    values = draw(st.lists(st.integers(-300, 300), min_size=n_corners, max_size=n_corners))
    first = draw(st.integers(0, 120))
    places = first + np.cumsum([0, *steps, draw(st.integers(1, 25))])
    x = np.interp(np.arange(draw(st.integers(1, 400))), places, [0, *values, 0], left=0.0, right=0.0)
    if draw(st.booleans()):
        late = int(places[-1]) + draw(st.integers(1, 200))
        x[late : late + draw(st.integers(1, 30))] += draw(st.integers(-120, 120))
    noise = draw(st.sampled_from([0.0, 1.0, 4.0]))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    return np.round(x + noise * rng.standard_normal(x.size)).astype(np.float32)


def values(template: NDArray[np.float32], s: MuapSettings, noise_uv: float = 0.0) -> dict[str, Any]:
    """The measures as plain values, satellites as [time, amplitude]."""
    measured: dict[str, Any] = to_builtins(measure(template, RATE_HZ, s, noise_uv))
    measured["flags"] = list(measured["flags"])
    measured["satellites"] = [[m["time_ms"], m["amplitude_uv"]] for m in measured["satellites"]]
    return measured


def assert_same(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert a.keys() == b.keys()
    for name, value in a.items():
        if isinstance(value, float):
            np.testing.assert_allclose(value, b[name], rtol=1e-9, atol=1e-9, err_msg=name)
        elif name == "satellites":
            np.testing.assert_allclose(value, b[name], rtol=1e-9, err_msg=name)
        else:
            assert value == b[name], name


@settings(deadline=None)
@given(template=templates(), noise_uv=st.sampled_from([0.0, 3.0, 8.0, 40.0]))
def test_every_measure_of_a_potential_is_that_of_the_twin(
    template: NDArray[np.float32], noise_uv: float
) -> None:
    s = MuapSettings()
    assert_same(values(template, s, noise_uv), naive_muap.measures(template, RATE_HZ, s, noise_uv))


@settings(deadline=None)
@given(
    template=blocks(st.integers(1, 30), 1, largest=60.0),
    quiet_ms=st.sampled_from([0.1, 0.3, 0.5]),
    span_ms=st.sampled_from([0.1, 0.3]),
    smoothing_ms=st.sampled_from([0.0, 0.2]),
    gap_ms=st.sampled_from([0.1, 0.3]),
)
def test_every_measure_of_anything_is_that_of_the_twin(
    template: NDArray[np.float32], quiet_ms: float, span_ms: float, smoothing_ms: float, gap_ms: float
) -> None:
    markers = MarkerSettings(
        baseline_ms=0.2,
        slope_span_ms=span_ms,
        slope_uv_per_ms=20.0,
        quiet_ms=quiet_ms,
        smoothing_ms=smoothing_ms,
    )
    s = MuapSettings(markers=markers, satellite_gap_ms=gap_ms, satellite_window_ms=1.2)
    whole = np.round(template[:, 0])
    assert_same(values(whole, s), naive_muap.measures(whole, RATE_HZ, s))


@settings(deadline=None)
@given(template=st.one_of(blocks(st.integers(1, 80), 1, largest=1e9), signals(300)))
def test_any_template_gives_finite_measures_in_order(template: NDArray[np.float32]) -> None:
    m = measure(template[:, 0], RATE_HZ)
    numbers = [v for v in to_builtins(m).values() if isinstance(v, float)]
    assert all(math.isfinite(v) for v in numbers)
    assert 0 <= m.onset_index <= m.peak_index <= m.offset_index < template.shape[0]
    assert m.onset_index <= m.negative_peak_index <= m.offset_index
    assert m.duration_ms is not None
    assert 0 <= (m.spike_duration_ms or 0.0) <= m.duration_ms
    assert all(s.time_ms > 0.0 and s.amplitude_uv > 25.0 for s in m.satellites)


@settings(deadline=None)
@given(template=templates(), power=st.integers(-6, 6))
def test_a_gain_scales_amplitudes_and_nothing_else(template: NDArray[np.float32], power: int) -> None:
    # A power of two, so that the gain itself rounds nothing. Thresholds are scaled with the signal.
    gain = 2.0**power
    s = MuapSettings()
    markers = structs.replace(
        s.markers,
        level_uv=s.markers.level_uv * gain,
        slope_uv_per_ms=s.markers.slope_uv_per_ms * gain,
        sample_uv=s.markers.sample_uv * gain,
    )
    scaled = structs.replace(
        s,
        markers=markers,
        phase_uv=s.phase_uv * gain,
        turn_uv=s.turn_uv * gain,
        satellite_uv=s.satellite_uv * gain,
    )
    expected = values(template, s)
    for name in ("baseline_uv", "amplitude_uv", "area_uvms", "spike_area_uvms"):
        expected[name] = expected[name] if expected[name] is None else expected[name] * gain
    expected["satellites"] = [[time, amplitude * gain] for time, amplitude in expected["satellites"]]
    if expected["size_index"] is not None:
        expected["size_index"] += 2.0 * math.log10(gain)
    assert_same(values(template * np.float32(gain), scaled), expected)


@settings(deadline=None)
@given(template=templates(), shift=st.integers(0, 100), level=st.integers(-500, 500))
def test_a_shift_in_time_or_level_moves_the_marks_along(
    template: NDArray[np.float32], shift: int, level: int
) -> None:
    s = MuapSettings()
    expected = values(np.pad(template, (60, 200)), s)
    moved = values(np.pad(template, (60 + shift, 200)) + np.float32(level), s)
    assert moved["flags"] == expected["flags"]
    if expected["flags"]:
        return
    for name in expected:
        if name.endswith("_index") and name != "size_index" and expected[name] is not None:
            expected[name] += shift
    expected["onset_ms"] += shift * 1000.0 / RATE_HZ
    expected["offset_ms"] += shift * 1000.0 / RATE_HZ
    expected["baseline_uv"] += level
    assert_same(moved, expected)


@settings(deadline=None)
@given(template=templates())
def test_polarity_changes_what_rests_on_the_negative_peak_and_nothing_else(
    template: NDArray[np.float32],
) -> None:
    s = MuapSettings()
    polar = ("baseline_uv", "negative_peak_index", "rise_time_us", "spike")
    upright, inverted = values(template, s), values(-template, s)
    assert inverted["baseline_uv"] == -upright["baseline_uv"]
    for name in upright:
        if not name.startswith(polar):
            assert inverted[name] == upright[name], name


@settings(deadline=None)
@given(template=templates())
def test_phases_and_turns_do_not_see_the_direction_of_time(template: NDArray[np.float32]) -> None:
    s = MuapSettings()
    once = measure(template, RATE_HZ, s)
    back = measure(template[::-1], RATE_HZ, s)
    if once.onset_index == template.size - 1 - back.offset_index and once.offset_index == (
        template.size - 1 - back.onset_index
    ):
        assert (once.phases, once.turns) == (back.phases, back.turns)
        assert once.area_uvms is not None
        assert back.area_uvms is not None
        assert math.isclose(once.area_uvms, back.area_uvms, abs_tol=1e-9)
