"""What the page holds of one run: bounded, and complete for whoever opens the page late."""

from collections import Counter, deque
from typing import Literal

import msgspec

from contracts.measured import Measured
from contracts.records import Gap, Subject
from contracts.refusal import Refusal
from contracts.wire import (
    Envelope,
    GapNotice,
    Health,
    MarkerNotice,
    Reading,
    Result,
    SignalBlock,
    StreamStart,
    StreamStop,
    SubjectChanged,
    WindowsSkipped,
    topic_of,
)
from dashboard.evidence_history import EvidenceHistory
from dashboard.measured.memory import MeasuredMemory
from dashboard.patient import is_truth
from dashboard.signal_ring import SignalRing

HELD_S = 12.0
"""Signal held: the longest sweep (1 s per division) and a little more."""
N_NOTES = 4_096
N_EARLY = 512
"""Measures that may arrive before the run has described itself; it does so every second."""


NoteKind = Literal["gap", "flags", "marker", "truth"]
"""truth: a discharge of a virtual patient, which the page shows on request only."""


class Note(msgspec.Struct, frozen=True):
    """Something to draw beside the trace, numbered from 1 so that a page can ask for what is new."""

    number: int
    kind: NoteKind
    first_index: int
    stop_index: int
    channel: int | None
    """None for all channels."""
    text: str
    accepted: bool = True
    """Of kind `flags`: False when the window is kept out of the evidence."""


class RunView:
    """Takes in the messages of one run. Knows no clock: times of arrival are handed in."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.start: StreamStart | None = None
        self.subject = Subject()
        self.ring: SignalRing | None = None
        self.history: EvidenceHistory | None = None
        self.measured: MeasuredMemory | None = None
        self._early: deque[Measured] = deque(maxlen=N_EARLY)
        self.notes: deque[Note] = deque(maxlen=N_NOTES)
        self.result: Result | None = None
        self.health: Health | None = None
        self.stop: StreamStop | None = None
        self.arrived_at = 0.0
        self.signal_arrived_at: float | None = None
        self.age_on_arrival_s = 0.0
        self.published_at = 0.0
        self.holes: Counter[str] = Counter()
        """Messages that never arrived, by topic."""
        self.overloaded_at: float | None = None
        self._skipped = self._dropped = 0
        self._next_seq: dict[str, int] = {}
        self._captured = 0.0
        self._n_notes = 0

    def absorb(self, envelope: Envelope, arrived_at: float) -> None:
        """Take in one message that arrived at `arrived_at` (the page's clock)."""
        self.arrived_at = arrived_at
        self.published_at = envelope.published_at
        self._count_holes(envelope, arrived_at)
        match envelope.message:
            case StreamStart() as start:
                self._begin(start)
            case SignalBlock() as block:
                self._take_signal(block, envelope.published_at, arrived_at)
            case Result() as result:
                self._take_result(result)
            case Health() as health:
                self._take_health(health, arrived_at)
            case GapNotice(gap):
                if self.measured is not None:
                    self.measured.gap(gap)
                self._note("gap", gap.at_index - gap.missing, gap.at_index, None, gap_text(gap))
            case WindowsSkipped():
                self.overloaded_at = arrived_at
            case MarkerNotice(stamp, text, origin):
                at = self._index_at(stamp)
                kind = "truth" if is_truth(self.start, text, origin) else "marker"
                self._note(kind, at, at, None, text)
            case SubjectChanged(subject):
                self.subject = subject
            case StreamStop() as stop:
                self.stop = stop
            case measured:
                self._take_measured(measured)

    def reading(self, channel: int) -> Reading | None:
        """The newest reading of a channel, or the one that speaks for all of them."""
        if self.result is None or not self.result.readings:
            return None
        return self.result.readings[min(channel, len(self.result.readings) - 1)]

    def age_s(self, now: float) -> float | None:
        """Age of the newest sample held, seconds; None before the first.

        Age at publishing is a difference on the publisher's clock, what followed one on ours: the two
        clocks are never compared. Without valid stamps (a replay at another speed) only the second part.
        """
        if self.signal_arrived_at is None:
            return None
        return self.age_on_arrival_s + max(0.0, now - self.signal_arrived_at)

    def _begin(self, start: StreamStart) -> None:
        first = self.start is None
        self.start = start
        if not first:
            self._begin_anew(start)
            return
        self.subject = start.subject
        n_channels = sum(channel.role == "emg" for channel in start.channels)
        self.ring = SignalRing(round(HELD_S * start.rate_hz), n_channels)
        if start.patterns:
            self.history = EvidenceHistory(max(1, n_channels), len(start.patterns), start.rate_hz)
        self.measured = MeasuredMemory(start.rate_hz)
        for message in self._early:
            self._take_measured(message)
        self._early.clear()
        self._begin_anew(start)

    def _begin_anew(self, start: StreamStart) -> None:
        """Another muscle or person: what was told of the one before is not shown any more."""
        if self.measured is None or not self.measured.begin_from(start.examined_from):
            return
        if start.patterns and self.history is not None:
            self.history = EvidenceHistory(self.history.n_readings, len(start.patterns), start.rate_hz)

    def _take_measured(self, message: Measured) -> None:
        if self.measured is None or self.ring is None:
            self._early.append(message)
            return
        self.measured.absorb(message, self.ring.stop_index)

    def _take_signal(self, block: SignalBlock, published_at: float, arrived_at: float) -> None:
        if self.start is None or self.ring is None:
            return
        if (
            block.n_channels != self.ring.n_channels
            or len(block.samples) != 4 * block.n_samples * block.n_channels
        ):
            raise Refusal(
                found=f"{len(block.samples)} bytes for {block.n_samples} samples of {block.n_channels} channels",
                wanted=f"4 bytes for each sample of {self.ring.n_channels} channels",
                do="Run publisher and page from the same version.",
            )
        if self.signal_arrived_at is None:
            self.ring.begin(block.first_index)
        self.ring.write(block.first_index, block.array())
        self._captured = block.captured
        self.signal_arrived_at = arrived_at
        valid = self.start.latency_valid
        self.age_on_arrival_s = max(0.0, published_at - block.captured) if valid else 0.0

    def _take_result(self, result: Result) -> None:
        self.result = result
        if self.start is None:
            return
        hop = max(1, round(self.start.hop_s * self.start.rate_hz))
        for i, reading in enumerate(result.readings):
            if reading.flags:
                text = ", ".join(reading.flags)
                span = (result.stop_index - hop, result.stop_index)
                self._note("flags", *span, reading.channel, text, accepted=reading.accepted)
            if self.history is not None and reading.evidence_patterns:
                self.history.add(i, result.stop_index, reading.evidence_patterns, reading.accepted)

    def _take_health(self, health: Health, arrived_at: float) -> None:
        known = self.health is not None
        if known and (health.windows_skipped > self._skipped or health.handoff.dropped > self._dropped):
            self.overloaded_at = arrived_at
        self._skipped, self._dropped = health.windows_skipped, health.handoff.dropped
        self.health = health

    def _count_holes(self, envelope: Envelope, arrived_at: float) -> None:
        topic = topic_of(envelope.message).decode()
        expected = self._next_seq.get(topic, envelope.seq)
        if envelope.seq > expected:
            self.holes[topic] += envelope.seq - expected
            self.overloaded_at = arrived_at
        self._next_seq[topic] = envelope.seq + 1

    def _note(
        self,
        kind: NoteKind,
        first: int,
        stop: int,
        channel: int | None,
        text: str,
        *,
        accepted: bool = True,
    ) -> None:
        self._n_notes += 1
        self.notes.append(Note(self._n_notes, kind, first, stop, channel, text, accepted))

    def _index_at(self, stamp: float) -> int:
        if self.start is None or self.ring is None:
            return 0
        return self.ring.stop_index - round(max(0.0, self._captured - stamp) * self.start.rate_hz)


def emg_labels(run: RunView | None) -> tuple[str, ...]:
    """Names of the EMG channels, in order; none before the run described itself."""
    if run is None or run.start is None:
        return ()
    return tuple(channel.label for channel in run.start.channels if channel.role == "emg")


def gap_text(gap: Gap) -> str:
    """A gap in a few words, with `~` where its size is an estimate."""
    if gap.missing == 0:
        return gap.cause
    about = "" if gap.exact else "~"
    return f"{about}{gap.missing} missing ({gap.cause})"
