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
    parts = [_row_table(row, norms, same) for row in norms.rows]
    parts += [_course_table(course, _scored(norms, course.measure, same)) for course in norms.courses]
    return Group(Text(norms.name, style="bold"), *(Text(line) for line in lines), *parts)


def muscles_table() -> Table:
    """A row for each muscle."""
    table = Table("muscle", "also", "nerve", "roots", "region", "group")
    for each in muscles():
        table.add_row(
            each.name, ", ".join(each.aliases), each.nerve, " ".join(each.roots), each.region, each.group
        )
    return table


def _row_table(row: NormRow, norms: NormTable, same: bool) -> Table:
    people = f", {row.people} people" if row.people else ""
    table = Table("measure", "mean", "SD", "limits of single potentials", "z-score", title_justify="left")
    table.title = f"{row.muscle}, {row.ages[0]} to {row.ages[1]} years{people}"
    table.caption = row.note or None
    for measure, value in row.values.items():
        limits = " to ".join("" if v is None else f"{v:g}" for v in (value.low, value.high))
        known = value.low is not None or value.high is not None
        scored = _scored(norms, measure, same)
        table.add_row(measure, f"{value.mean:g}", f"{value.sd:g}", limits if known else "", scored)
    return table


def _course_table(course: AgeCourse, scored: str) -> Table:
    table = Table("age", "mean", "SD", title=f"{course.muscle}, {course.measure}", title_justify="left")
    table.caption = f"z-score: {scored}"
    for age, mean in zip(course.ages, course.means, strict=True):
        table.add_row(str(age), f"{mean:g}", f"{course.sd_fraction * mean:.2g}")
    return table


def _scored(norms: NormTable, measure: str, same: bool) -> str:
    if same:
        return "yes"
    return "yes, marked" if measure in norms.comparable else "no: other marker rule"
