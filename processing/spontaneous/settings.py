"""The constants by which potentials at rest are found, sorted and named."""

from typing import Annotated

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=1)]


class FindSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signal in which potentials are found, and how large they have to be."""

    highpass_hz: Positive = 200.0
    lowpass_hz: Positive = 3_000.0
    order: Annotated[int, Meta(ge=1, le=8)] = 2
    sigmas: Positive = 4.5
    """Standard deviations of the noise that a potential rises above."""
    minimum_uv: Positive = 4.0
    """And this, if more."""
    noise_s: Positive = 5.0
    """Noise is that of the quieter steps of the last so many seconds."""
    noise_quantile: Fraction = 0.2
    flat_ms: Positive = 0.25
    """A step with so long a run of equal samples at its top or bottom is at the converter's limit."""


class SortSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When two potentials have one shape."""

    before_ms: Positive = 1.8
    """Compared before the peak, in the detection signal."""
    after_ms: Positive = 2.2
    apart_ms: Positive = 1.2
    """Half the time in which the largest peak stands for the potential."""
    lag_ms: Positive = 0.12
    """How far from the peak a shape's own peak may lie."""
    distance: Positive = 0.2
    """Residual energy over the shape's own, beyond the noise, at most."""
    loose: Positive = 0.5
    """The same for a shape with `known` potentials: then something else lies upon it, and nothing is learned."""
    known: Count = 8
    slow_gain: Positive = 0.08
    """Change of amplitude, as a logarithm, between discharges that are farther apart than `fast_ms`; and four
    standard deviations of what the noise makes of it."""
    fast_gain: Positive = 0.4
    """And between those that follow each other quickly: only these swell and die away."""
    restart_gain: Positive = 2.2
    """And between two runs of quick ones."""
    gain_weight: NotNegative = 0.3
    """Added to the distance times the square of that change."""
    fast_ms: Positive = 70.0
    memory: Count = 24
    """A shape is the mean of its first so many potentials, and then moves by one part in so many."""
    refractory_ms: Positive = 2.5
    """No fibre or unit discharges again within this."""
    merged: Positive = 0.06
    """Two shapes that differ by no more of their energy are one, if their amplitudes are as near as `merged_gain`."""
    merged_gain: Positive = 0.1
    """As a logarithm; `restart_gain` where both come quickly."""
    faint_sigmas: Positive = 8.0
    """Of the noise: potentials of a smaller peak fall apart into several shapes, and are compared as recorded as well:
    what is slow in them stands out there."""
    faint: Positive = 0.3
    """Two of them are one if their means differ by no more of their energy,"""
    faint_gain: Positive = 0.25
    """and by no more in amplitude, as a logarithm,"""
    faint_lag_ms: Positive = 2.5
    """where their peaks lie as far apart at most: that of the one may be the way back of the other."""
    peeled: Fraction = 0.3
    """Of a potential that was taken off: what is left there has to exceed it to be looked at."""
    rows: Count = 32
    """Shapes held at a time."""
    large_sigmas: Positive = 10.0
    """A larger potential is remembered for `kept_s`, a smaller one for `forgotten_s`."""
    kept_s: Positive = 60.0
    forgotten_s: Positive = 6.0
    mean_before_ms: Positive = 10.0
    """The mean potential begins so long before the peak."""
    mean_after_ms: Positive = 30.0
    """And ends so long after it: a positive sharp wave, or a complex, is no longer."""


class ShapeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the mean potential of a train is measured."""

    smooth_ms: NotNegative = 0.2
    """Width of a running mean."""
    ahead_ms: Positive = 4.0
    """What lies farther ahead of the peak is baseline and noise."""
    away_ms: Positive = 3.0
    """How far from the middle the largest peak may lie."""
    back_ms: Positive = 6.0
    """How far before the peak the extremes may lie that make the amplitude."""
    forth_ms: Positive = 12.0
    quiet_ms: Positive = 1.5
    """A potential ends before so long a stretch within its edges."""
    edge: Fraction = 0.06
    """It begins and ends where it leaves the baseline by this part of its amplitude,"""
    edge_uv: Positive = 10.0
    """or by this, if that is less,"""
    sigmas: Positive = 3.5
    """or by so many standard deviations of the noise, if that is more."""
    onset: Fraction = 0.15
    """Of the amplitude: the first excursion beyond it says which way a potential begins."""


class EvidenceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much has to be seen before a name is given."""

    discharges: Annotated[int, Meta(ge=3)] = 8
    """Of a train that recurs in a pattern."""
    span_s: Positive = 2.0
    """And so long from its first to its last; whichever is later."""
    fasciculations: Annotated[int, Meta(ge=3)] = 4
    """Of one unit. Nothing else discharges so irregularly and so seldom."""
    memory_s: Positive = 20.0
    """A pattern is that of the newest so many seconds."""
    slow_memory_s: Positive = 120.0
    """That of discharges that come less than once a second."""
    kept: Count = 400
    """Discharges of a train; older ones leave."""
    review_s: Positive = 0.5
    """How often trains are looked at."""
    reviews: Count = 2
    """In a row that have to agree before a name is given or changed."""
    told_s: Positive = 3.0
    """How often a train is told of while it goes on and keeps its name."""
    ended_s: Positive = 15.0
    """Silence that ends a train."""
    ended_slow_s: Positive = 60.0
    """That of fasciculation potentials."""


class NamingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules; see `naming.name`."""

    mains_tolerance: Fraction = 0.002
    """Of a period of 20 or 16.7 ms: the mains."""
    exact: Positive = 0.008
    """Irregularity, at most, of what no membrane but a closed circuit of fibres keeps: complex repetitive."""
    exact_complex: Positive = 0.012
    """That of a complex of several spikes."""
    exact_discharges: Count = 16
    """Of so many, at least: among few, a fibrillating fibre is as even by chance."""
    exact_alike: Count = 4
    """Spikes of one complex that may look alike: then each complex is a group."""
    complex_phases: Count = 4
    """A complex has more."""
    exact_hz: tuple[float, float] = (5.0, 150.0)
    regular: Positive = 0.06
    """Irregularity of a fibrillating fibre, at most; voluntary units begin at 0.1. Of few intervals, n, more by
    `regular_few` over the root of n."""
    regular_few: NotNegative = 1.2
    small_regular: Positive = 0.045
    """The same of a train that is dull and smaller than `unit_uv`: a distant fibre, or a distant unit."""
    small_discharges: Count = 20
    """Of which so many are seen, at least."""
    regular_hz: tuple[float, float] = (0.4, 35.0)
    near: Fraction = 0.15
    """How far an interval may be from its local median, or from twice or thrice that, to be near it."""
    regular_share: Fraction = 0.75
    """Of the intervals that are near, at least."""
    by_chance: Fraction = 0.3
    """Share of the intervals of a random train that are near."""
    chance: Positive = 5e-4
    """Probability that as many are near by chance, at most."""
    chance_in_chaos: Positive = 1e-7
    """The same where end-plates or voluntary units are heard: there are more trains to be taken for regular ones."""
    unit_ms: Positive = 6.0
    """A potential that lasts longer is a motor unit's."""
    unit_regular: Positive = 0.04
    """Irregularity of a motor unit that discharges regularly without the will, at most."""
    unit_cv: Positive = 0.07
    """Coefficient of variation of all its intervals, at most."""
    unit_discharges: Count = 30
    """Of so many, at least: recorded voluntary units keep 5 % for some seconds."""
    unit_rest_s: Positive = 60.0
    """And so long after the last sign of effort: what obeyed the will a moment ago may do so again, however evenly."""
    fasciculation_cv: Positive = 0.4
    fasciculation_hz: Positive = 5.0
    fasciculation_s: Positive = 0.25
    """A quarter of their intervals are shorter, at most: units at the threshold of the will come in bouts of more."""
    alone: Fraction = 0.7
    """Share of fasciculation potentials that have no other as large within `alone_ms`, at least."""
    alone_ms: Positive = 60.0
    unstable_discharges: Count = 6
    """Of so many potentials that no single shape stands for, at least."""
    unit_uv: Positive = 40.0
    """A motor unit's potential that can be judged is larger."""
    spikes_cv: Positive = 0.5
    """Of end-plate spikes, at least."""
    spikes_irregular: Positive = 0.22
    """Their irregularity, at least."""
    spikes_ms: Positive = 5.0
    """Their duration, at most."""
    spikes_phases: Count = 3
    spikes_hz: Positive = 3.0
    spikes_uv: Positive = 90.0
    """They are larger than this."""
    above_hiss_uv: Positive = 150.0
    """Where an end-plate hisses, what is smaller may be several of its potentials upon each other."""
    noise_uv: Positive = 60.0
    """End-plate noise is smaller than this."""
    noise_hz: Positive = 20.0
    """And its potentials, of all shapes, come at least so often."""
    noise_skewness: float = -0.6
    """Of the signal between its larger potentials, at most: what is made of negative potentials leans that way."""
    lean_hz: tuple[float, float] = (60.0, 3_000.0)
    """The band in which that is seen."""
    noise_fineness: Positive = 0.56
    """Fine over middle band, at least."""
    middle_hz: tuple[float, float] = (80.0, 300.0)
    fine_hz: tuple[float, float] = (400.0, 1_500.0)
    chaos_cv: Positive = 0.5
    """Of intervals that have no pattern."""
    judged_sigmas: Positive = 12.0
    """Amplitude, in standard deviations of what the averaging left of the noise, from which a shape is judged."""
    thick_ms: Positive = 1.5
    """Area over amplitude of a motor unit's potential, at least, where its duration does not tell."""
    dull_us: Positive = 650.0
    """Time that a potential takes for its amplitude at its steepest: of what is far away, more."""
    fastest_hz: Positive = 100.0
    """Inside runs of neuromyotonic discharges, at least."""
    decrement: Positive = 0.25
    """Of amplitude over each of their runs, at least."""
    swing: Positive = 1.25
    """Largest over smallest rate, and amplitude, within a myotonic run."""
    myotonic_hz: tuple[float, float] = (15.0, 150.0)
    run_irregular: Positive = 0.12
    """Irregularity within runs of myotonic and neuromyotonic discharges about their trend, at most."""
    burst_hz: tuple[float, float] = (15.0, 150.0)
    """Inside myokymic groups. Described from 5/s on: below 15, two regular trains, or a voluntary unit of which
    discharges were missed, make the same pattern."""
    burst_cv: Positive = 0.5
    """Of the time from one group to the next in myokymic discharges, at most."""
    burst_inside: Positive = 0.25
    """Spread of intervals within groups, at most: end-plate spikes come in clusters, but not evenly."""
    burst_every_s: tuple[float, float] = (0.35, 10.0)
    """Groups that come back faster are tremor."""
    burst_size: tuple[int, int] = (2, 15)
    pairs: Count = 2
    """Groups of no more are named of what is a motor unit's by its shape: end-plate spikes come in pairs too."""
    bursts: Annotated[int, Meta(ge=3)] = 4
    """Groups that make a pattern."""
    burst_pause: Positive = 3.0
    """Between groups, in intervals within them."""
    sharp_share: Fraction = 0.67
    """Of its amplitude that a positive sharp wave is positive, at least."""
    sharp_ms: tuple[float, float] = (8.0, 60.0)
    """Its duration."""


class EffortSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a muscle is not at rest."""

    unit: tuple[float, float] = (0.07, 0.3)
    """Irregularity of a voluntary unit."""
    fibre: tuple[float, float] = (0.075, 0.16)
    """The same where its potential looks like a single fibre's."""
    hz: tuple[float, float] = (3.5, 30.0)
    near: Fraction = 0.45
    """Share of near intervals, at least: end-plates and irregular fibres have fewer."""
    near_fibre: Fraction = 0.65
    """The same where its potential looks like a single fibre's."""
    unit_discharges: Count = 6
    fibre_discharges: Count = 20
    crowd: Count = 6
    """So many shapes without a rhythm within `newest_s`: interference."""
    crowds: Count = 6
    """Reviews in a row with so many: then what was called rest is effort. Unstable units make a crowd now and then."""
    crowd_uv: Positive = 60.0
    """Potentials that count for it are larger."""
    newest_s: Positive = 2.0
    beside_ms: Positive = 30.0
    """What comes as near to a larger potential is a part of it."""
    relaxed_s: Positive = 1.0
    """After so long without such a unit the muscle counts as at rest again, ..."""
    hold_s: Positive = 8.0
    """... but nothing is named for so long."""


class GradeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How trains at the sites of a muscle make a grade of 0 to 3."""

    persistent_s: Positive = 2.5
    """A train that lasts as long counts for its site."""
    site_s: Positive = 5.0
    """Rest after which a site counts as watched."""
    single_sites: Count = 2
    """With persistent trains, for grade 1."""
    moderate_sites: Count = 3
    """For grade 2, with `moderate_trains` at each of them on average."""
    moderate_trains: Positive = 1.5
    many_trains: Positive = 3.0
    """At every site on average, for grade 3."""
    enough_sites: Count = 3
    """Watched, for a 0 to mean none."""
    enough_s: Positive = 60.0
    """Watched, for no fasciculation potentials to mean none."""


class RestSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All constants of watching a muscle at rest."""

    minimum_rate_hz: Positive = 10_000.0
    step_ms: Positive = 20.0
    """The signal is looked through in steps of this length; no result depends on how it is fed."""
    find: FindSettings = FindSettings()
    sort: SortSettings = SortSettings()
    shape: ShapeSettings = ShapeSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    effort: EffortSettings = EffortSettings()
    naming: NamingSettings = NamingSettings()
    grades: GradeSettings = GradeSettings()
