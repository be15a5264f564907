"""The norm of a measure for one muscle and age, or the reason why there is none."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from contracts.settings import NormSettings
from processing.muscles import Muscle, find_muscle
from processing.norms.tables import NormTable, NormValue, read_table, shipped_tables

OTHER_RULE = "other marker rule"
NO_NORM = "no norm for this muscle"


class Norm(msgspec.Struct, frozen=True):
    """What is usual, and how far it may be leant on."""

    table: str
    mean: float
    sd: float
    low: float | None
    """Limits of single potentials."""
    high: float | None
    comparable: bool
    """False: made with another marker rule; shown beside the value, without a z-score."""
    unverified: bool
    potentials_each: int
    """That each person's mean is of; 0 where that is not known."""
    note: str
    """Where it is from, and what to mind, in words."""


class _Entry(msgspec.Struct, frozen=True):
    """What one table says of a measure in one muscle at one age."""

    table: NormTable
    order: int
    """Of its table among all."""
    muscle: str
    ages: tuple[int, int]
    value: NormValue
    verified: bool
    note: str = ""


class Norms:
    """All tables that hold for a run."""

    def __init__(self, tables: Sequence[NormTable], settings: NormSettings) -> None:
        self.tables = tuple(tables)
        self.settings = settings

    def find(self, muscle: Muscle, age: int, measure: str, algorithm: str) -> Norm | str:
        """The norm for values measured by `algorithm`; in its place a reason, in words, where there is none.

        What compares is preferred to what does not, then verified norms to others, then the order of the tables.
        A norm by another marker rule that its table does not declare to compare is given, and says so.
        """
        entries = self._entries(measure, age)
        own = [e for e in entries if e.muscle == muscle.name]
        held = [e for e in own if self._holds(e, age)]
        if not held and self.settings.surrogates:
            held = [e for e in entries if self._holds(e, age) and _group(e.muscle) == muscle.group]
        if not held:
            return self._why_not(own, age)
        best = min(held, key=lambda e: (not _compares(e, measure, algorithm), not e.verified, e.order))
        return _norm(best, muscle, measure, algorithm)

    def _holds(self, entry: _Entry, age: int) -> bool:
        return self._usable(entry) and entry.ages[0] <= age <= entry.ages[1]

    def _usable(self, entry: _Entry) -> bool:
        return entry.verified or self.settings.use_unverified

    def _why_not(self, own: Sequence[_Entry], age: int) -> str:
        usable = [entry for entry in own if self._usable(entry)]
        if usable:
            bands = ", ".join(dict.fromkeys(f"{e.ages[0]} to {e.ages[1]}" for e in usable))
            return f"no norm for the age of {age}, only for {bands}"
        return "only unverified norms, which are not used" if own else NO_NORM

    def _entries(self, measure: str, age: int) -> list[_Entry]:
        entries: list[_Entry] = []
        for order, table in enumerate(self.tables):
            for row in table.rows:
                if measure in row.values:
                    verified, value = table.verified and row.verified, row.values[measure]
                    entries.append(_Entry(table, order, row.muscle, row.ages, value, verified, row.note))
            for course in table.courses:
                if course.measure == measure:
                    mean = float(np.interp(age, course.ages, course.means))
                    span, value = (
                        (course.ages[0], course.ages[-1]),
                        NormValue(mean, course.sd_fraction * mean),
                    )
                    verified = table.verified and course.verified
                    entries.append(_Entry(table, order, course.muscle, span, value, verified))
        return entries


def load_norms(settings: NormSettings) -> Norms:
    """The laboratory's table of the settings, if there is one, and the shipped ones. Reads files; raises Refusal."""
    own = [read_table(Path(settings.path).expanduser())] if settings.path else []
    return Norms((*own, *shipped_tables()), settings)


def _compares(entry: _Entry, measure: str, algorithm: str) -> bool:
    return entry.table.algorithm == algorithm or measure in entry.table.comparable


def _group(muscle: str) -> str | None:
    known = find_muscle(muscle)
    return known.group if known else None


def _norm(entry: _Entry, muscle: Muscle, measure: str, algorithm: str) -> Norm:
    table, value = entry.table, entry.value
    said = [table.name]
    if not entry.verified:
        said.append("unverified")
    if entry.muscle != muscle.name:
        said.append(f"surrogate norm of {entry.muscle}")
    if table.algorithm != algorithm:
        said.append(OTHER_RULE)
    if entry.note:
        said.append(entry.note)
    return Norm(
        table=table.name,
        mean=value.mean,
        sd=value.sd,
        low=value.low,
        high=value.high,
        comparable=_compares(entry, measure, algorithm),
        unverified=not entry.verified,
        potentials_each=table.potentials_each,
        note="; ".join(said),
    )
