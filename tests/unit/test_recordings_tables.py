"""Tables with named columns: CSV and Parquet read the same."""

from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from tests.doubles_recordings import ramp, write_csv, write_parquet

FORMATS = ["csv", "parquet"]


def write(path: Path, columns: dict[str, np.ndarray], **more: object) -> Path:
    if path.suffix == ".parquet":
        return write_parquet(path, dict(columns), **more)  # pyright: ignore[reportArgumentType]
    return write_csv(path, list(columns), np.column_stack(list(columns.values())))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("time", "per_second"), [("time [s]", 1), ("Time (ms)", 1e3), ("t_us", 1e6), ("seconds", 1)]
)
def test_a_time_column_gives_the_rate(tmp_path: Path, kind: str, time: str, per_second: float) -> None:
    columns = {time: np.arange(500) / 2000 * per_second, "EMG1 [uV]": ramp(500)[:, 0]}
    rec = open_recording(write(tmp_path / f"a.{kind}", columns))
    assert rec.format == kind
    assert rec.description.rate_hz == 2000.0
    assert rec.gaps == ()
    assert [c.label for c in rec.description.channels] == ["EMG1"]
    assert np.array_equal(rec.read(0, 500), ramp(500))


@pytest.mark.parametrize("kind", FORMATS)
def test_units_in_names_and_other_columns(tmp_path: Path, kind: str) -> None:
    columns = {
        "acc_x [g]": ramp(300)[:, 0],
        "EMG left (mV)": ramp(300)[:, 0] + 1,
        "EMG (right)": ramp(300)[:, 0] + 2,
    }
    rec = open_recording(write(tmp_path / f"a.{kind}", columns), rate_hz=1000)
    assert [(c.label, c.unit, c.role) for c in rec.description.channels] == [
        ("EMG left", "uV", "emg"),
        ("EMG (right)", "uV", "emg"),
        ("acc_x", "g", "aux"),
    ]
    assert rec.read(5, 6).tolist() == [[6000, 7]]
    assert rec.read_aux(5, 6).tolist() == [[5]]


@pytest.mark.parametrize("kind", FORMATS)
def test_holes_in_the_time_are_gaps(tmp_path: Path, kind: str) -> None:
    index = np.arange(600)
    index[250:] += 40
    rec = open_recording(write(tmp_path / f"a.{kind}", {"time": index / 1000, "EMG": ramp(600)[:, 0]}))
    (gap,) = rec.gaps
    assert (gap.at_index, gap.missing) == (290, 40)
    assert rec.description.rate_hz == 1000.0
    assert any("seconds were assumed" in note for note in rec.description.notes)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_without_time_needs_a_rate(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / f"a.{kind}", {"EMG [uV]": ramp(300)[:, 0]})
    with pytest.raises(Refusal, match="no sampling rate"):
        open_recording(path)
    assert open_recording(path, rate_hz=700).description.rate_hz == 700


@pytest.mark.parametrize("kind", FORMATS)
def test_a_rate_that_contradicts_the_time_is_refused(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / f"a.{kind}", {"time": np.arange(300) / 1000, "EMG [uV]": ramp(300)[:, 0]})
    assert open_recording(path, rate_hz=1000).n_samples == 300
    with pytest.raises(Refusal, match="1000 Hz"):
        open_recording(path, rate_hz=2000)


@pytest.mark.parametrize("kind", FORMATS)
def test_nan_is_kept(tmp_path: Path, kind: str) -> None:
    values = ramp(300)[:, 0]
    values[[3, 200]] = np.nan, np.inf
    rec = open_recording(write(tmp_path / f"a.{kind}", {"EMG [uV]": values}), rate_hz=1000)
    read = rec.read(0, 300)[:, 0]
    assert np.isnan(read[3])
    assert np.isinf(read[200])
    assert np.isfinite(read).sum() == 298


@pytest.mark.parametrize("time", [np.zeros(300), -np.arange(300.0)])
def test_a_time_that_does_not_advance_is_refused(tmp_path: Path, time: np.ndarray) -> None:
    path = write(tmp_path / "a.csv", {"time": time, "EMG": ramp(300)[:, 0]})
    with pytest.raises(Refusal, match="does not advance"):
        open_recording(path)


def test_a_time_in_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", {"time [days]": np.arange(30.0), "EMG": ramp(30)[:, 0]})
    with pytest.raises(Refusal, match="'days'"):
        open_recording(path)


def test_markers_lie_at_their_rows_behind_holes_too(tmp_path: Path) -> None:
    rows = ["time [s],EMG [uV],marker"]
    for i in range(400):
        at = (i if i < 200 else i + 50) / 1000
        rows.append(f"{at},{i},{'go' if i in (10, 300) else ''}")
    (tmp_path / "a.csv").write_text("\n".join(rows))
    rec = open_recording(tmp_path / "a.csv")
    assert [(a.index, a.text) for a in rec.annotations] == [(10, "go"), (350, "go")]


def test_a_column_of_words_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("EMG [uV],who\n1,me\n2,you\n")
    rec = open_recording(tmp_path / "a.csv", rate_hz=10)
    assert [c.label for c in rec.description.channels] == ["EMG"]
    assert rec.description.notes == ("Column 'who' holds text and was left out.",)


def test_a_slip_in_a_column_of_numbers_is_refused_and_never_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("EMG1 [uV],EMG2 [uV]\n1,2\n3,4O\n5,6\n")
    with pytest.raises(Refusal, match=r"'4O' in row 2 of column 'EMG2 \[uV\]'"):
        open_recording(tmp_path / "a.csv", rate_hz=10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EMG [uV];EMG2 [uV]\n1,5;2,5\n3,0;4,0\n", [[1.5, 2.5], [3, 4]]),
        ("EMG [uV]\tEMG2 [uV]\n1.5\t2.5\n3\t4\n", [[1.5, 2.5], [3, 4]]),
        ("# a comment\nEMG [uV],EMG2 [uV]\n1.5,2.5\n3,4\n", [[1.5, 2.5], [3, 4]]),
        ("\ufeffEMG [uV],EMG2 [uV]\r\n1.5,2.5\r\n3,4\r\n", [[1.5, 2.5], [3, 4]]),
    ],
)
def test_the_usual_dialects(tmp_path: Path, text: str, expected: list[list[float]]) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert open_recording(tmp_path / "a.csv", rate_hz=10).read(0, 9).tolist() == expected


def test_a_micro_sign_of_an_older_windows_is_understood(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("EMG [\u00b5V]\n1\n2\n".encode("latin-1"))
    assert open_recording(tmp_path / "a.csv", rate_hz=10).description.notes == ()


@pytest.mark.parametrize("text", ["EMG,ACC\n1,2\n3\n", "EMG,ACC\n1,2\n3,4,5\n"])
def test_rows_of_another_length_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(Refusal, match=r"do not fit the column names of a\.csv"):
        open_recording(tmp_path / "a.csv", rate_hz=10)


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time,EMG\n")
    with pytest.raises(Refusal, match="no samples"):
        open_recording(tmp_path / "a.csv")


def test_parquet_says_rate_unit_and_person_in_its_metadata(tmp_path: Path) -> None:
    path = write_parquet(
        tmp_path / "a.parquet",
        {"EMG1": ramp(250)[:, 0], "EMG2": ramp(250)[:, 0].astype(np.int32), "force": ramp(250)[:, 0]},
        metadata={
            "rate_hz": "4000",
            "unit": "mV",
            "person": "lab/07",
            "class": "healthy",
            "muscle": "Deltoid",
            "side": "right",
            "age": "50",
        },
        field_units={"EMG2": "uV", "force": "N"},
    )
    with open_recording(path) as rec:
        assert rec.description.rate_hz == 4000
        assert rec.read(7, 8).tolist() == [[7000, 7]]
        assert rec.read_aux(7, 8).tolist() == [[7]]
        assert (rec.labels.person, rec.labels.class_name, rec.labels.muscle) == (
            "lab/07",
            "healthy",
            "Deltoid",
        )
        assert (rec.description.subject.side, rec.description.subject.age) == ("right", 50)


def test_parquet_reads_across_row_groups(tmp_path: Path) -> None:
    path = write_parquet(
        tmp_path / "a.parquet", {"EMG": ramp(950)[:, 0], "aux": -ramp(950)[:, 0]}, rows_per_group=100
    )
    with open_recording(path, rate_hz=1000, unit="uV") as rec:
        for first, stop in ((0, 950), (99, 101), (250, 700), (100, 200), (0, 3), (900, 2000)):
            assert np.array_equal(rec.read(first, stop), ramp(950)[first:stop])
            assert np.array_equal(rec.read_aux(first, stop), -ramp(950)[first:stop])


def test_parquet_that_is_none_or_cut_short_is_refused(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet", {"EMG": ramp(300)[:, 0]}, metadata={"rate_hz": "1000"})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Refusal, match=r"a\.parquet, which does not end as a Parquet file does"):
        open_recording(path)
    path.write_text("time,emg\n")
    with pytest.raises(Refusal, match="does not end as a Parquet file does"):
        open_recording(path)


def test_a_rate_that_is_no_number_is_refused(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet", {"EMG": ramp(300)[:, 0]}, metadata={"rate_hz": "fast"})
    with pytest.raises(Refusal, match="'fast'"):
        open_recording(path)
