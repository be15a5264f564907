"""The features of a window."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from contracts.records import EmgUnit
from contracts.refusal import Refusal
from processing.blocks import as_block
from processing.feature_registry import FEATURES, PARAMETERS, Family, FeatureParameters, bands_hz
from processing.kernels.amplitude import amplitude
from processing.kernels.autoregression import autoregression
from processing.kernels.crossings import crossings
from processing.kernels.means import means
from processing.kernels.shape import shape
from processing.kernels.spectrum import spectrum, taper
from processing.kernels.turns import turns

Rows = NDArray[np.float32]
Step = Callable[[NDArray[np.float32], NDArray[np.float64], Rows], None]
"""Of a window, its means, and the rows for what comes out."""


class FeatureExtractor:
    """The features `names` (empty: all) of windows f32 `(length, n_channels)` at `rate_hz`.

    `parameters` are the registry's defaults for `unit` unless given. Only families of which a feature is
    wanted are computed. Raises Refusal for an unknown name, a threshold that is not positive, and a window
    that is too short.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        rate_hz: float,
        length: int,
        n_channels: int,
        parameters: FeatureParameters | None = None,
        unit: EmgUnit = "uV",
    ) -> None:
        self.names = names or tuple(FEATURES)
        self.parameters = parameters or PARAMETERS[unit]
        _check(self.names, length, self.parameters, unit)
        self._shape = (length, n_channels)
        rate_hz = float(rate_hz)
        families: dict[Family, list[str]] = {}
        for name, feature in FEATURES.items():
            if any(FEATURES[wanted].family == feature.family for wanted in self.names):
                families.setdefault(feature.family, []).extend(columns_of(name, self.parameters, rate_hz))
        self.layout = tuple(c for name in self.names for c in columns_of(name, self.parameters, rate_hz))
        """Column names of one channel, in order."""
        computed = [column for columns in families.values() for column in columns]
        self._columns = np.array([computed.index(column) for column in self.layout])
        self._values = np.zeros((len(computed), n_channels), dtype=np.float32)
        self._means = np.zeros(n_channels)
        self._steps: list[tuple[Step, Rows]] = []
        first = 0
        for family, columns in families.items():
            rows = self._values[first : first + len(columns)]
            self._steps.append((_step(family, rate_hz, length, n_channels, self.parameters), rows))
            first += len(columns)

    def compute(self, window: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """Write the features of `window`, f32 `(length, n_channels)`, into `out`, f32 `(n_channels, k)`.

        Columns as in `layout`. Finite for every finite window (|x| up to 1e9); what a measure is for a
        window without any signal is stated in the registry.
        """
        window = as_block(window)
        means(window, self._means)
        for step, rows in self._steps:
            step(window, self._means, rows)
        out[...] = self._values[self._columns].T

    def warm_up(self) -> None:
        """Compile every kernel in use, so that the first window does not wait for it."""
        window = np.zeros(self._shape, dtype=np.float32)
        window[::2] = 1.0
        self.compute(window, np.empty((self._shape[1], len(self.layout)), dtype=np.float32))


def columns_of(name: str, parameters: FeatureParameters, rate_hz: float) -> tuple[str, ...]:
    """The columns of one feature, in order."""
    columns = FEATURES[name].columns
    return (name,) if columns is None else columns(parameters, rate_hz)


class SpectrumStep:
    """The spectral family: one Hann-tapered periodogram, padded to a length that transforms fast.

    Tried: for 5,859 samples the transform takes 46 us as it is and 32 us padded to 6,000. One long
    periodogram rather than Welch's average: everything taken from it is a sum over many bins, which
    averages by itself, and short segments would not resolve the lowest band.
    """

    def __init__(
        self, rate_hz: float, length: int, n_channels: int, bands: tuple[tuple[float, float], ...]
    ) -> None:
        padded = fast_length(length)
        self._weights = 0.5 - 0.5 * np.cos(2.0 * np.pi * (np.arange(length) + 0.5) / length)
        self._tapered = np.zeros((n_channels, padded))
        self._transform = np.zeros((n_channels, padded // 2 + 1), dtype=np.complex128)
        self._power = np.zeros(padded // 2 + 1)
        self._bin_hz = rate_hz / padded
        self._scale = 2.0 / (padded * float(np.sum(self._weights**2)))
        edges = [band[0] for band in bands] + [band[1] for band in bands[-1:]]
        starts = [math.ceil(round(edge * padded / rate_hz, 6)) for edge in edges]
        self._band_starts = np.array(starts or [0], dtype=np.int64)

    def __call__(self, window: NDArray[np.float32], mean: NDArray[np.float64], out: Rows) -> None:
        taper(window, mean, self._weights, self._tapered)
        np.fft.rfft(self._tapered, axis=1, out=self._transform)
        spectrum(self._transform, self._bin_hz, self._scale, self._band_starts, self._power, out)


def fast_length(length: int) -> int:
    """The smallest even number from `length` up that has no prime factor above 5."""
    n = length + length % 2
    while True:
        rest = n
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return n
        n += 2


def _step(
    family: Family, rate_hz: float, length: int, n_channels: int, parameters: FeatureParameters
) -> Step:
    p = parameters
    if family == "amplitude":
        return lambda window, _, out: amplitude(window, out)
    if family == "shape":
        return lambda window, mean, out: shape(window, mean, rate_hz, out)
    if family == "autoregression":
        centred, covariance, previous = (
            np.zeros(length + p.order + 6),
            np.zeros(p.order + 1),
            np.zeros(p.order),
        )
        return lambda window, mean, out: autoregression(window, mean, centred, covariance, previous, out)
    if family == "crossings":
        zero, slope, step = float(p.zero_threshold), float(p.slope_threshold), float(p.step_threshold)
        return lambda window, _, out: crossings(window, rate_hz, zero, slope, step, out)
    if family == "turns":
        scratch = np.zeros(length, dtype=np.float32)
        threshold, centile = float(p.turn_threshold), float(p.upper_centile)
        longest = math.floor(p.segment_s * rate_hz)
        return lambda window, _, out: turns(window, rate_hz, threshold, longest, centile, scratch, out)
    return SpectrumStep(rate_hz, length, n_channels, bands_hz(p, rate_hz))


def _check(names: tuple[str, ...], length: int, parameters: FeatureParameters, unit: EmgUnit) -> None:
    unknown = [name for name in names if name not in FEATURES]
    if unknown:
        raise Refusal(
            found=f"the feature {unknown[0]!r}",
            wanted=f"one of {', '.join(FEATURES)}",
            do="Correct the list of features.",
        )
    if parameters.unit != unit:
        raise Refusal(
            found=f"feature thresholds in {parameters.unit}",
            wanted=f"thresholds in {unit}, the unit of the signal",
            do="Give FeatureParameters of that unit.",
        )
    for field in ("zero_threshold", "slope_threshold", "step_threshold", "turn_threshold"):
        if not getattr(parameters, field) > 0:
            raise Refusal(
                found=f"{field} = {getattr(parameters, field)}",
                wanted="more than 0",
                do="Correct the feature parameters.",
            )
    if parameters.order < 1 or length < parameters.order + 2:
        raise Refusal(
            found=f"a window of {length} samples for a model of order {parameters.order}",
            wanted="an order of 1 or more, and 2 samples more than that",
            do="Lengthen window.length_s.",
        )
