"""Whenever the writer dies, and wherever its file is cut, all whole pieces can be read."""

from pathlib import Path

import numpy as np
import pytest
import pyxdf
from hypothesis import given, settings
from hypothesis import strategies as st

from acquisition.recorder.chunk_file import ChunkFile
from acquisition.recorder.xdf_writer import XdfWriter
from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from tests.doubles_recorder import NEEDLE_HZ, RememberingFile, needle, noise

pytestmark = pytest.mark.slow

BLOCK = 120
N_BLOCKS = 6


def write_all(file: ChunkFile) -> list[int]:
    """Lengths of the file after each piece that holds samples."""
    ends: list[int] = []
    with XdfWriter(file) as writer:
        signal = writer.open_signal(needle())
        markers = writer.open_markers("Needle markers", "m")
        for block in range(N_BLOCKS):
            stamp = block * BLOCK / NEEDLE_HZ
            writer.write_samples(signal, noise(BLOCK, seed=block), stamp)
            ends.append(writer.n_bytes)
            writer.write_markers(markers, [f"block {block}"], [stamp])
            writer.write_clock_offset(signal, stamp, 0.0)
    return ends


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[RememberingFile, list[int], Path]:
    path = tmp_path_factory.mktemp("crash") / "a.xdf"
    raw = RememberingFile(path)
    return raw, write_all(ChunkFile(raw, sync_every_s=None)), path


def expected(n_blocks: int) -> np.ndarray:
    return np.concatenate([noise(BLOCK, seed=block) for block in range(n_blocks)])


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_death_after_any_byte_leaves_what_pyxdf_loads(
    written: tuple[RememberingFile, list[int], Path], data: st.DataObject
) -> None:
    raw, ends, path = written
    n_bytes = data.draw(st.integers(raw.n_first_piece, raw.n_written))
    died = path.with_name("died.xdf")
    died.write_bytes(raw.after(n_bytes))
    streams = pyxdf.load_xdf(died)[0]
    n_blocks = sum(end <= n_bytes for end in ends)
    read = streams[0]["time_series"] if streams else []
    assert np.array_equal(read, expected(n_blocks)) if n_blocks else len(read) == 0


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_file_cut_anywhere_opens_up_to_its_last_whole_piece(
    written: tuple[RememberingFile, list[int], Path], data: st.DataObject
) -> None:
    raw, ends, path = written
    whole = raw.after(raw.n_written)
    ended_at = whole.index(b"</info>", ends[-1]) + len(b"</info>")
    stop = data.draw(st.integers(0, len(whole)))
    cut = path.with_name("cut.xdf")
    cut.write_bytes(whole[:stop])
    n_blocks = sum(end <= stop for end in ends)
    if n_blocks == 0:
        with pytest.raises(Refusal):
            open_recording(cut)
        return
    rec = open_recording(cut)
    assert np.array_equal(rec.read(0, rec.n_samples), expected(n_blocks))
    cut_notes = [note for note in rec.description.notes if "not ended" in note]
    assert len(cut_notes) == (1 if stop < ended_at else 0)
