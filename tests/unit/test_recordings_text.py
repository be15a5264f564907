"""Text without a header: plain columns, the needle set's files and the EMG-4 layout."""

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from tests.doubles_recordings import ramp


def write_columns(path: Path, values: np.ndarray, separator: str = " ") -> Path:
    path.write_text("\n".join(separator.join(f"{v:.4f}" for v in row) for row in values))
    return path


def write_emg4(path: Path, classes: list[int]) -> Path:
    """Reading r of sensor s on line i is 8 i + r + 1000 s (a line holds 8 readings of all 8 sensors)."""
    readings = ramp(len(classes) * 8, 8).reshape(len(classes), 64)
    path.write_text(
        "\n".join(",".join(map(str, [*row, c])) for row, c in zip(readings, classes, strict=True))
    )
    return path


@pytest.mark.parametrize("separator", [" ", "\t", ",", "; ", "   ", ", "])
@pytest.mark.parametrize("name", ["a.txt", "a.asc", "a.csv", "a.tsv"])
def test_columns_are_channels(tmp_path: Path, name: str, separator: str) -> None:
    values = np.sin(ramp(50, 3))
    rec = open_recording(write_columns(tmp_path / name, values, separator), rate_hz=500)
    assert rec.format == "ascii"
    assert rec.description.rate_hz == 500
    assert [c.label for c in rec.description.emg] == ["EMG1", "EMG2", "EMG3"]
    assert rec.read(0, 50) == pytest.approx(values, abs=1e-3)


@pytest.mark.parametrize(("suffix", "opener"), [(".xz", lzma.open), (".gz", gzip.open)])
def test_the_needle_set_opens_compressed_and_knows_its_rate(
    tmp_path: Path, suffix: str, opener: Callable[..., IO[str]]
) -> None:
    path = tmp_path / f"EMG _225 _13_ RB_Hea.asc{suffix}"
    with opener(path, "wt") as file:
        file.write("  -71.9000   -72.7000   0.8000 " * 100)
    rec = open_recording(path)
    assert rec.description.rate_hz == 32768.0
    assert rec.description.name == "EMG _225 _13_ RB_Hea"
    assert rec.description.emg_unit == "uV"
    assert rec.labels.person == "neuromuscular_asc/Hea/13"
    assert rec.n_samples == 300
    assert rec.read(1, 4)[:, 0] == pytest.approx([-72.7, 0.8, -71.9])
    with pytest.raises(Refusal, match="32768 Hz"):
        open_recording(path, rate_hz=23437.5)


def test_other_columns_need_a_rate(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"no sampling rate in a\.asc"):
        open_recording(write_columns(tmp_path / "a.asc", ramp(10)))


@pytest.mark.parametrize("rate_hz", [0.0, -5.0, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(tmp_path: Path, rate_hz: float) -> None:
    with pytest.raises(Refusal, match="a rate of"):
        open_recording(write_columns(tmp_path / "a.asc", ramp(10)), rate_hz=rate_hz)


def test_a_given_unit_is_taken(tmp_path: Path) -> None:
    path = write_columns(tmp_path / "a.asc", ramp(10))
    assert open_recording(path, rate_hz=100, unit="mV").read(2, 3)[0, 0] == 2000
    assert open_recording(path, rate_hz=100).description.notes == (
        "No unit is stated; microvolt was assumed.",
    )


def test_comments_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("# recorded on a Monday\n% by hand\n\n1 2\n3 4\n\n5 6\n")
    assert open_recording(path, rate_hz=10).read(0, 9).tolist() == [[1, 2], [3, 4], [5, 6]]


def test_a_first_column_that_counts_up_evenly_is_time(tmp_path: Path) -> None:
    values = np.column_stack([np.arange(40) / 500, np.sin(np.arange(40))])
    rec = open_recording(write_columns(tmp_path / "a.txt", values), rate_hz=500)
    assert len(rec.description.emg) == 1
    assert rec.read(0, 40)[:, 0] == pytest.approx(values[:, 1], abs=1e-3)
    assert rec.read_aux(3, 4)[0, 0] == pytest.approx(3 / 500)
    assert any("taken as time" in note for note in rec.description.notes)


def test_nan_and_infinity_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("1\nnan\ninf\n-inf\n2\n")
    values = open_recording(path, rate_hz=10).read(0, 5)[:, 0]
    assert values[0] == 1
    assert np.isnan(values[1])
    assert values[2] == np.inf
    assert values[3] == -np.inf


@pytest.mark.parametrize("text", ["1 2\n3 4\n5", "1 2\n3 four\n", "1,5 2,5\n1,0 2,0\n", "1,2\n3,\n"])
def test_lines_that_do_not_fit_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(Refusal, match=r"columns that cannot be read in a\.txt"):
        open_recording(tmp_path / "a.txt", rate_hz=10)


def test_a_file_of_comments_only_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("# nothing\n\n")
    with pytest.raises(Refusal, match=r"no numbers in a\.txt"):
        open_recording(tmp_path / "a.txt", rate_hz=10)


def test_emg4_is_known_by_its_columns(tmp_path: Path) -> None:
    rec = open_recording(write_emg4(tmp_path / "0.csv", [2] * 30))
    assert rec.format == "emg4"
    assert rec.description.rate_hz == 200.0
    assert rec.description.emg_unit == "counts"
    assert rec.n_samples == 240
    assert np.array_equal(rec.read(0, 240), ramp(240, 8))
    assert rec.labels.class_name == "paper"
    assert rec.labels.dataset == "emg4"
    assert rec.annotations == ()


def test_changes_of_gesture_are_annotations(tmp_path: Path) -> None:
    rec = open_recording(write_emg4(tmp_path / "all.csv", [0] * 3 + [3] * 2 + [0]))
    assert [(a.index, a.n_samples, a.text) for a in rec.annotations] == [
        (0, 24, "rock"),
        (24, 16, "ok"),
        (40, 8, "rock"),
    ]
    assert rec.labels.class_name is None


def test_65_columns_with_another_last_one_are_plain_columns(tmp_path: Path) -> None:
    rec = open_recording(write_columns(tmp_path / "a.csv", np.sin(ramp(20, 65)), ","), rate_hz=2000)
    assert rec.format == "ascii"
    assert len(rec.description.emg) == 65


def test_emg4_cut_short_in_a_line_is_refused(tmp_path: Path) -> None:
    path = write_emg4(tmp_path / "0.csv", [1] * 20)
    path.write_text(path.read_text()[:-40])
    with pytest.raises(Refusal, match="cut short"):
        open_recording(path)
