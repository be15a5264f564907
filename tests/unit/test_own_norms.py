"""A laboratory's own norms: what they are by definition, who is counted, and that they are read again."""

import statistics
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from msgspec.structs import replace

from contracts.refusal import Refusal
from contracts.settings import NormSettings
from processing.motor_units.settings import MuapSettings
from processing.muscle_table import muscle_rows, unit_columns
from processing.muscles import find_muscle
from processing.norms.lookup import load_norms
from processing.norms.own import HealthyPerson, OwnNormSettings, as_toml, own_table
from processing.norms.tables import NormTable, Technique, read_table
from tests.doubles_muscle import unit, unit_measures

MUAP = MuapSettings()
FEW = OwnNormSettings(people=3, advised=5, units=5)


def person(number: int, durations: list[float]) -> HealthyPerson:
    units = tuple(unit(i + 1, unit_measures(duration_ms=d)) for i, d in enumerate(durations))
    return HealthyPerson(f"p{number}", 30 + number, units)


def people(n: int, each: int = 20) -> list[HealthyPerson]:
    rng = np.random.default_rng(3)
    return [person(k, (9.0 + 0.3 * k + rng.normal(0.0, 2.0, each)).tolist()) for k in range(n)]


def table_of(of: list[HealthyPerson], settings: OwnNormSettings = FEW) -> NormTable:
    muscle = find_muscle("biceps")
    assert muscle is not None
    technique = Technique("concentric needle", 10.0, 10_000.0)
    return own_table(
        of, muscle, (20, 60), name="Lab", source="ours", technique=technique, muap=MUAP, settings=settings
    )


def test_the_norm_is_between_people_and_the_limits_hold_in_each() -> None:
    of = people(6)
    value = table_of(of).rows[0].values["duration_ms"]
    singles = [next(c.values for c in unit_columns(p.units) if c.name == "duration_ms") for p in of]
    means = [statistics.mean(each) for each in singles]
    assert value.mean == pytest.approx(statistics.mean(means), rel=1e-3)
    assert value.sd == pytest.approx(statistics.stdev(means), rel=1e-3)
    assert value.low is not None
    assert value.high is not None
    low, high = value.low, value.high
    rounding = 0.01
    assert max(sum(d < low - rounding for d in each) for each in singles) <= 2
    assert max(sum(d < low + rounding for d in each) for each in singles) > 2
    assert max(sum(d > high + rounding for d in each) for each in singles) <= 2
    assert max(sum(d > high - rounding for d in each) for each in singles) > 2


def test_whoever_has_few_units_does_not_count() -> None:
    of = [*people(4), person(9, [30.0] * 4)]
    row = table_of(of).rows[0]
    assert (row.people, row.potentials) == (4, 80)
    assert row.values["duration_ms"].high is not None
    assert row.values["duration_ms"].high < 20.0
    assert row.note == "only 4 people"
    assert table_of(people(5)).rows[0].note == ""


def test_too_few_people_are_refused() -> None:
    with pytest.raises(Refusal, match="2 of 3 people"):
        table_of([*people(2), person(9, [10.0] * 4)])


def test_whoever_has_few_values_of_a_measure_has_no_mean_of_it() -> None:
    slow = ("rises too slowly for amplitude and phases",)
    of = [
        HealthyPerson(
            p.person,
            p.age,
            tuple(
                replace(
                    u, flags=slow if n >= near else (), measures=unit_measures(amplitude_uv=300.0 + 50.0 * n)
                )
                for n, u in enumerate(p.units)
            ),
        )
        for p, near in zip(people(5), (3, 4, 5, 2, 0), strict=True)
    ]
    values = table_of(of).rows[0].values
    assert values["amplitude_uv"].mean == pytest.approx(statistics.mean([350.0, 375.0, 400.0]))
    assert "amplitude_uv" not in table_of(of, OwnNormSettings(people=4, advised=5, units=5)).rows[0].values


def test_measures_in_which_all_are_alike_are_left_out() -> None:
    assert set(table_of(people(4)).rows[0].values) == {"duration_ms"}


def test_what_is_written_is_read_again_and_gives_z_scores(tmp_path: Path) -> None:
    table = table_of(people(6))
    path = tmp_path / "lab.toml"
    path.write_bytes(tomli_w.dumps(as_toml(table)).encode())
    assert read_table(path) == table
    norms = load_norms(NormSettings(path=str(path)))
    patient = person(1, [14.0] * 20)
    found = muscle_rows(patient.units, [], "biceps", 40, norms, MUAP)
    row = found.rows[0]
    assert row.name == "duration_ms"
    assert row.z == pytest.approx((14.0 - (row.norm_mean or 0.0)) / (row.norm_sd or 1.0))
    assert "other marker rule" not in row.note
    assert found.norms.startswith("Lab")
