"""A laboratory's own norms, from healthy people measured as patients are."""

import math
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from contracts.measured import Unit
from contracts.refusal import Refusal
from processing.motor_units.settings import MuapSettings
from processing.muscle_table import POLYPHASIC, unit_columns
from processing.muscles import Muscle
from processing.norms.tables import NormRow, NormTable, NormValue, Technique

_DIGITS = 4
"""Of a number in a table."""

_ALIKE = 1e-9
"""Standard deviation, as part of the mean, that is nothing but rounding."""


class OwnNormSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many make a norm."""

    people: Annotated[int, Meta(ge=3)] = 10
    """With fewer there is no table: the spread between them would be a guess."""
    advised: Annotated[int, Meta(ge=3)] = 20
    """With fewer the table says that they are few."""
    units: Annotated[int, Meta(ge=3)] = 10
    """Accepted units of a person below which the person does not count."""
    values: Annotated[int, Meta(ge=1)] = 3
    """Of one measure below which a person has no mean of it: few units rise fast enough to count for all."""
    outlier_fraction: Annotated[float, Meta(ge=0, lt=0.5)] = 0.1
    """A limit of single potentials has no more than this part of any healthy person's beyond it."""


class HealthyPerson(msgspec.Struct, frozen=True):
    """All units of one person's muscle, over all recordings."""

    person: str
    age: int | None
    units: tuple[Unit, ...]

    @property
    def accepted(self) -> int:
        """How many count."""
        return sum(unit.accepted for unit in self.units)


DEFAULTS = OwnNormSettings()


def own_table(
    people: Sequence[HealthyPerson],
    muscle: Muscle,
    ages: tuple[int, int],
    *,
    name: str,
    source: str,
    technique: Technique,
    muap: MuapSettings,
    settings: OwnNormSettings = DEFAULTS,
) -> NormTable:
    """The table of one muscle: mean and SD between people of each person's means, and limits of single potentials.

    A limit is set so that, of every healthy person counted, no more than `outlier_fraction` of the potentials lie
    beyond it: the most extreme, over people, of the value that so many of a person exceed. Measures in which all
    people are alike are left out. Raises Refusal for too few people.
    """
    counted = [person for person in people if person.accepted >= settings.units]
    if len(counted) < settings.people:
        raise Refusal(
            found=f"{len(counted)} of {len(people)} people with {settings.units} accepted units or more",
            wanted=f"at least {settings.people} people",
            do="Record more healthy people, or more needle positions of each.",
        )
    columns = [{c.name: c.values for c in unit_columns(person.units)} for person in counted]
    values = {
        measure: value
        for measure in columns[0]
        if (value := _value(measure, [c[measure] for c in columns], settings)) is not None
    }
    few = len(counted) < settings.advised
    row = NormRow(
        muscle=muscle.name,
        ages=ages,
        values=values,
        people=len(counted),
        potentials=sum(person.accepted for person in counted),
        note=f"only {len(counted)} people" if few else "",
    )
    each = math.floor(float(np.median([person.accepted for person in counted])))
    return NormTable(
        name, source, technique, muap.algorithm, verified=True, potentials_each=each, rows=(row,)
    )


def _value(measure: str, people: Sequence[Sequence[float]], settings: OwnNormSettings) -> NormValue | None:
    """The norm of a measure from the single values of each person; None where too few people have enough."""
    people = [single for single in people if len(single) >= settings.values]
    if len(people) < settings.people:
        return None
    means = [float(np.mean(single)) for single in people]
    mean, sd = float(np.mean(means)), float(np.std(means, ddof=1))
    if sd <= _ALIKE * abs(mean):
        return None
    low = high = None
    if measure != POLYPHASIC:
        low = min(_beyond(sorted(single), settings.outlier_fraction) for single in people)
        high = max(_beyond(sorted(single, reverse=True), settings.outlier_fraction) for single in people)
    return NormValue(
        rounded(mean),
        rounded(sd),
        low if low is None else rounded(low),
        high if high is None else rounded(high),
    )


def _beyond(outermost_first: Sequence[float], fraction: float) -> float:
    """The value beyond which no more than a part of the values lie."""
    return outermost_first[math.floor(fraction * len(outermost_first))]


def rounded(value: float) -> float:
    """The value to as many digits as a table has."""
    return float(f"{value:.{_DIGITS}g}")


def as_toml(table: NormTable) -> dict[str, Any]:
    """The table as it stands in a TOML file: nothing that is not set."""
    return _set(msgspec.to_builtins(table))


def _set(tree: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in tree.items():
        if value in (None, "", [], ()):
            continue
        if isinstance(value, dict):
            kept[key] = _set(value)
        elif isinstance(value, list | tuple):
            kept[key] = [_set(item) if isinstance(item, dict) else item for item in value]
        else:
            kept[key] = value
    return kept
