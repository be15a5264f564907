"""The signal in which discharges are found."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin

from processing.kernels.muap_band import decimated
from processing.motor_units.tracking_settings import DetectionSettings
from processing.recent import RecentQuantile

MAD_TO_SD = 1.4826


class Detector:
    """Band-passes one channel step by step, at a lower rate, and knows how large a potential has to be.

    The filter is symmetric: a potential's peak stays where it is and nothing trails behind it. Sample `i` of what
    comes out stands for sample `factor * i - delay` of what went in.
    """

    def __init__(self, rate_hz: float, step: int, settings: DetectionSettings) -> None:
        self.factor = max(1, math.floor(rate_hz / settings.rate_hz))
        self.rate_hz = rate_hz / self.factor
        self.delay = round(settings.half_ms * rate_hz / 1000.0)
        low = min(settings.lowpass_hz, settings.lowpass_fraction * self.rate_hz)
        band = firwin(2 * self.delay + 1, (settings.highpass_hz, low), pass_zero=False, fs=rate_hz)
        taps = np.asarray(band, dtype=np.float64)
        self._taps = (taps - np.mean(taps)).astype(np.float32)
        """A constant leaves nothing."""
        self.step_samples = step // self.factor
        """That come out of a step; its length is a multiple of the factor."""
        self._settle = math.ceil(2 * self.delay / step)
        self._settings = settings
        self._history = np.zeros(2 * self.delay + step, dtype=np.float32)
        self._step = step
        self._noises = RecentQuantile(
            settings.noise_quantile, max(1, round(settings.noise_s * rate_hz / step))
        )
        self.noise_uv = math.inf
        """Standard deviation of the noise; infinite before there is any."""
        self.reset()

    def impulses(self, length: int) -> NDArray[np.float32]:
        """What comes out for a single sample, about its peak, f32 `(factor, length)`, an odd length: one row for each
        place that it may have between two samples of what comes out."""
        reach = self.factor * (length // 2)
        padded = np.pad(self._taps, reach + self.factor)
        middle = padded.size // 2
        return np.stack(
            [padded[middle - reach + k : middle + reach + k + 1 : self.factor] for k in range(self.factor)]
        )

    def reset(self) -> None:
        """Forget the past, not the noise."""
        self._history.fill(0.0)
        self._unsettled = self._settle

    def step(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next step, band-passed: f32 `(step_samples,)`; zero while the filter is not filled with good samples."""
        finite = bool(np.isfinite(samples).all())
        self._history[: -self._step] = self._history[self._step :]
        self._history[-self._step :] = samples if finite else 0.0
        band = np.empty(self.step_samples, dtype=np.float32)
        self._unsettled = max(0, self._unsettled - 1) if finite else self._settle + 1
        if self._unsettled:
            band.fill(0.0)
        else:
            decimated(self._history, self._taps, self.factor, band)
        return band

    @property
    def settled(self) -> bool:
        """Whether the newest step can be looked at."""
        return not self._unsettled

    def hear(self, residual: NDArray[np.float32]) -> None:
        """Take the noise of a stretch of which all that units explain was taken off."""
        middle = residual.size // 2
        self.noise_uv = self._noises.add(MAD_TO_SD * float(np.partition(np.abs(residual), middle)[middle]))

    @property
    def threshold_uv(self) -> float:
        """What a peak has to exceed."""
        return max(self._settings.sigmas * self.noise_uv, self._settings.minimum_uv)
