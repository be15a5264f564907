"""A script as a sequence of stays of the needle, in samples."""

from dataclasses import dataclass

from simulators.patient.script import MuscleScript, Phase, PhaseKind, Script


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """A phase in samples from the beginning of the examination."""

    kind: PhaseKind
    first: int
    stop: int
    efforts: tuple[float, float]
    """At its first sample and at its end."""


@dataclass(frozen=True, slots=True)
class Stay:
    """The needle in one position; or out of the muscle, between two of them."""

    first: int
    stop: int
    phases: tuple[PlannedPhase, ...] = ()
    muscle: MuscleScript | None = None
    """None while the needle is out."""
    muscle_number: int = 0
    site: int = 0
    """From 1, within the muscle."""


def stays(script: Script, rate_hz: float) -> tuple[Stay, ...]:
    """All stays of an examination in order, without holes."""
    planned: list[Stay] = []
    at = 0
    for number, muscle in enumerate(script.muscles):
        if number and script.pause_s:
            pause = round(script.pause_s * rate_hz)
            planned.append(Stay(at, at + pause))
            at += pause
        for site in range(1, muscle.sites + 1):
            phases = muscle.phases + (muscle.last_phases if site == muscle.sites else ())
            stay = _stay(at, phases, muscle, number, site, rate_hz)
            planned.append(stay)
            at = stay.stop
    return tuple(planned)


def _stay(
    first: int, phases: tuple[Phase, ...], muscle: MuscleScript, number: int, site: int, rate_hz: float
) -> Stay:
    planned: list[PlannedPhase] = []
    at = first
    for phase in phases:
        stop = at + max(1, round(phase.duration_s * rate_hz))
        planned.append(PlannedPhase(phase.kind, at, stop, phase.efforts))
        at = stop
    return Stay(first, at, tuple(planned), muscle, number, site)
