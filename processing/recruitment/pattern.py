"""What the interference pattern says about recruitment: how many units make it, and how large they are."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from contracts.measured import PhaseKind
from processing.phases.figures import Figures
from processing.recruitment.settings import PatternSettings

DEFAULTS = PatternSettings()


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


class Part(NamedTuple):
    """What one phase of one stretch says."""

    points: int
    activity: float
    """The median; ..."""
    soon: float
    """... means of the autocorrelations; ..."""
    again: float
    turns_per_uv: float
    """... and ratios of means, 0 where nothing turns or hums."""
    quiet_per_hum: float


class StretchSaid(NamedTuple):
    """What one stretch of effort says."""

    hums_uv: NDArray[np.float64]
    """Of its points, f64 `(n,)`."""
    parts: Mapping[PhaseKind, Part]


class Stretch:
    """One stretch of effort: its newest points, and what they say.

    What a phase says is worked out once for as long as none of its points comes or goes: a long examination has tens
    of stretches, of which only the last one grows.
    """

    def __init__(self, most: int, points: Iterable[PatternPoint] = ()) -> None:
        self._points: deque[PatternPoint] = deque(maxlen=most)
        self._of: dict[PhaseKind, deque[PatternPoint]] = {}
        self._parts: dict[PhaseKind, Part] = {}
        self._said: StretchSaid | None = None
        for point in points:
            self.add(point)

    def add(self, point: PatternPoint) -> None:
        """The next point."""
        if len(self._points) == self._points.maxlen:
            oldest = self._points[0].phase
            self._of[oldest].popleft()
            self._parts.pop(oldest, None)
        self._points.append(point)
        self._of.setdefault(point.phase, deque()).append(point)
        self._parts.pop(point.phase, None)
        self._said = None

    def said(self) -> StretchSaid:
        """What it says."""
        if self._said is None:
            for phase, points in self._of.items():
                if points and phase not in self._parts:
                    self._parts[phase] = _part(points)
            hums_uv = np.array([point.hum_uv for point in self._points], dtype=np.float64)
            self._said = StretchSaid(hums_uv, dict(self._parts))
        return self._said


def _part(points: Collection[PatternPoint]) -> Part:
    return Part(
        points=len(points),
        activity=float(np.median([point.activity for point in points])),
        soon=float(np.mean([point.soon for point in points])),
        again=float(np.mean([point.again for point in points])),
        turns_per_uv=_ratio([point.turns_per_s for point in points], [point.turn_uv for point in points]),
        quiet_per_hum=_ratio([point.quiet_uv for point in points], [point.hum_uv for point in points]),
    )


def _ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """Of the means."""
    below = sum(under)
    return sum(over) / below if below > 0.0 else 0.0


def pattern(stretches: Sequence[StretchSaid], hop_s: float, settings: PatternSettings = DEFAULTS) -> Pattern:
    """The pattern of a muscle from its stretches of effort; a needle's every position is one, or several."""
    window = max(1, round(settings.window_s / hop_s))
    maximal, moderate = (_of(phase, stretches, window) for phase in ("maximal", "moderate"))
    fewest = settings.least_s / hop_s
    maximal = maximal if _points(maximal) >= fewest else []
    strongest = maximal or (moderate if _points(moderate) >= fewest else [])
    hums = np.concatenate([np.empty(0), *(stretch.hums_uv for stretch in stretches)])
    return Pattern(
        stretches=len(strongest),
        strongest_s=_points(strongest) * hop_s,
        effort_s=hums.size * hop_s,
        maximal=bool(maximal),
        hum_uv=float(np.quantile(hums, settings.strongest)) if hums.size else None,
        units=_units(strongest, moderate, settings) if strongest else None,
        turns_per_uv=_turns_per_uv(strongest, moderate or strongest) if strongest else None,
    )


def _of(phase: PhaseKind, stretches: Sequence[StretchSaid], window: int) -> list[Part]:
    """Of each stretch one phase, where there is enough of it."""
    parts = (stretch.parts.get(phase) for stretch in stretches)
    return [part for part in parts if part is not None and part.points >= window]


def _points(parts: Sequence[Part]) -> int:
    return sum(part.points for part in parts)


def _units(strongest: Sequence[Part], moderate: Sequence[Part], settings: PatternSettings) -> float:
    activity = float(np.mean([part.activity for part in strongest]))
    soon = float(np.mean([part.soon for part in strongest]))
    again = float(np.mean([part.again for part in moderate])) if moderate else 0.0
    return activity + settings.soon * soon - settings.again * again


def _turns_per_uv(strongest: Sequence[Part], moderate: Sequence[Part]) -> float:
    """0 where nothing turns or hums."""
    per_uv = np.mean([part.turns_per_uv for part in moderate])
    quiet = np.mean([part.quiet_per_hum for part in strongest])
    return float(per_uv / quiet) if quiet > 0.0 else 0.0
