"""The constants by which discharges are found, told apart and followed."""

from typing import Annotated

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=1)]


class DetectionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signal in which potentials are found, and how large they have to be."""

    highpass_hz: Positive = 250.0
    lowpass_hz: Positive = 5_000.0
    lowpass_fraction: Annotated[float, Meta(gt=0, lt=0.5)] = 0.42
    """Of the rate at which potentials are found, if less."""
    half_ms: Positive = 2.5
    """Half the length of the filter, which delays all frequencies by that."""
    rate_hz: Positive = 10_000.0
    """At least; the recording's rate is divided by a whole number."""
    sigmas: Positive = 4.0
    """Standard deviations of the noise that a potential rises above."""
    minimum_uv: Positive = 6.0
    """And this, if more."""
    noise_s: Positive = 3.0
    """Noise is that of the quieter steps of the last so many seconds, less what units explain."""
    noise_quantile: Fraction = 0.2
    flat_ms: Positive = 0.25
    """A peak with so long a run of equal samples at its top is the converter's limit, not a potential."""
    clipped_fraction: Fraction = 0.05
    """Of the samples of a step at that limit: if more, it says nothing of the noise."""


class MatchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a potential is that of a unit."""

    half_ms: Positive = 5.0
    """Of the template in the detection signal, to either side of its peak."""
    core_ms: Positive = 2.5
    """Compared while a template has few discharges; and within this the larger of two peaks comes first."""
    young: Count = 4
    """Discharges up to which only the core is compared."""
    phases: Annotated[int, Meta(ge=1, le=16)] = 4
    """Places between two samples at which a template is tried."""
    lag_ms: Positive = 0.25
    """How far from the peak a template's own peak may lie."""
    anchor_fraction: Fraction = 0.7
    """Of the largest: other extrema of a template that may be the peak that was found."""
    support_fraction: Fraction = 0.1
    """Of the largest: a template begins and ends where it first and last exceeds this."""
    gain: Fraction = 0.3
    """A unit is laid where it takes off at least this part of its own energy."""
    hopeless: Positive = 1.5
    """And where no more than this, over its own energy, is left."""
    distance: Positive = 0.5
    """Residual energy over the template's, at most, when all that units explain beside it is taken off."""
    expected_distance: Positive = 0.6
    """At most, for a discharge that comes when the last interval leads one to expect it."""
    expected_within: Fraction = 0.3
    """Of the interval: how near to that time."""
    margin: NotNegative = 0.1
    """To the next unit; nearer than that the two are confused."""
    early_distance: Positive = 0.1
    """At most, for a discharge that follows the last sooner than `early_ms`."""
    early_ms: Positive = 20.0
    refractory_ms: Positive = 3.0
    """No unit discharges again within this."""
    learn_distance: Positive = 0.25
    """A discharge farther from its template teaches it nothing."""
    memory: Count = 20
    """A template is the mean of its first so many discharges, and then moves by one part in so many."""
    peel_fraction: Fraction = 0.3
    """Of the largest of a template that was taken off: what is left there has to exceed it to be looked at."""
    most_placed: Count = 200
    """Discharges that are weighed against each other at a time."""


class TrainSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When discharges of one shape are a unit, and when two units are one."""

    born: Annotated[int, Meta(ge=3)] = 5
    """Discharges at least."""
    evidence: Positive = 6.0
    """Natural logarithm of how much likelier the intervals are those of a unit than chance."""
    strained_evidence: Positive = 4.0
    """In more than slight effort, where few discharges stand alone: on seeds 1 to 8 recall of moderate effort rose from
    0.75 to 0.80 and precision fell from 0.91 to 0.89."""
    faint_uv: NotNegative = 10.0
    """A shape whose peak in the detection signal is smaller needs more:"""
    faint_evidence: Positive = 12.0
    """On seeds 1 to 9 recall of minimal effort rose by 0.008 at a ratio of 5 with 12 for 16, and precision stayed; with
    10 recall rose by 0.02 and precision fell by as much as 0.013."""
    interval_cv: Positive = 0.15
    """Of a unit's intervals."""
    impulse_ms: Positive = 0.5
    """To either side of its largest peak, a shape is held against what the filter makes of a single sample:"""
    impulse_correlation: Fraction = 0.8
    """at most. The sharpest of 298 units, simulated and of people (n2001), had 0.775."""
    stray: Fraction = 0.05
    """Of intervals that are neither one's nor a few's."""
    skipped: Count = 5
    """Intervals that one may consist of, discharges between having been missed."""
    shortest_ms: Positive = 20.0
    """Mean interval of a unit."""
    candidate_s: Positive = 2.0
    """A shape that does not come again within this is forgotten."""
    ended_s: Positive = 30.0
    """So is a unit that is silent for so long."""
    established: Count = 20
    """Discharges; a unit with fewer is forgotten as soon as a shape is."""
    most: Count = 48
    """Shapes held at a time, units among them. What a second of signal costs grows with it."""
    back_s: Positive = 3.0
    """A unit that is born is looked for in so much of the past."""
    kept: Count = 2_000
    """Discharges of a unit; older ones leave."""
    review_s: Positive = 1.0
    """How often units are compared with each other."""
    fastest_ms: Positive = 15.0
    """Shorter intervals are not those of one unit."""
    fastest_fraction: Fraction = 0.05
    clocked_fraction: NotNegative = 0.02
    """Intervals that are whole multiples of a short one, to this fraction of it, come from a clock."""
    mains_hz: tuple[Positive, ...] = (50.0, 60.0)
    mains_harmonics: Count = 10
    """Of which a period is a whole part of the mains'."""
    mains_within_ms: Positive = 0.1
    """How near a multiple of such a period an interval comes from the mains."""
    clocked_share: Fraction = 0.5
    """If more of them are."""
    clocked_tries: Count = 4
    """So many of the shortest are tried."""
    slowest_ms: Positive = 250.0
    """Mean interval, at most: a voluntary unit that discharges more slowly stops."""
    newest: Count = 20
    """Intervals that are looked at."""
    unwilled_of: Count = 60
    unwilled_least: Count = 30
    """Of the newest intervals, before they are said to be of a fibre that discharges by itself:"""
    unwilled_uneven: Positive = 0.04
    """neighbours differ by less, the median over their mean. Positive sharp waves had 0.03; of 645 units of people who
    tensed the muscle (n2001) the most even had 0.043 and the next 0.059."""
    irregular_cv: Positive = 0.5
    merge_correlation: Fraction = 0.95
    merge_ratio: Annotated[float, Meta(ge=1)] = 1.25
    """Of the amplitudes, at most."""
    similar_correlation: Fraction = 0.8
    """Of units each of whose discharges is compared with the other's shape as well."""
    similar_ratio: Annotated[float, Meta(ge=1)] = 1.6
    merge_lag_ms: Positive = 2.0
    merge_ms: Positive = 20.0
    merge_fraction: Fraction = 0.02
    """Of the intervals of both together that may be shorter than `merge_ms`."""
    merge_evidence: Positive = 3.0
    """Similar units whose intervals are so much likelier (natural logarithm) together than those of either are one."""
    merge_of: Count = 40
    """The newest discharges of both, of which that is asked."""
    split_of: Annotated[int, Meta(ge=8)] = 32
    """The newest discharges of a unit that are looked at for two shapes among them."""
    split_apart: Positive = 4.5
    """Standard deviations between two shapes."""
    split_least: Annotated[int, Meta(ge=3)] = 5
    """Discharges of the rarer one."""
    locked_ms: Positive = 0.7
    locked_within_ms: Positive = 20.0
    locked_fraction: Fraction = 0.6
    """Of the discharges that follow another unit's at one and the same interval: they are a part of it."""
    confused_fraction: Fraction = 0.2
    """Of a unit's discharges that might be another's: the two cannot be told apart."""


class AveragingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The template that is measured."""

    half_ms: Positive = 25.0
    apart_ms: Positive = 12.0
    """Within this of a discharge nothing is but what units explain; others are averaged while there are few."""
    subtract_ms: Positive = 15.0
    """To either side of its peak, a unit's template is taken off the discharges of others."""
    renewed: Count = 10
    """Discharges after which what is taken off is looked at again."""
    edge_ms: Positive = 3.0
    """At either end of a discharge; their median is its baseline."""
    discharges: Annotated[int, Meta(ge=2)] = 100
    """The newest so many. Tried on followed units of seeds 1 to 12: with 30 of them the median error of duration was
    0.67 ms and phases were exact in 89.6 %, with 50 0.54 ms and 90.0 %, with 100 0.44 ms and 90.9 %."""
    trusted_discharges: Annotated[int, Meta(ge=2)] = 10
    trusted_snr: Positive = 5.0
    """Amplitude over the standard deviation of what a discharge has besides."""
    trusted_template_snr: Positive = 40.0
    """Amplitude over the standard deviation of what the median has left of that: what is measured is the template, so
    the fainter a unit the more discharges it takes, 10 at a ratio of 16, 40 at one of 8, 100 at one of 5. With 20
    faint potentials of people (controls of n2001) came out short, a median of 7.8 instead of 8.9 ms."""
    told_rms: Positive = 2.5
    """A unit that is not so many times the signal's RMS, peak to peak, is not followed without error."""


class TrackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What following motor units on one channel depends on."""

    detection: DetectionSettings = DetectionSettings()
    match: MatchSettings = MatchSettings()
    train: TrainSettings = TrainSettings()
    averaging: AveragingSettings = AveragingSettings()
    step_ms: Positive = 30.0
    """The signal is looked through in steps of this, counted from its beginning or the last gap."""
    settle_ms: Positive = 30.0
    """Discharges may move, come and go for so long before they are told."""
    minimum_rate_hz: Positive = 10_000.0
