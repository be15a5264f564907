"""The recordings in a folder."""

from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.catalogue import find_recordings
from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from tests.doubles_recordings import ramp, write_csv, write_edf, write_parquet, write_wfdb


def test_every_recording_is_found_once_and_nothing_else(tmp_path: Path) -> None:
    below = tmp_path / "deltoid" / "healthy"
    below.mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    write_wfdb(tmp_path, "rec")
    write_edf(below / "a.edf")
    write_edf(tmp_path / ".hidden" / "b.edf")
    write_parquet(tmp_path / "a.parquet", {"EMG": ramp(300)[:, 0]}, metadata={"rate_hz": "100"})
    time = np.arange(300) / 100
    write_csv(tmp_path / "table.csv", ["EMG [uV]", "time [s]"], np.column_stack([ramp(300), time]))
    write_csv(tmp_path / "results.csv", ["age", "score"], np.ones((3, 2)))
    (below / "EMG _1 _02_ RB_Hea.asc").write_text("1 2 3")
    (below / "other.asc").write_text("1 2 3")
    (tmp_path / "0.csv").write_text(",".join(["1"] * 65) + "\n" + ",".join(["1"] * 65))
    (tmp_path / "README.txt").write_text("These are recordings.\n")
    (tmp_path / "notes.md").write_text("time\n")
    (tmp_path / "binary.csv").write_bytes(bytes(1000))
    (tmp_path / "broken.csv.gz").write_bytes(b"not gzip")
    (tmp_path / "empty.csv").touch()

    found = find_recordings(tmp_path)
    assert [p.relative_to(tmp_path).as_posix() for p in found] == [
        "0.csv",
        "a.parquet",
        "deltoid/healthy/EMG _1 _02_ RB_Hea.asc",
        "deltoid/healthy/a.edf",
        "rec.hea",
        "table.csv",
    ]
    for path in found:
        open_recording(path).close()


def test_a_damaged_recording_is_listed_so_that_opening_it_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(b"cut")
    assert find_recordings(tmp_path) == [tmp_path / "a.edf"]


@pytest.mark.parametrize("name", ["absent", "a.edf"])
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    write_edf(tmp_path / "a.edf")
    with pytest.raises(Refusal, match=rf"no folder .*{name}"):
        find_recordings(tmp_path / name)
