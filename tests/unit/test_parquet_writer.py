"""Parquet files as other programs see them, and what they cannot hold."""

from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from acquisition.recorder.recording_writer import recording_writer
from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Annotation, Labels
from contracts.records import Channel
from contracts.refusal import Refusal
from tests.doubles_recorder import needle, noise


def test_columns_units_and_facts_are_where_others_find_them(tmp_path: Path) -> None:
    labels = Labels(dataset="made up", person="made up/1", class_name="healthy", effort="max", site="2")
    with recording_writer(tmp_path / "a.parquet", needle(2), labels=labels) as writer:
        writer.write(noise(300_000, 2))
        writer.annotate(Annotation(5, 2, "x"))
    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.column_names == ["index", "EMG1", "EMG2"]
    assert table.schema.field("EMG1").metadata[b"unit"] == b"uV"
    assert np.array_equal(table.column("index").to_numpy(), np.arange(300_000))
    about = parquet.ParquetFile(tmp_path / "a.parquet").metadata.metadata
    assert about[b"annotations"] == b'[{"index":5,"n_samples":2,"text":"x"}]'
    assert (about[b"rate_hz"], about[b"class"], about[b"age"]) == (b"23437.5", b"healthy", b"61")
    rec = open_recording(tmp_path / "a.parquet")
    assert (rec.labels.class_name, rec.labels.person, rec.labels.site) == ("healthy", "made up/1", "2")
    assert (rec.description.manufacturer, rec.description.notes) == ("Nobody", ("Made up.",))


def test_a_column_of_row_numbers_is_no_channel(tmp_path: Path) -> None:
    with recording_writer(tmp_path / "a.parquet", needle()) as writer:
        writer.write(noise(10))
    assert [c.label for c in open_recording(tmp_path / "a.parquet").description.channels] == ["EMG1"]


def test_not_a_number_is_kept(tmp_path: Path) -> None:
    samples = noise(10)
    samples[3] = np.nan
    with recording_writer(tmp_path / "a.parquet", needle()) as writer:
        writer.write(samples)
    assert np.array_equal(open_recording(tmp_path / "a.parquet").read(0, 10), samples, equal_nan=True)


@pytest.mark.parametrize("names", [("EMG", "EMG"), ("index",), ("time",)])
def test_names_that_a_table_cannot_have_are_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    described = needle(channels=tuple(Channel(name, "uV") for name in names))
    with pytest.raises(Refusal, match="names of their own"):
        recording_writer(tmp_path / "a.parquet", described)
    assert list(tmp_path.iterdir()) == []


def test_annotations_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with recording_writer(tmp_path / "a.parquet", needle()) as writer:
        writer.write(noise(10))
    table = parquet.read_table(tmp_path / "a.parquet")
    table = table.replace_schema_metadata({b"rate_hz": b"500", b"annotations": b'[{"index":"x"}]'})
    parquet.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(Refusal, match=r"annotations in a\.parquet that cannot be read"):
        open_recording(tmp_path / "a.parquet")
