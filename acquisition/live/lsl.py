"""The live source: one LSL stream, numbered, in microvolt, through outages and back.

Clocks. Raw stamps are on the sender's clock and are kept. The offset to this machine's LSL clock is measured
by liblsl; it is added to a line through the raw stamps (`stamps.StampLine`, where settings ask for
dejittering) or to the raw stamps themselves. The offset is taken up anew once a second.
"""

import math
import time
from collections import deque
from types import TracebackType
from typing import Self

import msgspec
import numpy as np
import pylsl
from numpy.typing import NDArray
from pylsl import local_clock

from acquisition.live.connection import Block, Connection, ConnectionLost
from acquisition.live.continuity import ContinuityChecker, Piece
from acquisition.live.door import open_door
from acquisition.live.finder import Search, find_one
from acquisition.live.metadata import NativeStream, differences
from acquisition.live.network import full_description
from acquisition.live.seams import SeamInlet
from acquisition.live.silence import SilenceWatch
from acquisition.live.stamps import StampLine
from contracts.records import Chunk, SourceHealth, StreamDescription, Subject, frozen
from contracts.refusal import Refusal
from contracts.settings import LslScope, StreamSettings

__all__ = ["LslSource", "local_clock"]

_CONNECT_S = 5.0
_RECONNECT_S = 2.0
_OFFSET_EVERY_S = 1.0
_SEAM_WAIT_S = 0.2
_LOOK_EVERY_S = 0.05
_FLOAT32_INTEGERS = 2**24


class LslSource:
    """One stream of the network, as Chunks. All but `health` is for one thread only: the reader's.

    After every break of the connection, and after `lost_s` of silence, the stream is looked up again by its
    source id and compared with what it was before a sample is accepted: liblsl by itself would go on silently
    with a stream whose rate, format or units have changed.
    """

    def __init__(
        self,
        native: NativeStream,
        connection: Connection,
        seams: SeamInlet | None,
        settings: StreamSettings,
        subject: Subject,
    ) -> None:
        door = open_door(native, settings, subject)
        self.description: StreamDescription = door.description
        self._converter = door.converter
        self._counter_column = door.counter_column
        self._native = native
        self._settings = settings
        self._connection: Connection | None = connection
        self._seams = seams
        self._line = StampLine(native.rate_hz)
        self._continuity = ContinuityChecker(
            native.rate_hz,
            self._line,
            largest=_FLOAT32_INTEGERS if native.sample_format == "float32" else None,
        )
        now = local_clock()
        self._watch = SilenceWatch(stall_s=settings.stall_s, lost_s=settings.lost_s, now=now)
        self._offset_at = now
        self._offset_s = connection.clock_offset_s
        self._reconnected = False
        self._search: Search | None = None
        self._last_raw_stamp = math.inf
        self._ready: deque[Chunk] = deque()
        self._health = SourceHealth()

    @classmethod
    def open(
        cls,
        settings: StreamSettings,
        *,
        subject: Subject = Subject(),
        scope: LslScope = LslScope(),
        subscribe: bool = True,
    ) -> Self:
        """The stream that the settings mean, subscribed to.

        Takes up to `resolve_timeout_s` to find it, and about 1.5 s more to be sure that it is the only one and
        to measure the clock offset. With `subscribe=False` no samples come before `subscribe`: whoever has
        much to prepare would find a backlog of old ones. `scope` is named in refusals; it is set before, by
        `configure_lsl`. Raises Refusal for no stream, two streams, one that does not answer, and all that the
        door refuses (`open_door`).
        """
        info = find_one(settings, scope)
        native = full_description(info, _CONNECT_S)
        if native is None:
            raise _no_answer(info)
        open_door(native, settings, subject)
        connection = Connection(info, native, buffer_s=settings.buffer_s)
        seams = SeamInlet.find(native)
        try:
            # The clock first: it takes 0.6 s, in which a backlog would build up.
            connection.measure_clock(_CONNECT_S)
            if subscribe:
                connection.subscribe(_CONNECT_S)
        except ConnectionLost as error:
            raise _no_answer(info) from error
        return cls(native, connection, seams, settings, subject)

    def subscribe(self) -> None:
        """Have the samples sent from now on, for a source that was opened with `subscribe=False`.

        Raises Refusal where the outlet has gone meanwhile.
        """
        if self._connection is None:
            return
        try:
            self._connection.subscribe(_CONNECT_S)
        except ConnectionLost as error:
            raise Refusal(
                found=f"that the stream {self.description.name!r} has gone since it was found",
                wanted="its samples",
                do="Start the application that sends it, and this run again.",
            ) from error
        self._watch.found(local_clock())

    def read(self, timeout_s: float) -> Chunk | None:
        """The next chunk, or None when none came within `timeout_s` (about; looking again may take longer).

        Raises Refusal when the stream came back as another one.
        """
        if self._ready:
            return self._ready.popleft()
        if self._connection is None:
            self._seek(timeout_s)
            return None
        try:
            block = self._connection.pull(timeout_s)
        except ConnectionLost:
            self._let_go()
            self._watch.gone()
            self._tell()
            return None
        if block is None:
            if self._watch.quiet(local_clock()):
                self._let_go()
                self._seek(timeout_s)
            self._tell()
            return None
        self._accept(self._connection, block)
        return self._ready.popleft() if self._ready else None

    def health(self) -> SourceHealth:
        """State, counts and clock. May be called from any thread."""
        return msgspec.structs.replace(self._health, silent_s=self._watch.silent_s(local_clock()))

    def close(self) -> None:
        """Let the stream go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._seams is not None:
            self._seams.close()
        self._search = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _accept(self, connection: Connection, block: Block) -> None:
        if block.received_at - self._offset_at >= _OFFSET_EVERY_S:
            self._offset_at = block.received_at
            connection.refresh_offset()
            self._offset_s = connection.clock_offset_s
        outage_s = self._watch.arrived(block.received_at)
        counter = self._count(block.native)
        pieces = self._continuity.number(
            block.raw_stamps,
            counter,
            outage_s=outage_s,
            reconnected=self._reconnected,
            seams=self._reached_seams(block.raw_stamps, counter),
        )
        self._reconnected = False
        native = frozen(block.native)
        self._ready.extend(self._chunk(piece, native, block) for piece in pieces)
        self._tell()

    def _count(self, native: NDArray[np.generic]) -> NDArray[np.int64] | None:
        """The device's own count of each sample; None without one, or where it is no number."""
        if self._counter_column is None:
            return None
        values = native[:, self._counter_column].astype(np.float64)
        return np.rint(values).astype(np.int64) if np.isfinite(values).all() else None

    def _reached_seams(
        self, raw_stamps: NDArray[np.float64], counter: NDArray[np.int64] | None
    ) -> list[float]:
        if self._seams is None:
            return []
        # A replay's stamps are even: a step in them is a seam, or a hole in the recording.
        step_s = float(raw_stamps[0]) - self._last_raw_stamp
        self._last_raw_stamp = float(raw_stamps[-1])
        unusual = step_s > 1.5 / self.description.rate_hz
        unusual |= counter is not None and self._continuity.is_unusual(counter)
        half_period_s = 0.5 / self.description.rate_hz
        wait_s = _SEAM_WAIT_S if unusual else 0.0
        return self._seams.until(float(raw_stamps[-1]), half_period_s, wait_s=wait_s)

    def _chunk(self, piece: Piece, native: NDArray[np.generic], block: Block) -> Chunk:
        if piece.new_line:
            self._line.reset()
        rows = slice(piece.start, piece.stop)
        raw_stamps = block.raw_stamps[rows]
        smoothed = self._line.smooth(piece.first_index, raw_stamps)
        samples, aux = self._converter.convert(native[rows])
        return Chunk(
            first_index=piece.first_index,
            samples=frozen(samples),
            stamps=frozen((smoothed if self._settings.dejitter else raw_stamps) + self._offset_s),
            received_at=block.received_at,
            aux=frozen(aux),
            native=native[rows],
            raw_stamps=frozen(raw_stamps),
            clock_offset_s=self._offset_s,
            gap_before=piece.gap,
        )

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _seek(self, timeout_s: float) -> None:
        """Look for the stream again; connect if it is there and still the same."""
        now = local_clock()
        if self._search is None:
            self._search = Search(self._native, self._settings, now)
        same, others = self._search.found()
        if same:
            native = full_description(same[0], _RECONNECT_S)
            if native is not None:
                self._reconnect(same[0], native)
        elif self._search.in_vain(now):
            self._watch.gone()
            self._refuse_successor(others)
        if self._connection is None:
            time.sleep(min(timeout_s, _LOOK_EVERY_S))
        self._tell()

    def _reconnect(self, info: pylsl.StreamInfo, native: NativeStream) -> None:
        _check_unchanged(self._native, native)
        connection = Connection(info, native, buffer_s=self._settings.buffer_s)
        if self._seams is not None:
            self._seams.close()
        self._seams = SeamInlet.find(native)
        try:
            # The samples first: no more of them are missed than must be.
            connection.subscribe(_RECONNECT_S)
            connection.measure_clock(_RECONNECT_S)
        except ConnectionLost:
            connection.close()
            return
        self._line.move(self._offset_s - connection.clock_offset_s)
        self._offset_s = connection.clock_offset_s
        self._connection, self._search = connection, None
        self._reconnected = True
        self._watch.found(local_clock())

    def _refuse_successor(self, others: list[pylsl.StreamInfo]) -> None:
        """Refuse another stream that the settings mean now: an application that gives itself a new source id
        at each start would otherwise be waited for in vain."""
        if self._watch.silent_s(local_clock()) < self._settings.lost_s:
            return
        for info in others:
            native = full_description(info, _RECONNECT_S)
            if native is not None:
                _check_unchanged(self._native, native)

    def _tell(self) -> None:
        self._health = SourceHealth(
            state=self._watch.state,
            counts=self._continuity.counts(self._watch.outages),
            clock_offset_s=self._offset_s,
            clock_uncertainty_s=self._connection.clock_uncertainty_s if self._connection else 0.0,
        )


def _check_unchanged(before: NativeStream, after: NativeStream) -> None:
    changed = differences(before, after)
    if changed:
        raise Refusal(
            found=f"the stream {before.name!r} back with "
            + ", ".join(f"{d.what} {d.after}" for d in changed),
            wanted=", ".join(f"{d.what} {d.before}" for d in changed) + ", as before the outage",
            do="Start again to take the stream as it is now, or set the sending application as it was. A sender "
            "whose source id changes at every start cannot be waited for: give it a fixed one.",
        )


def _no_answer(info: pylsl.StreamInfo) -> Refusal:
    return Refusal(
        found=f"the stream {info.name()!r} on {info.hostname()!r}, which is announced but does not answer",
        wanted="its description, its clock and its samples",
        do="Open ports 16571-16604 (UDP and TCP) in the firewalls of both computers, or restart the sender.",
    )
