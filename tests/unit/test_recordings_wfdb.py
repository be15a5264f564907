"""WFDB records, written by wfdb itself and in N2001's own way."""

from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from tests.doubles_recordings import ramp, write_wfdb, write_wfdb_annotations


def write_n2001(folder: Path, stem: str, samples: np.ndarray, n_header: int | None = None) -> Path:
    """A record as EMGLAB writes it: 20 bytes of preamble, 13.107 steps per microvolt."""
    n_header = len(samples) if n_header is None else n_header
    (folder / f"{stem}.hea").write_text(
        f"{stem} 1 23437.5 {n_header}\n{stem}.bin 16+20 13.1070/uV\n#gender: F\n#age: 41\n#level: low\n"
    )
    (folder / f"{stem}.bin").write_bytes(b"\x55" * 20 + samples.astype("<i2").tobytes())
    return folder / f"{stem}.hea"


@pytest.mark.parametrize("suffix", [".hea", ".dat", ""])
def test_a_record_opens_by_header_data_or_stem(tmp_path: Path, suffix: str) -> None:
    write_wfdb(tmp_path, "rec")
    with open_recording(tmp_path / f"rec{suffix}") as rec:
        assert rec.format == "wfdb"
        assert rec.n_samples == 500
        assert rec.description.rate_hz == 1000.0
        assert rec.description.name == "rec"
        assert rec.read(0, 500) == pytest.approx(ramp(500))


def test_a_stem_may_hold_a_dot(tmp_path: Path) -> None:
    header = write_wfdb(tmp_path, "rec")
    header.rename(tmp_path / "rec.1.hea")
    assert open_recording(tmp_path / "rec.1").n_samples == 500


def test_units_become_microvolt_and_other_channels_pass(tmp_path: Path) -> None:
    values = ramp(300, 3)
    header = write_wfdb(tmp_path, units=("g", "mV", "uV"), labels=("acc", "EMG a", "EMG b"), values=values)
    rec = open_recording(header)
    assert [c.label for c in rec.description.emg] == ["EMG a", "EMG b"]
    assert rec.read(10, 20) == pytest.approx(values[10:20, 1:] * [1000, 1])
    assert rec.read_aux(10, 20) == pytest.approx(values[10:20, :1])


def test_n2001_is_read_behind_its_preamble_in_true_sign_and_its_clipped_samples_are_kept(
    tmp_path: Path,
) -> None:
    """WFDB takes the lowest number for `no sample`; in this set it is full scale. It is stored negative up."""
    samples = np.array([0, 131, -32768, 32767, -1] * 20)
    rec = open_recording(write_n2001(tmp_path, "N2001M02BB61", samples))
    assert rec.read(0, 5)[:, 0] == pytest.approx(np.array([0, -131, 32768, -32767, 1]) / 13.107, abs=1e-3)
    assert rec.description.notes == ("Stored negative up; turned over, so that a spike is negative.",)
    assert rec.labels.person == "n2001/M02"
    assert rec.description.subject.age == 41
    assert rec.description.rate_hz == 23437.5


def test_a_sample_that_wfdb_marks_as_missing_is_nan(tmp_path: Path) -> None:
    header = write_n2001(tmp_path, "other", np.array([5, -32768, 7]))
    assert np.isnan(open_recording(header).read(0, 3)[:, 0]).tolist() == [False, True, False]


def test_other_records_keep_their_sign(tmp_path: Path) -> None:
    rec = open_recording(write_n2001(tmp_path, "other", np.array([5, -7, 9])))
    assert rec.read(0, 3)[:, 0] == pytest.approx(np.array([5, -7, 9]) / 13.107, abs=1e-3)
    assert rec.description.notes == ()


def test_annotations_beside_the_header_are_read(tmp_path: Path) -> None:
    header = write_wfdb(tmp_path)
    write_wfdb_annotations(header, [(10, "+", "(contraction"), (200, "N", "")])
    found = open_recording(header).annotations
    assert [(a.index, a.text) for a in found] == [(10, "(contraction"), (200, "N")]


def test_channels_at_several_samples_per_frame(tmp_path: Path) -> None:
    """Format 16 with four EMG samples and one of a force in each frame of 2 ms."""
    frames = 50
    emg = np.arange(frames * 4).reshape(frames, 4)
    force = 5000 + np.arange(frames)[:, None]
    np.hstack([emg, force]).astype("<i2").tofile(tmp_path / "m.dat")
    (tmp_path / "m.hea").write_text(
        f"m 2 500 {frames}\nm.dat 16x4 1(0)/uV 16 0 0 0 0 EMG\nm.dat 16 1(0)/N 16 0 0 0 0 force\n"
    )
    rec = open_recording(tmp_path / "m.hea")
    assert rec.description.rate_hz == 2000.0
    assert rec.n_samples == 200
    assert rec.read(7, 30)[:, 0].tolist() == list(range(7, 30))
    assert rec.description.aux == ()


def test_a_truncated_data_file_is_refused_with_both_numbers(tmp_path: Path) -> None:
    header = write_n2001(tmp_path, "N2001A01BB01", np.arange(100), n_header=400)
    with pytest.raises(Refusal, match=r"100 samples.*wanted 400"):
        open_recording(header)


def test_a_missing_data_file_is_refused_by_name(tmp_path: Path) -> None:
    header = write_wfdb(tmp_path)
    (tmp_path / "rec.dat").unlink()
    with pytest.raises(Refusal, match=r"no data file rec\.dat"):
        open_recording(header)


def test_an_empty_data_file_is_refused(tmp_path: Path) -> None:
    header = write_wfdb(tmp_path)
    (tmp_path / "rec.dat").write_bytes(b"")
    with pytest.raises(Refusal, match=r"0 samples.*wanted 500"):
        open_recording(header)


def test_a_missing_header_is_refused_by_name(tmp_path: Path) -> None:
    header = write_wfdb(tmp_path)
    header.unlink()
    with pytest.raises(Refusal, match=r"no header rec\.hea beside rec\.dat"):
        open_recording(tmp_path / "rec.dat")


@pytest.mark.parametrize(
    "text",
    [
        "this is a letter, not a header\n",
        "rec 1 fast 500\nrec.dat 16 10/uV\n",
        "rec 3 1000 500\nrec.dat 16 10/uV\n",
        "rec 0 1000 500\n",
        "rec 1 1000 500\n/etc/passwd 16 10/uV\n",
        "# only a comment\n",
    ],
)
def test_a_wrong_header_is_refused(tmp_path: Path, text: str) -> None:
    write_wfdb(tmp_path)
    (tmp_path / "rec.hea").write_text(text)
    with pytest.raises(Refusal, match=r"rec\.hea, which is not a WFDB header"):
        open_recording(tmp_path / "rec.hea")


def test_a_binary_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rec.hea").write_bytes(bytes(range(256)) * 4)
    with pytest.raises(Refusal, match="not a WFDB header"):
        open_recording(tmp_path / "rec.hea")


def test_a_record_of_several_segments_is_refused(tmp_path: Path) -> None:
    (tmp_path / "multi.hea").write_text("multi/2 1 1000 1000\nrec 500\nrec2 500\n")
    with pytest.raises(Refusal, match="several segments"):
        open_recording(tmp_path / "multi.hea")


def test_the_rate_and_the_unit_of_the_file_are_not_overruled(tmp_path: Path) -> None:
    header = write_wfdb(tmp_path)
    assert open_recording(header, rate_hz=1000, unit="uV").n_samples == 500
    with pytest.raises(Refusal, match=r"1000 Hz in rec\.hea"):
        open_recording(header, rate_hz=2000)
    with pytest.raises(Refusal, match="'uV' of channel 'EMG'"):
        open_recording(header, unit="mV")
