"""A recording as chunks."""

from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.channels import RawChannel, lay_out
from acquisition.recordings.chunks import recording_chunks
from acquisition.recordings.recording import Labels
from acquisition.recordings.stored import ArrayStore, StoredRecording, description_of
from contracts.records import Gap

HOLES = (Gap(10, 3, "recording"), Gap(20, 5, "recording"), Gap(20 + 8, 0, "recording"))
"""7 samples stored, 3 missing, 5 stored (to 15), 5 missing, 8 stored, a break without loss, the rest."""


def recording(n_samples: int = 30, gaps: tuple[Gap, ...] = HOLES) -> StoredRecording:
    path = Path("some.csv")
    columns = lay_out([RawChannel(0, "EMG", "mV"), RawChannel(1, "trigger")], None, "some.csv").columns
    values = np.column_stack([np.arange(n_samples), -np.arange(n_samples)]).astype(float)
    return StoredRecording(
        path,
        "csv",
        description_of(path, 100.0, columns, Labels()),
        n_samples,
        Labels(),
        (),
        gaps,
        columns,
        ArrayStore(values),
    )


@pytest.mark.parametrize("chunk_samples", [1, 2, 4, 7, 1000])
def test_chunks_put_together_are_the_recording_and_never_cross_a_hole(chunk_samples: int) -> None:
    rec = recording()
    chunks = list(recording_chunks(rec, chunk_samples))
    assert np.array_equal(np.concatenate([c.samples for c in chunks]), rec.read(0, 30))
    assert np.array_equal(np.concatenate([c.aux for c in chunks]), rec.read_aux(0, 30))
    assert [c.gap_before for c in chunks if c.gap_before] == list(HOLES)
    expected = 0
    for chunk in chunks:
        expected += chunk.gap_before.missing if chunk.gap_before else 0
        assert chunk.first_index == expected
        expected = chunk.stop_index
        assert chunk.samples.shape[0] <= chunk_samples
    assert expected == 38


def test_a_chunk_after_a_hole_says_so_at_its_first_sample() -> None:
    for chunk in recording_chunks(recording(), 4):
        if chunk.gap_before:
            assert chunk.gap_before.at_index == chunk.first_index


def test_stamps_are_those_of_an_ideal_clock_and_nothing_can_be_written() -> None:
    chunk = next(iter(recording_chunks(recording(), 6, first=8)))
    assert chunk.first_index == 11
    assert chunk.stamps == pytest.approx([0.11, 0.12, 0.13, 0.14])
    assert chunk.received_at == chunk.stamps[-1]
    assert chunk.raw_stamps is chunk.stamps
    assert chunk.native is chunk.samples
    assert not chunk.samples.flags.writeable
    assert not chunk.aux.flags.writeable


def test_a_part_keeps_the_indices_of_the_whole() -> None:
    whole = {
        i: v for c in recording_chunks(recording(), 3) for i, v in enumerate(c.samples[:, 0], c.first_index)
    }
    part = {
        i: v
        for c in recording_chunks(recording(), 3, first=9, stop=25)
        for i, v in enumerate(c.samples[:, 0], c.first_index)
    }
    assert len(part) == 16
    assert part.items() <= whole.items()


def test_the_first_chunk_has_no_gap_before_it_wherever_it_begins() -> None:
    chunks = list(recording_chunks(recording(), 100, first=7))
    assert chunks[0].first_index == 10
    assert chunks[0].gap_before is None
    assert [c.gap_before for c in chunks[1:]] == list(HOLES[1:])


def test_nothing_is_given_beyond_the_end() -> None:
    assert list(recording_chunks(recording(), 5, first=30)) == []
    assert sum(c.samples.shape[0] for c in recording_chunks(recording(), 5, stop=1000)) == 30


def test_chunks_of_nothing_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        next(recording_chunks(recording(), 0))


def test_reading_clips_converts_and_keeps_what_is_not_a_number() -> None:
    rec = recording(5, ())
    rec.store.values[2, 0] = np.nan  # pyright: ignore[reportAttributeAccessIssue]
    rec.store.values[3, 0] = np.inf  # pyright: ignore[reportAttributeAccessIssue]
    values = rec.read(-10, 99)
    assert values.dtype == np.float32
    assert values.flags.c_contiguous
    assert values[:, 0].tolist()[:2] == [0.0, 1000.0]
    assert np.isnan(values[2, 0])
    assert np.isinf(values[3, 0])
    assert rec.read(4, 2).shape == (0, 1)
    assert rec.read_aux(0, 2).tolist() == [[0.0], [-1.0]]
