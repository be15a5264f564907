"""Reading a part gives what reading the whole gives, in every format and however a recording is cut."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acquisition.recordings.chunks import recording_chunks
from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Recording
from tests.doubles_recordings import write_csv, write_edf, write_parquet, write_wfdb
from tests.doubles_xdf import XdfStream, write_xdf

N = 1200
HOLE_AT, MISSING = 431, 27
POSITION = st.integers(-5, N + 20)


def values() -> np.ndarray:
    rng = np.random.default_rng(7)
    return np.round(rng.normal(0, 300, (N, 3)), 1)


def stamps() -> np.ndarray:
    index = np.arange(N)
    index[HOLE_AT:] += MISSING
    return index / 2000


def xdf(folder: Path) -> Path:
    channels = (
        {"label": "EMG1", "unit": "uV"},
        {"label": "EMG2", "unit": "uV"},
        {"label": "ACC", "unit": "g"},
    )
    return write_xdf(folder / "a.xdf", [XdfStream("A", "EMG", 2000.0, stamps(), values(), channels=channels)])


NAMES = ("EMG1 [uV]", "EMG2 [uV]", "ACC [g]")
WRITERS: dict[str, Callable[[Path], Path]] = {
    "wfdb": lambda f: write_wfdb(
        f, values=values(), units=("uV", "mV", "g"), labels=("EMG1", "EMG2", "ACC"), rate_hz=2000
    ),
    "edf": lambda f: write_edf(
        f / "a.edf", (400, 400, 400), labels=("EMG1", "EMG2", "ACC"), units=("uV", "mV", "g")
    ),
    "xdf": xdf,
    "csv": lambda f: write_csv(f / "a.csv", ["time [s]", *NAMES], np.column_stack([stamps(), values()])),
    "parquet": lambda f: write_parquet(
        f / "a.parquet",
        {"time [s]": stamps(), **dict(zip(NAMES, values().T, strict=True))},
        rows_per_group=170,
    ),
}


@pytest.fixture(scope="module", params=list(WRITERS))
def recording(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recording]:
    path = WRITERS[request.param](tmp_path_factory.mktemp(request.param))
    with open_recording(path) as rec:
        assert rec.n_samples == N
        yield rec


@settings(max_examples=40, deadline=None)
@given(first=POSITION, stop=POSITION)
def test_a_part_is_a_slice_of_the_whole(recording: Recording, first: int, stop: int) -> None:
    low = min(max(first, 0), N)
    high = max(low, min(stop, N))
    assert np.array_equal(recording.read(first, stop), recording.read(0, N)[low:high])
    assert np.array_equal(recording.read_aux(first, stop), recording.read_aux(0, N)[low:high])


@settings(max_examples=15, deadline=None)
@given(chunk_samples=st.integers(1, N + 10), first=st.integers(0, N), length=st.integers(0, N))
def test_chunks_hold_every_sample_once_at_its_index(
    recording: Recording, chunk_samples: int, first: int, length: int
) -> None:
    stop = min(first + length, N)
    chunks = list(recording_chunks(recording, chunk_samples, first, stop))
    joined = np.concatenate([c.samples for c in chunks]) if chunks else np.empty((0, 2))
    assert np.array_equal(joined, recording.read(first, stop) if stop > first else joined)
    indices = [i for c in chunks for i in range(c.first_index, c.stop_index)]
    holed = len(recording.gaps) == 1
    assert indices == [i + MISSING if holed and i >= HOLE_AT else i for i in range(first, stop)]


def test_formats_with_stamps_know_the_hole(recording: Recording) -> None:
    with_stamps = recording.format in ("xdf", "csv", "parquet")
    assert [(g.at_index, g.missing) for g in recording.gaps] == [(HOLE_AT + MISSING, MISSING)] * with_stamps
