"""What disorders do to units and fibres."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial import KDTree

from simulators.patient.anatomy import grow
from simulators.patient.disease import afflict, afflicted, involvement, strength
from simulators.patient.muscles import muscle, muscles
from simulators.patient.person import CONDITIONS, Condition, Disorder, Person, Stage
from simulators.patient.tissue import DENERVATED, Fibres, Tissue, Units

pytestmark = pytest.mark.slow

BICEPS = muscle("biceps")
TIBIALIS = muscle("TA")
STAGES: tuple[Stage, ...] = ("acute", "subacute", "chronic")
HEALTHY = grow(TIBIALIS, Person(age=20), np.random.default_rng(3))

disorders = st.builds(
    Disorder, kind=st.sampled_from(CONDITIONS), severity=st.floats(0, 1), stage=st.sampled_from(STAGES)
)


def struck(kind: Condition, severity: float, stage: Stage = "chronic", seed: int = 5) -> Tissue:
    return afflict(HEALTHY, TIBIALIS, Disorder(kind, severity, stage), np.random.default_rng(seed))


def counts(tissue: Tissue) -> NDArray[np.int64]:
    owned = tissue.fibres.unit[tissue.fibres.unit != DENERVATED]
    return np.bincount(owned, minlength=len(tissue.units))


def assert_same(one: Tissue, other: Tissue) -> None:
    for f in fields(Fibres):
        np.testing.assert_array_equal(getattr(one.fibres, f.name), getattr(other.fibres, f.name))
    for f in fields(Units):
        np.testing.assert_array_equal(getattr(one.units, f.name), getattr(other.units, f.name))
    assert (one.excitation_per_effort, one.highest_excitation) == (
        other.excitation_per_effort,
        other.highest_excitation,
    )


def same_unit_neighbours(tissue: Tissue) -> float:
    """Fraction of innervated fibres whose nearest innervated neighbour belongs to the same unit."""
    owned = tissue.fibres.unit != DENERVATED
    points = np.column_stack((tissue.fibres.x_mm[owned], tissue.fibres.y_mm[owned]))
    _, nearest = KDTree(points).query(points, k=2)
    unit = tissue.fibres.unit[owned]
    return float(np.mean(unit[np.asarray(nearest)[:, 1]] == unit))


@pytest.mark.parametrize("kind", CONDITIONS)
@pytest.mark.parametrize("stage", STAGES)
def test_severity_0_changes_nothing(kind: Condition, stage: Stage) -> None:
    assert_same(struck(kind, 0.0, stage), HEALTHY)


@settings(max_examples=20, deadline=None)
@given(disorders, st.integers(0, 2**32 - 1))
def test_a_disorder_leaves_a_possible_tissue_and_the_same_seed_the_same_bits(
    disorder: Disorder, seed: int
) -> None:
    after = afflict(HEALTHY, TIBIALIS, disorder, np.random.default_rng(seed))
    assert_same(after, afflict(HEALTHY, TIBIALIS, disorder, np.random.default_rng(seed)))
    fibres, units = after.fibres, after.units
    owned = fibres.unit != DENERVATED
    assert units.alive[fibres.unit[owned]].all()
    assert np.all((fibres.left_mm < fibres.end_plate_mm) & (fibres.end_plate_mm < fibres.right_mm))
    assert np.all(fibres.diameter_um > 5)
    assert np.all((fibres.blocking >= 0) & (fibres.blocking < 0.2))
    assert 1.0 <= after.excitation_per_effort <= 4.0
    assert 0.5 < after.highest_excitation <= 1.0
    distance = np.hypot(
        fibres.x_mm[owned] - units.x_mm[fibres.unit[owned]],
        fibres.y_mm[owned] - units.y_mm[fibres.unit[owned]],
    )
    assert np.all(distance <= units.territory_mm[fibres.unit[owned]])


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["neuropathy", "motor neuron disease"]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(STAGES),
)
def test_axons_go_in_one_order_and_no_fibre_with_them(
    kind: Condition, one: float, other: float, stage: Stage
) -> None:
    mild, severe = (struck(kind, severity, stage) for severity in sorted((one, other)))
    assert np.all(mild.units.alive >= severe.units.alive)
    assert len(mild.fibres) == len(severe.fibres) == len(HEALTHY.fibres)


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(STAGES))
def test_myopathy_takes_more_fibres_the_worse_it_is_and_no_unit(
    one: float, other: float, stage: Stage
) -> None:
    mild, severe = (struck("myopathy", severity, stage) for severity in sorted((one, other)))
    assert mild.units.alive.all()
    assert severe.units.alive.all()
    innervated = [np.count_nonzero(t.fibres.unit != DENERVATED) for t in (mild, severe)]
    assert innervated[0] * 1.02 >= innervated[1]
    assert strength(mild) * 1.02 >= strength(severe)


@pytest.mark.parametrize("kind", CONDITIONS)
def test_a_little_of_a_disorder_changes_little(kind: Condition) -> None:
    after = struck(kind, 0.01)
    assert np.mean(counts(after)[after.units.alive]) == pytest.approx(np.mean(counts(HEALTHY)), rel=0.08)
    assert after.excitation_per_effort < 1.08


def test_survivors_of_neuropathy_take_up_the_orphans_and_grow_in_groups() -> None:
    after = struck("neuropathy", 0.7)
    alive = after.units.alive
    assert 0.25 < alive.mean() < 0.65
    assert np.mean(after.fibres.unit == DENERVATED) < 0.1
    assert counts(after)[alive].mean() > 1.5 * counts(HEALTHY)[alive].mean()
    assert after.units.territory_mm[alive].mean() > HEALTHY.units.territory_mm[alive].mean()
    assert same_unit_neighbours(after) > 1.5 * same_unit_neighbours(HEALTHY)
    assert np.quantile(after.fibres.jitter_us, 0.9) < 60


def test_no_sprout_is_longer_than_its_reach() -> None:
    after = struck("motor neuron disease", 1.0)
    alive = after.units.alive & (counts(HEALTHY) > 0)
    assert np.all(after.units.territory_mm[alive] < HEALTHY.units.territory_mm[alive] + 6 * 1.5)
    assert np.all(counts(after)[alive] <= 6 * counts(HEALTHY)[alive])


@pytest.mark.parametrize("kind", ["neuropathy", "motor neuron disease"])
def test_acute_loss_is_loss_alone(kind: Condition) -> None:
    after = struck(kind, 0.6, "acute")
    lost = ~after.units.alive[HEALTHY.fibres.unit]
    np.testing.assert_array_equal(after.fibres.unit[lost], DENERVATED)
    np.testing.assert_array_equal(after.fibres.unit[~lost], HEALTHY.fibres.unit[~lost])
    np.testing.assert_array_equal(after.fibres.jitter_us, HEALTHY.fibres.jitter_us)
    assert after.excitation_per_effort > 1.3


def test_instability_is_greatest_while_it_goes_on() -> None:
    def adopted_jitter(tissue: Tissue) -> float:
        adopted = (tissue.fibres.unit != DENERVATED) & (tissue.fibres.unit != HEALTHY.fibres.unit)
        return float(tissue.fibres.jitter_us[adopted].mean())

    subacute, chronic = struck("neuropathy", 0.7, "subacute"), struck("neuropathy", 0.7)
    ongoing = struck("motor neuron disease", 0.7)
    assert adopted_jitter(subacute) > adopted_jitter(ongoing) > 1.2 * adopted_jitter(chronic)
    assert ongoing.fibres.blocking.mean() > 2 * chronic.fibres.blocking.mean()
    assert np.mean(ongoing.fibres.unit == DENERVATED) > 2 * np.mean(chronic.fibres.unit == DENERVATED)


def test_myopathy_thins_units_and_spreads_diameters_both_ways() -> None:
    after = struck("myopathy", 0.8)
    assert counts(after).mean() < 0.7 * counts(HEALTHY).mean()
    assert after.fibres.diameter_um.std() > 1.5 * HEALTHY.fibres.diameter_um.std()
    assert np.quantile(after.fibres.diameter_um, 0.02) < np.quantile(HEALTHY.fibres.diameter_um, 0.02)
    assert np.quantile(after.fibres.diameter_um, 0.98) > np.quantile(HEALTHY.fibres.diameter_um, 0.98)
    assert after.excitation_per_effort > 1.2


def test_split_fibres_lie_side_by_side_under_one_unit() -> None:
    after = struck("myopathy", 1.0)
    assert same_unit_neighbours(after) > 1.5 * same_unit_neighbours(HEALTHY)


def test_inflammation_leaves_fragments_without_an_end_plate() -> None:
    fragments = {stage: np.mean(struck("myopathy", 0.8, stage).fibres.unit == DENERVATED) for stage in STAGES}
    assert fragments["acute"] > fragments["subacute"] > fragments["chronic"] > 0
    acute = struck("myopathy", 0.8, "acute").fibres
    length = acute.right_mm - acute.left_mm
    orphan = acute.unit == DENERVATED
    assert length[orphan].max() < length[~orphan].mean()


def test_disorders_compose() -> None:
    both = Person(age=40, disorders=(Disorder("myopathy", 0.6), Disorder("neuropathy", 0.6)))
    after = afflicted(TIBIALIS, both, np.random.default_rng(1))
    alone = afflicted(TIBIALIS, Person(age=40), np.random.default_rng(1))
    assert after.units.alive.sum() < alone.units.alive.sum()
    assert len(after.fibres) < len(alone.fibres)


def test_patterns_over_the_muscles() -> None:
    def order(kind: Condition) -> list[str]:
        return sorted((m.name for m in muscles()), key=lambda n: -involvement(muscle(n), Disorder(kind, 1.0)))

    assert {"biceps brachii", "deltoid", "vastus lateralis"} == set(order("myopathy")[:3])
    assert {"tibialis anterior", "gastrocnemius"} == set(order("neuropathy")[:2])
    assert order("neuropathy")[-1] == "tongue"
    regions = {m.region for m in muscles() if involvement(m, Disorder("motor neuron disease", 0.5)) > 0.25}
    assert len(regions) >= 2


@pytest.mark.parametrize("kind", CONDITIONS)
def test_involvement_grows_with_severity(kind: Condition) -> None:
    for m in muscles():
        assert involvement(m, Disorder(kind, 0.0)) == 0
        assert 0 < involvement(m, Disorder(kind, 0.4)) < involvement(m, Disorder(kind, 0.8)) <= 1
