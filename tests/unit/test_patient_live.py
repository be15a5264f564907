"""The patient that plays live: commands take effect, and nothing breaks off."""

import threading
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pytest

from contracts.commands import PatientState, SetPatient
from contracts.refusal import Refusal
from simulators.patient import live
from simulators.patient.live import PROTOCOL, LivePatient
from simulators.patient.protocol import Stay
from simulators.patient.scene import Scene, scene
from simulators.patient.script import Phase, Script

pytestmark = pytest.mark.slow

RATE_HZ = 12_000.0
STEP = 3_000
WITHIN_S = 60.0

remembered = cache(scene)
"""A scene is never changed: the tests share them. Of all muscles the tongue costs least."""


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[LivePatient]:
    monkeypatch.setattr(live, "scene", remembered)
    made = LivePatient(PatientState("neuropathy", 0.6, age=50, muscle="tongue"), seed=2, rate_hz=RATE_HZ)
    yield made
    made.close()


def play_until(patient: LivePatient, reached: Callable[[], bool], at: int = 0) -> int:
    """Read on until something holds; where the reading stands then. Scenes are prepared meanwhile."""
    for _ in range(4_000):
        if reached():
            return at
        assert patient.read(at, at + STEP).shape == (STEP, 1)
        at += STEP
    raise AssertionError("it never happened")


def told_at(patient: LivePatient, stop: int, text: str) -> list[int]:
    """Where a marker stands in the step that ends at `stop`: once, if all is well."""
    found = [event.index for event in patient.annotations_in(stop - STEP, stop) if event.text == text]
    assert len(found) == 1
    return found


def test_it_begins_with_the_protocol_and_goes_on_to_the_next_position(patient: LivePatient) -> None:
    assert patient.state.phase == "insertion"
    assert patient.state.site == 1
    at = play_until(patient, lambda: patient.state.site == 2)
    length = sum(phase.duration_s for phase in PROTOCOL)
    assert at / RATE_HZ == pytest.approx(length, abs=2 * STEP / RATE_HZ)


def test_effort_follows_at_once_and_the_phase_is_marked(patient: LivePatient) -> None:
    assert patient.change(SetPatient(effort="maximal")).effort == "maximal"
    patient.read(0, STEP)
    assert patient.state.phase == "maximal"
    loud = patient.read(STEP, 8 * STEP)
    patient.change(SetPatient(effort="rest"))
    patient.read(8 * STEP, 12 * STEP)
    quiet = patient.read(12 * STEP, 16 * STEP)
    assert np.std(loud[STEP:]) > 3 * np.std(quiet)
    assert "phase rest" in [event.text for event in patient.annotations_in(7 * STEP, 12 * STEP)]


def test_another_condition_and_muscle_come_while_the_signal_goes_on(patient: LivePatient) -> None:
    patient.read(0, STEP)
    state = patient.change(SetPatient(condition="myopathy", muscle="first dorsal interosseous", side="left"))
    assert (state.condition, state.side) == ("myopathy", "left")
    assert state.muscle in state.muscles
    at = play_until(patient, lambda: patient.state.site == 2, at=STEP)
    told = [event.text for event in patient.annotations_in(at - STEP, at)]
    assert any(text.startswith("muscle left first dorsal interosseous") for text in told)
    assert told_at(patient, at, "site 2") == told_at(patient, at, "scene changed: another person")


def test_moving_the_needle_changes_the_position_alone(patient: LivePatient) -> None:
    before = patient.state
    patient.change(SetPatient(move_needle=True))
    at = play_until(patient, lambda: patient.state.site == 2)
    after = patient.state
    assert told_at(patient, at, "site 2") == told_at(patient, at, "scene changed: another needle position")
    assert (after.condition, after.muscle, after.age) == (before.condition, before.muscle, before.age)


def test_discharges_are_told_as_they_are_read(patient: LivePatient) -> None:
    patient.change(SetPatient(effort="moderate"))
    patient.read(0, 8 * STEP)
    told = patient.annotations_in(4 * STEP, 8 * STEP)
    assert sum(event.text.startswith("motor unit") for event in told) > 20
    assert all(4 * STEP <= event.index < 8 * STEP for event in told)


def test_an_unknown_muscle_is_refused_and_changes_nothing(patient: LivePatient) -> None:
    before = patient.state
    with pytest.raises(Refusal, match="elbow"):
        patient.change(SetPatient(muscle="elbow"))
    assert patient.state == before


def test_a_command_while_the_next_position_is_waited_for_is_that_position(
    patient: LivePatient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old scene was entered under the new name, and the command forgotten until the needle moved again."""
    waited_for = threading.Event()
    commanded: list[PatientState] = []

    def slow(script: Script, stay: Stay, rate_hz: float) -> Scene:
        if not commanded:
            assert waited_for.wait(WITHIN_S)
            commanded.append(patient.change(SetPatient(muscle="first dorsal interosseous")))
        return remembered(script, stay, rate_hz)

    monkeypatch.setattr(live, "scene", slow)
    monkeypatch.setattr(live, "PROTOCOL", (Phase("rest", 2 * STEP / RATE_HZ),))
    at = play_until(patient, lambda: patient.state.site == 2)
    patient.read(at, at + STEP)
    waited_for.set()
    patient.read(at + STEP, at + 2 * STEP)
    assert patient.state.site == 3
    told = [event.text for event in patient.annotations_in(at + STEP, at + 2 * STEP)]
    assert commanded[0].muscle == "first dorsal interosseous"
    assert "muscle right first dorsal interosseous" in told
    assert "scene changed: another muscle" in told


def test_commands_in_a_row_prepare_the_last_one_alone(
    patient: LivePatient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a slider sends them: a scene for each would keep the last one waiting for as many seconds."""
    begun, go_on, ages = threading.Event(), threading.Event(), list[int]()

    def held(script: Script, stay: Stay, rate_hz: float) -> Scene:
        ages.append(script.patient.age)
        begun.set()
        assert go_on.wait(WITHIN_S)
        return remembered(script, stay, rate_hz)

    play_until(patient, lambda: patient.state.phase == "rest")
    monkeypatch.setattr(live, "scene", held)
    for age in range(51, 71):
        patient.change(SetPatient(age=age))
        assert begun.wait(WITHIN_S)
    assert patient.read(0, STEP).shape == (STEP, 1), "nothing waits for what was commanded"
    go_on.set()
    play_until(patient, lambda: patient.state.site == 2, STEP)
    assert patient.state.age == 70
    assert ages[:2] == [51, 70]


def test_nothing_has_changed_at_the_beginning(patient: LivePatient) -> None:
    told = [event.text for event in patient.annotations_in(0, STEP)]
    assert "site 1" in told
    assert not any(text.startswith(live.SCENE_CHANGED) for text in told)


def test_what_is_no_longer_kept_is_refused(patient: LivePatient) -> None:
    kept = live._KEPT * STEP  # pyright: ignore[reportPrivateUsage]
    patient.read(0, STEP)
    patient.read(STEP, kept)
    assert patient.read(0, STEP).shape == (STEP, 1)
    patient.read(kept, kept + STEP)
    with pytest.raises(Refusal, match=f"from sample 0 on.*from {STEP} on"):
        patient.read(0, STEP)
    with pytest.raises(Refusal, match="the last 10 s are kept"):
        patient.read(kept, 3 * kept)


def test_a_scene_that_cannot_be_made_is_one_sentence(
    patient: LivePatient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(script: Script, stay: Stay, rate_hz: float) -> Scene:
        raise MemoryError("no room for 150 units")

    monkeypatch.setattr(live, "scene", fails)
    patient.change(SetPatient(age=77))
    with pytest.raises(Refusal, match=r"could not be made .MemoryError: no room for 150 units"):
        play_until(patient, lambda: patient.state.site == 2)
