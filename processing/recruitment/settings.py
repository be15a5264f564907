"""By what recruitment is measured and graded."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.measured import PhaseKind
from contracts.settings import Positive

Count = Annotated[int, Meta(ge=1)]


class FiringSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a unit fires, and how fast."""

    pause_s: Positive = 0.25
    """Longer than this without a discharge, and a unit has stopped."""
    fewest: Count = 5
    """Discharges of a run that counts as firing."""
    intervals: Count = 5
    """Of which the median is a rate."""
    step_s: Positive = 0.25
    """Between points of units against rate."""
    regular_cv: Positive = 0.3
    """Coefficient of variation up to which firing is regular."""
    uneven: Positive = 0.4
    """Median difference between neighbouring intervals, over their mean, up to which a run is one unit's: 0.14 where
    intervals vary by 15 %, 0.25 by 25 %, 0.4 where a quarter of the discharges are missed as well, 0.7 and more in a
    train that holds two units."""
    stays_s: Positive = 1.0
    """So long another unit has to fire with the first to have joined."""
    together_s: Positive = 0.5
    """Two that begin within this began together: who recruited whom was not to be seen."""


class PatternSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is taken from the interference pattern."""

    window_s: Positive = 1.0
    """Shortest effort of a stretch that says anything."""
    strongest: Annotated[float, Meta(ge=0, le=1)] = 0.95
    """Quantile of the hum that stands for the strongest effort."""
    least_s: Positive = 1.5
    """Of maximal effort, in all stretches together, before it is taken for the strongest; of the strongest, before it
    says anything."""
    soon: Positive = 4.0
    """How much of the envelope's autocorrelation, a few milliseconds after, is added to activity: large potentials
    and long ones fill the trace as many do, and do not leave the silence that few leave."""
    again: Positive = 2.0
    """How much of it is taken away where, at moderate effort, units already discharge again after 20 to 30 ms. Both
    are the whole numbers that told the grades of simulated muscles apart best, each seed by limits from the others."""


class GradeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits between grades. Those of the pattern were found on simulated muscles, those of rates are from memory:
    neither has been held against people."""

    effort_hum_uv: Positive = 55.0
    """Hum from which an effort that was to be maximal was one: less than 37 uV came of those of 15 % and below,
    more than 81 of whole ones, whatever was lost."""
    whole_hum_uv: Positive = 90.0
    """And from which it was surely all: below, a pattern that is neither full nor nearly empty is one of half an
    effort."""
    early_turns_per_uv: Positive = 1.87
    """Turns over amplitude, for the quiet level, from which recruitment is early."""
    reduced: float = 0.33
    """What stands for the number of units, below which recruitment is reduced, ..."""
    severe: float = 0.09
    """... and severely."""
    least_stretches: Count = 3
    """With effort that looks maximal although nobody asked for it, before it says anything."""
    slight_s: Positive = 10.0
    """Of slight effort in one stretch, before it does."""
    fast_hz: Positive = 15.0
    """Few units at this rate: reduced; the first at this rate as the second joins, too."""
    high_ratio: Positive = 8.0
    """Fastest rate over units: reduced."""
    low_ratio: Positive = 4.0
    """And early, with ..."""
    early_hz: Positive = 8.0
    """... others that join the first unit below this rate, ..."""
    early_units: Count = 3
    """... and so many of them."""
    severe_ratio: Positive = 16.0
    """Severely reduced."""


class RecruitmentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it, and what is kept."""

    firing: FiringSettings = FiringSettings()
    pattern: PatternSettings = PatternSettings()
    grade: GradeSettings = GradeSettings()
    phases: tuple[PhaseKind, ...] = ("minimal",)
    """In which single units are counted: beyond, only some of those that fire can be followed."""
    answer_s: Positive = 5.0
    """After an effort is asked for, before it is missed."""
    stretches: Count = 50
    """Of effort, of which the pattern is kept, ..."""
    firing_s: Positive = 60.0
    """Of a stretch of slight effort that goes on, so much is looked at: the newest."""
    stretch_s: Positive = 120.0
    """... of each so much."""
    late_s: Positive = 5.0
    """Discharges are told this much late at most."""
    most_discharges: Count = 5_000
    """Of each unit, in one stretch."""
    most_breaks: Count = 100
