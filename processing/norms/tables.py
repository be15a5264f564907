"""Norm tables as data files: shipped ones and a laboratory's own."""

from itertools import pairwise
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from contracts.refusal import Refusal
from contracts.toml_door import as_struct, read_toml
from processing.measure_registry import (
    FIRING_MEASURES,
    INTERFERENCE_MEASURES,
    MUAP_MEASURES,
    VARIABILITY_MEASURES,
)
from processing.muscles import find_muscle, muscles

NORMED = frozenset(
    {
        *MUAP_MEASURES,
        *VARIABILITY_MEASURES,
        *FIRING_MEASURES,
        *INTERFERENCE_MEASURES,
        "polyphasic_percent",
        "peak_ratio",
    }
)
"""Measures that a table may have norms of."""

SHIPPED = ("pattichis-1995", "tibialis-controls", "bischoff-1994", "buchthal")
"""Names of the files beside this one, those that are preferred first."""

HOW = "Correct it; docs/norms.md has the keys."

_Above0 = Annotated[float, Meta(gt=0)]
_Count = Annotated[int, Meta(ge=0)]
_Age = Annotated[int, Meta(ge=0, le=120)]


class Technique(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the potentials were recorded. Norms of another electrode do not compare."""

    electrode: str
    highpass_hz: float | None = None
    lowpass_hz: float | None = None
    """None where the source that was read does not say."""
    selection: str = ""
    """Which potentials were taken."""


class NormValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The norm of one measure. Mean and SD are those between people, of the means of each."""

    mean: float
    sd: _Above0
    low: float | None = None
    """Of single potentials: fewer than one in ten are below it in healthy people; None where nobody says."""
    high: float | None = None


class NormRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The norms of one muscle in one band of ages."""

    muscle: str
    ages: tuple[_Age, _Age]
    """In years, both included."""
    values: dict[str, NormValue]
    people: _Count = 0
    """0 where the source that was read does not say; so the next."""
    potentials: _Count = 0
    verified: bool = True
    note: str = ""


class AgeCourse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Means of one measure in one muscle that change with age; linear between the ages given."""

    muscle: str
    measure: str
    ages: tuple[_Age, ...]
    means: tuple[_Above0, ...]
    sd_fraction: _Above0
    """Standard deviation as part of the mean."""
    verified: bool = True


class NormTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table: who measured what, and how."""

    name: str
    source: str
    technique: Technique
    algorithm: str
    """The marker rule: `MuapSettings.algorithm`, or a published rule in words."""
    verified: bool
    """The source was read. Otherwise the numbers are from memory."""
    potentials_each: _Count = 0
    """Of every person; 0 where they differ or nobody says."""
    comparable: tuple[str, ...] = ()
    """Measures that are held to compare although our marker rule is another."""
    comparable_because: str = ""
    rows: tuple[NormRow, ...] = ()
    courses: tuple[AgeCourse, ...] = ()


def shipped_tables() -> tuple[NormTable, ...]:
    """The tables that come with the software, in the order in which they are preferred."""
    return tuple(read_table(Path(__file__).with_name(f"{name}.toml")) for name in SHIPPED)


def read_table(path: Path) -> NormTable:
    """The table in a TOML file, its muscles by their names. Raises Refusal for one that says nothing clear."""
    table = as_struct(read_toml(path, "norms"), NormTable, str(path), HOW)
    for row in table.rows:
        _check_row(path, row)
    for course in table.courses:
        _check_course(path, course)
    _check_measures(path, table.comparable)
    return replace(
        table,
        rows=tuple(replace(row, muscle=_muscle(path, row.muscle)) for row in table.rows),
        courses=tuple(replace(course, muscle=_muscle(path, course.muscle)) for course in table.courses),
    )


def _check_row(path: Path, row: NormRow) -> None:
    _check_measures(path, tuple(row.values))
    if row.ages[0] > row.ages[1]:
        raise _refused(path, f"ages {list(row.ages)} of {row.muscle}", "the younger age first")
    for measure, value in row.values.items():
        if value.low is not None and value.high is not None and value.low > value.high:
            raise _refused(path, f"low {value.low:g}, high {value.high:g} of {measure}", "low not above high")


def _check_course(path: Path, course: AgeCourse) -> None:
    _check_measures(path, (course.measure,))
    rising = all(a < b for a, b in pairwise(course.ages))
    if not course.ages or len(course.ages) != len(course.means) or not rising:
        wanted = "one mean for each of some rising ages"
        raise _refused(path, f"the course of {course.measure} in {course.muscle}", wanted)


def _check_measures(path: Path, measures: tuple[str, ...]) -> None:
    unknown = [measure for measure in measures if measure not in NORMED]
    if unknown:
        raise _refused(path, f"the measure {unknown[0]!r}", f"one of {', '.join(sorted(NORMED))}")


def _muscle(path: Path, name: str) -> str:
    known = find_muscle(name)
    if known is None:
        raise _refused(path, f"the muscle {name!r}", f"one of {', '.join(m.name for m in muscles())}")
    return known.name


def _refused(path: Path, found: str, wanted: str) -> Refusal:
    return Refusal(found=f"{found} in {path}", wanted=wanted, do=HOW)
