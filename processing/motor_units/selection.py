"""Which potentials of a person count for what, and what they come to."""

from collections.abc import Sequence
from statistics import median

import msgspec
import numpy as np

from processing.motor_units.measures import MuapMeasures
from processing.motor_units.settings import MuapSettings

SHAPE = (
    "amplitude_uv",
    "phases",
    "turns",
    "rise_time_us",
    "area_uvms",
    "thickness_ms",
    "size_index",
    "spike_duration_ms",
    "spike_area_uvms",
)
"""Measures that fall with the distance from the fibres; duration hardly does."""


class Selection(msgspec.Struct, frozen=True):
    """The potentials that are taken."""

    for_duration: tuple[MuapMeasures, ...]
    for_shape: tuple[MuapMeasures, ...]
    """Also near enough for amplitude, phases and all else. A subset of the others."""


class Statistic(msgspec.Struct, frozen=True):
    """Of one measure over the potentials of a person."""

    n: int
    mean: float
    median: float
    sd: float | None
    """None for one potential."""


class MuapSummary(msgspec.Struct, frozen=True):
    """What the potentials of a person (or of one muscle) come to."""

    algorithm: str
    offered: int
    measures: dict[str, Statistic]
    """By name of the measure; one without any value is left out."""
    polyphasic_percent: float | None
    """None below `minimum_potentials`."""
    serrated_percent: float | None
    satellites_percent: float | None
    """Of the potentials, those with one or more."""


DEFAULTS = MuapSettings()


def select(measures: Sequence[MuapMeasures], settings: MuapSettings = DEFAULTS) -> Selection:
    """The potentials that count: between marks that were found, not too small, and for shape near enough.

    Duration is fairly constant within a unit's territory, so that a slow rise is no reason to drop it.
    """
    taken = [
        m
        for m in measures
        if not m.flags and m.duration_ms is not None and m.amplitude_uv >= settings.minimum_amplitude_uv
    ]
    near = [m for m in taken if m.rise_time_us is not None and m.rise_time_us <= settings.rise_time_limit_us]
    return Selection(tuple(taken), tuple(near))


def summarise(measures: Sequence[MuapMeasures], settings: MuapSettings = DEFAULTS) -> MuapSummary:
    """Mean, median and SD of every measure over the potentials that `select` takes for it, and percentages."""
    selection = select(measures, settings)
    near = selection.for_shape
    columns = {"duration_ms": values(selection.for_duration, "duration_ms")}
    columns.update({name: values(near, name) for name in SHAPE})
    enough = len(near) >= settings.minimum_potentials
    return MuapSummary(
        algorithm=settings.algorithm,
        offered=len(measures),
        measures={name: statistic(column) for name, column in columns.items() if column},
        polyphasic_percent=percent([m.polyphasic for m in near]) if enough else None,
        serrated_percent=percent([m.serrated for m in near]) if enough else None,
        satellites_percent=percent([bool(m.satellites) for m in near]) if enough else None,
    )


def values(measures: Sequence[MuapMeasures], name: str) -> list[float]:
    """One measure of all potentials that have it."""
    return [float(value) for value in (getattr(m, name) for m in measures) if value is not None]


def statistic(column: list[float]) -> Statistic:
    """Mean, median and sample standard deviation of values, at least one."""
    array = np.array(column)
    return Statistic(
        n=len(column),
        mean=float(array.mean()),
        median=median(column),
        sd=float(array.std(ddof=1)) if len(column) > 1 else None,
    )


def percent(marked: list[bool]) -> float:
    """How many of a hundred are true."""
    return 100.0 * sum(marked) / len(marked)
