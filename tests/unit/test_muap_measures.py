"""Measures of templates whose values are known by construction."""

import math

import numpy as np
import pytest
from msgspec import structs
from numpy.typing import NDArray

from contracts.refusal import Refusal
from processing.motor_units.measures import MuapMeasures, Satellite, measure
from processing.motor_units.settings import MarkerSettings, MuapSettings

RATE_HZ = 50_000.0
TIMES_MS = np.arange(-1250, 1250) / 50.0


def polygon(*corners: tuple[float, float]) -> NDArray[np.float32]:
    """A template of straight lines through (ms, uV), zero before the first and after the last."""
    times, values = zip(*corners, strict=True)
    return np.interp(TIMES_MS, times, values, left=0.0, right=0.0).astype(np.float32)


TRIPHASIC = polygon((-3, 0), (-2, 100), (0, -500), (2, 150), (3, 0))


def test_a_triphasic_potential() -> None:
    m = measure(TRIPHASIC, RATE_HZ)
    assert m.amplitude_uv == 650.0
    assert m.duration_ms == pytest.approx(6.0, abs=0.3)
    assert (m.phases, m.turns, m.serrated, m.polyphasic) == (3, 3, False, False)
    assert (m.peak_index, m.negative_peak_index) == (1250, 1250)
    assert m.rise_time_us == pytest.approx(2000.0)
    assert m.spike_duration_ms == pytest.approx(4.0)
    assert (m.onset_ms, m.offset_ms) == pytest.approx((m.onset_index / 50.0, m.offset_index / 50.0))
    assert m.satellites == ()
    assert m.flags == ()


def test_area_thickness_and_size_index_of_a_triangle() -> None:
    m = measure(
        polygon((-2, 0), (0, -400), (2, 0)),
        RATE_HZ,
        MuapSettings(markers=MarkerSettings(level_uv=0.0, smoothing_ms=0.0)),
    )
    assert m.area_uvms == pytest.approx(800.0)
    assert m.thickness_ms == pytest.approx(2.0)
    assert m.size_index == pytest.approx(2.0 * math.log10(0.4) + 2.0)
    assert m.duration_ms == pytest.approx(4.0, abs=0.04)
    assert m.spike_area_uvms == pytest.approx(800.0)


@pytest.mark.parametrize("n", range(1, 9))
def test_phases_and_turns_of_a_zigzag(n: int) -> None:
    corners = [(-4.0, 0.0), *((k - 3.5, 200.0 * (-1) ** k) for k in range(n)), (n - 4.0, 0.0)]
    m = measure(polygon(*corners), RATE_HZ)
    assert (m.phases, m.turns) == (n, n)
    assert m.polyphasic == (n > 4)
    assert m.duration_ms == pytest.approx(n, abs=0.3)


def test_turns_without_crossings_make_it_serrated() -> None:
    teeth = [(k * 0.5 - 2.0, -300.0 if k % 2 == 0 else -200.0) for k in range(7)]
    m = measure(polygon((-3, 0), *teeth, (2, 0)), RATE_HZ)
    assert (m.phases, m.turns, m.serrated, m.polyphasic) == (1, 7, True, False)


def test_a_small_or_brief_excursion_is_no_phase() -> None:
    small = polygon((-3, 0), (-2, 24), (-1, 0), (0, -500), (1, 0))
    brief = polygon((-1.2, 0), (-1.1, 60), (-1, 0), (0, -500), (1, 0))
    assert measure(small, RATE_HZ).phases == measure(brief, RATE_HZ).phases == 1


def test_a_late_potential_is_a_satellite_and_not_part_of_the_duration() -> None:
    late = polygon((-3, 0), (-2, 100), (0, -500), (2, 150), (3, 0), (8, 0), (8.5, 40), (9, -80), (9.5, 0))
    m = measure(late, RATE_HZ)
    assert m.satellites == (Satellite(9.0, 120.0),)
    assert structs.replace(m, satellites=()) == measure(TRIPHASIC, RATE_HZ)


def test_a_late_potential_too_early_too_small_or_too_late_is_none() -> None:
    def with_late(at_ms: float, height_uv: float) -> MuapMeasures:
        triangle = [(at_ms - 0.5, 0.0), (at_ms, height_uv), (at_ms + 0.5, 0.0)]
        return measure(polygon((-1, 0), (0, -500), (1, 0), *triangle), RATE_HZ, settings)

    settings = MuapSettings(satellite_window_ms=12.0)
    assert len(with_late(6.0, 100.0).satellites) == 1
    assert with_late(6.0, 20.0).satellites == ()
    assert with_late(15.0, 100.0).satellites == ()
    near = with_late(3.0, 100.0)
    assert near.satellites == ()
    assert near.duration_ms == pytest.approx(4.5, abs=0.3)


def test_slow_ends_belong_to_the_duration() -> None:
    slow = polygon((-6, 0), (-1, 40), (0, -500), (1, 60), (6, 0))
    m = measure(slow, RATE_HZ)
    assert m.duration_ms == pytest.approx(12.0 - 10 / 8 - 10 / 12, abs=0.3)
    assert m.spike_duration_ms == pytest.approx(2.0)


def test_a_step_within_the_level_belongs_too() -> None:
    step = polygon((-1, 0), (0, -500), (1, 0), (2, 0), (2.2, 9), (4, 9), (4.2, -9), (8, -9), (12, 0))
    assert measure(step, RATE_HZ).duration_ms == pytest.approx(4.7, abs=0.3)
    any_slope = MuapSettings(markers=MarkerSettings(slope_uv_per_ms=100.0))
    assert measure(step, RATE_HZ, any_slope).duration_ms == pytest.approx(2.0, abs=0.3)


def test_a_brief_late_component_belongs_too() -> None:
    brief = polygon((-1, 0), (0, -500), (1, 0), (3, 0), (3.1, 40), (3.3, -40), (3.4, 0))
    assert measure(brief, RATE_HZ).duration_ms == pytest.approx(4.4, abs=0.3)


@pytest.mark.parametrize("height_uv", [60.0, 300.0, 3000.0])
@pytest.mark.parametrize("half_ms", [0.3, 1.0, 4.0])
def test_a_steep_edge_is_not_moved_by_the_smoothing(height_uv: float, half_ms: float) -> None:
    m = measure(polygon((-half_ms, 0), (0, -height_uv), (half_ms, 0)), RATE_HZ)
    reached_ms = half_ms * (1.0 - 10.0 / height_uv)
    assert m.duration_ms == pytest.approx(2.0 * reached_ms, abs=0.1)
    assert m.amplitude_uv == height_uv


def test_the_level_follows_the_noise_that_smoothing_leaves() -> None:
    """A slow noise of 10 uV hides what is below 20 uV; of a fast one nothing is left, nor of one that is only said."""
    slow = polygon((-6, 0), (-1, 40), (0, -500), (1, 60), (6, 0))
    silent = measure(slow, RATE_HZ)
    assert measure(slow, RATE_HZ, noise_uv=10.0).duration_ms == silent.duration_ms
    fast = (10.0 * (np.arange(slow.size) % 2 * 2 - 1)).astype(np.float32)
    assert measure(slow + fast, RATE_HZ, noise_uv=10.0).duration_ms == pytest.approx(
        silent.duration_ms, abs=1.1
    )
    wave = (10.0 * np.sin(2 * np.pi * np.arange(slow.size) / 200)).astype(np.float32)
    noisy = measure(slow + wave, RATE_HZ, noise_uv=10.0)
    assert noisy.flags == ()
    assert noisy.duration_ms is not None
    assert silent.duration_ms is not None
    assert noisy.duration_ms < silent.duration_ms - 1.0


def test_marks_stand_in_noise() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        noise = 3.0 * rng.standard_normal(TRIPHASIC.size)
        m = measure((TRIPHASIC + noise).astype(np.float32), RATE_HZ, noise_uv=3.0)
        assert m.duration_ms == pytest.approx(6.0, abs=0.4)
        assert (m.phases, m.turns) == (3, 3)


def test_thresholds_rise_with_the_noise() -> None:
    late = [(8.0, 0.0), (8.5, 60.0), (9.5, 0.0)]
    teeth = polygon((-3, 0), (-2.5, 60), (-2, 0), (0, -500), (1, 0), (1.5, -60), (2, 0), *late)
    quiet, noisy = (measure(teeth, RATE_HZ, noise_uv=noise_uv) for noise_uv in (0.0, 16.0))
    assert (quiet.turns, len(quiet.satellites)) == (4, 1)
    assert (noisy.turns, len(noisy.satellites)) == (1, 0)


def test_phases_are_counted_above_the_noise_beside_the_potential() -> None:
    """60 uV above the baseline are a phase in silence and in fast noise, and none in slow noise of 16 uV."""
    teeth = polygon((-3, 0), (-2.5, 60), (-2, 0), (0, -500), (1, 0))
    times = np.arange(teeth.size)
    fast = (16.0 * (times % 2 * 2 - 1)).astype(np.float32)
    slow = (16.0 * np.sign(np.sin(2 * np.pi * times / 100))).astype(np.float32)
    slow[(times > 1000) & (times < 1350)] = 0.0
    counted = [measure(teeth + noise, RATE_HZ, noise_uv=16.0).phases for noise in (0 * fast, fast, slow)]
    assert counted == [2, 2, 1]


def test_a_potential_that_is_over_sooner_than_a_phase_has_one() -> None:
    assert measure(polygon((-0.1, 0), (0, -200), (0.1, 0)), RATE_HZ).phases == 1


def test_a_positive_potential_has_no_rise_into_a_negative_peak() -> None:
    m = measure(polygon((-1, 0), (0, 400), (2, 0)), RATE_HZ)
    assert (m.amplitude_uv, m.phases, m.turns) == (400.0, 1, 1)
    assert (m.rise_time_us, m.spike_duration_ms, m.spike_area_uvms) == (None, None, None)


def test_the_baseline_is_that_of_both_ends() -> None:
    m = measure(TRIPHASIC + np.float32(64.0), RATE_HZ)
    assert m.baseline_uv == 64.0
    assert (m.amplitude_uv, m.phases) == (650.0, 3)


@pytest.mark.parametrize("n", [1, 2, 100, 2500])
def test_silence_has_no_potential(n: int) -> None:
    m = measure(np.zeros(n, dtype=np.float32), RATE_HZ)
    assert m.flags == ("no potential",)
    assert (m.amplitude_uv, m.duration_ms, m.phases, m.turns, m.satellites) == (0.0, 0.0, 0, 0, ())
    assert (m.thickness_ms, m.size_index) == (None, None)


def test_a_potential_at_the_edge_says_so() -> None:
    assert measure(TRIPHASIC[:1300], RATE_HZ).flags == ("offset at edge",)
    assert measure(TRIPHASIC[1240:], RATE_HZ).flags == ("onset at edge",)
    assert measure(TRIPHASIC[1240:1300], RATE_HZ).flags == ("onset at edge", "offset at edge")
    assert measure(TRIPHASIC[1240:], RATE_HZ).onset_index == 0


def test_below_ten_kilohertz_nothing_is_said_of_time() -> None:
    m = measure(TRIPHASIC[::10], RATE_HZ / 10)
    assert m.flags == ("rate too low",)
    assert (m.duration_ms, m.rise_time_us, m.area_uvms, m.size_index, m.spike_duration_ms) == (None,) * 5
    assert m.amplitude_uv == 650.0


def test_a_template_that_is_none_is_refused() -> None:
    for template in (np.zeros(0), np.zeros((2, 50)), np.array([0.0, np.nan, 1.0])):
        with pytest.raises(Refusal, match="template"):
            measure(template.astype(np.float32), RATE_HZ)


def test_the_name_of_the_algorithm_changes_with_its_constants() -> None:
    assert MuapSettings().algorithm != MuapSettings(markers=MarkerSettings(level_uv=20.0)).algorithm
    assert MuapSettings().algorithm.startswith("quiet-stretch-2 level=10uV")
