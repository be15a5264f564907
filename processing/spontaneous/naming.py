"""The name of a train: its firing pattern first, then its shape, as a clinical neurophysiologist reasons."""

import math
from typing import NamedTuple

from contracts.measured import DischargeKind
from processing.spontaneous.rhythm import Rhythm
from processing.spontaneous.settings import NamingSettings, RestSettings
from processing.spontaneous.shape import Shape

_RUN = 8
"""Discharges of a run that can be called one."""
_EVEN = 0.2
"""Irregularity of its intervals, at most."""


class Named(NamedTuple):
    """A name, and the rule behind it."""

    kind: DischargeKind
    reason: str


class Surroundings(NamedTuple):
    """What else is heard at the site."""

    chaos: bool = False
    """Many small potentials without a pattern, as of an end-plate."""
    hiss: bool = False
    """And so negative that it is end-plate noise."""
    effort: bool = False
    """Motor units discharge under the will: not at rest."""
    paced: bool = False
    """This train is one of them."""
    obeyed_s: float = math.inf
    """Since the last sign of effort at this site."""
    was_paced: bool = False
    """It was so some seconds ago: only what no will can do is named."""
    alone: float = 1.0
    """Share of its potentials that have no other as large beside them."""


def name(r: Rhythm, p: Shape, around: Surroundings, settings: RestSettings) -> Named | None:
    """The name of a train with this pattern and mean potential; None while too little was seen of it."""
    e, s = settings.evidence, settings.naming
    if around.effort:
        enough = r.discharges >= e.discharges and r.span_s >= e.span_s
        return _in_effort(r, around) if enough else None
    if r.discharges < e.discharges or r.span_s < e.span_s:
        few = r.discharges >= e.fasciculations and r.span_s >= e.span_s
        return fasciculation(r, p, around, s) if few else None
    unwilled = _exact(r, p, s) or _fast(r, s) or _grouped(r, p, s)
    if unwilled is not None or around.paced or around.was_paced:
        return unwilled or _in_effort(r, around)
    return _regular(r, p, around, s) or fasciculation(r, p, around, s) or _irregular(r, p, around, s)


def unit_like(p: Shape, s: NamingSettings) -> bool:
    """Longer, thicker, duller or of more phases than a near fibre's potential, and no positive sharp wave."""
    long = p.duration_ms >= s.unit_ms or p.thickness_ms >= s.thick_ms or p.rise_us >= s.dull_us
    long = long or p.phases > s.complex_phases
    return long and p.amplitude_uv > s.judged_sigmas * p.noise_uv and not sharp(p, s)


def sharp(p: Shape, s: NamingSettings) -> bool:
    """Whether the potential is a positive sharp wave: steeply positive, then long and low negative."""
    low_ms, high_ms = s.sharp_ms
    steep = p.onset > 0 and p.rise_us < s.dull_us and p.phases <= 3
    return steep and p.positive > s.sharp_share and low_ms <= p.duration_ms <= high_ms


def regular(r: Rhythm, around: Surroundings, s: NamingSettings) -> bool:
    """Whether the intervals are as even as a fibrillating fibre's, and that is no accident."""
    if r.looked_at == 0 or grouped(r, s) or r.near < s.regular_share * r.looked_at:
        return False
    if r.irregularity >= s.regular * (1.0 + s.regular_few / math.sqrt(r.looked_at)):
        return False
    return by_chance(r.near, r.looked_at, s.by_chance) < (s.chance_in_chaos if around.chaos else s.chance)


def grouped(r: Rhythm, s: NamingSettings) -> bool:
    """Whether discharges come in groups that come back."""
    (fewest, most), (soon_s, late_s) = s.burst_size, s.burst_every_s
    low_hz, high_hz = s.burst_hz
    back = r.bursts >= s.bursts and r.burst_cv <= s.burst_cv and soon_s <= r.burst_interval_s <= late_s
    even = r.inside_spread <= s.burst_inside
    return back and even and fewest <= r.burst_size <= most and low_hz <= r.run_hz <= high_hz


def quick(r: Rhythm, fastest_hz: float) -> bool:
    """Whether discharges follow each other faster than so, evenly, in runs: then they may swell and die away."""
    even = r.run_irregularity < _EVEN and 2 * r.near > r.looked_at
    return r.run_hz > fastest_hz and r.discharges >= _RUN and even


def by_chance(near: int, of: int, share: float) -> float:
    """Bound of the probability that `near` or more of so many are near when each is with probability `share`.

    Chernoff: exp(-n D(near / n || share)).
    """
    q = near / of
    if q <= share:
        return 1.0
    divergence = q * math.log(q / share)
    if q < 1.0:
        divergence += (1.0 - q) * math.log((1.0 - q) / (1.0 - share))
    return math.exp(-of * divergence)


def _in_effort(r: Rhythm, around: Surroundings) -> Named:
    """Not at rest: nothing is named but that."""
    figures = f"{r.rate_hz:.1f}/s, intervals vary by {r.irregularity:.0%}"
    if around.paced:
        return Named("incomplete relaxation", f"motor unit, {figures}")
    return Named("not named", f"the muscle is not at rest; {figures}")


def _exact(r: Rhythm, p: Shape, s: NamingSettings) -> Named | None:
    """What no membrane keeps: the mains, and a circuit of fibres."""
    if r.discharges < s.exact_discharges:
        return None
    period_s, irregularity = 1.0 / r.run_hz, max(r.run_irregularity, r.irregularity)
    if (
        2 * r.bursts >= s.exact_discharges
        and 2 <= r.burst_size <= s.exact_alike
        and r.inside_spread < s.exact
    ):
        period_s, irregularity = r.burst_interval_s, r.burst_spread
    elif r.near < s.regular_share * r.looked_at:
        return None
    # Where the next discharge comes before a potential is over, its phases are those of both.
    whole = p.duration_ms < 1000.0 * period_s
    complex_ = whole and (p.phases > s.complex_phases or unit_like(p, s))
    if irregularity >= (s.exact_complex if complex_ else s.exact):
        return None
    for mains_hz in (50.0, 60.0):
        if abs(period_s * mains_hz - 1.0) < s.mains_tolerance:
            return Named("artefact", f"every period of the {mains_hz:g} Hz mains")
    low_hz, high_hz = s.exact_hz
    changes = r.rate_swing > s.swing and r.size_swing > s.swing
    if changes or not low_hz <= 1.0 / period_s <= high_hz:
        return None
    figures = f"{1.0 / period_s:.1f}/s, intervals vary by {irregularity:.1%} only, {p.phases} phases"
    return Named("complex repetitive discharge", figures)


def _fast(r: Rhythm, s: NamingSettings) -> Named | None:
    """Runs: neuromyotonic, and myotonic."""
    if r.near < s.regular_share * r.looked_at or r.run_irregularity >= s.run_irregular:
        return None
    if r.run_hz >= s.fastest_hz and r.size_trend < -0.5 and r.size_swing > 1.0 + s.decrement:
        return Named("neuromyotonic discharge", f"{r.run_hz:.0f}/s, dying away to 1/{r.size_swing:.1f}")
    low_hz, high_hz = s.myotonic_hz
    # Further apart than the rates that are allowed are those of a train of which discharges were taken for another's.
    swings = s.swing < r.rate_swing <= high_hz / low_hz and r.size_swing > s.swing
    if low_hz <= r.run_hz <= high_hz and swings:
        return Named(
            "myotonic discharge",
            f"{r.run_hz:.0f}/s, rate changing by {r.rate_swing:.1f} and amplitude by {r.size_swing:.1f} times in a run",
        )
    return None


def _grouped(r: Rhythm, p: Shape, s: NamingSettings) -> Named | None:
    """Myokymic: groups that come back."""
    if not grouped(r, s) or p.amplitude_uv < s.unit_uv:
        return None
    if r.burst_size <= s.pairs and not unit_like(p, s):
        return None
    return Named(
        "myokymic discharge",
        f"groups of {r.burst_size:.0f} at {r.run_hz:.0f}/s, every {r.burst_interval_s:.1f} s",
    )


def _regular(r: Rhythm, p: Shape, around: Surroundings, s: NamingSettings) -> Named | None:
    """Fibrillation potentials, positive sharp waves, and the motor unit that is as regular."""
    low_hz, high_hz = s.regular_hz
    if not regular(r, around, s) or not low_hz <= r.rate_hz <= high_hz:
        return None
    figures = f"{r.rate_hz:.1f}/s, intervals vary by {r.irregularity:.0%}"
    if sharp(p, s):
        return Named(
            "positive sharp waves", f"{figures}, positive for {p.positive:.0%}, {p.duration_ms:.0f} ms"
        )
    if unit_like(p, s) and p.amplitude_uv < s.unit_uv:
        if r.irregularity >= s.small_regular or r.discharges < s.small_discharges:
            return None
        return Named("fibrillation potentials", f"{figures}, small: the fibre is far away")
    if not unit_like(p, s):
        return Named("fibrillation potentials", f"{figures}, {p.duration_ms:.1f} ms, {p.phases} phases")
    if around.obeyed_s < s.unit_rest_s:
        return None
    if r.irregularity >= s.unit_regular or r.cv >= s.unit_cv or r.discharges < s.unit_discharges:
        return None
    return Named("regular motor unit discharge", f"{figures}, {p.duration_ms:.1f} ms")


def fasciculation(r: Rhythm, p: Shape, around: Surroundings, s: NamingSettings) -> Named | None:
    """A motor unit that discharges seldom and without a pattern."""
    smallest_uv = s.unit_uv if not around.chaos else s.above_hiss_uv if around.hiss else s.spikes_uv
    if not unit_like(p, s) or r.cv < s.fasciculation_cv or around.alone < s.alone:
        return None
    if p.amplitude_uv < smallest_uv or r.mean_hz >= s.fasciculation_hz or r.rate_hz * s.fasciculation_s > 1.0:
        return None
    if r.quarter_s < s.fasciculation_s:
        return None
    return Named(
        "fasciculation potentials", f"motor unit, {60 * r.mean_hz:.0f}/min, intervals vary by {r.cv:.0%}"
    )


def _irregular(r: Rhythm, p: Shape, around: Surroundings, s: NamingSettings) -> Named:
    """What is left: end-plates, the irregular minority, effort."""
    figures = f"{r.rate_hz:.1f}/s, intervals vary by {r.irregularity:.0%}"
    chaotic = r.cv > s.spikes_cv and r.irregularity > s.spikes_irregular and r.rate_hz >= s.spikes_hz
    spike = (
        p.onset < 0 and p.duration_ms <= s.spikes_ms and p.phases <= s.spikes_phases and not unit_like(p, s)
    )
    # Potentials of the noise that lie upon each other are as large as small spikes, but of one phase.
    own = not around.hiss or p.amplitude_uv > s.above_hiss_uv or p.phases > 1
    if chaotic and spike and own and p.amplitude_uv > s.spikes_uv:
        return Named("end-plate spikes", f"{figures}, begins negative")
    if p.onset > 0 and not unit_like(p, s) and r.irregularity > s.regular and r.rate_hz <= s.regular_hz[1]:
        return Named("irregular single-fibre potentials", f"{figures}, {p.duration_ms:.1f} ms")
    return Named("not named", figures)
