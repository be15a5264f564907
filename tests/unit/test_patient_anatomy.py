"""Healthy muscle around a needle."""

from dataclasses import fields

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.patient.anatomy import N_UNITS, grow
from simulators.patient.muscles import Muscle, muscle, muscles
from simulators.patient.person import Person
from simulators.patient.tissue import DENERVATED, Fibres, Tissue

BICEPS = muscle("biceps")
YOUNG = Person(age=20)
MINIMAL_EFFORT = slice(0, 40)


def tissue(person: Person = YOUNG, seed: int = 1, chosen: Muscle = BICEPS) -> Tissue:
    return grow(chosen, person, np.random.default_rng(seed))


def fibres_per_unit(grown: Tissue) -> NDArray[np.int64]:
    owned = grown.fibres.unit[grown.fibres.unit != DENERVATED]
    return np.bincount(owned, minlength=N_UNITS)


def mean_over_people(measure: str, person: Person) -> float:
    return float(np.mean([getattr(tissue(person, seed).fibres, measure).mean() for seed in range(8)]))


def test_the_same_seed_gives_the_same_bits_and_another_another_person() -> None:
    one, again, other = tissue(), tissue(), tissue(seed=2)
    for f in fields(Fibres):
        np.testing.assert_array_equal(getattr(one.fibres, f.name), getattr(again.fibres, f.name))
    np.testing.assert_array_equal(one.units.x_mm, again.units.x_mm)
    assert len(one.fibres) != len(other.fibres)


@pytest.mark.parametrize("chosen", muscles(), ids=lambda m: m.name)
def test_a_muscle_is_whole(chosen: Muscle) -> None:
    grown = tissue(chosen=chosen)
    fibres, units = grown.fibres, grown.units
    assert len(units) == N_UNITS
    assert units.alive.all()
    assert fibres_per_unit(grown).min() >= 1
    assert np.all((fibres.left_mm < fibres.end_plate_mm) & (fibres.end_plate_mm < fibres.right_mm))
    assert np.all(fibres.diameter_um > 0)
    assert np.all(fibres.delay_ms >= 0)
    assert np.all((fibres.jitter_us >= 25) & (fibres.jitter_us <= 35))
    assert not fibres.blocking.any()
    assert np.hypot(units.x_mm, units.y_mm).max() <= grown.radius_mm


def test_thresholds_are_exponential_over_the_range_of_the_muscle() -> None:
    threshold = tissue().units.threshold
    assert threshold[0] == 1.0
    assert threshold[-1] == pytest.approx(BICEPS.recruitment_range)
    assert np.diff(np.log(threshold)) == pytest.approx(np.log(BICEPS.recruitment_range) / (N_UNITS - 1))


def test_later_units_are_larger_and_their_fibres_thicker() -> None:
    grown = tissue()
    counts = fibres_per_unit(grown)
    ratio = counts[-30:].mean() / counts[:30].mean()
    assert 0.6 * BICEPS.size_range < ratio < BICEPS.size_range
    late = grown.fibres.unit >= N_UNITS - 30
    early = grown.fibres.unit < 30
    assert 1.05 < grown.fibres.diameter_um[late].mean() / grown.fibres.diameter_um[early].mean() < 1.25


def test_units_of_minimal_effort_have_the_density_and_territory_of_the_table() -> None:
    people = [tissue(seed=seed) for seed in range(8)]
    territory = np.mean([p.units.territory_mm[MINIMAL_EFFORT].mean() for p in people])
    count = np.mean([fibres_per_unit(p)[MINIMAL_EFFORT].mean() for p in people])
    assert territory == pytest.approx(BICEPS.territory_mm, rel=0.07)
    assert count / (np.pi * territory**2) == pytest.approx(BICEPS.fibres_per_mm2, rel=0.12)


def test_a_territory_holds_all_fibres_of_its_unit() -> None:
    grown = tissue(Person(age=75))
    owned = grown.fibres.unit != DENERVATED
    unit = grown.fibres.unit[owned]
    distance = np.hypot(
        grown.fibres.x_mm[owned] - grown.units.x_mm[unit], grown.fibres.y_mm[owned] - grown.units.y_mm[unit]
    )
    assert np.all(distance <= grown.units.territory_mm[unit])


def test_age_takes_units_and_enlarges_the_others() -> None:
    young, old = tissue(Person(age=20)), tissue(Person(age=71))
    assert young.units.alive.sum() == N_UNITS
    assert old.units.alive.sum() == round(0.6 * N_UNITS)
    survivors = old.units.alive
    growth = fibres_per_unit(old)[survivors].mean() / fibres_per_unit(young)[survivors].mean()
    assert 1.4 < growth < 1.75
    assert len(old.fibres) == len(young.fibres)


def test_age_slows_discharges_and_disperses_fibres() -> None:
    young, old = tissue(Person(age=25)), tissue(Person(age=75))
    assert old.first_rate_hz < young.first_rate_hz
    assert old.peak_rates_hz[0] < young.peak_rates_hz[0]
    assert np.std(old.fibres.end_plate_mm) > np.std(young.fibres.end_plate_mm)
    assert old.fibres.delay_ms.mean() > young.fibres.delay_ms.mean()


def test_men_have_thicker_fibres() -> None:
    women = mean_over_people("diameter_um", Person(age=40, sex="female"))
    assert mean_over_people("diameter_um", Person(age=40, sex="male")) > 1.05 * women


def test_people_differ_in_what_a_unit_is_made_of() -> None:
    counts = [fibres_per_unit(tissue(seed=seed)).mean() for seed in range(30)]
    assert 0.08 < np.std(counts) / np.mean(counts) < 0.30
