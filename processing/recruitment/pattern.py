"""What the interference pattern says about recruitment: how full it is, and how complex for its size."""

from collections.abc import Sequence

import msgspec
import numpy as np

from contracts.measured import PhaseKind
from processing.phases.figures import Figures
from processing.recruitment.settings import PatternSettings

DEFAULTS = PatternSettings()


class PatternPoint(msgspec.Struct, frozen=True):
    """A tenth of a second of effort."""

    phase: PhaseKind
    turns_per_s: float
    turn_uv: float
    """Mean amplitude of a turn."""
    hum_uv: float
    """Of the distant units: grows with the force of the whole muscle."""
    activity: float
    fullness: float
    """Level of the quiet fifth of the fine band over all of it: near 1 for a pattern without any pause, near 0 for
    potentials that stand apart."""


class Pattern(msgspec.Struct, frozen=True):
    """The pattern of one muscle: means over its stretches of effort. None where too little of that effort was seen."""

    stretches: int
    """With maximal effort."""
    effort_s: float
    """Effort of any size that was seen."""
    fullness: float | None
    activity: float | None
    """Both at maximal effort."""
    turns_per_hum: float | None
    """Turns per second over the hum of distant units, at moderate effort."""
    hum_uv: float | None
    """At the strongest effort."""
    moderate_fullness: float | None
    """Mean of fullness and activity at moderate effort."""
    peak_ratio: float | None
    """Largest of turns per second over mean amplitude of a turn, from moderate effort on."""


def point_of(phase: PhaseKind, figures: Figures) -> PatternPoint:
    """The point of one hop."""
    return PatternPoint(
        phase=phase,
        turns_per_s=figures.turns_per_s,
        turn_uv=figures.turn_uv,
        hum_uv=figures.hum_uv,
        activity=figures.activity,
        fullness=figures.quiet_fine_uv / figures.fine_uv if figures.fine_uv > 0.0 else 0.0,
    )


def pattern(
    stretches: Sequence[Sequence[PatternPoint]], hop_s: float, settings: PatternSettings = DEFAULTS
) -> Pattern:
    """The pattern of a muscle from its stretches of effort; a needle's every position is one, or several."""
    window = max(1, round(settings.window_s / hop_s))
    maximal = [part for points in stretches if len(part := _of("maximal", points)) >= window]
    moderate = [part for points in stretches if len(part := _of("moderate", points)) >= window]
    peaks = [max(each) for points in stretches if (each := ratios(points, window))]
    hums = [point.hum_uv for points in stretches for point in points]
    return Pattern(
        stretches=len(maximal),
        effort_s=len(hums) * hop_s,
        fullness=_mean([float(np.median([point.fullness for point in part])) for part in maximal]),
        activity=_mean([float(np.median([point.activity for point in part])) for part in maximal]),
        turns_per_hum=_mean([_turns_per_hum(part) for part in moderate]),
        hum_uv=float(np.quantile(hums, settings.strongest)) if hums else None,
        moderate_fullness=_mean(
            [
                float(np.median([(point.fullness + point.activity) / 2.0 for point in part]))
                for part in moderate
            ]
        ),
        peak_ratio=_mean(peaks),
    )


def _of(phase: PhaseKind, points: Sequence[PatternPoint]) -> list[PatternPoint]:
    return [point for point in points if point.phase == phase]


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _turns_per_hum(points: Sequence[PatternPoint]) -> float:
    hum_uv = float(np.mean([point.hum_uv for point in points]))
    return float(np.mean([point.turns_per_s for point in points])) / hum_uv if hum_uv > 0.0 else 0.0


def ratios(points: Sequence[PatternPoint], window: int) -> list[float]:
    """Turns per second over the mean amplitude of a turn, each over so many points in a row of more than minimal
    effort."""
    strong = [point for point in points if point.phase in ("moderate", "maximal")]
    if len(strong) < window:
        return []
    turns = np.array([point.turns_per_s for point in strong])
    sums = turns * np.array([point.turn_uv for point in strong])
    ones = np.ones(window)
    all_turns, all_sums = np.convolve(turns, ones, "valid"), np.convolve(sums, ones, "valid")
    usable = all_sums > 0.0
    return (all_turns[usable] ** 2 / (window * all_sums[usable])).tolist()
