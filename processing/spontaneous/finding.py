"""The signal in which potentials at rest are found, and its newest samples."""

import math

import numpy as np
from numpy.typing import NDArray

from contracts.settings import FilterSettings
from processing.filters import FilterBank
from processing.motor_units.middles import middles
from processing.recent import RecentQuantile
from processing.spontaneous.settings import FindSettings

_MAD_TO_SD = 1.4826


class Detector:
    """Band-passes one channel step by step, and knows its noise.

    The filter is causal: it delays every potential of a shape alike. What is measured is not taken from its output.
    """

    def __init__(self, rate_hz: float, step: int, settings: FindSettings) -> None:
        band = FilterSettings(
            highpass_hz=settings.highpass_hz, lowpass_hz=settings.lowpass_hz, order=settings.order
        )
        self._filters = FilterBank(band, rate_hz, 1)
        self._settle = math.ceil(self._filters.settle_samples / step)
        self._settings = settings
        self._noises = RecentQuantile(
            settings.noise_quantile, max(1, round(settings.noise_s * rate_hz / step))
        )
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._filters.reset()
        self._noises.clear()
        self._steps = 0
        self.noise_uv = math.inf
        """Standard deviation of the noise in the detection signal; infinite before there is any."""

    def step(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next step, band-passed: f32 `(n_samples,)`."""
        band = self._filters.apply(samples[:, None])[:, 0]
        self._steps += 1
        if self.settled:
            lower, upper = middles(np.abs(band))
            self.noise_uv = self._noises.add(_MAD_TO_SD * float((lower + upper) / np.float32(2.0)))
        return band

    @property
    def settled(self) -> bool:
        """Whether nothing is left in the newest step of how the filter began."""
        return self._steps > self._settle

    @property
    def threshold_uv(self) -> float:
        """What a peak has to exceed."""
        return max(self._settings.sigmas * self.noise_uv, self._settings.minimum_uv)


class Stretch:
    """The last `size` samples of one channel. `origin` is the run index of the first."""

    def __init__(self, size: int) -> None:
        self.raw = np.zeros(size, np.float32)
        self.residual = np.zeros(size, np.float32)
        """The detection signal without the potentials that were sorted."""
        self.floor = np.full(size, np.inf, np.float32)
        """What the residual has to exceed for a potential to be looked for."""
        self.origin = 0

    def reset(self, at_index: int) -> None:
        """Hold nothing; the next sample has index `at_index`."""
        self.raw.fill(0.0)
        self.residual.fill(0.0)
        self.floor.fill(np.inf)
        self.origin = at_index - self.raw.size

    def append(self, raw: NDArray[np.float32], band: NDArray[np.float32], floor: float) -> None:
        """Take the next samples; as many of the oldest leave."""
        n = raw.size
        for held, new in ((self.raw, raw), (self.residual, band), (self.floor, floor)):
            held[:-n] = held[n:].copy()
            held[-n:] = new
        self.origin += n
