"""The reader's thread: every chunk to every output, failures kept, outputs closed."""

import threading

import numpy as np
import pytest

from acquisition.live.reader import ReaderThread
from contracts.handoff import Handoff, HandoffClosed, WhenFull
from contracts.records import Chunk, SourceHealth


def chunk(first_index: int) -> Chunk:
    empty = np.zeros((1, 0))
    stamps = np.array([float(first_index)])
    return Chunk(first_index, np.zeros((1, 1), np.float32), stamps, 0.0, empty, empty, stamps, 0.0)


class ScriptedSource:
    """Gives what it was given, then nothing, or raises at the end."""

    def __init__(self, chunks: list[Chunk | None], failure: Exception | None = None) -> None:
        self._chunks = list(chunks)
        self._failure = failure
        self.emptied = threading.Event()
        self.callers: set[int] = set()

    def read(self, timeout_s: float) -> Chunk | None:
        self.callers.add(threading.get_ident())
        if self._chunks:
            return self._chunks.pop(0)
        self.emptied.set()
        if self._failure is not None:
            raise self._failure
        threading.Event().wait(min(timeout_s, 0.01))
        return None

    def health(self) -> SourceHealth:
        return SourceHealth(state="live")


def handoff() -> Handoff[Chunk]:
    return Handoff(capacity=8, when_full=WhenFull.DROP_OLDEST)


def taken(output: Handoff[Chunk]) -> list[int]:
    indices = []
    while True:
        try:
            item = output.take(5.0)
        except HandoffClosed:
            return indices
        assert item is not None, "the output was not closed"
        indices.append(item.first_index)


def test_every_output_gets_every_chunk_and_is_closed_at_the_end() -> None:
    source = ScriptedSource([chunk(0), None, chunk(1), chunk(2)])
    outputs = [handoff(), handoff()]
    with ReaderThread(source, outputs, poll_s=0.01) as reader:
        assert source.emptied.wait(5.0)
        assert reader.health().state == "live"
    assert [taken(output) for output in outputs] == [[0, 1, 2], [0, 1, 2]]
    assert not reader.is_alive()
    reader.raise_if_failed()


def test_only_the_thread_itself_reads() -> None:
    source = ScriptedSource([chunk(0)])
    with ReaderThread(source, [handoff()], poll_s=0.01) as reader:
        assert source.emptied.wait(5.0)
        assert source.callers == {reader.ident}


def test_a_failure_closes_the_outputs_and_is_raised_where_it_is_asked_for() -> None:
    source = ScriptedSource([chunk(0)], failure=ConnectionError("gone"))
    output = handoff()
    with ReaderThread(source, [output], poll_s=0.01) as reader:
        assert taken(output) == [0]
    with pytest.raises(ConnectionError, match="gone"):
        reader.raise_if_failed()
