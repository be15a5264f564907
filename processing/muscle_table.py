"""The table of one muscle: its measures over all units and epochs, beside what is usual."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from contracts.measured import Epoch, MeasureRow, Unit, UnitMeasures
from contracts.settings import NormSettings
from processing.measure_registry import (
    FIRING_MEASURES,
    INTERFERENCE_MEASURES,
    MUAP_MEASURES,
    VARIABILITY_MEASURES,
)
from processing.motor_units.potential import FAR_AWAY
from processing.motor_units.selection import statistic
from processing.motor_units.settings import MuapSettings
from processing.muscles import find_muscle
from processing.norms.lookup import NO_NORM, Norm, Norms

SHAPE = ("amplitude_uv", "phases", "turns", "area_uvms", "thickness_ms", "size_index", "spike_duration_ms")
POLYPHASIC = "polyphasic_percent"
PEAK_RATIO = "peak_ratio"


class MuscleTable(NamedTuple):
    """The rows of a muscle, and what stands behind their z-scores."""

    rows: tuple[MeasureRow, ...]
    reason: str
    """Why there is no z-score at all; empty where there is one. Each row's note has its own."""
    norms: str
    """Names of the tables whose norms stand in the rows; empty without any."""


class Column(NamedTuple):
    """All values of one measure in a muscle."""

    name: str
    unit: str
    values: list[float]


def muscle_rows(
    units: Sequence[Unit],
    epochs: Sequence[Epoch],
    muscle: str | None,
    age: int | None,
    norms: Norms,
    settings: MuapSettings,
) -> MuscleTable:
    """The table over the accepted units and the epochs of one muscle.

    `units` holds the newest message of each; what was merged into another or is a part of one does not count.
    `settings` are those that the units were measured with: their marker rule decides which norms compare. A
    measure without any value has n = 0. The z-score is (mean - norm's mean) / norm's SD between people, which is
    widened where fewer units were measured here, see `sd_of_means`.
    """
    columns = [*unit_columns(units), *(_of_epochs(epochs) if epochs else ())]
    rows = tuple(_row(column, settings.minimum_potentials) for column in columns)
    known = find_muscle(muscle)
    if known is None or age is None:
        return MuscleTable(rows, _not_enough_said(muscle, known is not None, age), "")
    found = [norms.find(known, age, column.name, settings.algorithm) for column in columns]
    beside = tuple(
        _beside(row, column.values, norm, norms.settings)
        for row, column, norm in zip(rows, columns, found, strict=True)
    )
    tables = dict.fromkeys(norm.table for norm in found if isinstance(norm, Norm))
    scored = any(row.z is not None for row in beside)
    return MuscleTable(beside, "" if scored else _why_none(found, norms.settings), ", ".join(tables))


def _counted(units: Sequence[Unit]) -> tuple[list[Unit], list[UnitMeasures]]:
    """The accepted units, and the measures of those among them that count for more than duration."""
    taken = [u for u in units if u.accepted and u.fate in ("followed", "silent")]
    return taken, [u.measures for u in taken if u.measures is not None and not FAR_AWAY & set(u.flags)]


def unit_columns(units: Sequence[Unit]) -> list[Column]:
    """The single values of each measure over the accepted units; what is polyphasic as 0 or 100.

    Rates are those of slight effort: who tenses the muscle more discharges faster."""
    taken, near = _counted(units)
    durations = [u.measures.duration_ms for u in taken if u.measures is not None]
    rates = [u.slight_rate_hz for u in taken]
    return [
        Column("duration_ms", "ms", [d for d in durations if d is not None]),
        *(Column(name, MUAP_MEASURES[name].unit, _given(near, name)) for name in SHAPE),
        Column(POLYPHASIC, "%", [100.0 * m.polyphasic for m in near]),
        Column("jiggle_percent", VARIABILITY_MEASURES["jiggle_percent"].unit, _given(near, "jiggle_percent")),
        Column("rate_hz", FIRING_MEASURES["rate_hz"].unit, [rate for rate in rates if rate is not None]),
    ]


def _given(measures: Sequence[UnitMeasures], name: str) -> list[float]:
    """One measure of all potentials that have it."""
    return [float(value) for value in (getattr(m, name) for m in measures) if value is not None]


def _of_epochs(epochs: Sequence[Epoch]) -> list[Column]:
    columns = [Column(n, m.unit, [getattr(e, n) for e in epochs]) for n, m in INTERFERENCE_MEASURES.items()]
    ratios = next(column for column in columns if column.name == "turns_amplitude_ratio")
    return [*columns, ratios._replace(name=PEAK_RATIO)]


def _row(column: Column, fewest: int) -> MeasureRow:
    """Count, mean and SD; of the peak ratio the largest. A percentage is not given below `fewest`."""
    name, unit, single = column
    n = len(single)
    if n == 0:
        return MeasureRow(name, unit, 0, None, None)
    if name == PEAK_RATIO:
        return MeasureRow(name, unit, n, max(single), None, note="the largest of all epochs")
    s = statistic(single)
    if name != POLYPHASIC:
        return MeasureRow(name, unit, n, s.mean, s.sd)
    if n < fewest:
        return MeasureRow(name, unit, n, None, None, note=f"n/a below {fewest} units")
    return MeasureRow(name, unit, n, s.mean, None)


def _beside(row: MeasureRow, single: Sequence[float], norm: Norm | str, settings: NormSettings) -> MeasureRow:
    """The row with its norm, as far as the norm holds for it."""
    notes = [row.note] if row.note else []
    if isinstance(norm, str):
        return replace(row, note="; ".join([*notes, norm]))
    notes.append(norm.note)
    enough = row.n >= settings.minimum_units
    z, low, high = None, None, None
    if not norm.comparable:
        notes.append("no z-score")
    elif row.mean is not None:
        low = sum(value < norm.low for value in single) if norm.low is not None else None
        high = sum(value > norm.high for value in single) if norm.high is not None else None
        z = (row.mean - norm.mean) / sd_of_means(row.name, single, norm) if enough else None
        notes += _remarks(row, low, high, norm, settings)
    return replace(
        row,
        norm_mean=norm.mean,
        norm_sd=norm.sd,
        z=z,
        outliers_low=low,
        outliers_high=high,
        unverified=norm.unverified,
        note="; ".join(notes),
    )


def sd_of_means(measure: str, single: Sequence[float], norm: Norm) -> float:
    """Standard deviation between healthy people of means of as many units as were measured here.

    The norm's is of means of `potentials_each`, m. A mean of fewer, n, is off by more: sqrt(sd^2 + s^2 (1/n - 1/m)),
    where s is the standard deviation between the units here. Without it, a healthy muscle of which five units were
    measured would be two SD away by the choice of units alone. Epochs are no sample of units: theirs stays.
    """
    n = len(single)
    if not _too_few(measure, n, norm):
        return norm.sd
    between_units = statistic(list(single)).sd or 0.0
    return math.sqrt(norm.sd**2 + between_units**2 * (1.0 / n - 1.0 / norm.potentials_each))


def _too_few(measure: str, n: int, norm: Norm) -> bool:
    """Whether these are fewer units than each person of the norm had."""
    of_units = measure not in INTERFERENCE_MEASURES and measure != PEAK_RATIO
    return of_units and n < norm.potentials_each


def _remarks(
    row: MeasureRow, low: int | None, high: int | None, norm: Norm, settings: NormSettings
) -> list[str]:
    """What to know of a z-score and of outliers."""
    n, said = row.n, list[str]()
    if n < settings.minimum_units:
        said.append(f"no z-score below {settings.minimum_units} units")
    elif _too_few(row.name, n, norm):
        said.append(f"{n} units here, {norm.potentials_each} of each person in the norm: its SD is widened")
    allowed = settings.outliers * max(1.0, n / settings.outliers_of)
    for count, side in ((low, "low"), (high, "high")):
        if count is not None and count > allowed:
            said.append(f"too many {side} outliers: {count} of {n}")
    return said


def _not_enough_said(muscle: str | None, known: bool, age: int | None) -> str:
    if muscle and not known:
        return f"the muscle {muscle!r} is not known: no z-scores"
    missing = " and ".join(
        word for word, given in (("muscle", muscle), ("age", age is not None)) if not given
    )
    return f"{missing} not given: no z-scores"


def _why_none(found: Sequence[Norm | str], settings: NormSettings) -> str:
    """The nearest reason why no row has a z-score."""
    norms = [norm for norm in found if isinstance(norm, Norm)]
    if any(norm.comparable for norm in norms):
        return f"fewer than {settings.minimum_units} units that lie near enough for their shape to count: no z-scores"
    if norms:
        return "norms only by another marker rule: no z-scores"
    said = [reason for reason in found if isinstance(reason, str) and reason != NO_NORM]
    return f"{said[0] if said else NO_NORM}: no z-scores"
