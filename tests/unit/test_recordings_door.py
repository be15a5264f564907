"""What the door refuses before any format is asked, and what it lets pass in any format."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.door import KNOWN_SUFFIXES, open_recording
from acquisition.recordings.recording import Recording
from contracts.refusal import Refusal
from tests.doubles_recordings import ramp, write_csv, write_edf, write_parquet, write_wfdb
from tests.doubles_xdf import XdfStream, write_xdf


def csv(folder: Path) -> Path:
    return write_csv(
        folder / "a.csv", ["time [s]", "EMG [uV]"], np.column_stack([np.arange(900) / 1000, ramp(900)])
    )


def parquet(folder: Path) -> Path:
    return write_parquet(folder / "a.parquet", {"EMG [uV]": ramp(900)[:, 0]}, metadata={"rate_hz": "1000"})


def xdf(folder: Path) -> Path:
    return write_xdf(folder / "a.xdf", [XdfStream("Amp", "EMG", 1000.0, np.arange(900) / 1000, ramp(900))])


WRITERS: dict[str, Callable[[Path], Path]] = {
    "wfdb": lambda folder: write_wfdb(folder, values=ramp(900)),
    "edf": lambda folder: write_edf(folder / "a.edf"),
    "bdf": lambda folder: write_edf(folder / "a.bdf"),
    "xdf": xdf,
    "csv": csv,
    "parquet": parquet,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_keeps_the_promises_of_a_recording(tmp_path: Path, kind: str) -> None:
    path = WRITERS[kind](tmp_path)
    rec: Recording = open_recording(str(path))
    with rec as entered:
        assert entered is rec
        assert rec.format == kind
        assert rec.path == path
        assert rec.description.rate_hz == 1000.0
        assert rec.description.emg_unit == "uV"
        values = rec.read(0, rec.n_samples)
        assert values.shape == (rec.n_samples, 1)
        assert values.dtype == np.float32
        assert values.flags.c_contiguous
        assert rec.read_aux(0, 5).shape == (5, 0)
        assert values[:900, 0] == pytest.approx(ramp(900)[:, 0], abs=0.01)
        assert rec.read(rec.n_samples, rec.n_samples + 5).shape == (0, 1)
    rec.close()


@pytest.mark.parametrize("name", [f"gone{suffix}" for suffix in KNOWN_SUFFIXES] + ["gone", "gone.xyz"])
def test_a_missing_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match=rf"no file .*{name}"):
        open_recording(tmp_path / name)


@pytest.mark.parametrize("suffix", KNOWN_SUFFIXES)
def test_an_empty_file_is_refused_whatever_its_suffix(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"empty{suffix}"
    path.touch()
    with pytest.raises(Refusal, match=r"an empty file, empty.* \(0 bytes\)"):
        open_recording(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="a folder"):
        open_recording(tmp_path)


def test_a_folder_called_like_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.edf").mkdir()
    with pytest.raises(Refusal, match="a folder"):
        open_recording(tmp_path / "a.edf")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permissions do not bind the superuser, whom containers run tests as: the answer is put in its place."""
    path = csv(tmp_path)

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(Refusal, match=r"cannot be opened \(Permission denied\)"):
        open_recording(path)


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be opened"):
        open_recording(csv(tmp_path) / "b.csv")


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.xyz"
    path.write_text("1\n2\n")
    with pytest.raises(Refusal, match=r"whose suffix is not known") as refused:
        open_recording(path)
    assert all(suffix in str(refused.value) for suffix in KNOWN_SUFFIXES)


@pytest.mark.parametrize("suffix", [".csv", ".txt", ".asc", ".tsv"])
def test_a_binary_file_with_the_suffix_of_text_is_refused(tmp_path: Path, suffix: str) -> None:
    path = (tmp_path / "a.edf").rename(tmp_path / f"a{suffix}") if write_edf(tmp_path / "a.edf") else tmp_path
    with pytest.raises(Refusal, match=rf"binary data in a\{suffix}"):
        open_recording(path, rate_hz=1000)


@pytest.mark.parametrize("suffix", [".txt.xz", ".csv.gz", ".asc.xz"])
def test_a_text_file_with_the_suffix_of_a_compressed_one_is_refused(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_text("1 2 3\n")
    with pytest.raises(Refusal, match="damaged or cut short"):
        open_recording(tmp_path / f"a{suffix}", rate_hz=1000)


@pytest.mark.parametrize("suffix", [".edf", ".bdf", ".hea", ".xdf", ".xdfz", ".parquet"])
def test_a_text_file_with_the_suffix_of_a_binary_format_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text("Dear colleague, the recording is attached.\n" * 50)
    with pytest.raises(Refusal, match=rf"a\{suffix}"):
        open_recording(path)


@pytest.mark.parametrize("kind", [k for k in WRITERS if k != "xdf"])
def test_a_choice_of_stream_is_for_xdf_only(tmp_path: Path, kind: str) -> None:
    with pytest.raises(Refusal, match="a choice of stream"):
        open_recording(WRITERS[kind](tmp_path), stream="Amp")


@pytest.mark.parametrize("kind", WRITERS)
def test_a_refusal_says_what_to_do_in_sentences(tmp_path: Path, kind: str) -> None:
    with pytest.raises(Refusal) as refused:
        open_recording(WRITERS[kind](tmp_path), rate_hz=123.0)
    assert str(refused.value).startswith("Found ")
    assert "123 Hz" in str(refused.value)
    assert str(refused.value).endswith(".")


def test_no_format_is_imported_before_it_is_needed() -> None:
    """wfdb alone costs three seconds and 120 MB."""
    heavy = ("wfdb", "pandas", "pyxdf", "pyedflib", "pyarrow")
    script = f"import sys, acquisition.recordings.door; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
