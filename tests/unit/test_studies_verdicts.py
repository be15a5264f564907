"""Simulated against published: shares, spreads, directions, and rows that nothing supports."""

import numpy as np
import pytest

from myoscope.studies.ageing import age_rows
from myoscope.studies.literature import Literature, Row, literature
from myoscope.studies.people import Seen
from myoscope.studies.verdicts import UNITS, Line, lines
from simulators.patient.muscles import muscle
from simulators.patient.person import CONDITIONS, Person

MUSCLE = "biceps brachii"


def seen(*durations_ms: float, alive: float = 1.0) -> list[Seen]:
    """People who differ in one measure alone."""
    return [
        Seen(
            Person(),
            20,
            40,
            6,
            alive,
            {"duration_ms": value, "amplitude_uv": value, "turns": value},
            (130.0,),
            (),
        )
        for value in durations_ms
    ]


def known(mean: float, sd: float, source: str = "somebody", **ill: tuple[float, float]) -> Literature:
    """Literature about durations."""
    rows = [Row(MUSCLE, "healthy", source, {"duration_ms": (mean, sd)})]
    rows += [Row(MUSCLE, group, source, {"duration_ms": pair}) for group, pair in ill.items()]
    return Literature(tuple(rows), ())


def duration(found: list[Line]) -> Line:
    """The line about duration."""
    return next(line for line in found if line.measure == "duration_ms")


def test_share_and_spread_are_counted() -> None:
    line = duration(lines(MUSCLE, "healthy", seen(8.0, 9.0, 10.0, 11.0, 14.0), [], known(10.0, 1.0)))
    assert line.inside == pytest.approx(0.8)
    assert line.spread == pytest.approx(np.std([8, 9, 10, 11, 14], ddof=1))
    assert (line.verdict, line.why) == ("outside", "too few inside, spread")


def test_people_like_the_published_ones_are_ok() -> None:
    assert duration(lines(MUSCLE, "healthy", seen(9.0, 10.0, 11.0), [], known(10.0, 1.0))).verdict == "OK"


def test_without_a_source_nothing_is_judged() -> None:
    found = lines(MUSCLE, "healthy", seen(1.0, 2.0, 3.0), [], known(10.0, 1.0, source=""))
    assert {line.verdict for line in found} == {"unsourced"}


def test_a_published_measure_that_nobody_has_is_outside() -> None:
    line = duration(lines(MUSCLE, "healthy", seen(9.0), [], known(10.0, 1.0)))
    assert (line.verdict, line.why) == ("outside", "no potentials")


@pytest.mark.parametrize(
    ("simulated", "verdict"),
    [((7.0, 7.5, 8.0), "OK"), ((10.5, 11.0, 11.5), "outside"), ((2.0, 2.5, 3.0), "outside")],
)
def test_ill_people_are_held_to_direction_and_range(simulated: tuple[float, ...], verdict: str) -> None:
    healthy = seen(9.0, 10.0, 11.0)
    line = duration(
        lines(MUSCLE, "myopathy", seen(*simulated), healthy, known(10.0, 1.0, myopathy=(7.0, 1.5)))
    )
    assert line.shift == (pytest.approx(np.mean(simulated) - 10.0), pytest.approx(-3.0))
    assert line.verdict == verdict


def test_age_is_held_to_its_directions() -> None:
    rows = age_rows(seen(9.0, 9.0), seen(8.0, 8.0, alive=0.6))
    assert [row[-1] for row in rows] == ["outside", "outside", "outside", "outside", "OK"]


def test_the_published_values_are_about_muscles_groups_and_measures_that_exist() -> None:
    held = literature()
    assert {row.group for row in held.rows} <= {"healthy", *CONDITIONS}
    for row in held.rows:
        assert muscle(row.muscle).name == row.muscle
        assert set(row.values) | set(row.ranges) <= set(UNITS)
        assert all(sd > 0 for _, sd in row.values.values())
        assert all(low < high for low, high in row.ranges.values())
    assert held.row("tongue", "healthy").values == {}
    assert held.firing_of("tongue") != held.firing_of(MUSCLE)
