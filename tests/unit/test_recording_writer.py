"""One door, four formats: what was written is what `open_recording` gives."""

from pathlib import Path

import numpy as np
import pytest

from acquisition.recorder.recording_writer import SUFFIXES, recording_writer
from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Annotation, Labels
from contracts.records import Channel
from contracts.refusal import Refusal
from tests.doubles_recorder import NEEDLE_HZ, needle, noise

N = 50_000
EVENTS = [
    Annotation(0, 46_875, "rest"),
    Annotation(3, 0, "µV, ünit 3"),
    Annotation(3, 1, "same place"),
    *(Annotation(i, 0, f"unit {i}") for i in range(4, N, 97)),
    Annotation(N - 1, 0, "last"),
]
AUX = (Channel("Force", "N", "aux"), Channel("Trigger", "", "trigger"))


def write_and_fail(path: Path, n: int) -> None:
    with recording_writer(path, needle()) as writer:
        writer.write(noise(n))
        raise RuntimeError("stop")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("rate_hz", [NEEDLE_HZ, 32_768.0, 2_000.0, 44_099.7])
@pytest.mark.parametrize("block", [N, 7_777])
def test_what_is_written_comes_back(tmp_path: Path, suffix: str, rate_hz: float, block: int) -> None:
    samples = noise(N, 2)
    described = needle(2, rate_hz=rate_hz)
    path = tmp_path / f"a{suffix}"
    with recording_writer(path, described, labels=Labels(sex="male")) as writer:
        for event in reversed(EVENTS):
            writer.annotate(event)
        for first in range(0, N, block):
            writer.write(samples[first : first + block])
    with open_recording(path) as rec:
        assert rec.n_samples == N
        assert rec.gaps == ()
        assert sorted(rec.annotations, key=str) == sorted(EVENTS, key=str)
        assert rec.description.channels == described.channels
        assert rec.description.subject == described.subject
        assert rec.labels.sex == "male"
        assert rec.description.rate_hz == pytest.approx(rate_hz, rel=1e-7)
        read = rec.read(0, N)
    if suffix in (".xdf", ".parquet"):
        assert np.array_equal(read, samples)
        assert rec.description.rate_hz == rate_hz
        assert writer.notes == ()
    else:
        largest = float(np.abs(samples).max()) * 1.001
        half_a_step = largest / (2**15 - 1 if suffix == ".edf" else 2**23 - 1) / 2
        float32_rounding = largest * 2**-24
        assert np.abs(read - samples).max() <= half_a_step + float32_rounding
        assert len([note for note in writer.notes if "steps of" in note]) == 2
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".edf", ".bdf", ".parquet"])
def test_files_do_not_depend_on_how_samples_came(tmp_path: Path, suffix: str) -> None:
    samples = noise(400_000)
    contents: list[bytes] = []
    for block in (400_000, 99_999):
        with recording_writer(tmp_path / f"a{suffix}", needle(), overwrite=True) as writer:
            for first in range(0, 400_000, block):
                writer.write(samples[first : first + block])
        contents.append((tmp_path / f"a{suffix}").read_bytes())
    assert contents[0] == contents[1]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_closing_twice_is_harmless(tmp_path: Path, suffix: str) -> None:
    writer = recording_writer(tmp_path / f"a{suffix}", needle())
    writer.write(noise(10))
    writer.close()
    writer.close()
    writer.abandon()
    assert open_recording(tmp_path / f"a{suffix}").n_samples == 10


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_auxiliary_channels_come_back(tmp_path: Path, suffix: str) -> None:
    described = needle(1, channels=(*needle().channels, *AUX))
    aux = np.stack([np.linspace(0, 1e-3, 500), np.arange(500) % 2.0], axis=1).astype(np.float64)
    with recording_writer(tmp_path / f"a{suffix}", described) as writer:
        writer.write(noise(500), aux)
        with pytest.raises(ValueError, match="aux None"):
            writer.write(noise(500))
    with open_recording(tmp_path / f"a{suffix}") as rec:
        assert rec.description.channels == described.channels
        assert rec.read_aux(0, 500) == pytest.approx(aux, abs=1e-3 / 2**15)
        if suffix in (".xdf", ".parquet"):
            assert np.array_equal(rec.read_aux(0, 500), aux)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_older_file_stays_until_it_may_be_overwritten(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"old")
    with pytest.raises(Refusal, match="there already"):
        recording_writer(path, needle())
    assert path.read_bytes() == b"old"
    with recording_writer(path, needle(), overwrite=True) as writer:
        writer.write(noise(100))
    assert open_recording(path).n_samples == 100


@pytest.mark.parametrize("suffix", [".edf", ".bdf", ".parquet"])
def test_a_file_has_its_name_only_when_it_is_complete(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with recording_writer(path, needle()) as writer:
        writer.write(noise(300_000))
        assert not path.exists()
    path.unlink()
    with pytest.raises(RuntimeError, match="stop"):
        write_and_fail(path, 300_000)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Refusal, match="no samples"), recording_writer(path, needle()):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_abandoned_xdf_says_that_it_was_not_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.xdf"
    with pytest.raises(RuntimeError, match="stop"):
        write_and_fail(path, 300)
    rec = open_recording(path)
    assert rec.n_samples == 300
    assert any("not ended" in note for note in rec.description.notes)


@pytest.mark.parametrize("name", ["a.wav", "a", "no/a.xdf", "folder.xdf", "a.xdf.gz"])
def test_a_place_that_cannot_be_written_to_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.xdf").mkdir()
    with pytest.raises(Refusal):
        recording_writer(tmp_path / name, needle())
    assert [p.name for p in tmp_path.iterdir()] == ["folder.xdf"]
