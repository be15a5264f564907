"""The reader's thread: the only one that calls the source."""

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from contracts.handoff import Handoff
from contracts.records import Chunk, SourceHealth


class Source(Protocol):
    """Whatever gives numbered chunks: `LslSource`, or a double in tests."""

    def read(self, timeout_s: float) -> Chunk | None:
        """The next chunk, or None after about `timeout_s`."""
        ...

    def health(self) -> SourceHealth:
        """State and counts, from any thread."""
        ...


class ReaderThread(threading.Thread):
    """Reads a source and offers each chunk to every output, until it is stopped or the source fails.

    A context manager: started on entry, stopped and joined on exit. `poll_s` bounds a pull, and so how long
    stopping takes. What ends the thread is kept; `raise_if_failed` raises it in the thread that asks. The
    outputs are closed at the end in any case, so that whoever waits on one wakes up.
    """

    def __init__(self, source: Source, outputs: Sequence[Handoff[Chunk]], *, poll_s: float = 0.1) -> None:
        super().__init__(name="reader", daemon=True)
        self._source = source
        self._outputs = tuple(outputs)
        self._poll_s = poll_s
        self._asked_to_stop = threading.Event()
        self._failure: BaseException | None = None

    def run(self) -> None:
        """The thread's body."""
        try:
            while not self._asked_to_stop.is_set():
                chunk = self._source.read(self._poll_s)
                if chunk is not None:
                    for output in self._outputs:
                        output.offer(chunk)
        except BaseException as error:  # noqa: BLE001 - kept, and raised where it is asked for
            self._failure = error
        finally:
            for output in self._outputs:
                output.close()

    def raise_if_failed(self) -> None:
        """Raise what ended the thread, if something did."""
        if self._failure is not None:
            raise self._failure

    def health(self) -> SourceHealth:
        """The source's state and counts, from any thread."""
        return self._source.health()

    def stop(self) -> None:
        """Ask the thread to end; it does so within about `poll_s`."""
        self._asked_to_stop.set()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.join()
