"""Simulated people beside published ones: one line per measure, and whether it agrees."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from myoscope.studies.literature import Literature, Pair, Row
from myoscope.studies.people import PATTERN, SHAPE, WITHIN, Seen

Verdict = Literal["OK", "outside", "unsourced"]

INSIDE = 0.90
"""Share of healthy simulated people that has to lie within two standard deviations of the published mean."""
SPREAD = (0.5, 1.5)
"""Ratio of the standard deviations between people, simulated over published."""

UNITS = {
    "duration_ms": ("duration", "ms"),
    "amplitude_uv": ("amplitude", "uV"),
    "phases": ("phases", ""),
    "polyphasic_percent": ("polyphasic", "%"),
    "turns": ("turns", ""),
    "spike_duration_ms": ("spike duration", "ms"),
    "area_uvms": ("area", "uV ms"),
    "thickness_ms": ("thickness", "ms"),
    "rise_time_us": ("rise time", "us"),
    "duration_within_ms": ("duration, SD within a person", "ms"),
    "amplitude_within_uv": ("amplitude, SD within a person", "uV"),
    "onset_interval_ms": ("interval at onset", "ms"),
    "recruitment_interval_ms": ("interval at recruitment", "ms"),
    "pattern_turns_per_s": ("turns, moderate effort", "1/s"),
    "pattern_mean_amplitude_uv": ("mean turn amplitude, moderate effort", "uV"),
    "pattern_upper_centile_uv": ("upper centile amplitude, moderate effort", "uV"),
    "pattern_activity": ("activity, moderate effort", ""),
}
"""Name and unit of each measure, in the order of the table."""
INTERVALS = ("onset_interval_ms", "recruitment_interval_ms")


CLEAR = 0.5
"""Published shifts smaller than this many standard deviations have no direction to be held to."""


class Line(msgspec.Struct, frozen=True):
    """One measure of one group in one muscle."""

    muscle: str
    group: str
    measure: str
    n: int
    """People; units for the intervals."""
    mean: float
    sd: float
    published: Pair | None
    """Mean and standard deviation, or where `limits` is set the lowest and the highest value."""
    limits: bool
    source: str
    inside: float | None
    """Share within two published standard deviations of the published mean, or within the limits."""
    spread: float | None
    """Standard deviation over the published one."""
    shift: tuple[float, float | None] | None
    """Of the mean of a group of ill people from that of the healthy ones, simulated and published."""
    verdict: Verdict
    why: str


def lines(
    muscle: str, group: str, seen: Sequence[Seen], healthy: Sequence[Seen], known: Literature
) -> list[Line]:
    """Every measure that this group has, beside what is published of it."""
    row, of_healthy = known.row(muscle, group), known.row(muscle, "healthy")
    firing = known.firing_of(muscle) if group == "healthy" else None
    found: list[Line] = []
    for measure in UNITS:
        values = _column(seen, measure)
        pair = row.values.get(measure) or row.ranges.get(measure)
        source = row.source
        if firing is not None and measure in firing.values:
            pair, source = firing.values[measure], firing.source
        if values.size < 3:
            if pair is not None and source:
                found.append(_missing(row, measure, values.size, pair, source))
            continue
        before = _column(healthy, measure)
        shift = None
        if group != "healthy" and before.size:
            published = of_healthy.values.get(measure) if measure in row.values else None
            expected = pair[0] - published[0] if pair and published else None
            shift = (float(values.mean() - before.mean()), expected)
        found.append(_line(muscle, group, measure, values, pair, measure in row.ranges, source, shift))
    return found


def _missing(row: Row, measure: str, n: int, pair: Pair, source: str) -> Line:
    """A published measure that hardly anybody simulated has."""
    limits = measure in row.ranges
    nan = float("nan")
    return Line(
        row.muscle,
        row.group,
        measure,
        n,
        nan,
        nan,
        pair,
        limits,
        source,
        None,
        None,
        None,
        "outside",
        "no potentials",
    )


def _column(seen: Sequence[Seen], measure: str) -> np.ndarray:
    if measure in INTERVALS:
        per_unit = "onset_ms" if measure == "onset_interval_ms" else "recruitment_ms"
        return np.array([value for one in seen for value in getattr(one, per_unit)])
    return np.array([one.means[measure] for one in seen if measure in one.means])


def _line(
    muscle: str,
    group: str,
    measure: str,
    values: np.ndarray,
    pair: Pair | None,
    limits: bool,
    source: str,
    shift: tuple[float, float | None] | None,
) -> Line:
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    inside = spread = None
    if pair is not None:
        low, high = pair if limits else (pair[0] - 2 * pair[1], pair[0] + 2 * pair[1])
        inside = float(np.mean((values >= low) & (values <= high)))
        spread = None if limits else sd / pair[1]
    verdict, why = _judged(group, mean, pair if source else None, limits, inside, spread, shift)
    return Line(
        muscle,
        group,
        measure,
        values.size,
        mean,
        sd,
        pair,
        limits,
        source,
        inside,
        spread,
        shift,
        verdict,
        why,
    )


def _judged(
    group: str,
    mean: float,
    pair: Pair | None,
    limits: bool,
    inside: float | None,
    spread: float | None,
    shift: tuple[float, float | None] | None,
) -> tuple[Verdict, str]:
    """Healthy people by share and spread; ill ones by direction and by where their mean lies."""
    if pair is None or inside is None:
        return "unsourced", ""
    reasons: list[str] = []
    if group == "healthy":
        if inside < INSIDE:
            reasons.append("too few inside")
        if spread is not None and not SPREAD[0] <= spread <= SPREAD[1]:
            reasons.append("spread")
        return ("outside", ", ".join(reasons)) if reasons else ("OK", "")
    if not limits and abs(mean - pair[0]) > 2 * pair[1]:
        reasons.append("mean beyond two SD of the published group")
    if (
        shift is not None
        and shift[1] is not None
        and abs(shift[1]) > CLEAR * pair[1]
        and shift[0] * shift[1] < 0
    ):
        reasons.append("direction")
    return ("outside", ", ".join(reasons)) if reasons else ("OK", "")


MEASURES = (*SHAPE, "polyphasic_percent", *WITHIN, *INTERVALS, *PATTERN)
