"""Median frequency of segments, and its slope over a contraction."""

import numpy as np
from numpy.typing import NDArray


class MedianFrequency:
    """Median frequencies of segments of one length, by a Hann-tapered periodogram.

    Half of the power lies below it; between two bins by linear interpolation of the summed power, because a bin
    of 2 Hz is as much as some contractions fatigue. Source: Stulen and De Luca, IEEE Trans Biomed Eng 1981;28:515.
    """

    def __init__(self, n_samples: int, rate_hz: float) -> None:
        self._taper = np.hanning(n_samples + 1)[:-1]
        self._bin_hz = rate_hz / n_samples

    def of(self, segment: NDArray[np.float32]) -> float | None:
        """The median frequency, in Hz, of a segment f32 `(n_samples,)`; None without any power."""
        x = segment.astype(np.float64)
        power = np.abs(np.fft.rfft((x - np.mean(x)) * self._taper)) ** 2
        power[0] = 0.0
        reached = np.cumsum(power)
        half = 0.5 * float(reached[-1])
        if half <= 0.0:
            return None
        k = int(np.searchsorted(reached, half))
        return (k - 1 + (half - float(reached[k - 1])) / float(power[k])) * self._bin_hz


class Slope:
    """Least-squares slope of values that come one by one."""

    def __init__(self) -> None:
        self._n = 0
        self._t = self._f = self._tt = self._tf = 0.0

    def add(self, time_s: float, value: float) -> None:
        """One more value, at a time from the first."""
        self._n += 1
        self._t += time_s
        self._f += value
        self._tt += time_s * time_s
        self._tf += time_s * value

    def per_s(self, fewest: int) -> float | None:
        """The slope, per second; None below `fewest` values."""
        if self._n < fewest:
            return None
        return (self._n * self._tf - self._t * self._f) / (self._n * self._tt - self._t * self._t)
