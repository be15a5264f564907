"""Patients drawn at random: one for a demonstration, a person and an examination for a cohort."""

import numpy as np

from contracts.commands import PatientCondition, PatientState
from contracts.refusal import Refusal
from simulators.patient.person import CONDITIONS, Disorder, Person, Stage
from simulators.patient.script import MuscleScript, Phase, Script

NAMES: dict[str, PatientCondition] = {
    "healthy": "healthy",
    "myopathy": "myopathy",
    "neuropathy": "neuropathy",
    "als": "motor neuron disease",
    "mnd": "motor neuron disease",
    "motor neuron disease": "motor neuron disease",
}
CLASSES: tuple[PatientCondition, ...] = ("healthy", *CONDITIONS)

_STAGES: tuple[Stage, ...] = ("acute", "subacute", "chronic")
_STAGE_SHARES = (0.15, 0.25, 0.6)
_SEVERITY = (2.0, 2.0)
"""Parameters of its beta distribution: most in the middle, some at the limit of what can be seen."""
_COHORT_PHASES = (Phase("insertion", 0.5), Phase("rest", 4.0), Phase("minimal", 8.0))
_COHORT_LAST = (Phase("moderate", 4.0), Phase("maximal", 3.0))


def condition(name: str, rng: np.random.Generator) -> PatientCondition:
    """The condition that a word of the command line means; `random` draws one. Raises Refusal for another word."""
    if name == "random":
        return CLASSES[int(rng.integers(len(CLASSES)))]
    if name not in NAMES:
        raise Refusal(
            found=f"patient {name!r}", wanted=f"random or one of {', '.join(NAMES)}", do="Correct the name."
        )
    return NAMES[name]


def draw_person(kind: PatientCondition, rng: np.random.Generator) -> Person:
    """A person with this condition: age, sex, severity and stage drawn."""
    age = int(rng.integers(20, 81))
    sex = "female" if rng.random() < 0.5 else "male"
    if kind == "healthy":
        return Person(age, sex)
    severity = round(float(rng.beta(*_SEVERITY)), 3)
    stage = _STAGES[int(rng.choice(len(_STAGES), p=_STAGE_SHARES))]
    return Person(age, sex, (Disorder(kind, severity, stage),))


def draw_state(name: str, rng: np.random.Generator) -> PatientState:
    """A patient to play live: severe enough to be recognised, chronic, in the biceps or the tibialis anterior."""
    kind = condition(name, rng)
    muscle = "biceps" if kind in ("healthy", "myopathy") or rng.random() < 0.5 else "tibialis anterior"
    return PatientState(
        condition=kind,
        severity=round(float(rng.uniform(0.5, 0.9)), 2),
        age=int(rng.integers(25, 75)),
        muscle=muscle,
        side="left" if rng.random() < 0.5 else "right",
    )


def draw_examination(kind: PatientCondition, seed: int, muscles: tuple[str, ...], recorder: str) -> Script:
    """An examination of somebody with this condition, short enough to be made by the hundred."""
    person = draw_person(kind, np.random.default_rng([seed, 0]))
    examined = tuple(
        MuscleScript(name, sites=3, phases=_COHORT_PHASES, last_phases=_COHORT_LAST) for name in muscles
    )
    return Script(seed=seed, patient=person, muscles=examined, recorder=recorder)


def example_script(name: str, muscle: str | None, severity: float | None, seed: int, recorder: str) -> Script:
    """An ordinary examination of somebody whom a word of the command line names."""
    rng = np.random.default_rng([seed, 1])
    state = draw_state(name, rng)
    severity = state.severity if severity is None else severity
    disorders = () if state.condition == "healthy" else (Disorder(state.condition, severity, state.stage),)
    sex = "female" if rng.random() < 0.5 else "male"
    return Script(
        seed=seed,
        name=f"Virtual patient {seed}",
        patient=Person(state.age, sex, disorders),
        muscles=(MuscleScript(muscle or state.muscle, state.side),),
        recorder=recorder,
    )
