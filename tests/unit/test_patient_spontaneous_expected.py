"""What a person shows at rest follows disorder, stage, extent and place."""

from collections import Counter

import numpy as np
import pytest

from simulators.patient.muscles import muscle
from simulators.patient.person import Condition, Disorder, Person, Stage
from simulators.patient.spontaneous import SpontaneousSpec, expected
from simulators.patient.tissue import DENERVATED, Fibres, Tissue, Units

FIBRILLATING = ("fibrillation potential", "positive sharp wave")
N_SITES = 400


def tissue(denervated: bool = True) -> Tissue:
    nothing = np.zeros(0)
    owner = np.array([DENERVATED] if denervated else [], np.int32)
    fibres = Fibres(owner, *[np.zeros(owner.size)] * 9)
    return Tissue(fibres, Units(nothing, nothing, nothing, nothing, nothing.astype(bool)), 6.0)


def sites(
    condition: Condition | None = None,
    stage: Stage = "chronic",
    severity: float = 0.7,
    where: str = "tibialis anterior",
    of: Tissue | None = None,
) -> list[tuple[SpontaneousSpec, ...]]:
    """What many needle positions of one person show."""
    disorders = (Disorder(condition, severity, stage),) if condition else ()
    person, rng = Person(disorders=disorders), np.random.default_rng(1)
    kind, of = muscle(where), of or tissue()
    return [expected(person, kind, of, rng) for _ in range(N_SITES)]


def trains(found: list[tuple[SpontaneousSpec, ...]]) -> float:
    """Mean number of fibrillating fibres at a site."""
    return sum(spec.count for site in found for spec in site if spec.kind in FIBRILLATING) / len(found)


def share(found: list[tuple[SpontaneousSpec, ...]], kind: str) -> float:
    """Fraction of the sites that show this kind."""
    return sum(any(spec.kind == kind for spec in site) for site in found) / len(found)


def test_a_healthy_muscle_is_silent_but_for_end_plates_and_rare_simple_fasciculations() -> None:
    found = sites()
    kinds = Counter(spec.kind for site in found for spec in site)
    allowed = {"insertional activity", "end-plate noise", "end-plate spike", "fasciculation potential"}
    assert set(kinds) == allowed
    assert share(found, "insertional activity") == 1
    assert 0.03 < share(found, "end-plate noise") < 0.15
    assert share(found, "fasciculation potential") < 0.12
    assert not any(spec.complex for site in found for spec in site)
    assert all(
        (spec.bout_s or 0) <= 0.3 for site in found for spec in site if spec.kind == "insertional activity"
    )


@pytest.mark.parametrize("condition", ["myopathy", "neuropathy", "motor neuron disease"])
def test_severity_zero_is_health(condition: Condition) -> None:
    assert trains(sites(condition, "subacute", severity=0.0)) == 0


def test_stages_fibrillate_as_they_should() -> None:
    by_stage = {stage: trains(sites("neuropathy", stage)) for stage in ("acute", "subacute", "chronic")}
    assert by_stage["subacute"] > 4 * by_stage["chronic"]
    assert by_stage["subacute"] > 4 * by_stage["acute"]
    where = "deltoid"
    assert trains(sites("myopathy", "acute", where=where)) > 3 * trains(
        sites("myopathy", "chronic", where=where)
    )
    assert trains(sites("motor neuron disease", "chronic")) > 2 * by_stage["chronic"]


def test_more_severe_shows_more() -> None:
    assert trains(sites("neuropathy", "subacute", 0.9)) > 2 * trains(sites("neuropathy", "subacute", 0.3))


def test_nothing_fibrillates_that_is_innervated() -> None:
    assert trains(sites("neuropathy", "subacute", of=tissue(denervated=False))) == 0


def test_motor_neuron_disease_fasciculates_in_complex_units_at_5_to_60_a_minute() -> None:
    found = sites("motor neuron disease")
    shown = [
        spec for site in found for spec in site if spec.kind == "fasciculation potential" and spec.complex
    ]
    per_minute = [60 * spec.count * (spec.rate_hz or 0) for spec in shown]
    assert share(found, "fasciculation potential") > 0.6
    assert 4.9 < min(per_minute) < 8
    assert 45 < max(per_minute) < 61
    assert share(sites("neuropathy"), "fasciculation potential") < 0.2


def test_insertional_activity_outlasts_in_irritable_muscle() -> None:
    def lengths(found: list[tuple[SpontaneousSpec, ...]]) -> float:
        return float(np.mean([site[0].bout_s or 0.0 for site in found]))

    assert lengths(sites("motor neuron disease", "subacute")) > 1.5 * lengths(sites())
