"""The constants of the measures of surface EMG."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.settings import FilterSettings

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Fraction = Annotated[float, Meta(gt=0.5, le=1)]


class ActivitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a muscle is active: a double threshold on the rectified signal, in steps."""

    baseline_s: Positive = 0.5
    """Length of a stretch that may be the baseline: the one with the lowest mean is."""
    memory_s: Positive = 60.0
    """How far back the quietest stretch is looked for."""
    flat_s: Positive = 0.05
    """A stretch with so long a time without any change in the raw signal is no baseline."""
    sigmas: Positive = 3.0
    """A step is loud above the baseline's mean by so many standard deviations of its steps."""
    minimum_uv: NotNegative = 2.0
    """And above this, in the signal's own unit."""
    window_s: Positive = 0.1
    """Activity begins, or ends, where enough steps of so long a time are loud, or are not: no shorter one counts."""
    fraction: Fraction = 0.8
    """How many are enough."""


class SurfaceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the measures of surface EMG depend on."""

    filters: FilterSettings = FilterSettings(20.0, 450.0, 4)
    step_s: Positive = 0.01
    """Activity is decided in steps, counted from the first sample or the last gap."""
    every_s: Positive = 1.0
    """Of a report; everything in it is over this time."""
    activity: ActivitySettings = ActivitySettings()
    segments: Annotated[int, Meta(ge=1)] = 2
    """Parts of a report whose spectra are taken, each with activity from end to end."""
    fatigue_segments: Annotated[int, Meta(ge=3)] = 20
    """Of one contraction; with fewer there is no slope of its median frequency. Tried on noise in 30 to 150 Hz without
    fatigue: the slope scatters by 2 Hz/s with 10 segments of half a second, by 0.7 with 20, by 0.14 with 60."""
    pairs: tuple[tuple[int, int], ...] = ()
    """Channels whose co-contraction is wanted; all pairs when empty, of `pair_channels` channels at most."""
    pair_channels: Annotated[int, Meta(ge=2)] = 8
    """With more channels than these, only pairs that are named."""
