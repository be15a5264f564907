"""The signal in which discharges are found."""

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from contracts.settings import FilterSettings
from processing.filters import FilterBank
from processing.motor_units.tracking_settings import DetectionSettings

MAD_TO_SD = 1.4826


class Detector:
    """Band-passes one channel step by step and knows how large a potential has to be.

    The filter is causal: it delays every discharge of a unit alike, and templates that are measured are not
    taken from its output.
    """

    def __init__(self, rate_hz: float, step: int, settings: DetectionSettings) -> None:
        band = FilterSettings(
            highpass_hz=settings.highpass_hz, lowpass_hz=settings.lowpass_hz, order=settings.order
        )
        self._filters = FilterBank(band, rate_hz, 1)
        self._settle = math.ceil(self._filters.settle_samples / step)
        self._settings = settings
        self._noises: deque[float] = deque(maxlen=max(1, round(settings.noise_s * rate_hz / step)))
        self.reset()

    def reset(self) -> None:
        """Forget the filter's past, not the noise."""
        self._filters.reset()
        self._steps = 0

    def step(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next step, band-passed: f32 `(n_samples,)`."""
        band = self._filters.apply(samples[:, None])[:, 0]
        self._steps += 1
        if self.settled:
            self._noises.append(MAD_TO_SD * float(np.median(np.abs(band))))
        return band

    @property
    def settled(self) -> bool:
        """Whether nothing is left in the newest step of how the filter began."""
        return self._steps > self._settle

    @property
    def noise_uv(self) -> float:
        """Standard deviation of the noise; infinite before there is any."""
        if not self._noises:
            return math.inf
        ordered = sorted(self._noises)
        return ordered[int(self._settings.noise_quantile * (len(ordered) - 1))]

    @property
    def threshold_uv(self) -> float:
        """What a peak has to exceed."""
        return max(self._settings.sigmas * self.noise_uv, self._settings.minimum_uv)
