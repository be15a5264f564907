"""The parts put together: phases lead samples to where they are measured, and nothing depends on chunks."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.measured import Discharges, Epoch, Measured, MuscleSummary, PhaseChanged, SurfaceMeasures, Unit
from contracts.records import Channel, StreamDescription, Subject
from contracts.refusal import Refusal
from contracts.settings import NormSettings
from inference.runtime.pipeline import as_chunk
from processing.examination.examination import Examination
from processing.examination.settings import ExaminationSettings, examination_settings
from processing.norms.lookup import load_norms
from simulators.patient.person import Person
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource

RATE_HZ = 23_437.5
BICEPS = Subject("biceps brachii", "right", 45)
NORMS = load_norms(NormSettings())


def described(
    rate_hz: float = RATE_HZ, labels: tuple[str, ...] = ("needle",), unit: str = "uV"
) -> StreamDescription:
    channels = tuple(Channel(label, unit) for label in labels)
    return StreamDescription("test", rate_hz, channels, subject=BICEPS)


def played(*phases: Phase) -> NDArray[np.float32]:
    """What one site of a healthy biceps does in these phases."""
    muscle = MuscleScript("biceps", sites=1, phases=phases, last_phases=(), spontaneous=())
    source = PatientSource(Script(seed=4, patient=Person(45), muscles=(muscle,)), rate_hz=RATE_HZ)
    samples = source.read(0, round(sum(phase.duration_s for phase in phases) * RATE_HZ))
    source.close()
    return np.ascontiguousarray(samples[:, :1])


@cache
def examined_signal() -> NDArray[np.float32]:
    """Rest, slight effort and rest of a healthy person, 18 s."""
    return played(Phase("rest", 4.0), Phase("minimal", 10.0), Phase("rest", 4.0))


def told(examination: Examination, samples: NDArray[np.float32], size: int, first: int = 0) -> list[Measured]:
    messages: list[Measured] = []
    for at in range(0, len(samples), size):
        messages += examination.feed(as_chunk(samples[at : at + size], first + at, RATE_HZ))
    return messages


@pytest.fixture(scope="module")
def once() -> tuple[Examination, list[Measured]]:
    examination = Examination(described(), ExaminationSettings(), NORMS)
    return examination, [*told(examination, examined_signal(), 2_000), *examination.finish()]


@pytest.mark.parametrize("size", [137, 23_438, 10_000_000])
def test_chunks_change_nothing(once: tuple[Examination, list[Measured]], size: int) -> None:
    examination = Examination(described(), ExaminationSettings(), NORMS)
    assert [*told(examination, examined_signal(), size), *examination.finish()] == once[1]


def test_phases_are_found_and_units_only_in_effort(once: tuple[Examination, list[Measured]]) -> None:
    phases = [m.phase for m in once[1] if isinstance(m, PhaseChanged)]
    assert phases[0] == "unknown"
    found = [phase for phase in phases if phase in ("rest", "minimal", "moderate")]
    assert found[0] == "rest"
    assert "minimal" in found
    assert found[-1] == "rest"
    indices = [at for m in once[1] if isinstance(m, Discharges) for at in m.indices]
    assert indices
    assert min(indices) > 3.5 * RATE_HZ
    assert max(indices) < 15.0 * RATE_HZ


def test_the_last_summary_counts_the_units_that_were_told(once: tuple[Examination, list[Measured]]) -> None:
    newest = {m.unit: m for m in once[1] if isinstance(m, Unit)}
    kept = [u for u in newest.values() if u.fate in ("followed", "silent")]
    summary = [m for m in once[1] if isinstance(m, MuscleSummary)][-1]
    assert summary.units_accepted == sum(u.accepted for u in kept) > 0
    assert summary.units_accepted + summary.units_rejected == len(kept)
    assert (summary.group, summary.region) == ("proximal arm", "cervical")


def test_the_examiners_word_stands_above_the_signal() -> None:
    examination = Examination(described(), ExaminationSettings(), NORMS)
    asked = examination.set_phase("rest")
    messages = [*asked, *told(examination, examined_signal(), 4_000)]
    phases = [m for m in messages if isinstance(m, PhaseChanged)]
    assert {m.phase for m in phases} == {"rest"}
    assert {m.origin for m in phases} == {"operator"}
    assert "minimal" in {m.automatic for m in phases}
    assert not [m for m in messages if isinstance(m, Discharges | Unit)]
    given_back = [m for m in examination.set_phase(None) if isinstance(m, PhaseChanged)]
    assert [m.origin for m in given_back] == ["automatic"]


def test_a_gap_ends_what_goes_on_and_numbers_are_not_given_twice() -> None:
    examination = Examination(described(), ExaminationSettings(), NORMS)
    signal = examined_signal()
    before = told(examination, signal[: round(12 * RATE_HZ)], 2_000)
    later = round(100 * RATE_HZ)
    after = told(examination, signal[round(4 * RATE_HZ) : round(14 * RATE_HZ)], 2_000, later)
    born = {m.unit for m in before if isinstance(m, Unit)}
    assert born
    indices = [at for m in after if isinstance(m, Discharges) for at in m.indices]
    assert [at for at in indices if at >= later]
    assert not [at for at in indices if round(12 * RATE_HZ) <= at < later]
    assert next(m for m in after if isinstance(m, PhaseChanged)).phase == "unknown"


def test_another_muscle_begins_anew_and_another_site_counts() -> None:
    examination = Examination(described(), ExaminationSettings(), NORMS)
    told(examination, examined_signal()[: round(14 * RATE_HZ)], 2_000)
    silent = [m for m in examination.next_site() if isinstance(m, Unit)]
    assert {m.fate for m in silent} == {"silent"}
    at_two = told(examination, examined_signal(), 2_000, round(14 * RATE_HZ))
    numbers = {m.unit for m in at_two if isinstance(m, Unit)}
    assert {m.site for m in at_two if isinstance(m, Unit)} == {2}
    assert numbers.isdisjoint({m.unit for m in silent})
    examination.set_subject(Subject("deltoid", "right", 45))
    summary = [m for m in examination.finish() if isinstance(m, MuscleSummary)][-1]
    assert (summary.muscle, summary.units_accepted, summary.epochs) == ("deltoid", 0, 0)


def test_who_comes_late_is_told_what_is_known(once: tuple[Examination, list[Measured]]) -> None:
    kinds = [type(m) for m in once[0].known()]
    assert kinds[0] is PhaseChanged
    assert kinds[-1] is MuscleSummary


def test_a_slow_stream_is_taken_as_surface_emg_and_counts_are_not_measured() -> None:
    slow = Examination(described(2_000.0, ("a", "b")), ExaminationSettings(), NORMS)
    assert slow.electrode == "surface"
    assert "too slow" in slow.notes[0]
    noise = np.random.default_rng(1).standard_normal((8_000, 2)).astype(np.float32)
    messages = slow.feed(as_chunk(noise, 0, 2_000.0))
    assert messages
    assert all(isinstance(m, SurfaceMeasures) for m in messages)
    counted = Examination(described(unit="counts"), ExaminationSettings(), NORMS)
    assert "counts" in counted.notes[0]
    assert counted.feed(as_chunk(noise[:, :1], 0, RATE_HZ)) == []


def test_channels_that_are_not_there_and_unknown_constants_are_refused() -> None:
    with pytest.raises(Refusal, match=r"examination.channels names biceps.*needle"):
        Examination(described(), ExaminationSettings(channels=("biceps",)), NORMS)
    with pytest.raises(Refusal, match="sigma"):
        examination_settings({"tracking": {"detection": {"sigma": 3.0}}})
    assert examination_settings({"report_s": 2.0}).report_s == 2.0


def quiet(seconds: float) -> NDArray[np.float32]:
    noise = np.random.default_rng(5).standard_normal((round(seconds * RATE_HZ), 1))
    return (3.0 * noise).astype(np.float32)


@pytest.mark.parametrize("change", ["subject", "person", "site", "insertion"])
def test_whatever_changes_at_rest_the_examination_goes_on(change: str) -> None:
    examination = Examination(described(), ExaminationSettings(), NORMS)
    told(examination, quiet(3.0), 2_000)
    at = round(3.0 * RATE_HZ)
    if change == "subject":
        examination.set_subject(Subject("tibialis anterior", "left", 40))
    elif change == "person":
        examination.begin_anew()
    elif change == "site":
        examination.next_site()
    else:
        examination.set_phase("rest")
        told(examination, quiet(1.0), 2_000, at)
        at += round(RATE_HZ)
        moved = [m for m in examination.set_phase("insertion") if isinstance(m, PhaseChanged)]
        assert [m.site for m in moved] == [2]
        examination.set_phase(None)
    later = [*told(examination, quiet(3.0), 2_000, at), *examination.finish()]
    summary = [m for m in later if isinstance(m, MuscleSummary)][-1]
    assert summary.sites == (2 if change in ("site", "insertion") else 1)
    assert max(grade.watched_s for grade in summary.spontaneous) > 1.0


def test_a_phase_that_is_told_before_the_first_sample_holds_from_there() -> None:
    examination = Examination(described(), ExaminationSettings(), NORMS)
    assert examination.set_phase("minimal") == []
    messages = told(examination, quiet(1.0), 2_000, 500)
    assert next((m.phase, m.at_index) for m in messages if isinstance(m, PhaseChanged)) == ("minimal", 500)


def test_no_epoch_spans_a_change_of_muscle() -> None:
    examination = Examination(described(), ExaminationSettings(), NORMS)
    half = round(9.5 * RATE_HZ)
    told(examination, examined_signal()[:half], 2_000)
    examination.set_subject(Subject("deltoid", "right", 45))
    epochs = [m for m in told(examination, examined_signal()[half:], 2_000, half) if isinstance(m, Epoch)]
    assert epochs
    assert min(m.first_index for m in epochs) > half - round(0.01 * RATE_HZ) - 1
