"""The page's memory: messages in, consistent pictures of them out."""

import threading
from collections.abc import Callable
from typing import TypeVar

import msgspec

from contracts.refusal import Refusal
from contracts.wire import SCHEMA, Envelope, StreamStart
from dashboard.run_view import RunView
from dashboard.status import Status, status_of

T = TypeVar("T")


class ViewFrame(msgspec.Struct, frozen=True):
    """What is known at one moment, apart from the signal."""

    status: Status
    run_id: str
    age_s: float | None
    """Of the newest sample; None before the first."""
    run_s: float | None
    """Since the run began; None before it described itself."""
    newest_index: int
    """Samples so far, the missing ones included."""


class LiveView:
    """Holds the newest run. One thread absorbs, others look: every look sees one consistent state.

    No clock and no socket in here: the time of arrival and the time of looking are handed in.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._run: RunView | None = None
        self._refusal: Refusal | None = None
        self._refused_at = 0.0

    def absorb(self, envelope: Envelope, arrived_at: float) -> None:
        """Take in a message that arrived at `arrived_at`. A new run id begins a new run."""
        message = envelope.message
        if isinstance(message, StreamStart) and message.schema != SCHEMA:
            self.refuse(_other_schema(message), arrived_at)
            return
        with self._lock:
            if self._run is None or self._run.run_id != envelope.run_id:
                self._run = RunView(envelope.run_id)
            self._run.absorb(envelope, arrived_at)

    def refuse(self, refusal: Refusal, arrived_at: float) -> None:
        """A message arrived that cannot be understood: shown, for as long as such messages come."""
        with self._lock:
            self._refusal, self._refused_at = refusal, arrived_at

    def snapshot(self, now: float) -> ViewFrame:
        """What is known at `now`, on the clock of arrivals."""
        with self._lock:
            return self._frame(now)

    def look(self, now: float, at: Callable[[RunView | None, ViewFrame], T]) -> T:
        """What `at` makes of the run and its frame; nothing is absorbed meanwhile, so `at` must be quick."""
        with self._lock:
            return at(self._run, self._frame(now))

    def _frame(self, now: float) -> ViewFrame:
        run = self._run
        refusal = self._refusal if now - self._refused_at < 3.0 else None
        status = status_of(run, refusal, now, self._address)
        if run is None:
            return ViewFrame(status, "", None, None, 0)
        run_s = None
        if run.start is not None:
            since = 0.0 if run.stop is not None else now - run.arrived_at
            run_s = max(0.0, run.published_at - run.start.started_at + since)
        newest = run.ring.stop_index if run.ring is not None else 0
        return ViewFrame(status, run.run_id, run.age_s(now), run_s, newest)


def _other_schema(start: StreamStart) -> Refusal:
    return Refusal(
        found=f"wire schema {start.schema} from {start.software}",
        wanted=f"schema {SCHEMA}",
        do="Run the page and the run from the same version.",
    )
