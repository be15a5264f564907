"""What the interference pattern says about recruitment: how many units make it, and how large they are."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from contracts.measured import PhaseKind
from processing.phases.figures import Figures
from processing.recruitment.settings import PatternSettings

DEFAULTS = PatternSettings()
Parts = Sequence[Sequence["PatternPoint"]]


class PatternPoint(msgspec.Struct, frozen=True):
    """A tenth of a second of effort; see `processing.phases.figures`."""

    phase: PhaseKind
    turns_per_s: float
    turn_uv: float
    """Mean amplitude of a turn."""
    hum_uv: float
    """Of the distant units: grows with the force of the whole muscle."""
    quiet_uv: float
    """Of the band above the hum, in quiet moments: units somewhat nearer that never pause together."""
    activity: float
    soon: float
    again: float
    """Autocorrelation of the envelope, at two lags."""


class Pattern(msgspec.Struct, frozen=True):
    """The pattern of one muscle: means over its stretches of effort. None where too little of that effort was seen."""

    stretches: int
    """With the strongest effort: maximal where that was seen, else moderate."""
    strongest_s: float
    """So much of it."""
    effort_s: float
    """Effort of any size that was seen."""
    maximal: bool
    """Whether maximal effort is among it."""
    hum_uv: float | None
    """At the strongest effort."""
    units: float | None
    """Grows with the number of units that are heard, whatever their size: activity at the strongest effort, with what
    the envelope's autocorrelation says there and at moderate effort. Near 0.6 in health, below 0 where two or three
    fast units are left."""
    turns_per_uv: float | None
    """Turns per second over their mean amplitude, for the quiet level over the hum: large where many units are small,
    since fibres are gone and not units."""


def point_of(phase: PhaseKind, figures: Figures) -> PatternPoint:
    """The point of one hop."""
    return PatternPoint(
        phase=phase,
        turns_per_s=figures.turns_per_s,
        turn_uv=figures.turn_uv,
        hum_uv=figures.hum_uv,
        quiet_uv=figures.quiet_middle_uv,
        activity=figures.activity,
        soon=figures.soon,
        again=figures.again,
    )


def pattern(
    stretches: Sequence[Sequence[PatternPoint]], hop_s: float, settings: PatternSettings = DEFAULTS
) -> Pattern:
    """The pattern of a muscle from its stretches of effort; a needle's every position is one, or several."""
    window = max(1, round(settings.window_s / hop_s))
    maximal, moderate = (_of(phase, stretches, window) for phase in ("maximal", "moderate"))
    fewest = settings.least_s / hop_s
    maximal = maximal if _points(maximal) >= fewest else []
    strongest = maximal or (moderate if _points(moderate) >= fewest else [])
    hums = [point.hum_uv for points in stretches for point in points]
    return Pattern(
        stretches=len(strongest),
        strongest_s=_points(strongest) * hop_s,
        effort_s=len(hums) * hop_s,
        maximal=bool(maximal),
        hum_uv=float(np.quantile(hums, settings.strongest)) if hums else None,
        units=_units(strongest, moderate, settings) if strongest else None,
        turns_per_uv=_turns_per_uv(strongest, moderate or strongest) if strongest else None,
    )


def _of(
    phase: PhaseKind, stretches: Sequence[Sequence[PatternPoint]], window: int
) -> list[list[PatternPoint]]:
    """Of each stretch the points of one phase, where there are enough."""
    parts = ([point for point in points if point.phase == phase] for points in stretches)
    return [part for part in parts if len(part) >= window]


def _points(parts: Parts) -> int:
    return sum(len(part) for part in parts)


def _mean(parts: Parts, of: Callable[[PatternPoint], float]) -> float:
    """Over the stretches, of the mean in each."""
    return float(np.mean([np.mean([of(point) for point in part]) for part in parts]))


def _units(strongest: Parts, moderate: Parts, settings: PatternSettings) -> float:
    activity = float(np.mean([np.median([point.activity for point in part]) for part in strongest]))
    again = _mean(moderate, lambda point: point.again) if moderate else 0.0
    return activity + settings.soon * _mean(strongest, lambda point: point.soon) - settings.again * again


def _turns_per_uv(strongest: Parts, moderate: Parts) -> float:
    """0 where nothing turns or hums."""
    per_uv = np.mean([_ratio(part, lambda p: p.turns_per_s, lambda p: p.turn_uv) for part in moderate])
    quiet = np.mean([_ratio(part, lambda p: p.quiet_uv, lambda p: p.hum_uv) for part in strongest])
    return float(per_uv / quiet) if quiet > 0.0 else 0.0


def _ratio(
    part: Sequence[PatternPoint],
    over: Callable[[PatternPoint], float],
    under: Callable[[PatternPoint], float],
) -> float:
    """Of the means in one stretch."""
    below = sum(under(point) for point in part)
    return sum(over(point) for point in part) / below if below > 0.0 else 0.0
