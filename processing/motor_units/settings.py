"""The constants of the measures of motor unit potentials. A norm table belongs to one set of them."""

from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]


class MarkerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a potential begins and ends: walking outwards from its peak, at the first quiet stretch."""

    baseline_ms: Positive = 3.0
    """At either end of the template; their common median is the baseline."""
    level_uv: NotNegative = 10.0
    """A quiet stretch stays within this of the baseline."""
    slope_uv_per_ms: NotNegative = 10.0
    """And nowhere in it does the signal change faster."""
    slope_span_ms: Positive = 1.0
    """Over which the slope is taken. Both ends lie in the stretch, so that the spike beside it does not count."""
    noise_sigmas: NotNegative = 2.0
    """Level and change over the span may be this many standard deviations of the noise that the smoothing has
    left of the template's, if more."""
    sample_uv: NotNegative = 25.0
    """No single sample of a quiet stretch is farther from the baseline: brief late components count."""
    sample_sigmas: NotNegative = 5.0
    """Or this many standard deviations of the noise, if more."""
    quiet_ms: Positive = 3.0
    """How long a stretch has to be quiet."""
    smoothing_ms: NotNegative = 1.0
    """Width of the running mean in which level and slope are looked at. A mark then moves inwards, by half
    of it at most, as long as the template itself is within the level: steep edges stay exact. Tried on 134
    averages of recordings with noise added (band 20 to 1500 Hz, 4 uV SD): the duration grew by a median of
    2.6 ms with 0.4 ms, by 0.3 ms with 1 ms, and by 9.8 ms without smoothing."""


class MuapSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the measures of a template depend on."""

    markers: MarkerSettings = MarkerSettings()
    phase_uv: Positive = 25.0
    """An excursion on one side of the baseline reaches this to be a phase."""
    phase_sigmas: NotNegative = 4.0
    """Or this many standard deviations of the noise that `phase_smoothing_ms` has left, if more."""
    phase_smoothing_ms: NotNegative = 0.2
    """Width of the running mean in which phases are counted. Tried on simulated units at a signal-to-noise of 20 to
    10: exact in 91 % instead of 81 %; without noise as many as without it."""
    phase_ms: NotNegative = 0.3
    """And lasts longer than this, from its first to its last sample beyond `phase_uv`."""
    turn_uv: Positive = 25.0
    """Smallest change before and after a turn. (The interference pattern has 100 uV.)"""
    turn_sigmas: NotNegative = 5.0
    """Or this many standard deviations of the template's noise, if more; so for satellites."""
    satellite_uv: Positive = 25.0
    satellite_sigmas: NotNegative = 5.0
    satellite_gap_ms: Positive = 2.0
    """Baseline between the potential and a satellite, and between two satellites."""
    satellite_window_ms: Positive = 25.0
    """After the offset."""
    serrated_turns: Count = 5
    """Serrated: more turns than these without being polyphasic."""
    polyphasic_phases: Count = 4
    """Polyphasic: more phases than these."""
    minimum_rate_hz: Positive = 10_000.0
    """Sampled slower, nothing that rests on the course in time is measured."""
    rise_time_limit_us: Positive = 500.0
    """Of a potential near enough for its amplitude and phases to be taken."""
    upright_fraction: Annotated[float, Meta(ge=0, le=1)] = 0.3
    """Of the amplitude, negative: a potential with less is said to be mostly positive."""
    minimum_amplitude_uv: NotNegative = 50.0
    """Of a potential that is taken at all."""
    minimum_potentials: Annotated[int, Meta(ge=1)] = 5
    """Below it no percentage of polyphasic potentials."""

    minimum_discharges: Annotated[int, Meta(ge=2)] = 10
    """Below it nothing is said of the variability from discharge to discharge."""

    def in_noise(self, noise_uv: float, smoothed_uv: float) -> "MuapSettings":
        """These settings with every threshold raised to its multiple of the template's noise (SD): level and slope
        of what the smoothing has left of it, all others of all of it."""
        m = self.markers
        markers = replace(
            m,
            level_uv=max(m.level_uv, m.noise_sigmas * smoothed_uv),
            slope_uv_per_ms=max(m.slope_uv_per_ms, m.noise_sigmas * smoothed_uv / m.slope_span_ms),
            sample_uv=max(m.sample_uv, m.sample_sigmas * noise_uv),
        )
        return replace(
            self,
            markers=markers,
            turn_uv=max(self.turn_uv, self.turn_sigmas * noise_uv),
            satellite_uv=max(self.satellite_uv, self.satellite_sigmas * noise_uv),
        )

    @property
    def algorithm(self) -> str:
        """The name of this way to measure: values under another name do not compare."""
        m = self.markers
        return (
            f"quiet-stretch-2 level={m.level_uv:g}uV,{m.noise_sigmas:g}sd slope={m.slope_uv_per_ms:g}uV/ms"
            f",{m.slope_span_ms:g}ms sample={m.sample_uv:g}uV,{m.sample_sigmas:g}sd quiet={m.quiet_ms:g}ms"
            f" smoothing={m.smoothing_ms:g}ms"
            f" phase={self.phase_uv:g}uV,{self.phase_sigmas:g}sd,{self.phase_ms:g}ms,{self.phase_smoothing_ms:g}ms"
            f" turn={self.turn_uv:g}uV,{self.turn_sigmas:g}sd"
        )
