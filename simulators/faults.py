"""Faults on the wire, for any source: an outlet that loses, repeats, delays and misstates what it is given."""

import logging
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Protocol, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from contracts.records import Channel, StreamDescription
from simulators.fault_settings import ChunkFault, FaultSettings, Misstatement, ScheduledFault
from simulators.outlet import Outlet

log = logging.getLogger("myoscope.faults")

_TOLD = 10_000
"""Faults remembered one by one: hours of a bad wire, in a few megabytes."""


class Injected(msgspec.Struct, frozen=True):
    """A fault that took place: the truth to hold a reader's report against."""

    kind: str
    """As in the settings; also `metadata` with what is said wrongly, and `return` after a disconnection."""
    index: int
    """Of the first sample concerned."""
    n_samples: int = 0
    detail: str = ""


class ClosableOutlet(Outlet, Protocol):
    """An outlet that can be taken off the air."""

    def close(self) -> None:
        """Take it off the air."""
        ...


@dataclass(frozen=True, slots=True)
class _Piece:
    samples: NDArray[np.float32]
    aux: NDArray[np.float64]
    first_index: int
    stamp: float
    """As sent, on the faulty clock."""

    @property
    def n(self) -> int:
        return self.samples.shape[0]


@dataclass(slots=True)
class _Hold:
    """A stall or a disconnection under way."""

    kind: ChunkFault
    until: float
    first_index: int
    n_samples: int = 0
    kept: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])


class FaultyOutlet:
    """An outlet with faults in front of another one, which it opens and opens again after a disconnection.

    Its only clock is the stamps it is given, so that a test needs no time. For one thread, like any outlet.
    Markers are held and lost with the samples, and stamped by the same clock.
    """

    def __init__(
        self,
        description: StreamDescription,
        open_outlet: Callable[[StreamDescription], ClosableOutlet],
        settings: FaultSettings,
    ) -> None:
        self._true, self._open, self._settings = description, open_outlet, settings
        self._rng = np.random.default_rng(settings.seed)
        self._scheduled = deque(sorted(settings.scheduled, key=lambda fault: fault.at_s))
        self._begin: tuple[int, float] | None = None
        self._jumped_s = 0.0
        self._hold: _Hold | None = None
        self._late: list[tuple[float, _Piece]] = []
        self.injected: deque[Injected] = deque(maxlen=_TOLD)
        """The newest faults, each when it is over."""
        self.counts: Counter[str] = Counter()
        """Of every kind so far."""
        self._said = settings.metadata
        self._outlet: ClosableOutlet | None = None
        self._connect(0)

    def push(
        self, samples: NDArray[np.float32], aux: NDArray[np.float64], first_index: int, stamp: float
    ) -> None:
        """Send consecutive samples, or whatever the faults make of that."""
        if self._begin is None:
            self._begin = (first_index, stamp)
        if self._hold is not None and stamp >= self._hold.until:
            self._end_hold(first_index)
        fault = None if self._hold is not None else self._next_fault(first_index + samples.shape[0])
        piece = _Piece(samples, aux, first_index, self._on_its_clock(stamp))
        if fault is not None and fault.kind in ("stall", "disconnect"):
            self._begin_hold(fault, first_index, stamp)
        if self._hold is not None:
            self._hold.n_samples += piece.n
            self._keep(partial(self._send, piece))
            return
        due = [piece for at, piece in self._late if at <= stamp]
        self._late = [(at, piece) for at, piece in self._late if at > stamp]
        self._send_with(fault, piece, stamp)
        for piece in due:
            self._send(piece)

    def mark(self, text: str, stamp: float) -> None:
        """Send one marker, unless the outlet is gone."""
        stamp = self._on_its_clock(stamp)
        if self._hold is not None:
            self._keep(partial(self._mark, text, stamp))
        else:
            self._mark(text, stamp)

    def has_consumer(self) -> bool:
        """True while somebody receives the samples."""
        return self._outlet is not None and self._outlet.has_consumer()

    def drain(self, timeout_s: float) -> None:
        """Send what is still held, and give the consumers time to take it."""
        if self._hold is not None and self._hold.kind == "stall":
            self._end_hold(self._hold.first_index)
        self._send_late()
        if self._outlet is not None:
            self._outlet.drain(timeout_s)

    def close(self) -> None:
        """Take it off the air; what is still held is lost."""
        if self._hold is not None:
            self._note(self._hold.kind, self._hold.first_index, self._hold.n_samples, "to the end")
            self._hold = None
        if self._outlet is not None:
            self._outlet.close()
            self._outlet = None

    def __enter__(self) -> Self:
        """The outlet itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _on_its_clock(self, stamp: float) -> float:
        begin = stamp if self._begin is None else self._begin[1]
        return begin + (stamp - begin) * (1.0 + 1e-6 * self._settings.clock_drift_ppm) + self._jumped_s

    def _next_fault(self, stop_index: int) -> ScheduledFault | None:
        """What befalls the chunk that ends before `stop_index`. Clock jumps take effect at once."""
        while self._scheduled and self._index_of(self._scheduled[0]) < stop_index:
            fault = self._scheduled.popleft()
            if fault.kind != "clock jump":
                return fault
            self._jumped_s += fault.seconds
            self._note(fault.kind, self._index_of(fault), 0, f"{fault.seconds:+g} s")
        settings = self._settings
        chances: tuple[tuple[ChunkFault, float, float], ...] = (
            ("drop", settings.drop, 0.0),
            ("duplicate", settings.duplicate, 0.0),
            ("reorder", settings.reorder, 0.0),
            ("late", settings.late, settings.late_s),
            ("stall", settings.stall, settings.stall_s),
        )
        fallen = self._rng.random(len(chances)) < [chance for _, chance, _ in chances]
        return next(
            (ScheduledFault(kind, 0.0, s) for (kind, _, s), hit in zip(chances, fallen, strict=True) if hit),
            None,
        )

    def _index_of(self, fault: ScheduledFault) -> int:
        first = 0 if self._begin is None else self._begin[0]
        return first + round(fault.at_s * self._true.rate_hz)

    def _send_with(self, fault: ScheduledFault | None, piece: _Piece, stamp: float) -> None:
        if fault is None:
            self._send(piece)
            return
        if fault.kind == "duplicate":
            self._send(piece)
            self._send(piece)
        elif fault.kind != "drop":
            self._late.append((stamp + (fault.seconds if fault.kind == "late" else 0.0), piece))
        detail = f"{fault.seconds:g} s" if fault.kind == "late" else ""
        self._note(fault.kind, piece.first_index, piece.n, detail)

    def _begin_hold(self, fault: ScheduledFault, first_index: int, stamp: float) -> None:
        kind: ChunkFault = "stall" if fault.kind == "stall" else "disconnect"
        if kind == "disconnect" and self._outlet is not None:
            self._send_late()
            self._outlet.close()
            self._outlet = None
        self._hold = _Hold(kind, stamp + fault.seconds, first_index)

    def _keep(self, sending: Callable[[], None]) -> None:
        if self._hold is not None and self._hold.kind == "stall":
            self._hold.kept.append(sending)

    def _end_hold(self, first_index: int) -> None:
        hold, self._hold = self._hold, None
        if hold is None:
            return
        self._note(hold.kind, hold.first_index, hold.n_samples)
        if hold.kind == "disconnect":
            self._said = self._settings.metadata_on_return or self._settings.metadata
            self._note("return", first_index)
            self._connect(first_index)
        for send in hold.kept:
            send()

    def _connect(self, index: int) -> None:
        description, told = misstated(self._true, self._said, self._settings.rate_error_ppm)
        self._outlet = self._open(description)
        if told:
            self._note("metadata", index, 0, told)

    def _send_late(self) -> None:
        for _, piece in self._late:
            self._send(piece)
        self._late.clear()

    def _send(self, piece: _Piece) -> None:
        if self._outlet is None:
            return
        samples, wanted = piece.samples, self._said.channels
        if wanted is not None:
            samples = np.zeros((piece.n, wanted), np.float32)
            kept = min(wanted, piece.samples.shape[1])
            samples[:, :kept] = piece.samples[:, :kept]
        self._outlet.push(samples, piece.aux, piece.first_index, piece.stamp)

    def _mark(self, text: str, stamp: float) -> None:
        if self._outlet is not None:
            self._outlet.mark(text, stamp)

    def _note(self, kind: str, index: int, n_samples: int = 0, detail: str = "") -> None:
        self.counts[kind] += 1
        self.injected.append(Injected(kind, index, n_samples, detail))
        log.info("%s at sample %d, %d samples %s", kind, index, n_samples, detail)


def misstated(
    true: StreamDescription, said: Misstatement, rate_error_ppm: float
) -> tuple[StreamDescription, str]:
    """The description as the stream gives it, and in words what is wrong with it."""
    emg = tuple(
        channel if said.unit is None else msgspec.structs.replace(channel, unit=said.unit)
        for channel in true.emg
    )
    if said.channels is not None:
        unit = emg[0].unit if emg else "uV"
        added = (Channel(label=f"EMG {n + 1}", unit=unit) for n in range(len(emg), said.channels))
        emg = (*emg[: said.channels], *added)
    rate_hz = said.rate_hz or true.rate_hz / (1.0 + 1e-6 * rate_error_ppm)
    wrong = msgspec.structs.replace(
        true, channels=(*emg, *true.aux), rate_hz=rate_hz, type=true.type if said.type is None else said.type
    )
    told = {
        "unit": (said.unit, true.emg_unit),
        "rate_hz": (wrong.rate_hz, true.rate_hz),
        "channels": (len(wrong.emg), len(true.emg)),
        "type": (wrong.type, true.type),
    }
    words = [f"{key} {a!r} for {b!r}" for key, (a, b) in told.items() if a not in (b, None)]
    return wrong, ", ".join(words)
