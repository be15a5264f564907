"""Markers: irregular streams of text, read beside the signal."""

from types import TracebackType
from typing import Protocol, Self

import pylsl

from acquisition.live.network import background_resolver, resolve
from acquisition.live.query import companion_query, marker_query
from contracts.records import Marker, StreamDescription
from contracts.settings import StreamSettings

_LOOK_EVERY_S = 0.5
_READ_EVERY_S = 0.02
_OPEN_S = 2.0
_AT_ONCE = 1024


class Described(Protocol):
    """A source that says what it is."""

    description: StreamDescription


class TextInlet:
    """An inlet of one text stream. Like Connection it never reconnects by itself: it ends with its outlet."""

    def __init__(self, info: pylsl.StreamInfo) -> None:
        self.name = info.name()
        self._inlet = pylsl.StreamInlet(info, 360, 0, recover=False)
        self._offset_s: float | None = None
        self._waiting: list[tuple[float, str]] = []

    def open(self, timeout_s: float, *, clock: bool = True) -> bool:
        """Subscribe, and with `clock` measure the clock offset (0.6 s); False when the outlet does not answer."""
        try:
            self._inlet.open_stream(timeout_s)
            if clock:
                self._offset_s = self._inlet.time_correction(timeout_s)
        except (pylsl.util.TimeoutError, pylsl.util.LostError):
            return False
        return True

    def pull(self, timeout_s: float = 0.0) -> list[tuple[float, str]] | None:
        """Stamps on the sender's clock, and texts; None once the outlet is gone. Subscribes if need be.

        Several texts of one sample are joined by a blank.
        """
        try:
            rows, stamps = self._inlet.pull_chunk(timeout_s, _AT_ONCE, min_samples=1)
        except pylsl.util.LostError:
            return None
        return [(stamp, " ".join(row)) for row, stamp in zip(rows or [], stamps, strict=True)]

    def pull_local(self) -> list[Marker] | None:
        """Markers on the local clock; None once the outlet is gone. Does not wait.

        Those of the first half second, before the clock offset is known, are kept until it is.
        """
        pulled = self.pull()
        if pulled is None:
            return None
        self._waiting += pulled
        offset_s = self._refreshed_offset()
        if offset_s is None:
            return []
        markers = [
            Marker(stamp=stamp + offset_s, text=text, stream=self.name) for stamp, text in self._waiting
        ]
        self._waiting = []
        return markers

    def any_waiting(self) -> bool:
        """Whether texts have come that were not pulled yet: a tenth of the cost of a pull."""
        return bool(self._inlet.samples_available())

    def close(self) -> None:
        """Let the outlet go."""
        self._inlet.close_stream()

    def _refreshed_offset(self) -> float | None:
        try:
            self._offset_s = self._inlet.time_correction(0.0)
        except (pylsl.util.TimeoutError, pylsl.util.LostError):
            return self._offset_s
        return self._offset_s


class MarkerInlet:
    """All marker streams that are asked for, as they come and go. Only one thread may call it.

    `query` None asks for none: `read` then gives nothing.
    """

    def __init__(self, query: str | None) -> None:
        self._resolver = background_resolver(query, forget_after_s=2.0) if query else None
        self._inlets: dict[str, TextInlet] = {}
        self._read_at = self._looked_at = 0.0

    @classmethod
    def open(cls, stream: str, *, wait_s: float = 1.0) -> Self:
        """The marker streams of this name, `*` for all in reach, or an XPath predicate (it has an equals sign).

        Waits up to `wait_s` for the first; one that is not there yet is taken up when it appears.
        """
        return cls._of(marker_query(stream), wait_s)

    @classmethod
    def beside(cls, described: Described, settings: StreamSettings, *, wait_s: float = 1.0) -> Self:
        """The markers that go with a source: those that settings name, and those of a replay."""
        queries = [marker_query(settings.marker_stream)] if settings.marker_stream else []
        if described.description.replay_speed is not None:
            queries.append(companion_query(described.description.source_id))
        return cls._of(" or ".join(f"({query})" for query in queries) or None, wait_s)

    @classmethod
    def _of(cls, query: str | None, wait_s: float) -> Self:
        inlet = cls(query)
        for info in resolve(query, timeout_s=wait_s) if query else ():
            inlet._take_up(info, wait=True)
        return inlet

    @property
    def streams(self) -> tuple[str, ...]:
        """Names of the streams that are read at present."""
        return tuple(inlet.name for inlet in self._inlets.values())

    def read(self) -> list[Marker]:
        """The markers that have come since the last call, by stamp. Does not wait.

        It looks 50 times a second at most: it may be called after every chunk of a fast stream.
        """
        now = pylsl.local_clock()
        if now - self._read_at < _READ_EVERY_S:
            return []
        self._read_at = now
        self._look_round(now)
        markers: list[Marker] = []
        for uid, inlet in list(self._inlets.items()):
            pulled = inlet.pull_local()
            if pulled is None:
                del self._inlets[uid]
            else:
                markers += pulled
        return sorted(markers, key=lambda marker: marker.stamp)

    def close(self) -> None:
        """Let all outlets go."""
        for inlet in self._inlets.values():
            inlet.close()
        self._inlets.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _look_round(self, now: float) -> None:
        if self._resolver is None or now - self._looked_at < _LOOK_EVERY_S:
            return
        self._looked_at = now
        for info in self._resolver.results():
            self._take_up(info, wait=False)

    def _take_up(self, info: pylsl.StreamInfo, *, wait: bool) -> None:
        if info.uid() in self._inlets:
            return
        inlet = TextInlet(info)
        if not wait or inlet.open(_OPEN_S):
            self._inlets[info.uid()] = inlet
