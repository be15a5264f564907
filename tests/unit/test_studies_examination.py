"""One simulated person, examined."""

import numpy as np
import pytest

from contracts.refusal import Refusal
from myoscope.studies.activity import interference
from myoscope.studies.data import recordings_folder
from myoscope.studies.examination import ENOUGH, PER_SITE, accepted, discharging, examine, only
from myoscope.studies.people import Job, see
from simulators.patient.disease import afflicted
from simulators.patient.muscles import muscle
from simulators.patient.person import Person
from simulators.patient.tissue import Tissue

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def biceps() -> Tissue:
    """Of a healthy person."""
    return afflicted(muscle("biceps"), Person(40), np.random.default_rng(1))


def test_more_effort_more_units(biceps: Tissue) -> None:
    rng = np.random.default_rng(2)
    slight, moderate = discharging(biceps, 0.05, rng), discharging(biceps, 0.3, rng)
    assert 5 < slight.size < 30 < moderate.size
    assert only(biceps, slight).units.alive.sum() == slight.size


def test_what_is_taken_is_accepted_and_comes_from_several_sites(biceps: Tissue) -> None:
    found = examine(muscle("biceps"), biceps, np.random.default_rng(3))
    assert 5 <= len(found.taken) <= ENOUGH
    assert all(accepted(potential) for potential in found.taken)
    per_site = np.bincount([potential.site for potential in found.taken])
    assert per_site.max() <= PER_SITE
    assert found.offered >= len(found.taken)


def test_an_interference_pattern_has_turns(biceps: Tissue) -> None:
    found = examine(muscle("biceps"), biceps, np.random.default_rng(4))
    epochs = interference(biceps, found.sites[0].needle, 0.3, np.random.default_rng(5))
    assert len(epochs) == 3
    assert np.mean([epoch.turns_per_s for epoch in epochs]) > 50


def test_the_same_job_is_the_same_person() -> None:
    job = Job("tongue", "myopathy", (1, 2), (30, 31))
    once, again = see(job), see(job)
    assert once == again
    assert 30 <= once.person.age <= 31
    assert once.person.condition == "myopathy"


def test_without_recordings_the_refusal_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MYOSCOPE_DATA", raising=False)
    with pytest.raises(Refusal, match="MYOSCOPE_DATA"):
        recordings_folder()
