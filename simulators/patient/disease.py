"""What disorders do to a muscle: how much of each arrives there, and what it changes.

Disease acts on units and fibres, never on a finished signal. Disorders compose: each acts on the tissue
that the one before has left.
"""

from dataclasses import replace

import numpy as np

from simulators.patient.anatomy import grow
from simulators.patient.denervation import Reinnervation, lose_axons
from simulators.patient.muscles import Group, Muscle, Region
from simulators.patient.myopathy import lose_fibres
from simulators.patient.person import Disorder, Person, Stage
from simulators.patient.tissue import DENERVATED, Tissue

_PROXIMAL: dict[Group, float] = {
    "proximal leg": 1.0,
    "proximal arm": 1.0,
    "axial": 0.9,
    "distal leg": 0.5,
    "distal arm": 0.4,
    "cranial": 0.4,
}
"""Myopathy: limb girdles first, both sides alike."""
_LENGTH_DEPENDENT: dict[Group, float] = {
    "distal leg": 1.0,
    "distal arm": 0.75,
    "proximal leg": 0.5,
    "proximal arm": 0.4,
    "axial": 0.2,
    "cranial": 0.1,
}
"""Polyneuropathy: the longest axons first."""
_REGIONAL: dict[Region, float] = {"cervical": 1.0, "lumbosacral": 0.9, "thoracic": 0.7, "bulbar": 0.7}
"""Motor neuron disease of limb onset: every region, never only one."""

_LOST_IN_NEUROPATHY = 0.8
_LOST_IN_MOTOR_NEURON_DISEASE = 0.9
"""Fractions of the units gone at full extent (published models: 40 to 80 %, 50 to 90 %)."""
_FRONT_LOADED = 1.8
"""1 - (1 - extent) to this power is how much of the loss has come: extent 0.5, which should stand for the means of
published series, is reached after 70 % of it, and the last of it changes less and less that can be seen."""
_UPPER_MOTOR_NEURON = 0.3
"""Part of the drive that full extent can take away, more or less of it in every person."""
_DRIVE_LIMIT = 4.0

_NO_ANSWER = Reinnervation(
    adopted=0.0,
    recent=0.0,
    sprout_delay_ms=0.0,
    mature_jitter_us=(0.0, 0.0),
    diameter_cv=0.0,
    orphan_diameter=(0.85, 1.0),
)
_NEUROPATHY: dict[Stage, Reinnervation] = {
    "acute": _NO_ANSWER,
    "subacute": Reinnervation(
        adopted=0.55,
        recent=0.9,
        sprout_delay_ms=0.15,
        mature_jitter_us=(35.0, 60.0),
        mature_blocking=(0.0, 0.02),
        recent_delay_ms=0.8,
        recent_jitter_us=(50.0, 110.0),
        recent_blocking=(0.02, 0.10),
        recent_diameter=0.75,
        diameter_cv=0.12,
    ),
    "chronic": Reinnervation(
        adopted=0.95,
        recent=0.05,
        sprout_delay_ms=0.12,
        mature_jitter_us=(30.0, 50.0),
        mature_blocking=(0.0, 0.02),
        recent_delay_ms=0.5,
        recent_jitter_us=(50.0, 80.0),
        recent_blocking=(0.0, 0.05),
        recent_diameter=0.85,
        diameter_cv=0.12,
        orphan_diameter=(0.4, 0.7),
        survivor_diameter=1.12,
    ),
}
_MOTOR_NEURON_DISEASE: dict[Stage, Reinnervation] = {
    "acute": _NO_ANSWER,
    "subacute": Reinnervation(
        adopted=0.5,
        recent=0.9,
        sprout_delay_ms=0.2,
        mature_jitter_us=(40.0, 70.0),
        mature_blocking=(0.0, 0.04),
        recent_delay_ms=0.9,
        recent_jitter_us=(60.0, 120.0),
        recent_blocking=(0.05, 0.15),
        recent_diameter=0.75,
        diameter_cv=0.15,
    ),
    "chronic": Reinnervation(
        adopted=0.85,
        recent=0.4,
        sprout_delay_ms=0.2,
        mature_jitter_us=(35.0, 65.0),
        mature_blocking=(0.0, 0.03),
        recent_delay_ms=0.8,
        recent_jitter_us=(60.0, 120.0),
        recent_blocking=(0.05, 0.15),
        recent_diameter=0.9,
        diameter_cv=0.15,
        orphan_diameter=(0.4, 0.75),
        survivor_diameter=1.4,
    ),
}


def involvement(muscle: Muscle, disorder: Disorder) -> float:
    """How much of a disorder this muscle has, 0 to 1: its severity, times the place of the muscle in its pattern."""
    if disorder.kind == "myopathy":
        return disorder.severity * _PROXIMAL[muscle.group]
    if disorder.kind == "neuropathy":
        return disorder.severity * _LENGTH_DEPENDENT[muscle.group]
    return disorder.severity * _REGIONAL[muscle.region]


def afflict(tissue: Tissue, muscle: Muscle, disorder: Disorder, rng: np.random.Generator) -> Tissue:
    """The tissue with as much of the disorder as its involvement says; severity 0 changes nothing.

    The drive for a given effort rises by as much as the cross-section of innervated fibres has fallen: few or weak
    units must all work for the same force, which is early recruitment in myopathy.
    """
    extent = involvement(muscle, disorder)
    course = 1 - (1 - extent) ** _FRONT_LOADED
    if disorder.kind == "myopathy":
        after = lose_fibres(tissue, course, disorder.stage, rng)
    elif disorder.kind == "neuropathy":
        lost = _LOST_IN_NEUROPATHY * course
        after = lose_axons(tissue, lost, _NEUROPATHY[disorder.stage], rng)
    else:
        lost = _LOST_IN_MOTOR_NEURON_DISEASE * course
        after = lose_axons(tissue, lost, _MOTOR_NEURON_DISEASE[disorder.stage], rng)
        drive = 1 - _UPPER_MOTOR_NEURON * extent * float(rng.random())
        after = replace(after, highest_excitation=after.highest_excitation * drive)
    harder = tissue.excitation_per_effort * max(1.0, strength(tissue) / strength(after))
    return replace(after, excitation_per_effort=min(_DRIVE_LIMIT, harder))


def afflicted(muscle: Muscle, person: Person, rng: np.random.Generator) -> Tissue:
    """This muscle of this person: grown, aged, and with all that the person has."""
    tissue = grow(muscle, person, rng)
    for disorder in person.disorders:
        tissue = afflict(tissue, muscle, disorder, rng)
    return tissue


def strength(tissue: Tissue) -> float:
    """What the muscle can pull with, mm2: the cross-section of its innervated fibres."""
    innervated = tissue.fibres.unit != DENERVATED
    return float(np.sum(tissue.fibres.diameter_um[innervated] ** 2)) * np.pi / 4 * 1e-6
