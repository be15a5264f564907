"""EDF, EDF+ and BDF files, written by pyedflib."""

from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from tests.doubles_recordings import ramp, write_edf


@pytest.mark.parametrize("suffix", ["edf", "bdf", "EDF"])
def test_a_file_opens_and_reads_by_position(tmp_path: Path, suffix: str) -> None:
    path = write_edf(tmp_path / f"a.{suffix.lower()}", (1000, 1000), labels=("EMG left", "EMG right"))
    path = path.rename(tmp_path / f"b.{suffix}")
    with open_recording(path) as rec:
        assert rec.format == suffix.lower()
        assert rec.n_samples == 3000
        assert rec.description.rate_hz == 1000.0
        assert [c.label for c in rec.description.emg] == ["EMG left", "EMG right"]
        assert rec.read(0, 3000) == pytest.approx(ramp(3000, 2), abs=0.01)
        assert np.array_equal(rec.read(995, 1005), rec.read(0, 3000)[995:1005])


def test_units_and_roles(tmp_path: Path) -> None:
    path = write_edf(
        tmp_path / "a.edf", (500, 500, 500), labels=("ACC", "EMG", "Trigger"), units=("g", "mV", "")
    )
    rec = open_recording(path)
    assert [(c.label, c.unit, c.role) for c in rec.description.channels] == [
        ("EMG", "uV", "emg"),
        ("ACC", "g", "aux"),
        ("Trigger", "", "trigger"),
    ]
    assert rec.read(3, 5)[:, 0] == pytest.approx([1003e3, 1004e3])
    assert rec.read_aux(3, 5) == pytest.approx(np.array([[3, 2003], [4, 2004]]))


def test_annotations_lie_at_their_samples(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "a.edf", (2000,), annotations=[(0.25, 0.5, "contract"), (2.0, -1, "rest")])
    assert [(a.index, a.n_samples, a.text) for a in open_recording(path).annotations] == [
        (500, 1000, "contract"),
        (4000, 0, "rest"),
    ]


def test_of_the_patient_only_sex_and_age_are_kept(tmp_path: Path) -> None:
    rec = open_recording(write_edf(tmp_path / "a.edf"))
    assert rec.labels.sex == "female"
    assert rec.labels.age == 49, "born 15 June 1970, recorded 1 June 2020"
    assert "Somebody" not in f"{rec.labels} {rec.description}"


def test_the_rate_of_the_emg_channels_is_taken_and_the_rest_left_out_with_a_note(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "a.edf", (2000, 100), labels=("EMG", "ACC"), units=("uV", "g"))
    rec = open_recording(path)
    assert rec.description.rate_hz == 2000.0
    assert rec.n_samples == 6000
    assert rec.description.aux == ()
    assert any("ACC" in note for note in rec.description.notes)


def test_emg_channels_of_two_rates_are_refused_until_one_is_chosen(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "a.edf", (2000, 500), labels=("EMG a", "EMG b"))
    with pytest.raises(Refusal, match=r"500 Hz, 2000 Hz in a\.edf"):
        open_recording(path)
    chosen = open_recording(path, rate_hz=500)
    assert [c.label for c in chosen.description.emg] == ["EMG b"]
    assert chosen.n_samples == 1500


def test_a_rate_that_the_file_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"1000 Hz in a\.edf; wanted the rate that was given, 2000 Hz"):
        open_recording(write_edf(tmp_path / "a.edf"), rate_hz=2000)


def test_one_file_can_be_open_twice(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "a.edf")
    with open_recording(path) as one, open_recording(path) as other:
        assert np.array_equal(one.read(5, 9), other.read(5, 9))


@pytest.mark.parametrize("keep", [0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused_with_both_numbers(
    tmp_path: Path, keep: float, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_edf(tmp_path / "a.edf")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(Refusal, match=r"[012]000 samples in a\.edf|0 samples in a\.edf") as refused:
        open_recording(path)
    assert "wanted 3000" in str(refused.value)
    assert capfd.readouterr().out == "", "the library prints about a size that it does not expect"


@pytest.mark.parametrize("length", [5, 200, 256, 300, 511])
def test_a_file_that_ends_in_its_header_is_refused(tmp_path: Path, length: int) -> None:
    path = write_edf(tmp_path / "a.edf", (1000, 1000))
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(Refusal, match="not a finished EDF or BDF file"):
        open_recording(path)


@pytest.mark.parametrize("suffix", ["edf", "bdf"])
def test_a_text_file_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_text("time,emg\n0,1\n" * 100)
    with pytest.raises(Refusal, match=rf"a\.{suffix}, which is not a finished EDF"):
        open_recording(path)


def test_a_discontinuous_file_is_refused_as_such(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "a.edf")
    path.write_bytes(path.read_bytes().replace(b"EDF+C", b"EDF+D"))
    with pytest.raises(Refusal, match=r"EDF\+D"):
        open_recording(path)


@pytest.mark.parametrize(
    ("at", "bytes_"), [(236, b"-1      "), (236, b"many    "), (252, b"none"), (244, b"0       ")]
)
def test_a_header_with_wrong_numbers_is_refused(tmp_path: Path, at: int, bytes_: bytes) -> None:
    path = write_edf(tmp_path / "a.edf")
    content = bytearray(path.read_bytes())
    content[at : at + len(bytes_)] = bytes_
    path.write_bytes(content)
    with pytest.raises(Refusal, match="not a finished EDF or BDF file"):
        open_recording(path)
