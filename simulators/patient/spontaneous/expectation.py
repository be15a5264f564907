"""What discharges at rest at one needle position of one muscle of a person.

Chances and numbers are defaults that follow the usual descriptions (fibrillation potentials two to three weeks after
an axon is lost, most while reinnervation is under way; fasciculations of 5 to 60 a minute in motor neuron
disease), not a survey: they make every pattern occur about as often as it is taught.
"""

import numpy as np

from simulators.patient.disease import involvement
from simulators.patient.muscles import Muscle
from simulators.patient.person import Condition, Disorder, Person, Stage
from simulators.patient.spontaneous.spec import SpontaneousKind, SpontaneousSpec
from simulators.patient.tissue import DENERVATED, Tissue

Rng = np.random.Generator

_FIBRILLATING: dict[Condition, dict[Stage, float]] = {
    "myopathy": {"acute": 4.0, "subacute": 2.5, "chronic": 0.8},
    "neuropathy": {"acute": 0.5, "subacute": 6.0, "chronic": 1.0},
    "motor neuron disease": {"acute": 2.0, "subacute": 7.0, "chronic": 5.0},
}
"""Mean number of trains near the needle in a fully involved muscle."""

_RARE: dict[Condition, dict[SpontaneousKind, float]] = {
    "myopathy": {"complex repetitive discharge": 0.06, "myotonic discharge": 0.03},
    "neuropathy": {
        "complex repetitive discharge": 0.08,
        "myokymic discharge": 0.02,
        "neuromyotonic discharge": 0.005,
        "cramp discharge": 0.01,
    },
    "motor neuron disease": {"complex repetitive discharge": 0.04, "cramp discharge": 0.03},
}
"""Chance at one position of a fully involved muscle; of complex repetitive discharges in the chronic stage only."""

_MOST_TRAINS = 16


def expected(person: Person, muscle: Muscle, tissue: Tissue, rng: Rng) -> tuple[SpontaneousSpec, ...]:
    """What this needle position shows at rest, drawn anew for each position.

    Healthy: insertional activity; now and then an end-plate; rarely a simple fasciculation, more often in the calf.
    """
    specs = _healthy(muscle, rng)
    trains = 0
    for disorder in person.disorders:
        extent = involvement(muscle, disorder)
        if extent > 0:
            found, n_trains = _disordered(disorder, extent, tissue, rng)
            specs += found
            trains += n_trains
    irritable = trains > 0 and rng.random() < 0.7
    length_s = rng.uniform(0.3, 1.0) if irritable else rng.uniform(0.1, 0.3)
    return (SpontaneousSpec("insertional activity", count=12, bout_s=length_s), *specs)


def _healthy(muscle: Muscle, rng: Rng) -> list[SpontaneousSpec]:
    specs: list[SpontaneousSpec] = []
    noise, spikes, fasciculation = rng.random(3)
    if noise < 0.08:
        specs.append(SpontaneousSpec("end-plate noise", count=int(rng.integers(3, 7))))
        if spikes < 0.6:
            specs.append(SpontaneousSpec("end-plate spike"))
    if fasciculation < (0.06 if muscle.group == "distal leg" else 0.015):
        specs.append(SpontaneousSpec("fasciculation potential", rate_hz=float(rng.uniform(0.02, 0.3))))
    return specs


def _disordered(
    disorder: Disorder, extent: float, tissue: Tissue, rng: Rng
) -> tuple[list[SpontaneousSpec], int]:
    """What one disorder adds, and how many trains of fibrillation are among it."""
    mean = _FIBRILLATING[disorder.kind][disorder.stage] * extent
    # Without a fibre that has lost its axon nothing fibrillates in neurogenic disorders.
    if disorder.kind != "myopathy" and not np.any(tissue.fibres.unit == DENERVATED):
        mean = 0.0
    trains = min(int(rng.poisson(mean)), _MOST_TRAINS)
    sharp = int(rng.binomial(trains, 0.4))
    specs: list[SpontaneousSpec] = []
    if trains > sharp:
        specs.append(SpontaneousSpec("fibrillation potential", count=trains - sharp))
    if sharp:
        specs.append(SpontaneousSpec("positive sharp wave", count=sharp))
    if disorder.kind == "motor neuron disease":
        specs += _fasciculations(extent, disorder.stage, rng)
    elif disorder.kind == "neuropathy" and rng.random() < 0.08 * extent:
        specs.append(SpontaneousSpec("fasciculation potential", complex=disorder.stage == "subacute"))
    for kind, chance in _RARE[disorder.kind].items():
        possible = kind != "complex repetitive discharge" or disorder.stage == "chronic"
        if rng.random() < chance * extent and possible:
            specs.append(
                SpontaneousSpec(kind, count=int(rng.integers(6, 15)) if kind == "cramp discharge" else 1)
            )
    return specs, trains


def _fasciculations(extent: float, stage: Stage, rng: Rng) -> list[SpontaneousSpec]:
    """5 to 60 a minute over all units, simple only while nothing has been reinnervated."""
    units = int(rng.poisson(0.5 + 3.0 * extent))
    if units == 0:
        return []
    rate_hz = float(np.exp(rng.uniform(np.log(5 / 60), np.log(60 / 60)))) / units
    return [SpontaneousSpec("fasciculation potential", units, max(rate_hz, 0.01), complex=stage != "acute")]
