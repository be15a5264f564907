"""The signal in hops of ten blocks: powers of bands, turns, and what is saturated or slow."""

import numpy as np
from numpy.typing import NDArray

from contracts.refusal import Refusal
from contracts.settings import FilterSettings
from processing.filters import FilterBank, steady_state
from processing.kernels.phase_bands import take_apart
from processing.phases.settings import BandSettings

BLOCKS = 10
"""In a hop."""

SLOW, HUM, MIDDLE, FINE, BROAD = range(5)
"""Bands."""

Floats = NDArray[np.float64]


class Bands:
    """Takes hops of one channel apart, one after the other, and holds the newest `wide` of them.

    The lower bands are taken from means of `factor` neighbouring samples: what a mean folds down to 80 Hz lay within
    80 Hz of a zero of its own response. Raises Refusal below `minimum_rate_hz`.
    """

    def __init__(self, rate_hz: float, settings: BandSettings, window_s: float) -> None:
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
        self.wide = max(1, round(window_s / (self.hop / rate_hz)))
        """Hops that are held."""
        lower = (settings.slow_hz, settings.hum_hz, settings.middle_hz, settings.fine_hz)
        cascades = [_sections(*band_hz, self.low_rate_hz, settings.order) for band_hz in lower]
        cascades.append(_sections(settings.broad_hz, 0.0, rate_hz, settings.order))
        self._counts = np.array([len(sections) for sections in cascades])
        shape = len(cascades), int(self._counts.max())
        self._sections, self._steady = np.zeros((*shape, 5)), np.zeros((*shape, 2))
        for band, sections in enumerate(cascades):
            self._sections[band, : len(sections)] = sections
            self._steady[band, : len(sections)] = steady_state(sections)
        self._state, self._held = np.zeros((*shape, 2)), np.zeros(len(cascades))
        self._scratch = np.zeros(self.hop)
        self._raw, self._broad = (np.zeros((2 * self.wide, self.hop), np.float32) for _ in range(2))
        self._lower = np.zeros((len(lower), 2 * self.wide, self.hop // self.factor), np.float32)
        self._powers = np.zeros((len(cascades), 2 * self.wide, BLOCKS))
        self.reset()

    def reset(self) -> None:
        """The next hop is the first."""
        self._held.fill(np.nan)
        self._taken = 0

    def take(self, samples: NDArray[np.float32]) -> None:
        """The next hop, f32 `(hop,)`; it is copied."""
        take_apart(
            samples,
            self._taken % self.wide,
            self._sections,
            self._counts,
            self._steady,
            self._state,
            self._held,
            self._scratch,
            self._raw,
            self._broad,
            self._lower,
            self._powers,
        )
        self._taken += 1

    @property
    def full(self) -> bool:
        """Whether `wide` hops are held. What follows is of these, from the oldest on, and a view of what is held."""
        return self._taken >= self.wide

    def raw(self, hops: range) -> NDArray[np.float32]:
        """The samples of some hops, f32 `(n_samples,)`."""
        return self._raw[self._slots(hops)].reshape(-1)

    def broad(self, hops: range) -> NDArray[np.float32]:
        """Those without the baseline, f32 `(n_samples,)`."""
        return self._broad[self._slots(hops)].reshape(-1)

    def lower(self, band: int) -> NDArray[np.float32]:
        """One of the lower bands of all hops, f32 `(n_means,)`."""
        return self._lower[band, self._slots(range(self.wide))].reshape(-1)

    def powers(self, band: int, hops: range) -> Floats:
        """Mean squares of the blocks of some hops, f64 `(n_blocks,)`."""
        return self._powers[band, self._slots(hops)].reshape(-1)

    def _slots(self, hops: range) -> slice:
        oldest = self._taken % self.wide
        return slice(oldest + hops.start, oldest + hops.stop)


def _sections(low_hz: float, high_hz: float, rate_hz: float, order: int) -> Floats:
    return FilterBank(
        FilterSettings(highpass_hz=low_hz, lowpass_hz=high_hz, order=order), rate_hz, 1
    ).sections


class Mains:
    """Takes 50 and 60 Hz off a stretch of the hum, by least squares."""

    def __init__(self, length: int, rate_hz: float) -> None:
        at = 2.0 * np.pi * np.arange(length) / rate_hz
        waves = [wave(at * hz) for hz in (50.0, 60.0) for wave in (np.cos, np.sin)]
        self._waves = np.linalg.qr(np.stack(waves, axis=1))[0]

    def without(self, hum: Floats) -> Floats:
        """The rest, f64 of its shape `(length,)`."""
        return hum - self._waves @ (self._waves.T @ hum)
