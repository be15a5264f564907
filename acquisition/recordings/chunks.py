"""A recording as the same Chunk records that a live stream gives."""

from collections.abc import Iterator

import numpy as np

from acquisition.recordings.recording import Recording
from contracts.records import Chunk, Gap, frozen


def recording_chunks(
    recording: Recording, chunk_samples: int, first: int = 0, stop: int | None = None
) -> Iterator[Chunk]:
    """Chunks of at most `chunk_samples` of the stored samples `first` to `stop` (exclusive; None for all).

    Indices are the recording's own run indices, so that a result found in a part of a file lies where it
    lies in the whole. No chunk crosses a hole; the one after it carries the Gap, unless it is the first
    that is given. Stamps are index / rate, as an ideal clock would have stamped them.
    """
    if chunk_samples < 1:
        raise ValueError(f"chunk_samples {chunk_samples}: at least 1 is wanted")
    stop = recording.n_samples if stop is None else min(stop, recording.n_samples)
    start = first = max(first, 0)
    for run_offset, gap, segment_first, segment_stop in _segments(recording):
        position = max(segment_first, first)
        while position < min(segment_stop, stop):
            end = min(position + chunk_samples, segment_stop, stop)
            before = gap if position == segment_first and position > start else None
            yield _chunk(recording, position, end, run_offset, before)
            position = end


def _segments(recording: Recording) -> Iterator[tuple[int, Gap | None, int, int]]:
    """Stretches between holes: missing samples before it, the gap before it, stored first and stop."""
    missing, first, before = 0, 0, None
    for gap in recording.gaps:
        stop = gap.at_index - gap.missing - missing
        yield missing, before, first, stop
        missing, first, before = missing + gap.missing, stop, gap
    yield missing, before, first, recording.n_samples


def _chunk(recording: Recording, first: int, stop: int, run_offset: int, gap: Gap | None) -> Chunk:
    samples = frozen(recording.read(first, stop))
    index = np.arange(first + run_offset, stop + run_offset)
    stamps = frozen(index / recording.description.rate_hz)
    return Chunk(
        first_index=first + run_offset,
        samples=samples,
        stamps=stamps,
        received_at=float(stamps[-1]),
        aux=frozen(recording.read_aux(first, stop)),
        native=samples,
        raw_stamps=stamps,
        clock_offset_s=0.0,
        gap_before=gap,
    )
