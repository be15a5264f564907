"""The quality gate: it marks windows, it never hides them."""

import math
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from contracts.records import EmgUnit
from contracts.settings import QualitySettings
from processing.blocks import as_block
from processing.kernels.plateaus import plateaus
from processing.kernels.projection import project
from processing.kernels.spread import spread

FLAGS: dict[str, str] = {
    "not a number": "NaN, infinity or beyond 1e9 in the raw or filtered window: nothing else can be computed",
    "flat": "a stretch without any change, longer than flat_s and than 16 samples: a dead or saturated input",
    "clipped": "more than clipped_fraction of the samples at full scale, known or told by piled-up extremes",
    "electrode off": "mostly mains or mostly drift in the raw window, of off_uv or more: no contact",
    "low frequency": "more than low_frequency_fraction of the raw power below 10 Hz: the needle moves",
    "mains": "more than mains_fraction of the filtered power at 50 or 60 Hz and two harmonics",
    "noise only": "filtered RMS below noise_uv and no spike: there is nothing to judge",
}
"""Each flag and what it means. All of them keep a window out of the evidence: the first six because the
features would measure something else than muscle, the last because silence speaks for no pattern."""

QUALITY_FLAGS = tuple(FLAGS)

LOW_FREQUENCY_HZ = 10.0
HARMONICS = 3
STEPS_HZ = 2_500.0
"""Least rate of the steps of a waveform."""
SHORTEST_FLAT = 16
"""Samples. At 200 Hz and 8 bit a quiet muscle repeats a value for flat_s now and then."""

LARGEST = 1e9
"""No amplifier gives more, in microvolt or counts; features stay finite up to here."""

SMALLEST = 1e-30
"""Keeps a constant window from dividing by zero."""

MAD_PER_SD = 0.6745
"""Median |x| of a Gaussian of standard deviation 1."""

SHORTEST_MAINS_S = 0.1
"""Below five periods of 50 Hz, mains cannot be told from low-frequency EMG and is not judged."""


def accepts(flags: tuple[str, ...]) -> bool:
    """Whether a window with these flags counts as evidence: only one without any does."""
    return not flags


class QualityGate:
    """Flags for windows of `length` raw samples at `rate_hz`, and the same stretch filtered.

    It keeps nothing from window to window: the flags of a window depend on that window alone, so neither
    chunking nor skipped windows can change them. For signals in counts the microvolt limits (full scale,
    noise, electrode off) are not judged.
    """

    def __init__(
        self, settings: QualitySettings, rate_hz: float, length: int, n_channels: int, unit: EmgUnit
    ) -> None:
        self._limits = settings
        self._microvolt = unit == "uV"
        self._duration_s = length / rate_hz
        self._flat_samples = max(SHORTEST_FLAT, math.ceil(settings.flat_s * rate_hz))
        self._full_scale = 0.999 * settings.full_scale_uv if settings.full_scale_uv else math.inf
        self._most_clipped = settings.clipped_fraction * length
        self._raw = Spectrometer(length, self._duration_s, n_channels)
        self._filtered: Spectrometer | None = None
        self._plateaus = np.zeros((5, n_channels))
        self._spread = np.zeros((4, n_channels))
        self._scratch = np.zeros(0, dtype=np.float32)

    def judge(self, raw: NDArray[np.float32], filtered: NDArray[np.float32]) -> tuple[tuple[str, ...], ...]:
        """The flags of each channel, in the order of QUALITY_FLAGS; empty for a good window.

        raw: f32 `(length, n_channels)` as it came through the door; filtered: f32 `(any, n_channels)`, the
        same stretch of time in the analysis band, at whatever rate that is.
        """
        raw, filtered = as_block(raw), as_block(filtered)
        if self._filtered is None:
            self._filtered = Spectrometer(filtered.shape[0], self._duration_s, raw.shape[1])
            self._scratch = np.zeros(filtered.shape[0], dtype=np.float32)
        plateaus(raw, self._full_scale, self._plateaus)
        spread(filtered, self._limits.noise_uv, self._scratch, self._spread)
        judged = zip(
            self._plateaus.T.tolist(),
            self._spread.T.tolist(),
            self._raw.measure(raw, self._plateaus[4]),
            self._filtered.measure(filtered, self._spread[3]),
            strict=True,
        )
        return tuple(self._flags(*channel) for channel in judged)

    def _flags(
        self, plateau: list[float], size: list[float], raw: "Shares", filtered: "Shares"
    ) -> tuple[str, ...]:
        """The flags of one channel, from a column of what each kernel wrote: arrays of so few numbers cost more."""
        limits = self._limits
        finite, longest, at_full_scale, piled, _ = plateau
        rms, peak, median, _ = size
        if not (finite and rms < LARGEST and peak < LARGEST):
            return QUALITY_FLAGS[:1]
        spikes = peak > 0.0 and peak >= limits.spike_ratio * median / MAD_PER_SD
        hum = raw.mains_fraction > limits.mains_fraction and raw.mains_amplitude >= limits.off_uv
        slow = raw.low_frequency_fraction > limits.low_frequency_fraction
        found = (
            False,
            longest > self._flat_samples,
            max(at_full_scale, piled) > self._most_clipped,
            self._microvolt and (hum or (slow and raw.drift >= limits.off_uv)),
            slow,
            filtered.mains_fraction > limits.mains_fraction,
            self._microvolt and rms < limits.noise_uv and not spikes,
        )
        return tuple(compress(QUALITY_FLAGS, found))


class Shares(NamedTuple):
    """How much of one channel of a window is slow, and how much mains."""

    low_frequency_fraction: float
    """Of its power (without its mean), below 10 Hz; 0 for a constant."""
    mains_fraction: float
    """Of its power, at 50 or 60 Hz with harmonics, whichever is more; 0 when not judged."""
    mains_amplitude: float
    """Of a sine of the same power as the mains part, in the unit of the signal."""
    drift: float
    """Peak to peak of a sine of the same power as the slow part, in the unit of the signal."""


class Spectrometer:
    """The slow and the mains part of windows, by least squares on waveforms of exactly these frequencies.

    Slow: the cosine series (DCT-II) below 10 Hz, which follows a drift without the leakage that a Fourier
    transform of so short a piece would have. Mains: 50 or 60 Hz with harmonics, orthogonal to the slow part.
    At high rates the waveforms go in steps, of which the highest harmonic still has 14 to a period.
    """

    def __init__(self, length: int, duration_s: float, n_channels: int) -> None:
        self._step = max(1, math.floor(length / duration_s / STEPS_HZ))
        held = np.arange(length) // self._step
        counts = np.bincount(held)
        middles = np.bincount(held, weights=np.arange(length) + 0.5) / counts
        at = (middles / length)[held]
        n_slow = min(math.ceil(2.0 * LOW_FREQUENCY_HZ * duration_s), length)
        slow = [np.cos(np.pi * k * at) for k in range(n_slow)]
        judged = duration_s >= SHORTEST_MAINS_S and length / duration_s > 120.0 * HARMONICS
        columns = [np.linalg.qr(np.stack(slow, axis=1))[0][:, 1:]]
        for hz in (50.0, 60.0) if judged else ():
            angles = [2.0 * np.pi * hz * k * duration_s * at for k in range(1, HARMONICS + 1)]
            waves = [wave(angle) for angle in angles for wave in (np.cos, np.sin)]
            columns.append(np.linalg.qr(np.stack(slow + waves, axis=1))[0][:, n_slow:])
        self._length = length
        self._waveforms = np.ascontiguousarray(
            np.concatenate(columns, axis=1)[:: self._step], dtype=np.float32
        )
        self._groups = np.cumsum([0] + [column.shape[1] for column in columns] + [0] * (3 - len(columns)))
        self._products = np.zeros(self._waveforms.shape[1])
        self._powers = np.zeros((4, n_channels))

    def measure(self, window: NDArray[np.float32], means: NDArray[np.float64]) -> list[Shares]:
        """Those of each channel of a window, f32 `(length, n_channels)`, with its means f64 `(n_channels,)`."""
        project(window, means, self._step, self._waveforms, self._groups, self._products, self._powers)
        return [self._shares(*powers) for powers in self._powers.T.tolist()]

    def _shares(self, slow: float, mains_50: float, mains_60: float, power: float) -> Shares:
        mains, power = max(mains_50, mains_60), max(power, SMALLEST)
        squared = 2.0 / self._length
        return Shares(
            low_frequency_fraction=slow / power,
            mains_fraction=mains / power,
            mains_amplitude=math.sqrt(squared * mains),
            drift=2.0 * math.sqrt(squared * slow),
        )
