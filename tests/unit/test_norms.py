"""Norms: which table holds for whom, what is refused, and what is said in its place."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from contracts.refusal import Refusal
from contracts.settings import NormSettings
from processing.motor_units.settings import MuapSettings
from processing.muscles import Muscle, find_muscle
from processing.norms.lookup import OTHER_RULE, Norm, Norms, load_norms
from processing.norms.tables import NormValue, read_table, shipped_tables
from tests.doubles_muscle import norm_table

OURS = MuapSettings().algorithm
TABLE = """
name = "Own"
source = "own"
algorithm = "rule"
verified = true
[technique]
electrode = "concentric needle"
"""


def muscle(name: str) -> Muscle:
    found = find_muscle(name)
    assert found is not None
    return found


def norm(norms: Norms, name: str, age: int, measure: str) -> Norm:
    found = norms.find(muscle(name), age, measure, OURS)
    assert isinstance(found, Norm), found
    return found


def test_every_shipped_table_says_where_it_is_from() -> None:
    tables = shipped_tables()
    assert [t.verified for t in tables] == [True, True, False, False]
    assert all(t.source and t.technique.electrode and t.algorithm for t in tables)
    assert all(t.algorithm != OURS for t in tables)
    assert all(bool(t.comparable) == bool(t.comparable_because) for t in tables)


def test_what_the_published_table_of_biceps_says() -> None:
    found = norm(load_norms(NormSettings()), "biceps", 40, "amplitude_uv")
    assert (found.table, found.mean, found.sd) == ("Pattichis 1995", 372.0, 63.0)
    assert found.comparable
    assert not found.unverified
    assert OTHER_RULE in found.note


@pytest.mark.parametrize(
    ("name", "measure"), [("biceps", "duration_ms"), ("TA", "duration_ms"), ("TA", "phases")]
)
def test_what_rests_on_another_marker_rule_does_not_compare(name: str, measure: str) -> None:
    found = norm(load_norms(NormSettings()), name, 40, measure)
    assert not found.comparable
    assert OTHER_RULE in found.note


def test_numbers_from_memory_are_used_only_when_asked_for() -> None:
    off = load_norms(NormSettings())
    assert off.find(muscle("FDI"), 40, "amplitude_uv", OURS) == "only unverified norms, which are not used"
    on = load_norms(NormSettings(use_unverified=True))
    found = norm(on, "FDI", 40, "amplitude_uv")
    assert found.unverified
    assert "unverified" in found.note


def test_verified_norms_go_before_numbers_from_memory() -> None:
    on = load_norms(NormSettings(use_unverified=True))
    assert norm(on, "TA", 40, "amplitude_uv").table == "Tibialis controls"


def test_durations_rise_with_age_between_the_ages_given() -> None:
    on = load_norms(NormSettings(use_unverified=True))
    found = norm(on, "triceps", 25, "duration_ms")
    assert found.mean == pytest.approx((9.9 + 11.2) / 2)
    assert found.sd == pytest.approx(0.1 * found.mean)
    assert (
        on.find(muscle("triceps"), 71, "duration_ms", OURS) == "no norm for the age of 71, only for 5 to 70"
    )


def test_an_age_or_a_muscle_without_norms_has_a_reason() -> None:
    norms = load_norms(NormSettings())
    assert norms.find(muscle("biceps"), 80, "phases", OURS) == "no norm for the age of 80, only for 18 to 65"
    assert norms.find(muscle("masseter"), 40, "phases", OURS) == "no norm for this muscle"


def test_a_surrogate_is_used_only_when_asked_for_and_named() -> None:
    tables = shipped_tables()
    assert (
        Norms(tables, NormSettings()).find(muscle("deltoid"), 40, "phases", OURS) == "no norm for this muscle"
    )
    found = norm(Norms(tables, NormSettings(surrogates=True)), "deltoid", 40, "phases")
    assert "surrogate norm of biceps brachii" in found.note


def test_a_laboratory_s_own_table_goes_first() -> None:
    own = norm_table(OURS, duration_ms=NormValue(11.0, 1.0, 6.0, 17.0))
    found = norm(Norms((*shipped_tables(), own), NormSettings()), "biceps", 40, "duration_ms")
    assert (found.table, found.mean, found.low, found.high) == ("Laboratory", 11.0, 6.0, 17.0)
    assert found.comparable
    assert OTHER_RULE not in found.note


def test_another_set_of_constants_is_another_rule() -> None:
    own = norm_table(OURS, duration_ms=NormValue(11.0, 1.0))
    other = replace(MuapSettings(), turn_uv=50.0).algorithm
    found = Norms((own,), NormSettings()).find(muscle("biceps"), 40, "duration_ms", other)
    assert isinstance(found, Norm)
    assert not found.comparable


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[[rows]]\nmuscle = 'knee'\nages = [20, 60]\nvalues = {}", "knee"),
        ("[[rows]]\nmuscle = 'TA'\nages = [60, 20]\nvalues = {}", "younger"),
        ("[[rows]]\nmuscle = 'TA'\nages = [20, 60]\nvalues.speed = {mean = 1, sd = 1}", "speed"),
        ("[[rows]]\nmuscle = 'TA'\nages = [20, 60]\nvalues.phases = {mean = 1, sd = 0}", "sd"),
        (
            "[[rows]]\nmuscle = 'TA'\nages = [20, 60]\nvalues.phases = {mean = 1, sd = 1, low = 3, high = 2}",
            "not above",
        ),
        (
            "[[courses]]\nmuscle = 'TA'\nmeasure = 'turns'\nages = [20, 10]\nmeans = [1, 2]\nsd_fraction = 0.1",
            "rising",
        ),
        ("people = 3", "people"),
    ],
)
def test_a_table_that_says_nothing_clear_is_refused(tmp_path: Path, more: str, said: str) -> None:
    path = tmp_path / "own.toml"
    text = TABLE.replace("[technique]", more + "\n[technique]") if more.startswith("people") else TABLE + more
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=said):
        read_table(path)


def test_an_own_table_is_read_from_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        TABLE + "[[rows]]\nmuscle = 'TA'\nages = [20, 60]\nvalues.turns = {mean = 3, sd = 1}", "utf-8"
    )
    norms = load_norms(NormSettings(path=str(path)))
    assert norms.tables[0].name == "Own"
    assert norms.tables[0].rows[0].muscle == "tibialis anterior"
    with pytest.raises(Refusal, match=r"none\.toml"):
        load_norms(NormSettings(path=str(tmp_path / "none.toml")))
