"""Grades of recruitment from rates and patterns, and the watcher that gathers them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.measured import PhaseKind
from processing.phases.figures import Figures
from processing.phases.finder import Hop
from processing.recruitment.firing import units_against_rate
from processing.recruitment.grade import recruitment
from processing.recruitment.pattern import Pattern, PatternPoint, pattern
from processing.recruitment.watcher import RecruitmentWatcher

RATE_HZ = 10_000.0
HOP = 1_000
NOTHING = Pattern(0, 0.0, None, None, None, None, None, None)


def regular(first_s: float, last_s: float, rate_hz: float) -> NDArray[np.float64]:
    return np.arange(first_s, last_s, 1.0 / rate_hz)


def rising(first_s: float, last_s: float, from_hz: float, to_hz: float) -> NDArray[np.float64]:
    times = [first_s]
    while times[-1] < last_s:
        done = (times[-1] - first_s) / (last_s - first_s)
        times.append(times[-1] + 1.0 / (from_hz + (to_hz - from_hz) * done))
    return np.array(times)


def test_onset_recruitment_frequency_and_ratio() -> None:
    told = units_against_rate({1: rising(0.0, 8.0, 7.0, 15.0), 2: rising(4.0, 8.0, 8.0, 11.0)})
    assert told.units == 2
    assert told.onset_hz == pytest.approx(7.0, abs=0.7)
    assert told.recruitment_hz == pytest.approx(11.0, abs=0.5)
    assert told.fastest_hz == pytest.approx(13.0, abs=0.8)
    assert told.ratio == pytest.approx((told.fastest_hz or 0.0) / 2)
    assert {point.units for point in told.series} == {1, 2}


def test_units_that_begin_together_or_do_not_stay_recruit_nobody() -> None:
    assert units_against_rate({1: regular(0, 5, 8), 2: regular(0.2, 5, 8)}).recruitment_hz is None
    assert units_against_rate({1: regular(0, 5, 8), 2: regular(2, 2.9, 8)}).recruitment_hz is None
    assert units_against_rate({1: regular(0, 5, 8)}).recruitment_hz is None
    assert units_against_rate({}).units == 0


def test_a_gap_ends_firing() -> None:
    trains = {1: regular(0, 5, 8), 2: regular(2, 5, 8)}
    assert units_against_rate(trains).recruitment_hz == pytest.approx(8.0)
    assert units_against_rate(trains, [2.3]).recruitment_hz is None


@pytest.mark.parametrize(
    ("trains", "asked", "grade"),
    [
        ({1: rising(0, 8, 7, 12), 2: regular(4, 8, 8)}, None, "normal"),
        ({1: rising(0, 8, 8, 24), 2: regular(6, 8, 8)}, None, "reduced"),
        ({1: rising(0, 8, 8, 26)}, None, "single unit"),
        ({1: regular(0, 8, 7.5), 2: regular(1, 8, 7), 3: regular(2, 8, 7)}, None, "early"),
        ({1: regular(0, 8, 8)}, None, "not assessable"),
        ({}, None, "not assessable"),
        ({}, "maximal", "absent"),
        ({1: regular(0, 8, 8), 2: regular(1, 8, 7)}, "maximal", "poor activation"),
        ({1: regular(0, 8, 22)}, "maximal", "single unit"),
    ],
)
def test_slight_effort_is_graded_by_rates(
    trains: dict[int, NDArray[np.float64]], asked: PhaseKind | None, grade: str
) -> None:
    found = recruitment(units_against_rate(trains), NOTHING, asked)
    assert found.grade == grade, found.reason
    assert found.reason


@pytest.mark.parametrize(
    ("fullness", "peak", "rate_hz", "grade"),
    [
        (0.65, 1.0, 12.0, "normal"),
        (0.65, 2.2, 12.0, "early"),
        (0.45, 1.0, 12.0, "reduced"),
        (0.1, 0.5, 12.0, "severely reduced"),
        (0.1, 0.5, 25.0, "single unit"),
    ],
)
def test_full_effort_is_graded_by_the_pattern(
    fullness: float, peak: float, rate_hz: float, grade: str
) -> None:
    seen = Pattern(1, 10.0, fullness, fullness, 6.0, 150.0, 0.4, peak)
    assert recruitment(units_against_rate({1: regular(0, 5, rate_hz)}), seen, "maximal").grade == grade


def test_a_sparse_pattern_with_many_turns_for_its_force_has_lost_fibres_and_not_units() -> None:
    nobody = units_against_rate({})
    for turns_per_hum, grade in ((6.0, "reduced"), (9.0, "early")):
        assert (
            recruitment(nobody, Pattern(1, 9.0, 0.45, 0.45, turns_per_hum, 90.0, 0.4, 1.2), None).grade
            == grade
        )


def test_a_full_pattern_is_no_poor_activation_though_the_hum_is_low() -> None:
    nobody = units_against_rate({})
    for full, peak, grade in ((0.6, 2.0, "early"), (0.6, 1.0, "normal"), (0.2, 1.0, "poor activation")):
        assert (
            recruitment(nobody, Pattern(0, 9.0, None, None, 9.0, 60.0, full, peak), "maximal").grade == grade
        )


def points(phase: PhaseKind, n: int, turns: float, turn_uv: float, fullness: float) -> list[PatternPoint]:
    return [PatternPoint(phase, turns, turn_uv, 100.0, fullness, fullness)] * n


def test_the_pattern_is_that_of_full_effort_and_its_largest_ratio_averaged_over_stretches() -> None:
    first = points("minimal", 20, 50, 300, 0.1) + points("moderate", 20, 400, 200, 0.5)
    second = points("moderate", 9, 900, 100, 0.5) + points("maximal", 15, 600, 400, 0.6)
    seen = pattern([first, second, points("maximal", 15, 600, 400, 0.8)], 0.1)
    assert seen.stretches == 2
    assert seen.fullness == pytest.approx(0.7)
    assert seen.turns_per_hum == pytest.approx(4.0)
    assert seen.peak_ratio is not None
    ten = 9 * 900 + 600, 9 * 900 * 100 + 600 * 400
    assert seen.peak_ratio == pytest.approx(np.mean([2.0, ten[0] ** 2 / (10 * ten[1]), 1.5]))
    assert pattern([], 0.1) == NOTHING
    assert pattern([points("maximal", 5, 600, 400, 0.8)], 0.1).fullness is None


def hop(phase: PhaseKind, at: int, fullness: float = 0.6) -> Hop:
    figures = Figures(
        rms_uv=100.0,
        turns_per_s=600.0,
        turn_uv=400.0,
        activity=fullness,
        large_per_s=0.0,
        hum_uv=100.0,
        quietest_hum_uv=5.0,
        quiet_middle_uv=5.0,
        quietest_fine_uv=2.0,
        quiet_fine_uv=100.0 * fullness,
        fine_uv=100.0,
        moving_uv=5.0,
        clipped=0.0,
        flat=False,
        mains_fraction=0.0,
        mains_uv=0.0,
        slow_fraction=0.0,
        slow_uv=0.0,
    )
    return Hop(at, at + HOP, phase, figures)


def played(watcher: RecruitmentWatcher, phases: list[tuple[PhaseKind, int]]) -> None:
    at = 0
    for phase, n in phases:
        for _ in range(n):
            watcher.phase(hop(phase, at))
            at += HOP


def test_the_watcher_counts_units_of_slight_effort_only() -> None:
    watcher = RecruitmentWatcher(RATE_HZ)
    for unit, first_s in ((1, 1.0), (2, 3.0), (3, 8.5)):
        watcher.add(unit, *(regular(first_s, 14.0, 10.0) * RATE_HZ).astype(int).tolist())
    played(watcher, [("rest", 10), ("minimal", 70), ("moderate", 60)])
    now = watcher.now()
    assert now.units == 2
    assert now.recruitment_hz == pytest.approx(10.0, abs=0.2)
    assert now.grade == "normal"
    assert watcher.series()[0].at_s == pytest.approx(1.0, abs=0.2)


def test_a_merged_unit_is_one_and_a_gap_is_no_firing() -> None:
    watcher = RecruitmentWatcher(RATE_HZ)
    at = (regular(0.5, 6.0, 10.0) * RATE_HZ).astype(int).tolist()
    watcher.add(1, *at[::2])
    watcher.add(2, *at[1::2])
    watcher.merge(2, 1)
    played(watcher, [("minimal", 60)])
    assert watcher.now().units == 1
    assert watcher.now().fastest_hz == pytest.approx(10.0, abs=0.1)
    gapped = RecruitmentWatcher(RATE_HZ)
    gapped.add(1, *at)
    for index in range(0, 60_000, 3_000):
        gapped.gap(index)
    played(gapped, [("minimal", 60)])
    assert gapped.now().units == 0


def test_the_watcher_s_memory_is_bounded() -> None:
    watcher = RecruitmentWatcher(RATE_HZ)
    for k in range(200):
        watcher.add(k, *range(k * 40_000, k * 40_000 + 20_000, 1_000))
        for phase in ("minimal", "rest"):
            for n in range(20):
                watcher.phase(hop(phase, (40 * k + 20 * (phase == "rest") + n) * HOP))
    assert len(watcher._trains) < 10  # pyright: ignore[reportPrivateUsage]
    assert len(watcher._stretches) == 50  # pyright: ignore[reportPrivateUsage]
    assert watcher.now().units == 1
