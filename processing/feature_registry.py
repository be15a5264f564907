"""Every feature of a window: what it is, its unit, its source, and the parameters that it depends on.

The one list behind computing, tests, benchmarks and the documentation. Features of one family are computed
in one pass by one kernel; the order here is the order of that kernel's output rows.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import msgspec

from contracts.records import EmgUnit

Family = Literal["amplitude", "shape", "autoregression", "crossings", "turns", "spectrum"]


class FeatureParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What features depend on. Thresholds are in `unit`; those of another unit mean nothing."""

    unit: EmgUnit = "uV"
    zero_threshold: float = 10.0
    """Hysteresis of zero crossings: about the noise of a good needle recording (5 to 20 uV)."""
    slope_threshold: float = 10.0
    """Smallest step on either side of a slope sign change."""
    step_threshold: float = 50.0
    """Smallest difference of neighbouring samples that counts for the Willison amplitude."""
    turn_threshold: float = 100.0
    """Willison's 100 uV."""
    segment_s: float = 0.003
    """Longest segment between turns that belongs to a spike (Nandedkar)."""
    upper_centile: float = 0.99
    """Of the turn amplitudes (Nandedkar: exceeded by 1 %)."""
    order: int = 4
    """Of the autoregressive model."""
    band_edges_hz: tuple[float, ...] = (20.0, 100.0, 250.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0)
    """Bands between neighbouring edges; a band that reaches above half the rate is left out."""


NEEDLE_PARAMETERS = FeatureParameters()
COUNTS_PARAMETERS = FeatureParameters(
    unit="counts",
    zero_threshold=1.0,
    slope_threshold=1.0,
    step_threshold=5.0,
    turn_threshold=10.0,
    band_edges_hz=(20.0, 40.0, 60.0, 80.0, 100.0),
)
"""For an 8-bit armband (full scale 128 counts) at 200 Hz: one count is the smallest change that there is."""

PARAMETERS: dict[EmgUnit, FeatureParameters] = {"uV": NEEDLE_PARAMETERS, "counts": COUNTS_PARAMETERS}
"""The defaults, by unit."""


class Feature(msgspec.Struct, frozen=True):
    """One entry of the registry."""

    family: Family
    unit: str
    """Written for microvolt; for signals in counts read counts."""
    definition: str
    reference: str
    depends_on: tuple[str, ...] = ()
    """Fields of FeatureParameters."""
    columns: Callable[[FeatureParameters, float], tuple[str, ...]] | None = None
    """Column names at given parameters and rate; None for one column of the feature's own name."""


def bands_hz(parameters: FeatureParameters, rate_hz: float) -> tuple[tuple[float, float], ...]:
    """The bands that fit below half the rate, (low, high) in Hz."""
    edges = parameters.band_edges_hz
    return tuple(band for band in pairwise(edges) if band[1] <= rate_hz / 2)


def _autoregressive(parameters: FeatureParameters, rate_hz: float) -> tuple[str, ...]:
    return tuple(f"ar_{k + 1}" for k in range(parameters.order))


def _moments(parameters: FeatureParameters, rate_hz: float) -> tuple[str, ...]:
    return tuple(f"spectral_moment_{k}" for k in range(4))


def _bands(parameters: FeatureParameters, rate_hz: float) -> tuple[str, ...]:
    return tuple(f"band_power_{low:g}_{high:g}" for low, high in bands_hz(parameters, rate_hz))


_PHINYOMARK = "Phinyomark et al., Expert Syst Appl 2012;39:7420-7431"
_HUDGINS = "Hudgins et al., IEEE Trans Biomed Eng 1993;40:82-94"
_WILLISON = "Willison, J Neurol Neurosurg Psychiatry 1964;27:386-394"
_NANDEDKAR = "Nandedkar, Sanders and Stalberg, Muscle Nerve 1986;9:431-439"
_HJORTH = "Hjorth, Electroencephalogr Clin Neurophysiol 1970;29:306-310"
_STULEN = "Stulen and De Luca, IEEE Trans Biomed Eng 1981;28:515-523"
_MOMENTS = "Joanes and Gill, The Statistician 1998;47:183-189"
_GRAUPE = "Graupe and Cline, IEEE Trans Syst Man Cybern 1975;5:252-259"

FEATURES: dict[str, Feature] = {
    "mean_absolute_value": Feature("amplitude", "uV", "mean of |x|", _HUDGINS),
    "root_mean_square": Feature("amplitude", "uV", "square root of the mean of x^2", _PHINYOMARK),
    "peak": Feature("amplitude", "uV", "largest |x|", _PHINYOMARK),
    "peak_to_peak": Feature("amplitude", "uV", "largest x minus smallest x", _PHINYOMARK),
    "waveform_length": Feature("amplitude", "uV", "sum of |x[n] - x[n-1]|", _HUDGINS),
    "skewness": Feature("shape", "1", "m3 / m2^1.5 with central moments m; 0 for a constant", _MOMENTS),
    "kurtosis": Feature("shape", "1", "m4 / m2^2 - 3; 0 for a constant and for a Gaussian", _MOMENTS),
    "hjorth_activity": Feature("shape", "uV^2", "variance of x", _HJORTH),
    "hjorth_mobility": Feature("shape", "1/s", "SD of the slope over SD of x; 0 for a constant", _HJORTH),
    "hjorth_complexity": Feature("shape", "1", "mobility of the slope over mobility of x", _HJORTH),
    "autoregressive": Feature(
        "autoregression",
        "1",
        "a of x[n] = sum of a[k] x[n-k] + e[n] (Yule-Walker, Levinson-Durbin); 0 for a constant",
        _GRAUPE,
        ("order",),
        _autoregressive,
    ),
    "zero_crossings": Feature(
        "crossings", "1/s", "changes between x >= h and x <= -h", _HUDGINS, ("zero_threshold",)
    ),
    "slope_sign_changes": Feature(
        "crossings",
        "1/s",
        "samples above or below both neighbours, at least one of them by the threshold",
        _HUDGINS,
        ("slope_threshold",),
    ),
    "willison_amplitude": Feature(
        "crossings", "1/s", "steps |x[n] - x[n-1]| of the threshold or more", _WILLISON, ("step_threshold",)
    ),
    "turns": Feature(
        "turns",
        "1/s",
        "reversals that differ by the threshold or more from the one before and from what follows",
        _WILLISON,
        ("turn_threshold",),
    ),
    "mean_turn_amplitude": Feature(
        "turns",
        "uV",
        "mean distance between successive turns; 0 without turns",
        _WILLISON,
        ("turn_threshold",),
    ),
    "upper_centile_amplitude": Feature(
        "turns",
        "uV",
        "turn amplitude that the upper 1 % exceed (nearest rank); 0 without turns",
        _NANDEDKAR,
        ("turn_threshold", "upper_centile"),
    ),
    "activity": Feature(
        "turns",
        "1",
        "part of the window covered by segments between turns that are short enough for a spike",
        _NANDEDKAR,
        ("turn_threshold", "segment_s"),
    ),
    "mean_frequency": Feature("spectrum", "Hz", "sum of f P over sum of P; 0 for a constant", _STULEN),
    "median_frequency": Feature("spectrum", "Hz", "frequency at which half of P is reached", _STULEN),
    "spectral_moments": Feature(
        "spectrum", "uV^2 kHz^k", "sum of P f^k for k = 0 to 3, f in kHz", _PHINYOMARK, (), _moments
    ),
    "band_powers": Feature(
        "spectrum", "1", "part of P in [low, high)", _PHINYOMARK, ("band_edges_hz",), _bands
    ),
}
"""In the order of columns when all are asked for."""
