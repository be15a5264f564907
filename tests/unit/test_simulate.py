"""Into a file: samples, annotations and truth come back; a cohort goes on where it was."""

from pathlib import Path

import numpy as np
import pytest

from acquisition.recorder.truth_file import read_truth
from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from myoscope import cohort
from myoscope.cohort import make_cohort
from myoscope.simulate import changed, write_script
from simulators.patient.person import Disorder, Person
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource

pytestmark = pytest.mark.slow

SHORT = MuscleScript(
    "tongue",
    "left",
    sites=1,
    phases=(Phase("rest", 0.3), Phase("moderate", 0.7)),
    last_phases=(),
    drift_mm=0.0,
)


def short(kind: str, seed: int, muscles: tuple[str, ...], recorder: str) -> Script:
    disorders = () if kind == "healthy" else (Disorder(kind, 0.5),)  # pyright: ignore[reportArgumentType]
    return Script(
        seed, "Short", Person(40, "female", disorders), (SHORT,), recorder=recorder, rate_hz=8_000.0
    )


@pytest.mark.parametrize("suffix", [".xdf", ".parquet"])
def test_a_file_holds_what_the_patient_gave(tmp_path: Path, suffix: str) -> None:
    script, path = short("neuropathy", 5, (), "bedside"), tmp_path / f"a{suffix}"
    write_script(script, path, progress=False)
    source = PatientSource(script)
    n = source.n_samples or 0
    with open_recording(path) as recording:
        assert recording.n_samples == n
        assert recording.description.rate_hz == 8_000.0
        assert recording.description.subject.muscle == "tongue"
        assert recording.labels.class_name == "neuropathy"
        np.testing.assert_array_equal(recording.read(0, n), source.read(0, n))
        held = {(event.index, event.text) for event in recording.annotations}
        assert held == {(event.index, event.text) for event in source.annotations_in(0, n)}
    source.close()
    told = read_truth(path)
    assert told.about["condition"] == "neuropathy"
    assert told.about["stays"][0]["phases"][1]["kind"] == "moderate"
    voluntary = told.events["index"][told.events["kind"] == "motor unit"]
    assert len(voluntary) > 50
    assert voluntary.min() >= 2_400
    assert voluntary.max() < n


def test_an_existing_file_is_not_replaced_and_a_refusal_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    path.write_bytes(b"mine")
    with pytest.raises(Refusal, match="there already"):
        write_script(short("healthy", 1, (), "bedside"), path, progress=False)
    assert path.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_the_same_name_does_not_take_the_truth_of_another(tmp_path: Path) -> None:
    write_script(short("healthy", 1, (), "bedside"), tmp_path / "a.xdf", progress=False)
    with pytest.raises(Refusal, match="truth of another"):
        write_script(short("healthy", 2, (), "bedside"), tmp_path / "a.edf", progress=False)
    assert read_truth(tmp_path / "a.xdf").about["script"]["seed"] == 1
    assert not (tmp_path / "a.edf").exists()
    write_script(short("healthy", 2, (), "bedside"), tmp_path / "a.edf", overwrite=True, progress=False)


def test_seed_and_recorder_of_the_command_line_win() -> None:
    script = changed(short("healthy", 1, (), "bedside"), seed=9, recorder="asc")
    assert (script.seed, script.recorder) == (9, "asc")
    with pytest.raises(Refusal, match="gramophone"):
        changed(script, seed=None, recorder="gramophone")


def test_a_cohort_is_balanced_listed_and_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def make_here(missing: list[cohort.Member], people: int) -> None:
        for member in missing:
            made.append(member.number)
            write_script(member.script, member.path, overwrite=True, progress=False)

    monkeypatch.setattr(cohort, "draw_examination", short)
    monkeypatch.setattr(cohort, "_make", make_here)
    make_cohort(tmp_path / "c", 4, 1, "bedside", "edf")
    manifest = (tmp_path / "c" / "manifest.csv").read_text().splitlines()
    assert len(manifest) == 5
    assert [
        kind in line
        for kind, line in zip(
            ("healthy", "myopathy", "neuropathy", "motor neuron"), manifest[1:], strict=True
        )
    ] == [True] * 4
    (tmp_path / "c" / "person-0002.truth.json").unlink()
    make_cohort(tmp_path / "c", 5, 1, "bedside", "edf")
    assert made == [0, 1, 2, 3, 2, 4]
    with pytest.raises(Refusal, match="another cohort"):
        make_cohort(tmp_path / "c", 4, 2, "bedside", "edf")
    with pytest.raises(Refusal, match="tape"):
        make_cohort(tmp_path / "d", 4, 2, "bedside", "tape")
    (tmp_path / "c" / "cohort.json").write_text('{"people":4,')
    with pytest.raises(Refusal, match="cannot be read"):
        make_cohort(tmp_path / "c", 4, 1, "bedside", "edf")
    with pytest.raises(Refusal, match="cannot be made"):
        make_cohort(tmp_path / "c" / "manifest.csv", 4, 1, "bedside", "edf")
