"""Every measure of motor units and of the interference pattern: its unit, its definition and its source.

The one list behind the documentation, tables and exports; a test holds it to what is computed.
"""

import msgspec


class Measure(msgspec.Struct, frozen=True):
    """One entry of a registry."""

    unit: str
    definition: str
    source: str


_STALBERG = "Stalberg et al. 1986 (terms); rule: own"
_PATTICHIS = "Pattichis et al., IEEE Trans Biomed Eng 1995;42:486"
_SONOO = "Sonoo and Stalberg 1993"
_JIGGLE = "Stalberg and Sonoo, Muscle Nerve 1994;17:1135-1144"
_HOLT = "Holt et al., J Neurophysiol 1996;75:1806-1814"
_WILLISON = "Willison, J Neurol Neurosurg Psychiatry 1964;27:386-394"
_NANDEDKAR = "Nandedkar, Sanders and Stalberg, Muscle Nerve 1986;9:431-439"
_PEAK_RATIO = "Fuglsang-Frederiksen, Muscle Nerve 2000;23:18-36"
_OWN = "own"

MUAP_MEASURES: dict[str, Measure] = {
    "baseline_uv": Measure("uV", "median of both ends of the template, taken from every sample", _PATTICHIS),
    "amplitude_uv": Measure(
        "uV", "highest minus lowest of the samples from onset to offset and the baseline", _STALBERG
    ),
    "duration_ms": Measure(
        "ms",
        "offset minus onset: the inner ends of the nearest stretches, before and after the peak, in which for the "
        "whole quiet time the running mean keeps to the level and the slope and no sample leaves sample_uv (each "
        "at least its multiple of the noise), moved inwards, by half the smoothing at most, while the template "
        "is within the level",
        _STALBERG,
    ),
    "rise_time_us": Measure(
        "us",
        "from the maximum before it to the lowest sample; none without a fall of a turn's size, or if the lowest "
        "sample is within the level",
        _STALBERG,
    ),
    "phases": Measure(
        "1",
        "1 + changes of side between excursions that reach the phase threshold and last long enough, in the "
        "template smoothed over phase_smoothing_ms",
        _PATTICHIS,
    ),
    "turns": Measure(
        "1", "extremes into which and from which the template changes by the turn threshold", _PATTICHIS
    ),
    "satellites": Measure(
        "ms, uV",
        "deflections after the offset that reach the satellite threshold, apart by the gap: time of the peak from "
        "that of the unit, amplitude as above",
        _STALBERG,
    ),
    "area_uvms": Measure("uV ms", "integral of |x| from onset to offset", _STALBERG),
    "thickness_ms": Measure("ms", "area over amplitude", _SONOO),
    "size_index": Measure("1", "2 log10 of the amplitude in mV + area over amplitude in ms", _SONOO),
    "spike_duration_ms": Measure(
        "ms",
        "from the maximum before the first turn that is a minimum to the highest sample after the last such turn",
        _PATTICHIS,
    ),
    "spike_area_uvms": Measure("uV ms", "integral of |x| over the spike duration", _PATTICHIS),
    "serrated": Measure("yes/no", "more turns than the limit without being polyphasic", _OWN),
    "polyphasic": Measure("yes/no", "more phases than the limit", _STALBERG),
}
"""Of one averaged motor unit potential."""

VARIABILITY_MEASURES: dict[str, Measure] = {
    "jiggle_percent": Measure(
        "%",
        "sum over the spike of the median |change| from discharge to discharge, less that of the ends of the "
        "window, over the sum of the |median potential|",
        _JIGGLE,
    ),
    "correlation": Measure("1", "median correlation of consecutive discharges over the spike", _JIGGLE),
}
"""Of the aligned discharges of one unit."""

FIRING_MEASURES: dict[str, Measure] = {
    "rate_hz": Measure("Hz", "1 over the median kept interval", _OWN),
    "cv": Measure("1", "standard deviation of the kept intervals over their mean", _OWN),
    "cv2": Measure("1", "mean of 2 |b - a| / (a + b) over neighbouring kept intervals a, b", _HOLT),
    "missed": Measure("1", "intervals longer than missed_ratio times the median", _OWN),
    "false": Measure("1", "intervals shorter than false_ratio times the median", _OWN),
}
"""Of the intervals between the discharges of one unit."""

INTERFERENCE_MEASURES: dict[str, Measure] = {
    "turns_per_s": Measure(
        "1/s", "extremes into which and from which the signal changes by the threshold", _WILLISON
    ),
    "mean_amplitude_uv": Measure("uV", "mean difference between successive turns", _WILLISON),
    "turns_amplitude_ratio": Measure("1/(s uV)", "turns per second over mean amplitude", _PEAK_RATIO),
    "small_segments_per_s": Measure(
        "1/s", "segments between turns that are brief and below segment_uv", _NANDEDKAR
    ),
    "activity": Measure("1", "part of the epoch covered by brief segments", _NANDEDKAR),
    "upper_centile_amplitude_uv": Measure(
        "uV", "segment amplitude that the upper 1 % exceed (nearest rank)", _NANDEDKAR
    ),
    "envelope_uv": Measure(
        "uV",
        "potential that 1 % of the turns exceed, minus the one that 1 % fall below (nearest rank)",
        _NANDEDKAR,
    ),
}
"""Of one epoch of the interference pattern. The peak ratio is the largest turns_amplitude_ratio of a ramp."""
