"""Phases and recruitment on a few simulated muscles: floors far below what the studies report."""

import msgspec
import numpy as np
import pytest

from processing.phases.finder import PhaseFinder
from simulators.patient.person import Disorder, Person
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource
from tests.studies.phases import Tally
from tests.studies.recruitment import Case, examined, judged

pytestmark = pytest.mark.slow


def test_the_phases_of_an_examination() -> None:
    phases = (
        Phase("insertion", 1.0),
        Phase("rest", 3.0),
        Phase("minimal", 3.0),
        Phase("moderate", 2.0),
        Phase("rest", 2.0),
    )
    muscle = MuscleScript(
        "biceps", sites=2, phases=phases, last_phases=(Phase("maximal", 2.0),), drift_mm=0.0
    )
    source = PatientSource(Script(seed=11, muscles=(muscle,)))
    signal = np.concatenate([source.segment(k).samples for k in range(source.n_segments)])
    source.close()
    finder = PhaseFinder(source.rate_hz)
    tally = Tally()
    tally.add(
        finder.feed(signal, 0) + finder.gap(signal.size + 1),
        tuple(phase for stay in source.stays for phase in stay.phases),
        source.rate_hz,
    )
    assert tally.right() > 0.9
    assert tally.insertions == [1, 1]
    assert not tally.hops["minimal"]["rest"]


@pytest.mark.parametrize(
    ("case", "grades"),
    [
        (Case("healthy", "biceps", Person(40)), {"normal"}),
        (Case("poor", "biceps", Person(40), 0.08), {"poor activation"}),
        (
            Case(
                "motor neuron disease", "biceps", Person(40, "male", (Disorder("motor neuron disease", 1.0),))
            ),
            {"reduced", "severely reduced", "single unit"},
        ),
        (Case("myopathy", "biceps", Person(40, "male", (Disorder("myopathy", 0.7),))), {"early"}),
    ],
    ids=["healthy", "poor", "lost", "early"],
)
def test_recruitment(case: Case, grades: set[str]) -> None:
    said, seen = judged(examined(case, 12, 1), tracker=False)
    assert said[0].grade in grades, msgspec.structs.asdict(seen)
