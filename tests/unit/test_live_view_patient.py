"""The page and a virtual patient: what is passed on, what the run is told, what stays hidden."""

from typing import Any

import msgspec
import pytest

from contracts import commands, wire
from contracts.records import Subject
from contracts.refusal import Refusal
from dashboard.layout import page_layout
from dashboard.panels.patient import CONTROLS, STAGES, patient_panel
from dashboard.patient import SPOKEN, change_patient, decode_change
from dashboard.run_view import RunView
from dashboard.wave import WaveRequest, wave_frame
from tests.doubles_messages import Sender, block, described
from tests.doubles_patient import FakePatient

VIRTUAL = described(device="virtual patient")


def no_patient(command: commands.Command) -> commands.Reply:
    """Nobody is there."""
    return commands.Reply(False, f"no answer to {type(command).__name__}")


def told(change: commands.SetPatient, patient: Any = None) -> tuple[commands.Reply, list[commands.Command]]:
    """The answer to a change, and what the run was told."""
    to_run: list[commands.Command] = []

    def run(command: commands.Command) -> commands.Reply:
        to_run.append(command)
        return commands.Reply(True)

    return change_patient(patient or answering(), run, change), to_run


def answering() -> Any:
    """A patient without a socket thread."""
    return FakePatient().answer


def properties(part: Any) -> list[dict[str, Any]]:
    """The properties of every Dash component in a tree."""
    if isinstance(part, list | tuple):
        return [found for each in part for found in properties(each)]
    if not hasattr(part, "to_plotly_json"):
        return []
    own = part.to_plotly_json()["props"]
    return [own, *properties(own.get("children"))]


@pytest.mark.parametrize("change", [{"muscle": "deltoid"}, {"side": "left"}, {"age": 70}])
def test_another_muscle_side_or_age_becomes_the_subject_of_the_run(change: dict[str, Any]) -> None:
    reply, to_run = told(commands.SetPatient(**change))
    assert reply.done
    expected = msgspec.structs.replace(Subject("biceps", "right", 45), **change)
    assert to_run == [commands.SetSubject(expected)]


@pytest.mark.parametrize(
    "change",
    [
        {"condition": "neuropathy"},
        {"severity": 0.9},
        {"stage": "acute"},
        {"another_person": True},
        {"move_needle": True},
        {"condition": "myopathy", "effort": "rest"},
    ],
)
def test_whatever_else_changes_the_signal_makes_the_evidence_begin_anew(change: dict[str, Any]) -> None:
    _, to_run = told(commands.SetPatient(**change))
    assert to_run == [commands.ResetEvidence()]


@pytest.mark.parametrize("change", [{"effort": "maximal"}, {}])
def test_effort_is_part_of_the_same_examination(change: dict[str, Any]) -> None:
    reply, to_run = told(commands.SetPatient(**change))
    assert reply.done
    assert to_run == []


def test_the_run_hears_nothing_of_what_the_patient_refused() -> None:
    reply, to_run = told(commands.SetPatient(muscle="deltoid"), no_patient)
    assert (reply.done, reply.reason) == (False, "no answer to SetPatient")
    assert to_run == []


def test_a_run_that_does_not_follow_is_named_in_the_answer() -> None:
    reply = change_patient(answering(), no_patient, commands.SetPatient(age=60))
    assert reply.done
    assert reply.patient is not None
    assert reply.patient.age == 60
    assert reply.reason == "The patient has changed, but the run did not follow: no answer to SetSubject"


def test_a_change_is_json_with_the_fields_of_the_command() -> None:
    assert decode_change(b'{"severity": 0.25, "effort": "rest"}') == commands.SetPatient(
        severity=0.25, effort="rest"
    )


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"severity": 1.5}', "severity"),
        (b'{"age": 19}', "age"),
        (b'{"condition": "gout"}', "gout"),
        (b'{"type": "stop_run"}', "stop_run"),
        (b"[]", "array"),
        (b"", "truncated"),
    ],
)
def test_any_other_body_is_refused_with_what_is_wrong(body: bytes, named: str) -> None:
    with pytest.raises(Refusal, match=named):
        decode_change(body)


def kinds(start: wire.StreamStart, *markers: wire.MarkerNotice) -> list[str]:
    """Kinds of the notes that these markers become."""
    sender = Sender()
    sender.at(0.0, start, block(0, 100), *markers)
    run = sender.view.look(0.0, lambda run, _: run)
    assert isinstance(run, RunView)
    return [note.kind for note in run.notes]


def test_discharges_of_a_virtual_patient_are_kept_apart_from_what_all_may_read() -> None:
    said = [wire.MarkerNotice(1_000.0, f"{begin}x", "truth") for begin in SPOKEN]
    hidden = [
        wire.MarkerNotice(1_000.0, text, "truth") for text in ("motor unit 17", "fibrillation potential 153")
    ]
    written = wire.MarkerNotice(1_000.0, "motor unit 17", "control")
    assert kinds(VIRTUAL, *said) == ["marker"] * len(SPOKEN)
    assert kinds(VIRTUAL, *hidden) == ["truth", "truth"]
    assert kinds(VIRTUAL, written) == ["marker"], "what a person marks is never hidden"
    assert kinds(described(), *hidden) == ["marker", "marker"], "markers of a recording are no secret"


@pytest.mark.parametrize(("start", "virtual"), [(VIRTUAL, b"true"), (described(), b"false")])
def test_the_trace_says_whether_there_may_be_a_patient(start: wire.StreamStart, virtual: bytes) -> None:
    sender = Sender()
    sender.at(0.0, start, block(0, 100))
    frame = wave_frame(sender.view, WaveRequest(100, 1.0, (0,)), 0.0, 1, "server")
    assert b'"virtual_patient":' + virtual in frame


def test_every_field_has_a_control_with_every_value_that_the_command_takes() -> None:
    held = {own["id"]: own for own in properties(patient_panel()) if "id" in own}
    for name in CONTROLS:
        own = held[f"patient-{name}"]
        for value in own.get("options", [own.get("min"), own.get("max")]):
            msgspec.convert({name: value}, commands.SetPatient)
    assert len(held["patient-condition"]["options"]) == 4
    assert len(held["patient-effort"]["options"]) == 5
    assert tuple(held["patient-stage"]["options"]) == STAGES


def test_a_page_without_a_way_to_a_patient_has_no_place_for_one() -> None:
    def ids(*, patient: bool) -> set[str]:
        layout = page_layout(commands=True, patient=patient)
        return {
            own["id"]
            for own in properties(layout)
            if "patient" in own.get("id", "") or own.get("id") == "truth"
        }

    assert ids(patient=False) == set()
    assert {"patient", "patient-button", "truth"} <= ids(patient=True)


def test_panel_button_and_truth_are_hidden_at_first() -> None:
    held = {own["id"]: own for own in properties(page_layout(commands=True, patient=True)) if "id" in own}
    assert all(held[name]["hidden"] for name in ("patient", "patient-button", "truth"))
