"""What is measured of a recording, as tables for a terminal."""

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from contracts.measured import (
    Grade,
    Measured,
    MeasureRow,
    MuscleSummary,
    RestTrain,
    SurfaceMeasures,
    Unit,
)
from contracts.wire import StreamStart, SubjectChanged
from myoscope.measured_files import NOTICE

UNITS_SHOWN = 40


def examination_tables(measured: Sequence[Measured | SubjectChanged], start: StreamStart) -> Group:
    """The muscle with its norms, its units, and what was found at rest; of surface EMG the last second."""
    parts: list[RenderableType] = [Text(note, style="yellow") for note in start.notes]
    for summary in _last_summaries(measured):
        parts += [_muscle_table(summary, start.stream), Text(_notes_of(summary)), Text(_said_of(summary))]
    units = list({(m.channel, m.unit): m for m in measured if isinstance(m, Unit)}.values())
    if units:
        parts += [_unit_table(units), Text(_why_not(units))]
    trains = list({(m.channel, m.train): m for m in measured if isinstance(m, RestTrain)}.values())
    if trains:
        parts.append(_rest_table(trains))
    surfaces = [m for m in measured if isinstance(m, SurfaceMeasures)]
    if surfaces:
        parts.append(_surface_table(surfaces, [channel.label for channel in start.channels]))
    return Group(*parts, Text(NOTICE, style="dim"))


def _last_summaries(measured: Sequence[Measured | SubjectChanged]) -> list[MuscleSummary]:
    last = {(m.channel, m.muscle, m.side): m for m in measured if isinstance(m, MuscleSummary)}
    return list(last.values())


def _muscle_table(summary: MuscleSummary, name: str) -> Table:
    whose = " ".join(w for w in (summary.side, summary.muscle) if w) or "muscle not stated"
    age = "age not stated" if summary.age is None else f"age {summary.age}"
    table = Table(title=f"{name}: {whose}, {age}", box=SIMPLE)
    for column in ("measure", "n", "mean", "SD", "norm", "z", "low", "high"):
        table.add_column(column, no_wrap=True, justify="left" if column == "measure" else "right")
    for row in summary.rows:
        table.add_row(
            row.name,
            str(row.n),
            _number(row.mean),
            _number(row.sd),
            "" if row.norm_mean is None else f"{_number(row.norm_mean)} ± {_number(row.norm_sd)}",
            _z(row),
            "" if row.outliers_low is None else str(row.outliers_low),
            "" if row.outliers_high is None else str(row.outliers_high),
        )
    table.caption = "low, high: single values beyond the norm's limits; z with ?: by an unverified norm"
    return table


def _z(row: MeasureRow) -> str:
    if row.z is None:
        return ""
    return f"{row.z:+.1f}" + ("?" if row.unverified else "")


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _notes_of(summary: MuscleSummary) -> str:
    """What is said of the rows, once for all of which it is said."""
    rows: dict[str, list[str]] = {}
    for row in summary.rows:
        if row.note:
            rows.setdefault(row.note, []).append(row.name)
    return "\n".join(f"{', '.join(names)}: {note}" for note, names in rows.items())


def _said_of(summary: MuscleSummary) -> str:
    lines = [
        f"{summary.units_accepted} units accepted, {summary.units_rejected} not, {summary.sites} needle position(s)",
        f"recruitment: {summary.recruitment.grade} ({summary.recruitment.reason})",
    ]
    if summary.epochs:
        beside = (
            "no normal area for this muscle"
            if summary.epochs_outside is None
            else f"{summary.epochs_outside} outside the normal area"
        )
        lines.append(f"interference pattern: {summary.epochs} epochs, {beside}")
    lines += [
        f"{grade.kind}: {_proposed(grade)}, at {grade.sites} of {grade.watched_sites} sites in "
        f"{grade.watched_s:.0f} s of rest ({grade.evidence})"
        for grade in summary.spontaneous
        if grade.watched_sites
    ]
    if summary.reason:
        lines.append(summary.reason)
    return "\n".join(lines)


def _proposed(grade: Grade) -> str:
    """The grade in words; 0 only where enough was watched."""
    if grade.grade:
        return f"{grade.grade}+ proposed"
    if not grade.enough:
        return "no grade yet, not watched long enough for a 0"
    return "found, and less than 1+" if grade.sites else "0 proposed"


def _unit_table(units: Sequence[Unit]) -> Table:
    table = Table(title="motor units", box=SIMPLE, padding=(0, 1, 0, 0))
    for name in ("unit", "site", "n", "Hz", "CV", "uV", "ms", "phases", "turns", "jiggle", "taken"):
        table.add_column(name, no_wrap=True, justify="right")
    kept = [unit for unit in units if unit.fate in ("followed", "silent")]
    for unit in kept[:UNITS_SHOWN]:
        m = unit.measures
        amplitude = "" if m is None else f"{m.amplitude_uv:.0f}"
        timed = ["", "", "", ""]
        if m is not None:
            jiggle = "" if m.jiggle_percent is None else f"{m.jiggle_percent:.0f}"
            timed = [_number(m.duration_ms), str(m.phases), str(m.turns), jiggle]
        table.add_row(
            str(unit.unit),
            str(unit.site),
            str(unit.discharges),
            _number(unit.rate_hz),
            _number(unit.interval_cv),
            amplitude,
            *timed,
            "yes" if unit.accepted else "no",
        )
    table.caption = "n: discharges; jiggle in %"
    if len(kept) > UNITS_SHOWN:
        table.caption += f"; {len(kept) - UNITS_SHOWN} more units, --out FILE writes them all"
    return table


def _why_not(units: Sequence[Unit]) -> str:
    """What else to know of each unit."""
    said = [(unit.unit, "; ".join(unit.flags)) for unit in units if unit.flags]
    return "\n".join(f"unit {number}: {flags}" for number, flags in said[:UNITS_SHOWN])


def _rest_table(trains: Sequence[RestTrain]) -> Table:
    table = Table(title="at rest", box=SIMPLE)
    for name in ("train", "site", "kind", "n", "Hz", "uV"):
        table.add_column(name, no_wrap=name != "kind", justify="left" if name == "kind" else "right")
    table.add_column("why", ratio=1)
    for train in trains:
        table.add_row(
            str(train.train),
            str(train.site),
            train.kind,
            "" if train.discharges is None else str(train.discharges),
            _number(train.rate_hz),
            _number(train.amplitude_uv),
            train.reason,
        )
    table.caption = trains[0].evidence
    return table


def _surface_table(surfaces: Sequence[SurfaceMeasures], labels: Sequence[str]) -> Table:
    table = Table(
        "channel",
        "active, % of seconds",
        "envelope, uV",
        "onsets",
        "median frequency, Hz",
        "slope, Hz/s",
        title=f"surface EMG, {len(surfaces)} s",
    )
    for channel, label in enumerate(labels):
        envelope = sum(s.envelope_uv[channel] for s in surfaces) / len(surfaces)
        active = 100.0 * sum(s.active[channel] for s in surfaces) / len(surfaces)
        onsets = sum(len(s.onsets[channel]) for s in surfaces)
        medians = [m for s in surfaces if (m := s.median_frequency_hz[channel]) is not None]
        slopes = [f for s in surfaces if (f := s.fatigue_hz_per_s[channel]) is not None]
        table.add_row(
            label,
            f"{active:.0f}",
            _number(envelope),
            str(onsets),
            _number(medians[-1] if medians else None),
            _number(slopes[-1] if slopes else None),
        )
    return table
