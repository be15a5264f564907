"""Results as files: the same rows in JSON, CSV and Parquet, what replaces what, what is refused."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from pyarrow import parquet

from contracts.measured import (
    Discharges,
    Grade,
    Measured,
    MeasureRow,
    MuscleSummary,
    PhaseChanged,
    Recruitment,
    RestTrain,
    SurfaceMeasures,
)
from contracts.records import Subject
from contracts.refusal import Refusal
from contracts.wire import SubjectChanged
from myoscope.measured_files import NOTICE, write_measured
from myoscope.measured_rows import kinds, rows_of
from tests.doubles_messages import described
from tests.doubles_muscle import epoch, unit

START = described(labels=("needle", "other"), subject=Subject("Tib. ant.", "left", 50))
TEMPLATE = np.array([0.0, -100.0, 20.0], "<f4")
TRAIN = RestTrain(
    channel=0,
    train=1,
    site=2,
    kind="fibrillation potentials",
    first_index=500,
    stop_index=9_000,
    discharges=30,
    rate_hz=7.0,
    interval_cv=0.1,
    irregularity=0.02,
    amplitude_uv=80.0,
    duration_ms=None,
    phases=3,
    watched_s=12.0,
    ended=True,
    reason="regular",
    snippet=TEMPLATE.tobytes(),
)
SUMMARY = MuscleSummary(
    channel=0,
    muscle="TA",
    side="left",
    age=50,
    group="distal leg",
    region="lumbosacral",
    sites=2,
    units_accepted=6,
    units_rejected=1,
    rows=(MeasureRow("duration_ms", "ms", 6, 10.5, 1.5), MeasureRow("phases", "1", 6, 3.0, 0.5, note="so")),
    recruitment=Recruitment("normal", "10 Hz with 2 units", 2, 10.0, 7.5, 9.5, 5.0),
    epochs=4,
    epochs_outside=None,
    spontaneous=(Grade("fibrillation potentials", 1, 2, 4, 80.0, enough=True),),
    insertional_s=0.25,
    norms="",
    reason="",
)
MESSAGES: Sequence[Measured | SubjectChanged] = (
    PhaseChanged(0, 0, "rest", "automatic", "rest", 1),
    unit(1),
    replace(unit(2), at_index=2_000, template=TEMPLATE.tobytes(), template_rate_hz=1_000.0),
    Discharges(0, (1, 2), (400, 1_000), (False, True)),
    replace(TRAIN, discharges=10, ended=False),
    TRAIN,
    SubjectChanged(Subject("masseter", "right", 50), 1_500),
    replace(unit(1, fate="merged"), at_index=2_500, into=2, measures=None),
    epoch(),
    SUMMARY,
    SurfaceMeasures(
        0,
        1_000,
        (50.0, 5.0),
        (True, False),
        ((100, 700), ()),
        ((300,), ()),
        (80.0, None),
        (-0.5, None),
        ((0, 1, 0.25),),
    ),
)


def test_every_row_has_the_columns_of_its_kind() -> None:
    for kind, rows in rows_of(MESSAGES, START).items():
        assert rows, kind
        assert all(set(row) == set(kinds()[kind]) for row in rows), kind


def test_the_newest_message_holds_and_merged_units_are_followed() -> None:
    rows = rows_of(MESSAGES, START)
    assert [(u["unit"], u["fate"], u["into"]) for u in rows["units"]] == [
        (1, "merged", 2),
        (2, "followed", 0),
    ]
    assert rows["units"][0]["duration_ms"] is None
    assert [t["discharges"] for t in rows["spontaneous"]] == [30]
    found = [(d["unit"], d["unit_at_end"], d["index"], d["time_s"]) for d in rows["discharges"]]
    assert found == [(1, 2, 400, 0.4), (2, 2, 1_000, 1.0)]


def test_muscle_and_age_are_those_of_the_moment() -> None:
    rows = rows_of(MESSAGES, START)
    assert [d["muscle"] for d in rows["discharges"]] == ["tibialis anterior"] * 2
    assert {(u["muscle"], u["side"], u["region"]) for u in rows["units"]} == {("masseter", "right", "bulbar")}
    measures = rows["measures"]
    assert [(m["muscle"], m["group"], m["age"], m["name"]) for m in measures] == [
        ("tibialis anterior", "distal leg", 50, "duration_ms"),
        ("tibialis anterior", "distal leg", 50, "phases"),
    ]


def test_a_muscle_that_nobody_knows_keeps_its_name() -> None:
    row = rows_of([epoch()], replace(START, subject=Subject("knee")))["epochs"][0]
    assert (row["muscle"], row["group"], row["region"], row["age"]) == ("knee", None, None, None)


def test_json_is_one_document(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    assert write_measured(MESSAGES, START, path) == (path,)
    document = json.loads(path.read_text())
    assert (document["notice"], document["software"]) == (NOTICE, START.software)
    assert document["stream"]["channels"] == ["needle", "other"]
    assert document["units"][1]["template"] == TEMPLATE.tolist()
    assert {kind: len(document[kind]) for kind in kinds()} == {
        k: len(v) for k, v in rows_of(MESSAGES, START).items()
    }


def test_parquet_has_a_file_for_each_kind_with_types(tmp_path: Path) -> None:
    written = write_measured(MESSAGES, START, tmp_path / "out.parquet")
    assert {p.name for p in written} == {f"out.{kind}.parquet" for kind in kinds()}
    for kind, rows in rows_of(MESSAGES, START).items():
        table = parquet.read_table(tmp_path / f"out.{kind}.parquet")
        assert table.column_names == list(kinds()[kind])
        assert table.to_pylist() == json.loads(json.dumps(rows))
        metadata = table.schema.metadata
        assert (metadata[b"notice"].decode(), metadata[b"software"].decode()) == (NOTICE, START.software)
        assert "null" not in {str(field.type) for field in table.schema}


def test_csv_has_a_file_for_each_kind_that_was_measured(tmp_path: Path) -> None:
    written = write_measured(MESSAGES[:4], START, tmp_path / "out.csv")
    assert sorted(p.name for p in written) == ["out.discharges.csv", "out.phases.csv", "out.units.csv"]
    with (tmp_path / "out.units.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["unit"], r["accepted"], r["duration_ms"], r["flags"]) for r in rows] == [
        ("1", "true", "10.0", "[]"),
        ("2", "true", "10.0", "[]"),
    ]
    assert "template" not in rows[0]
    assert {(r["notice"], r["software"]) for r in rows} == {(NOTICE, START.software)}


def test_kinds_may_be_chosen(tmp_path: Path) -> None:
    written = write_measured(MESSAGES, START, tmp_path / "out.csv", wanted=("units", "measures"))
    assert {p.name for p in written} == {"out.units.csv", "out.measures.csv"}


@pytest.mark.parametrize("name", ["out.json", "out.csv", "out.parquet"])
def test_what_is_there_is_not_written_over(tmp_path: Path, name: str) -> None:
    first = write_measured(MESSAGES, START, tmp_path / name)
    before = first[0].read_bytes()
    with pytest.raises(Refusal, match="there already"):
        write_measured(MESSAGES[:2], START, tmp_path / name)
    assert first[0].read_bytes() == before
    again = write_measured(MESSAGES[:2], START, tmp_path / name, overwrite=True)
    assert sorted(tmp_path.iterdir()) == sorted(again), "files of the older run would be taken for this one's"


@pytest.mark.parametrize(("name", "said"), [("out.txt", r"\.parquet"), ("none/out.csv", "no folder")])
def test_a_path_that_cannot_be_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        write_measured(MESSAGES, START, tmp_path / name)
