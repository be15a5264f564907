"""The signal in hops of ten blocks: powers of bands, turns, and what is saturated or slow."""

import numpy as np
from numpy.typing import NDArray

from contracts.refusal import Refusal
from contracts.settings import FilterSettings
from processing.filters import FilterBank
from processing.phases.settings import BandSettings

BLOCKS = 10
"""In a hop."""

SLOW, MIDDLE, FINE, BROAD = range(4)
"""Rows of the powers of a hop."""

Floats = NDArray[np.float64]


class Hopped:
    """One hop of one channel, taken apart."""

    __slots__ = ("broad", "fine", "first_index", "hum", "powers", "raw")

    def __init__(
        self,
        first_index: int,
        raw: NDArray[np.float32],
        broad: NDArray[np.float32],
        powers: Floats,
        hum: Floats,
        fine: NDArray[np.float32],
    ) -> None:
        self.first_index = first_index
        self.raw = raw
        """f32 `(hop,)`."""
        self.broad = broad
        """f32 `(hop,)`, without the baseline."""
        self.powers = powers
        """Mean squares f64 `(4, BLOCKS)` of slow, middle, fine and broad band."""
        self.hum = hum
        """f64 `(hop / factor,)`."""
        self.fine = fine
        """f32 `(hop / factor,)`."""


class Bands:
    """Takes hops of one channel apart, one after the other.

    The lower bands are taken from means of `factor` neighbouring samples: what a mean folds down to 80 Hz lay within
    80 Hz of a zero of its own response. Raises Refusal below `minimum_rate_hz`.
    """

    def __init__(self, rate_hz: float, settings: BandSettings) -> None:
        if not rate_hz >= settings.minimum_rate_hz:
            raise Refusal(
                found=f"a rate of {rate_hz:g} Hz",
                wanted=f"at least {settings.minimum_rate_hz:g} Hz to tell the phases of a needle examination",
                do="Record with a needle at 10 kHz or more, or name the phases by hand.",
            )
        self.factor = max(1, round(rate_hz / settings.decimated_hz))
        self.low_rate_hz = rate_hz / self.factor
        self.block = self.factor * max(1, round(settings.block_ms / 1000.0 * self.low_rate_hz))
        self.hop = BLOCKS * self.block
        self._slow = self._band(*settings.slow_hz, self.low_rate_hz, settings.order)
        self._hum = self._band(*settings.hum_hz, self.low_rate_hz, settings.order)
        self._middle = self._band(*settings.middle_hz, self.low_rate_hz, settings.order)
        self._fine = self._band(*settings.fine_hz, self.low_rate_hz, settings.order)
        self._broad = self._band(settings.broad_hz, 0.0, rate_hz, settings.order)

    @staticmethod
    def _band(low_hz: float, high_hz: float, rate_hz: float, order: int) -> FilterBank:
        return FilterBank(FilterSettings(highpass_hz=low_hz, lowpass_hz=high_hz, order=order), rate_hz, 1)

    def reset(self) -> None:
        """The next hop is the first."""
        for bank in (self._slow, self._hum, self._middle, self._fine, self._broad):
            bank.reset()

    def take(self, samples: NDArray[np.float32], first_index: int) -> Hopped:
        """The next hop, f32 `(hop,)`; it is copied."""
        low = samples.reshape(-1, self.factor).mean(axis=1, dtype=np.float64).astype(np.float32)[:, None]
        broad = self._broad.apply(samples[:, None])[:, 0]
        fine = self._fine.apply(low)
        bands = (self._slow.apply(low), self._middle.apply(low), fine, broad)
        powers = np.stack([mean_squares(band.reshape(BLOCKS, -1)) for band in bands])
        hum = self._hum.apply(low)[:, 0].astype(np.float64)
        return Hopped(first_index, samples.copy(), broad, powers, hum, fine[:, 0].copy())


def mean_squares(blocks: NDArray[np.floating]) -> Floats:
    """Of each row, f64 `(n_rows,)`."""
    wide = blocks.astype(np.float64)
    return np.einsum("ij,ij->i", wide, wide) / wide.shape[1]


class Mains:
    """Takes 50 and 60 Hz off a stretch of the hum, by least squares."""

    def __init__(self, length: int, rate_hz: float) -> None:
        at = 2.0 * np.pi * np.arange(length) / rate_hz
        waves = [wave(at * hz) for hz in (50.0, 60.0) for wave in (np.cos, np.sin)]
        self._waves = np.linalg.qr(np.stack(waves, axis=1))[0]

    def without(self, hum: Floats) -> Floats:
        """The rest, f64 of its shape `(length,)`."""
        return hum - self._waves @ (self._waves.T @ hum)
