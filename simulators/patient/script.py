"""An examination as a script: who, which muscles, which phases at how many needle positions, which recorder."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from contracts.refusal import Refusal
from contracts.toml_door import as_struct, read_toml
from processing.recorders import recorder
from processing.recording_chain import ChainSettings
from simulators.fault_settings import FaultSettings
from simulators.patient.artefacts import ArtefactSpec
from simulators.patient.drive import Tremor
from simulators.patient.electrode import ElectrodeKind
from simulators.patient.muscles import muscle
from simulators.patient.person import Person
from simulators.patient.spontaneous import SpontaneousSpec

PhaseKind = Literal["insertion", "rest", "minimal", "moderate", "maximal", "ramp"]
Effort = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(gt=0, le=7200)]

EFFORTS: dict[PhaseKind, tuple[float, float]] = {
    "insertion": (0.0, 0.0),
    "rest": (0.0, 0.0),
    "minimal": (0.05, 0.05),
    "moderate": (0.3, 0.3),
    "maximal": (1.0, 1.0),
    "ramp": (0.0, 1.0),
}
"""Effort at the beginning and the end of a phase, fraction of the maximal voluntary one, unless stated."""


class Phase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One phase at one needle position."""

    kind: PhaseKind
    duration_s: Seconds
    effort: Effort | None = None
    """At its beginning; that of its kind where left out."""
    effort_to: Effort | None = None
    """At its end; as at the beginning where only `effort` is given."""

    @property
    def efforts(self) -> tuple[float, float]:
        """At its beginning and its end."""
        if self.effort is None:
            first, last = EFFORTS[self.kind]
            return first, last if self.effort_to is None else self.effort_to
        return self.effort, self.effort if self.effort_to is None else self.effort_to


EVERY_SITE = (Phase("insertion", 1.0), Phase("rest", 8.0), Phase("minimal", 15.0))
LAST_SITE = (Phase("moderate", 5.0), Phase("ramp", 6.0), Phase("maximal", 3.0))


class MuscleScript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is done in one muscle."""

    muscle: str
    side: Literal["left", "right"] = "right"
    sites: Annotated[int, Meta(ge=1, le=50)] = 3
    """Needle positions."""
    phases: tuple[Phase, ...] = EVERY_SITE
    """At every needle position."""
    last_phases: tuple[Phase, ...] = LAST_SITE
    """Added at the last one."""
    spontaneous: tuple[SpontaneousSpec, ...] | None = None
    """At rest; what the person's disorders lead one to expect where left out."""
    electrode: ElectrodeKind = "concentric 0.07 mm2"
    tremor: Tremor | None = None
    drift_mm: Annotated[float, Meta(ge=0, le=1)] = 0.02
    """How far the needle creeps during its stay at a position."""


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole examination. The same script gives the same signal."""

    seed: Annotated[int, Meta(ge=0)] = 1
    name: str = "Virtual patient"
    patient: Person = Person()
    muscles: tuple[MuscleScript, ...] = (MuscleScript("biceps"),)
    pause_s: Annotated[float, Meta(ge=0, le=600)] = 2.0
    """Between muscles: the needle is out."""
    recorder: str = "bedside"
    """Preset of the recording chain."""
    rate_hz: Annotated[float, Meta(ge=2000, le=200_000)] | None = None
    """The recorder's own where left out."""
    chain: ChainSettings | None = None
    """A recording chain of one's own, in place of one drawn from the preset."""
    artefacts: tuple[ArtefactSpec, ...] = ()
    """By seconds from the beginning of the examination; a movement of the needle goes with every insertion."""
    faults: FaultSettings | None = None
    """On the wire, when it is played live."""

    @property
    def duration_s(self) -> float:
        """Of the whole examination, pauses counted."""
        return self.pause_s * (len(self.muscles) - 1) + sum(
            each.sites * sum(phase.duration_s for phase in each.phases)
            + sum(phase.duration_s for phase in each.last_phases)
            for each in self.muscles
        )


def load_script(path: Path) -> Script:
    """The script in a TOML file. Raises Refusal naming the key, the value and what is allowed."""
    return as_script(read_toml(path, "a script"), str(path))


def as_script(tree: dict[str, Any], where: str) -> Script:
    """The script in a tree of tables; every muscle and recorder known, every phase possible,
    every artefact within the examination."""
    script = as_struct(tree, Script, where, "Correct it; docs/patient.md has every key.")
    if not script.muscles:
        raise Refusal(found=f"no muscle in {where}", wanted="at least one", do="Add a [[muscles]] table.")
    for each in script.muscles:
        muscle(each.muscle)
        if not each.phases:
            raise Refusal(
                found=f"{each.muscle} without a phase in {where}",
                wanted="at least one phase per site",
                do="Give phases, or leave them out for the usual ones.",
            )
    recorder(script.recorder)
    for number, artefact in enumerate(script.artefacts):
        if artefact.at_s >= script.duration_s:
            raise Refusal(
                found=f"artefacts[{number}].at_s = {artefact.at_s:g} in {where}",
                wanted=f"less than {script.duration_s:g}, when the examination ends",
                do="Correct it; at_s counts seconds from the beginning of the examination.",
            )
    return script
