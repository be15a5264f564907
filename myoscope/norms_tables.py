"""Norms as tables for a terminal."""

from rich.console import Group
from rich.table import Table
from rich.text import Text

from processing.muscles import muscles
from processing.norms.lookup import Norms
from processing.norms.tables import AgeCourse, NormRow, NormTable


def tables_table(norms: Norms) -> Table:
    """A row for each table."""
    table = Table("table", "muscles", "ages", "source", "used")
    for each in norms.tables:
        muscles_in = {row.muscle for row in each.rows} | {course.muscle for course in each.courses}
        spans = [row.ages for row in each.rows] + [(c.ages[0], c.ages[-1]) for c in each.courses]
        ages = f"{min(a for a, _ in spans)} to {max(b for _, b in spans)}" if spans else ""
        used = "yes" if each.verified else "no: unverified"
        if not each.verified and norms.settings.use_unverified:
            used = "marked: unverified"
        names = ", ".join(muscles_in) if len(muscles_in) == 1 else str(len(muscles_in))
        table.add_row(each.name, names, ages, each.source, used)
    return table


def one_table(norms: NormTable, algorithm: str) -> Group:
    """All of one table; `algorithm` is the marker rule that a z-score would be for."""
    same = norms.algorithm == algorithm
    technique = norms.technique
    band = " to ".join(f"{hz:g} Hz" for hz in (technique.highpass_hz, technique.lowpass_hz) if hz is not None)
    lines = [
        f"source: {norms.source}",
        f"recorded: {', '.join(part for part in (technique.electrode, band, technique.selection) if part)}",
        f"marker rule: {norms.algorithm}" + ("" if same else " (another than ours)"),
    ]
    if not norms.verified:
        lines.append("unverified: no z-score unless norms.use_unverified is switched on")
    if not same and norms.comparable:
        lines.append(f"compares all the same: {', '.join(norms.comparable)}. {norms.comparable_because}")
    table = Table("muscle", "age", title=norms.name)
    for column in ("measure", "mean", "SD", "limits", "people", "z-score"):
        table.add_column(column, no_wrap=True)
    for row in norms.rows:
        _add_row(table, row, norms, same)
    for course in norms.courses:
        _add_course(table, course, norms, same)
    return Group(table, *(Text(line) for line in lines))


def muscles_table() -> Table:
    """A row for each muscle."""
    table = Table("muscle", "also", "nerve", "roots", "region", "group")
    for each in muscles():
        table.add_row(
            each.name, ", ".join(each.aliases), each.nerve, " ".join(each.roots), each.region, each.group
        )
    return table


def _add_row(table: Table, row: NormRow, norms: NormTable, same: bool) -> None:
    for measure, value in row.values.items():
        limits = " to ".join("" if v is None else f"{v:g}" for v in (value.low, value.high))
        table.add_row(
            row.muscle,
            f"{row.ages[0]} to {row.ages[1]}",
            measure,
            f"{value.mean:g}",
            f"{value.sd:g}",
            "" if value.low is None and value.high is None else limits,
            str(row.people or ""),
            _scored(norms, measure, same),
        )


def _add_course(table: Table, course: AgeCourse, norms: NormTable, same: bool) -> None:
    for age, mean in zip(course.ages, course.means, strict=True):
        sd = f"{course.sd_fraction * mean:.2g}"
        table.add_row(
            course.muscle,
            str(age),
            course.measure,
            f"{mean:g}",
            sd,
            "",
            "",
            _scored(norms, course.measure, same),
        )


def _scored(norms: NormTable, measure: str, same: bool) -> str:
    if same:
        return "yes"
    return "yes, marked" if measure in norms.comparable else "no: other rule"
