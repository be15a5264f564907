"""The table of a muscle: what counts for what, z-scores and outliers, and the reasons for none."""

import math
import statistics

import numpy as np
import pytest

from contracts.measured import MeasureRow, Unit, UnitFate
from contracts.settings import NormSettings
from processing.motor_units.potential import FAR_AWAY
from processing.motor_units.settings import MuapSettings
from processing.muscle_table import POLYPHASIC, MuscleTable, muscle_rows, sd_of_means
from processing.muscles import Muscle, find_muscle
from processing.norms.lookup import Norm, Norms, load_norms
from processing.norms.tables import NormValue
from tests.doubles_muscle import epoch, norm_table, unit, unit_measures

SETTINGS = MuapSettings()
LAB = norm_table(
    SETTINGS.algorithm,
    duration_ms=NormValue(10.0, 1.0, 7.0, 14.0),
    amplitude_uv=NormValue(400.0, 50.0),
    polyphasic_percent=NormValue(5.0, 4.0),
)
NORMS = Norms((LAB,), NormSettings())


def row(table: MuscleTable, name: str) -> MeasureRow:
    return next(r for r in table.rows if r.name == name)


def biceps() -> Muscle:
    found = find_muscle("biceps")
    assert found is not None
    return found


def units_of(durations: list[float]) -> list[Unit]:
    return [unit(n + 1, unit_measures(duration_ms=d)) for n, d in enumerate(durations)]


def test_mean_sd_and_z_are_those_of_the_definition() -> None:
    durations = [8.0, 9.0, 12.0, 13.0, 15.0, 15.5]
    table = muscle_rows(units_of(durations), [], "biceps", 40, NORMS, SETTINGS)
    found = row(table, "duration_ms")
    assert found.n == 6
    assert found.mean == pytest.approx(statistics.mean(durations))
    assert found.sd == pytest.approx(statistics.stdev(durations))
    between = math.sqrt(1.0**2 + statistics.variance(durations) * (1 / 6 - 1 / 20))
    assert found.z == pytest.approx((statistics.mean(durations) - 10.0) / between)
    assert (found.outliers_low, found.outliers_high) == (0, 2)
    assert "6 units here, 20" in found.note
    assert (table.reason, table.norms) == ("", "Laboratory")


def test_as_many_units_as_in_the_norm_are_held_against_its_own_sd() -> None:
    durations = [8.0, 16.0] * 10
    found = row(muscle_rows(units_of(durations), [], "biceps", 40, NORMS, SETTINGS), "duration_ms")
    assert found.z == pytest.approx(2.0)
    assert "widened" not in found.note


def test_widening_gives_means_of_few_units_the_spread_of_a_standard_score() -> None:
    """People whose true means differ by SD 1 and units by SD 3: z of means of five is as wide as z of means of 20."""
    rng = np.random.default_rng(1)
    norm = NORMS.find(biceps(), 40, "duration_ms", SETTINGS.algorithm)
    assert isinstance(norm, Norm)
    own = math.sqrt(norm.sd**2 - 3.0**2 / norm.potentials_each)
    z: list[float] = []
    for true in norm.mean + own * rng.standard_normal(2000):
        single = (true + 3.0 * rng.standard_normal(8)).tolist()
        z.append((statistics.mean(single) - norm.mean) / sd_of_means("duration_ms", single, norm))
    assert statistics.stdev(z) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("flag", sorted(FAR_AWAY))
def test_a_slow_rise_counts_for_duration_only(flag: str) -> None:
    slow = unit(9, unit_measures(20.0, 60.0, 7, 9), flags=(flag,))
    table = muscle_rows([*units_of([10.0] * 5), slow], [], None, None, NORMS, SETTINGS)
    assert row(table, "duration_ms").n == 6
    assert all(row(table, name).n == 5 for name in ("amplitude_uv", "phases", "turns", POLYPHASIC))
    assert row(table, "amplitude_uv").mean == 400.0
    assert row(table, POLYPHASIC).mean == 0.0
    assert row(table, "rate_hz").n == 6


@pytest.mark.parametrize(
    ("accepted", "fate"), [(False, "followed"), (True, "merged"), (True, "part of another unit")]
)
def test_what_is_not_a_unit_of_its_own_does_not_count(accepted: bool, fate: UnitFate) -> None:
    table = muscle_rows([unit(1, accepted=accepted, fate=fate)], [], "biceps", 40, NORMS, SETTINGS)
    assert all(r.n == 0 and r.mean is None and r.z is None for r in table.rows)


def test_no_percentage_of_a_few() -> None:
    many = [unit(n, unit_measures(phases=6)) for n in range(1, 5)]
    four = row(muscle_rows(many, [], "biceps", 40, NORMS, SETTINGS), POLYPHASIC)
    assert (four.n, four.mean, four.z) == (4, None, None)
    assert "n/a below 5" in four.note
    five = row(muscle_rows([*many, unit(5)], [], "biceps", 40, NORMS, SETTINGS), POLYPHASIC)
    assert (five.n, five.mean, five.sd) == (5, 80.0, None)


@pytest.mark.parametrize(
    ("muscle", "age", "said"),
    [
        (None, None, "muscle and age not given"),
        ("biceps", None, "age not given"),
        (None, 40, "muscle not given"),
        ("knee", 40, "'knee' is not known"),
        ("TA", 40, "no norm for this muscle"),
        ("biceps", 70, "no norm for the age of 70"),
    ],
)
def test_no_z_score_without_muscle_age_and_norm(muscle: str | None, age: int | None, said: str) -> None:
    table = muscle_rows(units_of([10.0] * 6), [epoch()], muscle, age, NORMS, SETTINGS)
    assert said in table.reason
    assert all(r.z is None and r.norm_mean is None for r in table.rows)
    assert row(table, "duration_ms").mean == 10.0


def test_a_few_units_have_no_z_score() -> None:
    table = muscle_rows(units_of([10.0] * 4), [], "biceps", 40, NORMS, SETTINGS)
    assert row(table, "duration_ms").z is None
    assert row(table, "duration_ms").norm_mean == 10.0
    assert "fewer than 5 units" in table.reason


def test_more_than_two_of_twenty_are_too_many() -> None:
    within = muscle_rows(units_of([10.0] * 18 + [15.0] * 2), [], "biceps", 40, NORMS, SETTINGS)
    assert "too many" not in row(within, "duration_ms").note
    beyond = muscle_rows(units_of([10.0] * 17 + [15.0] * 3), [], "biceps", 40, NORMS, SETTINGS)
    assert "too many high outliers: 3 of 20" in row(beyond, "duration_ms").note


def test_another_marker_rule_gives_no_z_score_but_says_so() -> None:
    shipped = load_norms(NormSettings())
    table = muscle_rows(units_of([10.0] * 20), [], "biceps", 40, shipped, SETTINGS)
    duration, amplitude = row(table, "duration_ms"), row(table, "amplitude_uv")
    assert duration.norm_mean == 9.59
    assert duration.z is None
    assert "other marker rule" in duration.note
    assert amplitude.z == pytest.approx((400.0 - 372.0) / 63.0)
    assert "other marker rule" in amplitude.note
    assert table.reason == ""


def test_unverified_norms_are_marked() -> None:
    on = load_norms(NormSettings(use_unverified=True))
    amplitude = row(muscle_rows(units_of([10.0] * 20), [], "deltoid", 40, on, SETTINGS), "amplitude_uv")
    assert amplitude.unverified
    assert amplitude.z == pytest.approx((400.0 - 550.0) / 110.0)
    off = muscle_rows(units_of([10.0] * 20), [], "deltoid", 40, load_norms(NormSettings()), SETTINGS)
    assert all(r.z is None and not r.unverified for r in off.rows)
    assert "unverified" in off.reason


def test_epochs_have_rows_of_their_own() -> None:
    epochs = [epoch(100.0, 200.0), epoch(300.0, 400.0)]
    table = muscle_rows([], epochs, "biceps", 40, NORMS, SETTINGS)
    assert row(table, "turns_per_s").mean == 200.0
    assert row(table, "turns_per_s").sd == pytest.approx(statistics.stdev([100.0, 300.0]))
    assert (row(table, "peak_ratio").n, row(table, "peak_ratio").mean) == (2, 0.75)
    assert "turns_per_s" not in {r.name for r in muscle_rows([], [], "biceps", 40, NORMS, SETTINGS).rows}
