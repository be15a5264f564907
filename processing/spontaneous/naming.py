"""The name of a train: its firing pattern first, then its shape, as a clinical neurophysiologist reasons."""

from typing import NamedTuple

from contracts.measured import DischargeKind
from processing.spontaneous.rhythm import Rhythm
from processing.spontaneous.settings import RestSettings
from processing.spontaneous.shape import Shape


class Named(NamedTuple):
    """A name, and the rule behind it."""

    kind: DischargeKind
    reason: str


def name(r: Rhythm, p: Shape, settings: RestSettings) -> Named | None:
    """The name of a train with this pattern and mean potential; None while too little was seen of it."""
    e = settings.evidence
    enough = r.discharges >= e.discharges and r.span_s >= e.span_s
    if not enough:
        return _seldom(r, p, settings)
    return (
        _exact(r, p, settings)
        or _fast(r, p, settings)
        or _grouped(r, p, settings)
        or _single_or_unit(r, p, settings)
    )


def _seldom(r: Rhythm, p: Shape, settings: RestSettings) -> Named | None:
    """Fasciculation potentials: of these a few are enough."""
    e, s = settings.evidence, settings.naming
    if r.discharges < e.fasciculations or r.span_s < e.span_s or not _unit_like(p, settings):
        return None
    if r.mean_hz < s.fasciculation_hz and r.rate_hz < s.voluntary_hz[0] and r.cv >= s.fasciculation_cv:
        return Named(
            "fasciculation potentials", f"motor unit, {r.mean_hz:.2g}/s, intervals vary by {r.cv:.0%}"
        )
    return None


def _exact(r: Rhythm, p: Shape, settings: RestSettings) -> Named | None:
    """What no membrane keeps: the mains, and a circuit of fibres."""
    s = settings.naming
    if r.run_irregularity > s.exact_complex or r.regular_share < s.regular_share:
        return None
    for mains_hz in (50.0, 60.0):
        if abs(r.run_hz / mains_hz - 1.0) < s.mains_tolerance and r.irregularity < s.exact:
            return Named("artefact", f"every period of the {mains_hz:g} Hz mains")
    low_hz, high_hz = s.exact_hz
    complex_ = p.phases > 4 or p.duration_ms > s.unit_ms
    if low_hz <= r.run_hz <= high_hz and r.run_irregularity < (s.exact_complex if complex_ else s.exact):
        if r.rate_swing > s.swing and r.size_swing > s.swing:
            return None
        return Named(
            "complex repetitive discharge",
            f"{r.run_hz:.1f}/s, intervals vary by {r.run_irregularity:.1%} only, {p.phases} phases",
        )
    return None


def _fast(r: Rhythm, p: Shape, settings: RestSettings) -> Named | None:
    """Runs: neuromyotonic, and myotonic."""
    s = settings.naming
    if r.run_hz >= s.fastest_hz and r.size_trend < -0.5 and r.size_swing > 1.0 + s.decrement:
        return Named("neuromyotonic discharge", f"{r.run_hz:.0f}/s, dying away to 1/{r.size_swing:.1f}")
    low_hz, high_hz = s.myotonic_hz
    swings = r.rate_swing > s.swing and r.size_swing > s.swing
    if low_hz <= r.run_hz <= high_hz and swings and r.run_irregularity < s.myotonic_smooth:
        return Named(
            "myotonic discharge",
            f"{r.run_hz:.0f}/s, rate changing by {r.rate_swing:.1f} and amplitude by {r.size_swing:.1f} times in a run",
        )
    return None


def _grouped(r: Rhythm, p: Shape, settings: RestSettings) -> Named | None:
    """Myokymic: groups that come back."""
    s = settings.naming
    low_hz, high_hz = s.burst_hz
    if r.bursts < s.bursts or not 2 <= r.burst_size <= 15 or r.burst_cv > s.burst_cv:
        return None
    if low_hz <= r.run_hz <= high_hz and 0.1 <= r.burst_interval_s <= 10.0 and _unit_like(p, settings):
        return Named(
            "myokymic discharge",
            f"groups of {r.burst_size:.0f} at {r.run_hz:.0f}/s, every {r.burst_interval_s:.1f} s",
        )
    return None


def _single_or_unit(r: Rhythm, p: Shape, settings: RestSettings) -> Named:
    s = settings.naming
    regular = r.irregularity < s.regular and r.regular_share >= s.regular_share
    low_hz, high_hz = s.regular_hz
    figures = f"{r.rate_hz:.1f}/s, intervals vary by {r.irregularity:.0%}"
    if regular and low_hz <= r.rate_hz <= high_hz:
        if _sharp(p, settings):
            return Named(
                "positive sharp waves", f"{figures}, positive for {p.positive:.0%}, {p.duration_ms:.0f} ms"
            )
        if not _unit_like(p, settings):
            return Named("fibrillation potentials", f"{figures}, {p.duration_ms:.1f} ms, {p.phases} phases")
        return Named("regular motor unit discharge", f"{figures}, {p.duration_ms:.1f} ms")
    if not _unit_like(p, settings) and r.cv > s.spikes_cv and p.onset < 0:
        if p.amplitude_uv < s.noise_uv and r.rate_hz >= s.noise_hz:
            return Named("end-plate noise", f"{r.mean_hz:.0f}/s, chaotic, {p.amplitude_uv:.0f} uV, negative")
        if r.rate_hz >= s.spikes_hz:
            return Named("end-plate spikes", f"{figures}, begins negative")
    if _unit_like(p, settings):
        if r.mean_hz < s.fasciculation_hz and r.rate_hz < s.voluntary_hz[0] and r.cv >= s.fasciculation_cv:
            return Named(
                "fasciculation potentials", f"motor unit, {r.mean_hz:.2g}/s, intervals vary by {r.cv:.0%}"
            )
        if s.voluntary_hz[0] <= r.rate_hz <= s.voluntary_hz[1]:
            return Named("incomplete relaxation", f"motor unit, {figures}")
    elif p.onset > 0 and r.irregularity > s.regular:
        return Named("irregular single-fibre potentials", f"{figures}, {p.duration_ms:.1f} ms")
    return Named("not named", figures)


def _unit_like(p: Shape, settings: RestSettings) -> bool:
    """Longer than a fibre's potential, and not a positive sharp wave."""
    return p.duration_ms >= settings.naming.unit_ms and not _sharp(p, settings)


def _sharp(p: Shape, settings: RestSettings) -> bool:
    s = settings.naming
    low_ms, high_ms = s.sharp_ms
    return p.onset > 0 and p.positive > s.sharp_share and low_ms <= p.duration_ms <= high_ms and p.phases <= 3
