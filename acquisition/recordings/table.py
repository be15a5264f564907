"""Tables with named columns, CSV or Parquet: which column is the time, which are signals, which are markers.

A column's unit stands in brackets in its name, `EMG1 [uV]` or `time (ms)` (`EMG (left)` is a name). A time
column (`time`, `t`, `timestamp`, `seconds` ...) gives the rate and the holes; a text column called marker,
event or annotation gives annotations at the rows where it is not empty.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from acquisition.recordings.channels import RawChannel, lay_out
from acquisition.recordings.labels import labels_from
from acquisition.recordings.rate import agreed_rate_hz
from acquisition.recordings.recording import Annotation
from acquisition.recordings.stamps import Timeline, neat_rate_hz, timeline_of
from acquisition.recordings.stored import Store, StoredRecording, description_of
from acquisition.recordings.text import is_number
from contracts.records import Gap
from contracts.refusal import Refusal

_BRACKETED = re.compile(
    r"^(.+?)\s*(?:\[([^\]]*)\]|\(([^\s\d)]{1,3}|microvolts?|millivolts?|volts?|counts?)\))\s*$"
)
_TIME = re.compile(
    r"^(?:time|timestamps?|t|lsl_?time|seconds|sec|milliseconds)(?:_(s|sec|ms|us))?$", re.IGNORECASE
)
_SECONDS_PER = {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "us": 1e-6} | {
    "milliseconds": 1e-3,
    "µs": 1e-6,
    "μs": 1e-6,
    "ns": 1e-9,
}
INDEX = "index"
"""The kind of a column that counts the rows."""
_MARKERS = re.compile(r"^(?:markers?|events?|annotations?|triggers?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table as the file gives it."""

    name: str
    is_number: bool
    unit: str = ""
    """A unit kept apart from the name (Parquet field metadata)."""
    kind: str = ""
    """A type of channel kept likewise; `index` counts the rows and is no channel."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a table format hands over."""

    path: Path
    format: str
    columns: Sequence[TableColumn]
    n_rows: int
    store: Store
    """Reads number columns by their position among all columns."""
    text_of: Callable[[int], Sequence[str | None]]
    """The cells of a text column by position; None or "" where empty."""
    metadata: Mapping[str, str]
    annotations: tuple[Annotation, ...] = ()
    """Events that the file holds apart from its columns, by run index."""


def open_table(table: Table, rate_hz: float | None, unit: str | None) -> StoredRecording:
    """A recording from a table; see the module for the columns it knows."""
    if table.n_rows == 0:
        raise no_rows(table.path)
    time, scale_s, notes = _time_column(table)
    timeline, rate = _timing(table, time, scale_s, rate_hz)
    gaps = timeline.gaps if timeline else ()
    signals = [i for i, c in enumerate(table.columns) if c.is_number and i != time and c.kind != INDEX]
    raw = [_raw_channel(i, table.columns[i], table.metadata.get("unit", "")) for i in signals]
    layout = lay_out(raw, unit, table.path.name)
    stated = [table.metadata["notes"]] if table.metadata.get("notes") else []
    annotations, text_notes = _annotations(table, gaps)
    labels = labels_from(table.metadata)
    return StoredRecording(
        path=table.path,
        format=table.format,
        description=description_of(
            table.path,
            rate,
            layout.columns,
            labels,
            [*layout.notes, *notes, *text_notes, *stated],
            manufacturer=table.metadata.get("manufacturer", ""),
            model=table.metadata.get("model", ""),
        ),
        n_samples=table.n_rows,
        labels=labels,
        annotations=annotations,
        gaps=gaps,
        columns=layout.columns,
        store=table.store,
    )


def no_rows(path: Path) -> Refusal:
    """The refusal of a table that has names only."""
    return Refusal(
        found=f"column names but no samples in {path.name}",
        wanted="at least one row of numbers",
        do="Check that the recording was saved to its end.",
    )


def names_time(name: str) -> bool:
    """True where a column of that name holds the time."""
    return _TIME.match(_split(TableColumn(name, True))[0]) is not None


def _split(column: TableColumn) -> tuple[str, str]:
    """Label and unit."""
    match = _BRACKETED.match(column.name.strip())
    if match:
        return match[1], column.unit or (match[2] or match[3] or "").strip()
    return column.name.strip(), column.unit


def _raw_channel(position: int, column: TableColumn, default_unit: str) -> RawChannel:
    label, unit = _split(column)
    return RawChannel(position, label, unit or default_unit, column.kind)


def _time_column(table: Table) -> tuple[int | None, float, list[str]]:
    """Position of the time column, seconds per its unit, and what was assumed."""
    for position, column in enumerate(table.columns):
        label, unit = _split(column)
        match = _TIME.match(label)
        if not match or not column.is_number:
            continue
        word = unit or match[1] or (label if label.casefold() in _SECONDS_PER else "")
        if not word:
            return position, 1.0, [f"The unit of column {label!r} is not stated; seconds were assumed."]
        if word.casefold() not in _SECONDS_PER:
            raise Refusal(
                found=f"the unit {word!r} of the time column in {table.path.name}",
                wanted="s, ms, us or ns",
                do="Correct the column's name, as in `time [s]`.",
            )
        return position, _SECONDS_PER[word.casefold()], []
    return None, 1.0, []


def _timing(
    table: Table, time: int | None, scale_s: float, rate_hz: float | None
) -> tuple[Timeline | None, float]:
    stated = table.metadata.get("rate_hz")
    stated_hz = _number(stated, table.path) if stated else None
    if time is None:
        return None, agreed_rate_hz(table.path, stated_hz, rate_hz)
    stamps = np.asarray(table.store.read([time], 0, table.n_rows)[:, 0], np.float64) * scale_s
    if not np.isfinite(stamps).all():
        row = int(np.flatnonzero(~np.isfinite(stamps))[0]) + 1
        raise Refusal(
            found=f"no time in row {row} of {table.path.name}",
            wanted="a time for every sample",
            do="Fill or cut the row; if it is the last one, the file was cut short: copy it again.",
        )
    timeline = timeline_of(stamps, stated_hz)
    if timeline is None:
        raise Refusal(
            found=f"a time column that does not advance in {table.path.name}",
            wanted="times that rise from row to row",
            do="Check the column; without it, give the rate (rate_hz).",
        )
    if stated_hz is None:
        stated_hz = neat_rate_hz(1.0 / timeline.rate_hz)
    return timeline, agreed_rate_hz(table.path, stated_hz, rate_hz)


def _number(text: str, path: Path) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Refusal(
            found=f"the rate {text!r} in {path.name}",
            wanted="a number of hertz",
            do="Correct the file's metadata.",
        ) from error


def _annotations(table: Table, gaps: Sequence[Gap]) -> tuple[tuple[Annotation, ...], list[str]]:
    """What text columns hold: markers, or a note that they were left out."""
    annotations = list(table.annotations)
    notes: list[str] = []
    for position, column in enumerate(table.columns):
        if column.is_number:
            continue
        cells = table.text_of(position)
        if _MARKERS.match(_split(column)[0]):
            annotations += [
                Annotation(run_index(row, gaps), 0, cell)
                for row, cell in enumerate(cells)
                if cell and cell.strip()
            ]
        else:
            _refuse_numbers(column.name, cells, table.path)
            notes.append(f"Column {column.name!r} holds text and was left out.")
    return tuple(sorted(annotations, key=lambda a: a.index)), notes


def _refuse_numbers(name: str, cells: Sequence[str | None], path: Path) -> None:
    """A column of numbers with a slip in it must not vanish as a column of text."""
    slips = [row for row, cell in enumerate(cells, 1) if cell and not is_number(cell)]
    if len(slips) < sum(1 for cell in cells if cell):
        raise Refusal(
            found=f"{cells[slips[0] - 1]!r} in row {slips[0]} of column {name!r} in {path.name}",
            wanted="a number, as in the other rows",
            do="Correct or cut the row.",
        )


def run_index(position: int, gaps: Sequence[Gap]) -> int:
    """The run index of a stored sample: the missing samples before it are counted."""
    index = position
    for gap in gaps:
        if index + gap.missing >= gap.at_index:
            index += gap.missing
    return index
