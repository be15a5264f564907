"""By what the phase of the examination is told."""

from typing import Annotated

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Fraction = Annotated[float, Meta(ge=0, le=1)]


class BandSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bands whose power is followed, Hz."""

    minimum_rate_hz: Positive = 4_000.0
    block_ms: Positive = 10.0
    """Powers are those of blocks of this length; ten of them are a hop."""
    decimated_hz: Positive = 4_000.0
    """Rate of the mean of neighbouring samples from which the lower bands are taken."""
    slow_hz: tuple[float, float] = (2.0, 12.0)
    """A moving needle."""
    hum_hz: tuple[float, float] = (20.0, 80.0)
    """Units too far to be told apart: the tissue passes on little else of them."""
    middle_hz: tuple[float, float] = (80.0, 300.0)
    fine_hz: tuple[float, float] = (400.0, 1_500.0)
    """What is near."""
    broad_hz: Positive = 20.0
    """From here up: the signal without its baseline."""
    order: Annotated[int, Meta(ge=1, le=8)] = 2


class EnvelopeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the envelope of the fine band is put beside itself: recruitment rests on it."""

    cell_ms: Positive = 1.0
    soon_ms: tuple[float, float] = (5.0, 12.0)
    """Longer than the sharp part of a potential, shorter than any unit takes to discharge again."""
    again_ms: tuple[float, float] = (20.0, 30.0)
    """A unit at 33 to 50 Hz discharges again."""


class RestSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When nobody tenses the muscle. Told by what there is between potentials: at rest the quietest moments are as
    quiet as the recorder, whatever discharges by itself; in effort hundreds of distant units never pause together."""

    window_s: Positive = 1.0
    quietest: Fraction = 0.05
    """Part of the blocks of a window that are its quietest moments."""
    quiet: Fraction = 0.2
    """Part of the blocks that are its quiet moments."""
    floors: Positive = 2.0
    """In quiet moments the middle band stays below so many times what it was in the quietest of late, within these
    limits:"""
    middle_uv: tuple[float, float] = (0.9, 1.2)
    floor_s: Positive = 120.0
    """What was quietest is forgotten after this."""
    hum_uv: Positive = 2.6
    """And the hum in the quietest moments below this: fibres that discharge by themselves have slow tails."""
    deep: Fraction = 0.6
    """Part of these limits below which not even large potentials speak against rest."""
    large_uv: Positive = 400.0
    """Deflections of this size ..."""
    large_per_s: Positive = 12.0
    """... and so many of them come from units that somebody fires."""
    end_plate_hum_uv: Positive = 2.8
    """Near an end-plate it never gets as quiet, not even below this. Its noise is told from effort by finer waves: in
    quiet moments"""
    end_plate_fine_uv: Positive = 1.3
    """the fine band is this at least,"""
    end_plate_ratio: Positive = 0.58
    """and so much of the middle band,"""
    end_plate_middle_uv: Positive = 8.0
    """which is this at most,"""
    end_plate_hum_ratio: Positive = 0.51
    """and over it the hum in the quietest ones this at most,"""
    end_plate_turns_per_s: Positive = 85.0
    """with no more turns than this."""


class EffortSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much effort."""

    window_s: Positive = 0.5
    turn_uv: Positive = 100.0
    segment_ms: Positive = 3.0
    """Longest way from turn to turn that counts as activity."""
    moderate_turns_per_s: Positive = 150.0
    """From here moderate, with this hum:"""
    moderate_hum_uv: Positive = 20.0
    surely_turns_per_s: Positive = 300.0
    """From here moderate whatever the hum."""
    surely_hum_uv: Positive = 35.0
    """From here moderate whatever the turns."""
    maximal_hum_uv: Positive = 90.0
    """Median of the window: from here maximal, with these turns:"""
    maximal_turns_per_s: Positive = 250.0


class ArtefactSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is no examination. Each needs a size beside a fraction: of silence, most is mains and drift."""

    clipped_fraction: Fraction = 0.001
    full_scale_uv: Positive | None = None
    flat_s: Positive = 0.02
    mains_fraction: Fraction = 0.3
    mains_uv: Positive = 10.0
    """Amplitude."""
    slow_fraction: Fraction = 0.5
    """Of the power below 10 Hz."""
    slow_uv: Positive = 60.0
    """Peak to peak."""


class InsertionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A moving needle: a slow wave beside which what the muscle does is small."""

    slow_uv: Positive = 15.0
    """RMS in the slow band over a hop."""
    over_hum: Positive = 2.5
    """Times that in the band of the hum."""
    tensed_over_hum: Positive = 4.0
    """The same while the muscle is tensed: large units that discharge slowly have slow waves of their own. With this
    and `tensed_slow_fraction` 51 movements are told in 111 low efforts of n2001, in which no needle moves, instead of
    112; of 128 simulated insertions straight out of effort 92 instead of 107."""
    tensed_slow_fraction: Fraction = 0.8
    """Part of the power that is slow, as of an artefact, while the muscle is tensed."""
    longest_s: Positive = 2.0
    """What moves for longer is an artefact."""
    settled_s: Positive = 0.4
    """Needle still and muscle quiet for so long, and the insertion is over; ..."""
    outlasting_s: Positive = 1.2
    """... or the needle still for so long, whatever discharges: that is no longer insertional."""
    active_floors: Positive = 4.0
    """A block is active from so many times the quiet level in the fine band,"""
    active_fraction: Fraction = 0.3
    """a hop with so many active blocks."""
    moved_fraction: Fraction = 0.25
    """Of the largest power of the slow band: with the last block of so much the movement ends."""


class PhaseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    bands: BandSettings = BandSettings()
    envelope: EnvelopeSettings = EnvelopeSettings()
    rest: RestSettings = RestSettings()
    effort: EffortSettings = EffortSettings()
    artefact: ArtefactSettings = ArtefactSettings()
    insertion: InsertionSettings = InsertionSettings()
    window_s: Positive = 0.5
    """Of clipping, mains and low frequency."""
    behind_s: NotNegative = 0.4
    """A hop is judged by windows that end so much after it."""
    hold_s: NotNegative = 0.3
    """What a hop is called changes when so much in a row speaks for the new name."""
