"""What was measured, as rows of tables: one table for each kind of record."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from contracts.measured import (
    Discharges,
    Epoch,
    Grade,
    Measured,
    MeasureRow,
    MuscleSummary,
    PhaseChanged,
    Recruitment,
    RestTrain,
    SurfaceMeasures,
    Unit,
    UnitMeasures,
)
from contracts.records import Subject
from contracts.wire import StreamStart, SubjectChanged
from processing.muscles import find_muscle

Row = dict[str, Any]
Columns = dict[str, Any]
"""Types by name of the column, as annotations."""

WHERE: Columns = {
    "channel": str,
    "muscle": str | None,
    "group": str | None,
    "region": str | None,
    "side": str | None,
    "age": int | None,
}
"""The first columns of every table."""

_AT: Columns = {"time_s": float}


def _fields(kind: type[msgspec.Struct], *left_out: str) -> Columns:
    return {f.name: f.type for f in msgspec.structs.fields(kind) if f.name not in ("channel", *left_out)}


def kinds() -> dict[str, Columns]:
    """Every kind of table with the types of its columns, in the order in which they are written."""
    subject = ("muscle", "side", "age", "group", "region")
    return {
        "phases": WHERE | _AT | _fields(PhaseChanged),
        "units": WHERE
        | _AT
        | _fields(Unit, "measures", "template")
        | _fields(UnitMeasures)
        | _samples("template"),
        "discharges": WHERE | _AT | {"unit": int, "unit_at_end": int, "index": int, "superposed": bool},
        "spontaneous": WHERE | _AT | _fields(RestTrain, "snippet") | _samples("snippet"),
        "epochs": WHERE | _AT | _fields(Epoch),
        "muscles": WHERE
        | _fields(MuscleSummary, "rows", "recruitment", "spontaneous", *subject)
        | {_recruitment(name): kind for name, kind in _fields(Recruitment).items()},
        "measures": WHERE | _fields(MeasureRow),
        "grades": WHERE | _fields(Grade),
        "surface": WHERE
        | _AT
        | {
            "first_index": int,
            "stop_index": int,
            "envelope_uv": float,
            "active": bool,
            "onsets": tuple[int, ...],
            "offsets": tuple[int, ...],
            "median_frequency_hz": float | None,
            "fatigue_hz_per_s": float | None,
        },
        "cocontraction": WHERE
        | _AT
        | {"with_channel": str, "first_index": int, "stop_index": int, "cocontraction": float},
    }


def _samples(name: str) -> Columns:
    return {name: tuple[np.float32, ...]}


def _recruitment(name: str) -> str:
    return name if name.startswith("recruitment") else f"recruitment_{name}"


def rows_of(messages: Sequence[Measured | SubjectChanged], start: StreamStart) -> dict[str, list[Row]]:
    """Rows by kind, in order of the messages; every kind is there, if only with no row.

    A unit, a train and a muscle have one row each, from their newest message. `unit_at_end` of a discharge is the
    unit that its own turned out to be. Group and region are None for a muscle that is not known by name.
    """
    newest: dict[object, Measured] = {}
    for n, message in enumerate(messages):
        if not isinstance(message, SubjectChanged):
            newest[_identity(message) or n] = message
    rows: dict[str, list[Row]] = {kind: [] for kind in kinds()}
    units = [m for m in newest.values() if isinstance(m, Unit)]
    into = {(u.channel, u.unit): u.into for u in units if u.fate == "merged"}
    context = _Context(start, [m for m in messages if isinstance(m, SubjectChanged)], into)
    for message in newest.values():
        for kind, made in _MAKERS[type(message)](message, context).items():
            rows[kind] += made
    return rows


def _identity(message: Measured) -> object:
    """What a newer message of the same replaces; None for what stands for itself."""
    if isinstance(message, Unit):
        return Unit, message.channel, message.unit
    if isinstance(message, RestTrain):
        return RestTrain, message.channel, message.train
    if isinstance(message, MuscleSummary):
        return MuscleSummary, message.channel, message.muscle, message.side
    return None


class _Context:
    """Where a record was measured: channel, muscle, side and age, as they held at its index."""

    def __init__(
        self, start: StreamStart, changes: Sequence[SubjectChanged], into: dict[tuple[int, int], int]
    ) -> None:
        self.rate_hz = start.rate_hz
        self.labels = [channel.label for channel in start.channels if channel.role == "emg"]
        self._subjects = [(0, start.subject), *((c.at_index, c.subject) for c in changes)]
        self._into = into

    def at(self, channel: int, index: int) -> Row:
        """The first columns of a row, and its time in seconds from the first sample of the run."""
        subject = next((s for at, s in reversed(self._subjects) if at <= index), self._subjects[0][1])
        return self.who(channel, subject) | {"time_s": index / self.rate_hz}

    def who(self, channel: int, subject: Subject) -> Row:
        """The first columns of a row."""
        known = find_muscle(subject.muscle)
        return {
            "channel": self.labels[channel],
            "muscle": known.name if known else subject.muscle,
            "group": known.group if known else None,
            "region": known.region if known else None,
            "side": subject.side,
            "age": subject.age,
        }

    def at_end(self, channel: int, unit: int) -> int:
        """The unit that this one turned out to be."""
        while (channel, unit) in self._into:
            unit = self._into[channel, unit]
        return unit


def _plain(record: msgspec.Struct, *left_out: str) -> Row:
    row: Row = msgspec.to_builtins(record, builtin_types=(bytes,))
    return {name: value for name, value in row.items() if name not in ("type", "channel", *left_out)}


def _floats(samples: bytes) -> list[float]:
    return np.frombuffer(samples, "<f4").tolist()


Made = dict[str, list[Row]]


def _phase(m: PhaseChanged, context: _Context) -> Made:
    return {"phases": [context.at(m.channel, m.at_index) | _plain(m)]}


def _unit(m: Unit, context: _Context) -> Made:
    measures = _plain(m.measures) if m.measures else dict.fromkeys(_fields(UnitMeasures))
    row = context.at(m.channel, m.at_index) | _plain(m, "measures", "template") | measures
    return {"units": [row | {"template": _floats(m.template)}]}


def _discharges(m: Discharges, context: _Context) -> Made:
    return {
        "discharges": [
            context.at(m.channel, index)
            | {"unit": unit, "unit_at_end": context.at_end(m.channel, unit)}
            | {"index": index, "superposed": superposed}
            for unit, index, superposed in zip(m.units, m.indices, m.superposed, strict=True)
        ]
    }


def _rest_train(m: RestTrain, context: _Context) -> Made:
    row = context.at(m.channel, m.first_index) | _plain(m, "snippet")
    return {"spontaneous": [row | {"snippet": _floats(m.snippet)}]}


def _epoch(m: Epoch, context: _Context) -> Made:
    return {"epochs": [context.at(m.channel, m.first_index) | _plain(m)]}


def _muscle(m: MuscleSummary, context: _Context) -> Made:
    who = context.who(m.channel, Subject(m.muscle, m.side, m.age))  # pyright: ignore[reportArgumentType]
    row = who | _plain(m, "rows", "recruitment", "spontaneous", *who)
    row |= {_recruitment(name): value for name, value in _plain(m.recruitment).items()}
    return {
        "muscles": [row],
        "measures": [who | _plain(each) for each in m.rows],
        "grades": [who | _plain(each) for each in m.spontaneous],
    }


def _surface(m: SurfaceMeasures, context: _Context) -> Made:
    span: Row = {"first_index": m.first_index, "stop_index": m.stop_index}
    channels = [
        context.at(channel, m.first_index)
        | span
        | {
            "envelope_uv": m.envelope_uv[channel],
            "active": m.active[channel],
            "onsets": list(m.onsets[channel]),
            "offsets": list(m.offsets[channel]),
            "median_frequency_hz": m.median_frequency_hz[channel],
            "fatigue_hz_per_s": m.fatigue_hz_per_s[channel],
        }
        for channel in range(len(m.envelope_uv))
    ]
    pairs = [
        context.at(a, m.first_index) | {"with_channel": context.labels[b]} | span | {"cocontraction": index}
        for a, b, index in m.cocontraction
    ]
    return {"surface": channels, "cocontraction": pairs}


_MAKERS: dict[type, Callable[[Any, _Context], Made]] = {
    PhaseChanged: _phase,
    Unit: _unit,
    Discharges: _discharges,
    RestTrain: _rest_train,
    Epoch: _epoch,
    MuscleSummary: _muscle,
    SurfaceMeasures: _surface,
}
