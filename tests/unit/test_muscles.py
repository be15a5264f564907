"""Muscles by name: aliases, agreement with the virtual patient, what the public sets call theirs."""

from collections import Counter

import pytest

from acquisition.recordings.labels import asc_labels
from processing.muscles import GROUPS, find_muscle, muscles
from simulators.patient.muscles import muscles as simulated_muscles


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("TA", "tibialis anterior"),
        ("tib. ant.", "tibialis anterior"),
        ("  Left Tibialis-Anterior ", "tibialis anterior"),
        ("Biceps", "biceps brachii"),
        ("fdi", "first dorsal interosseous"),
        ("EDC", "extensor digitorum communis"),
        ("Biceps brachii (long head)", "biceps brachii"),
        ("Genioglossus", "tongue"),
    ],
)
def test_a_muscle_is_found_by_what_people_write(said: str, name: str) -> None:
    muscle = find_muscle(said)
    assert muscle is not None
    assert muscle.name == name


@pytest.mark.parametrize("said", [None, "", "  ", "left", "musculus imaginarius", "bicepss"])
def test_what_nobody_knows_is_none(said: str | None) -> None:
    assert find_muscle(said) is None


def test_no_name_means_two_muscles() -> None:
    said = [find_muscle(name) for m in muscles() for name in (m.name, *m.aliases)]
    owners = [m.name for m in muscles() for _ in (m.name, *m.aliases)]
    assert [m.name if m else None for m in said] == owners
    assert max(Counter(m.name for m in muscles()).values()) == 1


def test_the_virtual_patient_means_the_same_muscles() -> None:
    for simulated in simulated_muscles():
        for name in (simulated.name, *simulated.aliases):
            known = find_muscle(name)
            assert known is not None, name
            assert known.name == simulated.name
            assert (known.nerve, known.roots) == (simulated.nerve, simulated.roots)
            assert (known.region, known.group) == (simulated.region, simulated.group)


def test_the_muscles_of_the_public_sets_are_known() -> None:
    labels = asc_labels("EMG _225 _13_ RD_Hea")
    assert labels is not None
    found = find_muscle(labels.muscle)
    assert found is not None
    assert found.name == "deltoid"


def test_every_group_and_region_has_a_muscle() -> None:
    assert {m.group for m in muscles()} == set(GROUPS)
    assert {m.region for m in muscles()} == {"bulbar", "cervical", "thoracic", "lumbosacral"}
