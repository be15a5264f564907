"""The table of events beside a recording, and what is said about it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acquisition.recorder.truth_file import TruthWriter, read_truth, write_truth
from acquisition.recordings.catalogue import find_recordings
from contracts.refusal import Refusal

ABOUT: dict[str, Any] = {
    "script": "patient.toml",
    "seed": np.int64(7),
    "versions": {"numpy": "2"},
    "units": {"index": "samples", "time_s": "s", "kind": "", "unit": ""},
}


def events(first: int, n: int) -> dict[str, Any]:
    index = np.arange(first, first + n)
    return {"index": index, "time_s": index / 23_437.5, "kind": ["motor unit"] * n, "unit": index % 150}


def write_and_fail(recording: Path) -> None:
    with TruthWriter(recording, ABOUT) as writer:
        writer.add(events(0, 3))
        raise RuntimeError("stop")


def test_events_come_back_in_their_types(tmp_path: Path) -> None:
    write_truth(tmp_path / "a.xdf", events(0, 100), ABOUT)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.truth.json", "a.truth.parquet"]
    truth = read_truth(tmp_path / "a.xdf")
    assert truth.events["index"].dtype == np.int64
    assert np.array_equal(truth.events["time_s"], np.arange(100) / 23_437.5)
    assert set(truth.events["kind"]) == {"motor unit"}
    assert truth.about["seed"] == 7
    assert truth.about["units"]["time_s"] == "s"


def test_pieces_are_one_table_and_a_piece_may_be_empty(tmp_path: Path) -> None:
    with TruthWriter(tmp_path / "a.xdf", ABOUT) as writer:
        for first, n in ((0, 0), (0, 10), (10, 0), (10, 5)):
            writer.add(events(first, n))
        assert list(tmp_path.glob("a.*")) == []
    assert np.array_equal(read_truth(tmp_path / "a.xdf").events["index"], np.arange(15))


def test_the_table_is_no_recording(tmp_path: Path) -> None:
    write_truth(tmp_path / "a.xdf", events(0, 3), ABOUT)
    assert find_recordings(tmp_path) == []


def test_a_stop_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        write_and_fail(tmp_path / "a.xdf")
    assert list(tmp_path.iterdir()) == []


def test_a_column_without_a_unit_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="want units"):
        write_truth(tmp_path / "a.xdf", {"index": np.arange(2), "gain": np.ones(2)}, ABOUT)
    with pytest.raises(ValueError, match="no columns were added"), TruthWriter(tmp_path / "a.xdf", ABOUT):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_missing_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"no truth to read beside a\.xdf"):
        read_truth(tmp_path / "a.xdf")
