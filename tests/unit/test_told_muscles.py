"""A recording of several muscles is examined as several muscles."""

from pathlib import Path

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Annotation
from contracts.measured import MuscleSummary, PhaseChanged, Unit
from contracts.records import Chunk, Subject, frozen
from contracts.settings import Settings
from contracts.wire import SubjectChanged
from inference.runtime.pipeline import as_chunk
from myoscope.analyse import examine
from myoscope.simulate import write_script
from myoscope.told_muscles import cut, muscle_changes
from simulators.patient.script import MuscleScript, Phase, Script


def said(*texts: str) -> list[Annotation]:
    """Annotations, a hundred samples apart."""
    return [Annotation(100 * n, 0, text) for n, text in enumerate(texts)]


def test_only_what_names_another_muscle_or_side_is_a_change() -> None:
    texts = ("muscle left biceps", "site 1", "muscle left Biceps brachii", "muscle twitch", "phase rest")
    assert muscle_changes(said(*texts), Subject()) == []
    texts = ("muscle left biceps", "muscle right biceps", "Muscle deltoid", "muscle right deltoid")
    assert muscle_changes(said(*texts), Subject("biceps", "left", 61)) == [
        SubjectChanged(Subject("biceps brachii", "right", 61), 100),
        SubjectChanged(Subject("deltoid", None, 61), 200),
        SubjectChanged(Subject("deltoid", "right", 61), 300),
    ]


@given(
    n=st.integers(1, 50),
    first=st.integers(0, 100),
    places=st.lists(st.integers(0, 160), max_size=5).map(sorted),
)
def test_the_pieces_are_the_chunk(n: int, first: int, places: list[int]) -> None:
    samples = frozen(np.arange(n, dtype=np.float32)[:, np.newaxis])
    pieces: list[Chunk] = list(cut(as_chunk(samples, first, 1_000.0), sorted(set(places))))
    assert np.array_equal(np.concatenate([piece.samples for piece in pieces]), samples)
    assert [piece.first_index for piece in pieces] == [
        first, *(place for place in sorted(set(places)) if first < place < first + n)
    ]  # fmt: skip


def test_each_muscle_of_a_recording_has_its_own_summary(tmp_path: Path) -> None:
    """Whatever the chunks; the settings' word stands above what the recording says."""
    phases = (Phase("insertion", 0.5), Phase("minimal", 6.0))
    both = tuple(
        MuscleScript(name, side="left", sites=1, phases=phases, last_phases=())
        for name in ("biceps", "tibialis anterior")
    )
    out = tmp_path / "two.edf"
    write_script(Script(seed=4, muscles=both, pause_s=1.0), out, overwrite=False, progress=False)
    told: list[list[bytes]] = []
    for chunk_s in (1.0, 0.37):
        with open_recording(out) as recording:
            _, messages = examine(recording, Settings(), chunk_s=chunk_s)
            measured = list(messages)
        told.append([msgspec.json.encode(m) for m in measured if isinstance(m, Unit | PhaseChanged)])
    assert told[0] == told[1]
    (change,) = [m for m in measured if isinstance(m, SubjectChanged)]
    assert change.subject.muscle == "tibialis anterior"
    last = {m.muscle: m for m in measured if isinstance(m, MuscleSummary)}
    assert list(last) == ["biceps", "tibialis anterior"]
    with open_recording(out) as recording:
        _, messages = examine(recording, Settings(subject=Subject("deltoid")))
        assert {m.muscle for m in messages if isinstance(m, MuscleSummary)} == {"deltoid"}
