"""Units against rate agrees with its definition on any trains."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from processing.recruitment.firing import rates_at, runs, units_against_rate
from processing.recruitment.pattern import PatternPoint, Stretch, pattern
from processing.recruitment.settings import FiringSettings, PatternSettings
from tests.naive_recruitment import naive_index, naive_most, naive_rate, naive_runs

SETTINGS = FiringSettings()


@st.composite
def trains(draw: st.DrawFn) -> dict[int, NDArray[np.float64]]:
    """Up to five units that fire at any rate, pause and go on; times in whole samples."""
    found: dict[int, NDArray[np.float64]] = {}
    for unit in range(1, draw(st.integers(0, 5)) + 1):
        shortest = draw(st.integers(20, 200))
        gaps = draw(st.lists(st.integers(shortest, 2 * shortest), max_size=40))
        if gaps:
            found[unit] = np.cumsum(np.array([draw(st.integers(1, 3_000)), *gaps])) / 1024.0
    return found


@settings(deadline=None, max_examples=150)
@given(them=trains(), breaks=st.lists(st.integers(0, 8_000).map(lambda n: n / 1024.0 + 1e-4), max_size=2))
def test_the_definition(them: dict[int, NDArray[np.float64]], breaks: list[float]) -> None:
    breaks = sorted(breaks)
    plain = {unit: times.tolist() for unit, times in them.items()}
    ours = runs(them, breaks, SETTINGS)
    theirs = naive_runs(plain, breaks, SETTINGS.pause_s, SETTINGS.fewest, SETTINGS.uneven)
    assert [(run.unit, run.times_s.tolist()) for run in ours] == theirs
    for run, (_, times) in zip(ours, theirs, strict=True):
        for at in (run.first_s, 0.3 * run.first_s + 0.7 * run.last_s, run.last_s):
            assert rates_at(run, np.array([at]), 5)[0] == pytest.approx(naive_rate(times, at, 5))
    told = units_against_rate(them, breaks, SETTINGS)
    most, fastest = naive_most(
        plain, breaks, SETTINGS.pause_s, SETTINGS.fewest, SETTINGS.uneven, SETTINGS.step_s, 5
    )
    assert told.units == most
    assert told.fastest_hz == (None if fastest is None else pytest.approx(fastest))


@settings(deadline=None, max_examples=30)
@given(them=trains(), shift=st.integers(0, 10**6))
def test_when_it_happened_does_not_matter(them: dict[int, NDArray[np.float64]], shift: int) -> None:
    here = units_against_rate(them)
    there = units_against_rate({unit: times + shift for unit, times in them.items()})
    assert here.units == there.units
    assert here.recruitment_hz == pytest.approx(there.recruitment_hz) or here.recruitment_hz is None


SIZED = st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1), st.floats(-1, 1)), min_size=15, max_size=20)


@settings(deadline=None, max_examples=50)
@given(
    maximal=st.lists(SIZED, min_size=1, max_size=4),
    moderate=st.lists(SIZED, max_size=4),
    weights=st.tuples(st.floats(0.5, 9), st.floats(0.5, 9)),
)
def test_the_index_of_units(
    maximal: list[list[tuple[float, float, float]]],
    moderate: list[list[tuple[float, float, float]]],
    weights: tuple[float, float],
) -> None:
    stretches = [[PatternPoint("maximal", 9.0, 9.0, 9.0, 9.0, *each) for each in part] for part in maximal]
    stretches += [[PatternPoint("moderate", 9.0, 9.0, 9.0, 9.0, *each) for each in part] for part in moderate]
    told = pattern(
        [Stretch(99, points).said() for points in stretches],
        0.1,
        PatternSettings(soon=weights[0], again=weights[1]),
    )
    strongest = [[(activity, soon) for activity, soon, _ in part] for part in maximal]
    theirs = naive_index(strongest, [[again for _, _, again in part] for part in moderate], *weights)
    assert told.units == pytest.approx(theirs, abs=1e-9)
