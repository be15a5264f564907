"""Where all is silent but one unit under the will, what looks like rest is told to be effort."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.measured import Measured, PhaseChanged, RestTrain
from contracts.settings import NormSettings
from processing.examination.current_phase import CurrentPhase
from processing.examination.needle import NeedleExaminer
from processing.examination.settings import ExaminationSettings
from processing.norms.lookup import load_norms
from tests.doubles_rest import regular_fibre

RATE_HZ = 12_000.0
NORMS = load_norms(NormSettings())
WILLED = regular_fibre(RATE_HZ, 14.0, 9.0, 150.0, seed=3, cv=0.13)
FIBRILLATING = regular_fibre(RATE_HZ, 14.0, 9.0, 150.0, seed=3, cv=0.03)


def examined(signal: NDArray[np.float32], size: int = 1_000) -> list[Measured]:
    """The signal, and as much silence behind it."""
    noise = 2.0 * np.random.default_rng(8).standard_normal(round(8.0 * RATE_HZ))
    whole = np.concatenate([signal, noise.astype(np.float32)])
    needle = NeedleExaminer(0, RATE_HZ, ExaminationSettings(), NORMS)
    out: list[Measured] = []
    for at in range(0, whole.size, size):
        out += needle.feed(whole[at : at + size], at)
    return out + needle.finish()


def phases(told: list[Measured]) -> list[PhaseChanged]:
    return [each for each in told if isinstance(each, PhaseChanged)]


def test_a_unit_under_the_will_makes_it_effort_until_it_stops() -> None:
    told = examined(WILLED)
    assert [each.phase for each in phases(told)] == ["unknown", "rest", "minimal", "rest"]
    _, _, effort, rest = phases(told)
    assert effort.at_index < 8.0 * RATE_HZ
    assert 14.0 * RATE_HZ <= rest.at_index < 17.0 * RATE_HZ
    assert {each.kind for each in told if isinstance(each, RestTrain)} <= {
        "incomplete relaxation",
        "not named",
    }


def test_a_fibrillating_fibre_does_not() -> None:
    told = examined(FIBRILLATING)
    assert [each.phase for each in phases(told)] == ["unknown", "rest"]
    assert {each.kind for each in told if isinstance(each, RestTrain)} == {"fibrillation potentials"}


@pytest.mark.parametrize("size", [37, 50_000])
def test_chunks_change_nothing(size: int) -> None:
    assert examined(WILLED, size) == examined(WILLED)


def test_the_examiner_stands_above_it() -> None:
    current = CurrentPhase(0)
    current.find("rest")
    current.strain(True)
    assert (current.phase, current.watched) == ("minimal", True)
    current.ask("rest")
    assert (current.phase, current.watched) == ("rest", True)
    current.ask("moderate")
    assert (current.phase, current.watched) == ("moderate", False)
    current.ask(None)
    current.find("maximal")
    assert (current.phase, current.watched) == ("maximal", False)
