"""Grades of recruitment from rates and patterns, and the watcher that gathers them."""

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.measured import PhaseKind
from processing.phases.figures import Figures
from processing.phases.finder import Hop
from processing.recruitment.firing import units_against_rate
from processing.recruitment.grade import recruitment
from processing.recruitment.pattern import Pattern, PatternPoint, Stretch, pattern
from processing.recruitment.watcher import RecruitmentWatcher

RATE_HZ = 10_000.0
HOP = 1_000
NOTHING = Pattern(0, 0.0, 0.0, False, None, None, None)


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


@pytest.mark.parametrize("seed", range(5))
def test_a_train_that_holds_two_units_is_nobody_s_and_one_with_missed_discharges_is_somebody_s(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    one, other = (np.cumsum(rng.normal(1.0 / hz, 0.15 / hz, 80)) for hz in (10.0, 12.0))
    assert units_against_rate({1: np.sort(np.concatenate([one, other]))}).units == 0
    kept = one[rng.random(one.size) > 0.15]
    told = units_against_rate({1: kept})
    assert told.units == 1
    assert told.fastest_hz == pytest.approx(10.0, abs=1.5)


def test_a_crowd_of_fast_units_is_not_reduced() -> None:
    first = {1: regular(0, 15, 17)}
    assert recruitment(units_against_rate(first | {2: regular(2, 15, 12)}), NOTHING, None).grade == "reduced"
    crowd = first | {unit: regular(unit, 15, 12) for unit in range(2, 7)}
    assert recruitment(units_against_rate(crowd), NOTHING, None).grade == "not assessable"


@pytest.mark.parametrize(
    ("trains", "asked", "grade"),
    [
        ({1: rising(0, 12, 7, 12), 2: regular(4, 12, 8)}, None, "not assessable"),
        ({1: rising(0, 8, 8, 24), 2: regular(6, 8, 8)}, None, "not assessable"),
        ({1: regular(0, 12, 9), 2: regular(0.2, 12, 8)}, None, "not assessable"),
        ({1: rising(0, 12, 8, 24), 2: regular(9, 12, 8)}, None, "reduced"),
        ({1: rising(0, 12, 8, 26)}, None, "single unit"),
        ({1: regular(0, 12, 7.5), 2: regular(1, 12, 7), 3: regular(2, 12, 7)}, None, "early"),
        ({1: regular(0, 12, 8)}, None, "not assessable"),
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


def full(units: float, turns_per_uv: float, hum_uv: float = 150.0, maximal: bool = True) -> Pattern:
    return Pattern(4, 9.0, 30.0, maximal, hum_uv, units, turns_per_uv)


@pytest.mark.parametrize(
    ("units", "turns_per_uv", "rate_hz", "grade"),
    [
        (0.55, 0.8, 12.0, "normal"),
        (0.55, 2.2, 12.0, "early"),
        (0.2, 2.2, 12.0, "early"),
        (0.2, 0.8, 12.0, "reduced"),
        (0.0, 0.8, 12.0, "severely reduced"),
        (0.0, 0.8, 25.0, "single unit"),
    ],
)
def test_full_effort_is_graded_by_the_pattern(
    units: float, turns_per_uv: float, rate_hz: float, grade: str
) -> None:
    firing = units_against_rate({1: regular(0, 5, rate_hz)})
    assert recruitment(firing, full(units, turns_per_uv), "maximal").grade == grade


@pytest.mark.parametrize(
    ("units", "turns_per_uv", "stretches", "grade"),
    [
        (0.55, 0.8, 3, "normal"),
        (0.2, 2.2, 3, "early"),
        (0.2, 0.8, 3, "not assessable"),
        (0.0, 0.8, 3, "reduced"),
        (0.0, 0.8, 2, "not assessable"),
        (0.55, 0.8, 2, "not assessable"),
    ],
)
def test_an_effort_that_nobody_asked_for_may_not_be_all(
    units: float, turns_per_uv: float, stretches: int, grade: str
) -> None:
    seen = msgspec.structs.replace(full(units, turns_per_uv), stretches=stretches)
    assert recruitment(units_against_rate({}), seen, None).grade == grade


@pytest.mark.parametrize(
    ("units", "turns_per_uv", "hum_uv", "grade"),
    [
        (0.5, 0.8, 70.0, "normal"),
        (0.5, 2.2, 70.0, "early"),
        (0.2, 0.8, 70.0, "poor activation"),
        (0.0, 0.8, 70.0, "severely reduced"),
        (0.5, 0.8, 30.0, "poor activation"),
        (0.0, 0.8, 30.0, "poor activation"),
    ],
)
def test_the_hum_of_distant_units_tells_whether_the_effort_was_made(
    units: float, turns_per_uv: float, hum_uv: float, grade: str
) -> None:
    slow = units_against_rate({1: regular(0, 15, 8.0), 2: regular(1, 15, 8.0)})
    said = full(units, turns_per_uv, hum_uv, maximal=False)
    assert recruitment(slow, said, "maximal").grade == grade
    assert recruitment(slow, said, None).grade == "not assessable", "nobody asked for more"


def points(
    phase: PhaseKind, n: int, activity: float, soon: float = 0.0, again: float = 0.0, turns: float = 300.0
) -> list[PatternPoint]:
    return [PatternPoint(phase, turns, 200.0, 100.0, 80.0, activity, soon, again)] * n


def test_the_pattern_is_that_of_the_strongest_effort_over_the_stretches() -> None:
    first = points("minimal", 20, 0.1) + points("moderate", 20, 0.3, again=0.05, turns=400.0)
    second = points("moderate", 9, 0.4) + points("maximal", 15, 0.6, soon=-0.05)
    third = points("maximal", 15, 0.8, soon=-0.1)
    seen = pattern([Stretch(99, each).said() for each in (first, second, third)], 0.1)
    assert (seen.stretches, seen.maximal, seen.hum_uv) == (2, True, 100.0)
    assert seen.strongest_s == pytest.approx(3.0)
    assert seen.effort_s == pytest.approx(7.9)
    assert seen.units == pytest.approx(0.7 - 4.0 * 0.075 - 2.0 * 0.05)
    assert seen.turns_per_uv == pytest.approx((400.0 / 200.0) / (80.0 / 100.0))


def test_a_stretch_says_what_its_newest_points_do() -> None:
    phases: tuple[PhaseKind, ...] = (
        "minimal",
        "moderate",
        "moderate",
        "minimal",
        "maximal",
        "moderate",
        "moderate",
    )
    all_points = [points(phase, 1, 0.1 * at, turns=100.0 * at)[0] for at, phase in enumerate(phases)]
    grown = Stretch(3)
    for n, point in enumerate(all_points, 1):
        grown.add(point)
        said, newest = grown.said(), Stretch(99, all_points[max(0, n - 3) : n]).said()
        assert said is grown.said()
        assert said.parts == newest.parts
        assert said.hums_uv.tolist() == newest.hums_uv.tolist()
    assert {phase: part.points for phase, part in grown.said().parts.items()} == {"maximal": 1, "moderate": 2}
    assert grown.said().parts["moderate"].activity == pytest.approx(0.55)
    assert grown.said().parts["moderate"].turns_per_uv == (500.0 + 600.0) / 400.0


def test_moderate_effort_stands_for_maximal_effort_that_was_not_seen_for_long_enough() -> None:
    brief = Stretch(99, points("moderate", 20, 0.3) + points("maximal", 12, 0.9)).said()
    assert pattern([brief], 0.1).units == pytest.approx(0.3)
    assert not pattern([brief], 0.1).maximal
    assert pattern([brief, brief], 0.1).units == pytest.approx(0.9)
    assert pattern([], 0.1) == NOTHING
    assert pattern([Stretch(99, points("maximal", 5, 0.8)).said()], 0.1).units is None


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
        soon=0.0,
        again=0.0,
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
    for unit, first_s in ((1, 1.0), (2, 3.0), (3, 13.5)):
        watcher.add(unit, *(regular(first_s, 19.0, 10.0) * RATE_HZ).astype(int).tolist())
    played(watcher, [("rest", 10), ("minimal", 120), ("moderate", 60)])
    now = watcher.now()
    assert now.units == 2
    assert now.recruitment_hz == pytest.approx(10.0, abs=0.2)
    assert now.reason.startswith("second unit joined with the first at 10.0 Hz")
    assert watcher.series()[0].at_s == pytest.approx(1.0, abs=0.2)


def test_an_effort_is_missed_only_after_there_was_time_for_it() -> None:
    watcher = RecruitmentWatcher(RATE_HZ)
    watcher.asked("maximal")
    played(watcher, [("rest", 40)])
    assert watcher.now().grade == "not assessable"
    played(watcher, [("rest", 20)])
    assert watcher.now().grade == "absent"


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
