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
    """At maximal effort."""
    hum_uv: float | None
    """At the strongest effort."""
    peak_ratio: float | None
    """Largest of turns per second over mean amplitude of a turn, from moderate effort on."""


def point_of(phase: PhaseKind, figures: Figures) -> PatternPoint:
    """The point of one hop."""
    return PatternPoint(
        phase=phase,
        turns_per_s=figures.turns_per_s,
        turn_uv=figures.turn_uv,
        hum_uv=figures.hum_uv,
        fullness=figures.quiet_fine_uv / figures.fine_uv if figures.fine_uv > 0.0 else 0.0,
    )


def pattern(
    stretches: Sequence[Sequence[PatternPoint]], hop_s: float, settings: PatternSettings = DEFAULTS
) -> Pattern:
    """The pattern of a muscle from its stretches of effort; a needle's every position is one, or several."""
    window = max(1, round(settings.window_s / hop_s))
    full = [each for points in stretches if (each := _fullness(points, window)) is not None]
    peaks = [max(each) for points in stretches if (each := ratios(points, window))]
    hums = [point.hum_uv for points in stretches for point in points]
    return Pattern(
        stretches=len(full),
        effort_s=len(hums) * hop_s,
        fullness=float(np.mean(full)) if full else None,
        hum_uv=float(np.quantile(hums, settings.strongest)) if hums else None,
        peak_ratio=float(np.mean(peaks)) if peaks else None,
    )


def _fullness(points: Sequence[PatternPoint], window: int) -> float | None:
    maximal = [point.fullness for point in points if point.phase == "maximal"]
    return float(np.median(maximal)) if len(maximal) >= window else None


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
