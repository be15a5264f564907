"""docs/patient.md: its example is a script, and every key and choice stands in it."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from processing.recorders import recorder_names
from processing.recording_chain import ChainSettings, Mains
from simulators.fault_settings import FaultSettings
from simulators.patient.artefacts import ArtefactKind, ArtefactSpec
from simulators.patient.electrode import ElectrodeKind
from simulators.patient.muscles import muscles
from simulators.patient.person import CONDITIONS, Disorder, Person, Stage
from simulators.patient.script import MuscleScript, Phase, PhaseKind, Script, as_script
from simulators.patient.spontaneous import SpontaneousKind, SpontaneousSpec

TEXT = (Path(__file__).parent.parent.parent / "docs" / "patient.md").read_text(encoding="utf-8")


def test_the_example_is_a_script() -> None:
    found = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    script = as_script(tomllib.loads(found[1]), "docs/patient.md")
    assert script.patient.condition == "motor neuron disease"
    assert len(script.muscles) == 2
    assert script.faults is not None


@pytest.mark.parametrize(
    "kind",
    [
        Script,
        Person,
        Disorder,
        MuscleScript,
        Phase,
        SpontaneousSpec,
        ArtefactSpec,
        ChainSettings,
        Mains,
        FaultSettings,
    ],
)
def test_every_key_is_documented(kind: type[msgspec.Struct]) -> None:
    missing = [
        field.name for field in msgspec.structs.fields(kind) if not re.search(rf"\b{field.name}\b", TEXT)
    ]
    elsewhere = {"late_s", "stall_s", "metadata_on_return"}  # docs/replay.md has the faults in full
    assert not set(missing) - elsewhere


@pytest.mark.parametrize(
    "choices",
    [get_args(kind) for kind in (SpontaneousKind, ArtefactKind, ElectrodeKind, PhaseKind, Stage)]
    + [CONDITIONS, recorder_names()],
)
def test_every_choice_is_documented(choices: tuple[str, ...]) -> None:
    assert [choice for choice in choices if choice not in TEXT] == []


def test_every_muscle_is_documented() -> None:
    for each in muscles():
        assert any(name in TEXT for name in (each.name, *each.aliases)), each.name
