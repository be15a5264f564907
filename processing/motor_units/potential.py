"""What is told of one followed unit: its measures, whether it counts towards the muscle, and why not."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from contracts.measured import Satellite, UnitMeasures
from processing.motor_units.measures import MuapMeasures, measure
from processing.motor_units.settings import MuapSettings
from processing.motor_units.tracked import UnitFlag, UnitState
from processing.motor_units.variability import MuapVariability, variability

Refused = Literal[
    "sampled too slowly to measure",
    "no discharge stood alone",
    "no potential",
    "begins before the template",
    "ends after the template",
    "too small",
    "a fibre that discharges at rest as well",
]
"""Such a unit does not count at all. Nor does one whose template is not trusted: its own flags say why. Of fibres
only the examination knows."""

FarAway = Literal["rises too slowly for amplitude and phases", "no rise: not for amplitude and phases"]
"""Such a unit counts for duration only, which hardly changes with the distance from its fibres."""

Remark = Literal["mostly positive: perhaps heard by the cannula"]
"""Such a unit counts, and the examiner is told: a concentric needle hears fibres beside its shaft upside down."""

PotentialFlag = UnitFlag | Refused | FarAway | Remark

FAR_AWAY: frozenset[str] = frozenset(get_args(FarAway))


def describe(
    state: UnitState,
    aligned: NDArray[np.float32] | None,
    rate_hz: float,
    settings: MuapSettings,
) -> tuple[UnitMeasures | None, bool, tuple[PotentialFlag, ...]]:
    """The measures of a unit's template, whether it is accepted, and the flags of unit and potential.

    `aligned` f32 `(n_discharges, n_samples)`, microvolt, are the discharges behind the template, in order, with
    its samples; without them nothing is said of their variability. No measures of a template that is not
    trusted and of one that was sampled slower than `settings.minimum_rate_hz`. Accepted: trusted, both marks
    found and large enough. Of an accepted unit with a flag of FAR_AWAY only the duration
    counts; see `counts_for_shape`.
    """
    if rate_hz < settings.minimum_rate_hz:
        return None, False, (*state.flags, "sampled too slowly to measure")
    if state.template.size == 0:
        return None, False, (*state.flags, "no discharge stood alone")
    if not state.trusted:
        return None, False, state.flags
    measured = measure(state.template, rate_hz, settings, state.template_noise_uv)
    refused = _refused(measured, settings)
    varied = variability(aligned, measured, rate_hz, settings) if aligned is not None else None
    told = _told(measured, varied)
    remarks = _remarks(measured, state.template, settings)
    return told, not refused, (*state.flags, *refused, *_far_away(told, settings), *remarks)


def counts_for_shape(measures: UnitMeasures, settings: MuapSettings) -> bool:
    """Whether an accepted potential is near enough for its amplitude, phases and all else but duration."""
    return not _far_away(measures, settings)


def _refused(measured: MuapMeasures, settings: MuapSettings) -> tuple[Refused, ...]:
    told: tuple[tuple[Refused, bool], ...] = (
        ("no potential", "no potential" in measured.flags),
        ("begins before the template", "onset at edge" in measured.flags),
        ("ends after the template", "offset at edge" in measured.flags),
        ("too small", measured.amplitude_uv < settings.minimum_amplitude_uv),
    )
    return tuple(flag for flag, is_so in told if is_so)


def _far_away(measures: UnitMeasures, settings: MuapSettings) -> tuple[FarAway, ...]:
    if measures.rise_time_us is None:
        return ("no rise: not for amplitude and phases",)
    if measures.rise_time_us > settings.rise_time_limit_us:
        return ("rises too slowly for amplitude and phases",)
    return ()


def _remarks(m: MuapMeasures, template: NDArray[np.float32], settings: MuapSettings) -> tuple[Remark, ...]:
    negative = m.baseline_uv - float(template[m.negative_peak_index])
    if m.amplitude_uv > 0.0 and negative < settings.upright_fraction * m.amplitude_uv:
        return ("mostly positive: perhaps heard by the cannula",)
    return ()


def _told(m: MuapMeasures, varied: MuapVariability | None) -> UnitMeasures:
    """The measures as they travel."""
    return UnitMeasures(
        amplitude_uv=m.amplitude_uv,
        duration_ms=m.duration_ms,
        onset_index=m.onset_index,
        offset_index=m.offset_index,
        peak_index=m.peak_index,
        phases=m.phases,
        turns=m.turns,
        polyphasic=m.polyphasic,
        serrated=m.serrated,
        satellites=tuple(Satellite(s.time_ms, s.amplitude_uv) for s in m.satellites),
        rise_time_us=m.rise_time_us,
        area_uvms=m.area_uvms,
        thickness_ms=m.thickness_ms,
        size_index=m.size_index,
        spike_duration_ms=m.spike_duration_ms,
        spike_area_uvms=m.spike_area_uvms,
        jiggle_percent=varied.jiggle_percent if varied else None,
        correlation=varied.correlation if varied else None,
    )
