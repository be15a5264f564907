"""However a file is damaged, the door gives a recording or a Refusal, never a traceback."""

import contextlib
import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from tests.doubles_recordings import ramp, write_csv, write_edf, write_parquet, write_wfdb
from tests.doubles_xdf import XdfStream, write_xdf


def xdf(folder: Path) -> Path:
    signal = XdfStream("A", "EMG", 500.0, np.arange(60) / 500, ramp(60))
    marks = XdfStream("M", "Markers", 0.0, [0.01, 0.02], ["a", "b"], "string")
    return write_xdf(folder / "a.xdf", [signal, marks])


def csv_gz(folder: Path) -> Path:
    table = np.column_stack([np.arange(60) / 500, ramp(60)])
    plain = write_csv(folder / "a.csv", ["time [s]", "EMG [uV]"], table)
    (folder / "a.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    return folder / "a.csv.gz"


def csv(folder: Path) -> Path:
    return write_csv(
        folder / "b.csv", ["time [s]", "EMG [uV]"], np.column_stack([np.arange(60) / 500, ramp(60)])
    )


def parquet(folder: Path) -> Path:
    return write_parquet(
        folder / "a.parquet", {"EMG": ramp(60)[:, 0]}, metadata={"rate_hz": "500"}, rows_per_group=20
    )


WRITERS: dict[str, Callable[[Path], Path]] = {
    "header": lambda f: write_wfdb(f, "rec", values=ramp(60)),
    "data": lambda f: write_wfdb(f, "rec2", values=ramp(60)).with_suffix(".dat"),
    "edf": lambda f: write_edf(f / "a.edf", (60,), seconds=2, annotations=[(0.5, 0.1, "x")]),
    "bdf": lambda f: write_edf(f / "a.bdf", (60,), seconds=2),
    "xdf": xdf,
    "csv": csv,
    "csv.gz": csv_gz,
    "parquet": parquet,
}


@pytest.fixture(scope="module", params=list(WRITERS))
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    path = WRITERS[request.param](tmp_path_factory.mktemp("damage"))
    return path, path.read_bytes()


def open_and_read(path: Path) -> None:
    with contextlib.suppress(Refusal), open_recording(path) as rec:
        rec.read(0, rec.n_samples)
        rec.read_aux(0, rec.n_samples)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_changed_bytes(whole: tuple[Path, bytes], data: st.DataObject) -> None:
    path, content = whole
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(changed)
    open_and_read(path)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_cut_anywhere(whole: tuple[Path, bytes], data: st.DataObject) -> None:
    path, content = whole
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    open_and_read(path)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=400) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_anything_at_all(whole: tuple[Path, bytes], content: bytes) -> None:
    path, _ = whole
    path.write_bytes(content)
    open_and_read(path)
