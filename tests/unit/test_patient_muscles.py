"""The muscles that a patient can be examined in."""

import msgspec
import pytest

from contracts.refusal import Refusal
from simulators.patient.muscles import Muscle, between_people, muscle, muscles

EXPECTED = {
    "biceps brachii": ("cervical", "proximal arm"),
    "deltoid": ("cervical", "proximal arm"),
    "first dorsal interosseous": ("cervical", "distal arm"),
    "vastus lateralis": ("lumbosacral", "proximal leg"),
    "tibialis anterior": ("lumbosacral", "distal leg"),
    "gastrocnemius": ("lumbosacral", "distal leg"),
    "paraspinal": ("thoracic", "axial"),
    "tongue": ("bulbar", "cranial"),
}


def test_the_eight_muscles_with_region_and_group() -> None:
    assert {m.name: (m.region, m.group) for m in muscles()} == EXPECTED


def test_every_name_and_alias_means_one_muscle() -> None:
    names = [name.lower() for m in muscles() for name in (m.name, *m.aliases)]
    assert len(names) == len(set(names))
    assert all(muscle(name.upper()) == m for m in muscles() for name in (m.name, *m.aliases))


def test_an_unknown_muscle_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(Refusal, match="'soleus'") as refusal:
        muscle("soleus")
    assert all(name in refusal.value.wanted for name in EXPECTED)


@pytest.mark.parametrize("chosen", muscles(), ids=lambda m: m.name)
def test_numbers_of_a_muscle_fit_each_other(chosen: Muscle) -> None:
    near, far = chosen.needle_distance_mm
    assert 0 < near < far < min(chosen.half_lengths_mm)
    assert chosen.end_plate_sd_mm < near
    assert chosen.peak_rates_hz[0] >= chosen.peak_rates_hz[1] > chosen.first_rate_hz


def test_facial_rates_are_the_tongues_alone() -> None:
    assert {m.name: m.first_rate_hz for m in muscles() if m.first_rate_hz != 7.6} == {"tongue": 11.6}


def test_an_unknown_key_is_refused() -> None:
    table = msgspec.to_builtins(muscle("biceps"))
    assert msgspec.convert(table, Muscle) == muscle("biceps")
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert(table | {"colour": "red"}, Muscle)


def test_people_differ_moderately() -> None:
    spread = msgspec.to_builtins(between_people())
    assert all(0 < cv <= 0.3 for cv in spread.values())
