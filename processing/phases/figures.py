"""What a hop is judged by."""

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from processing.blocks import as_block
from processing.kernels.phase_bands import mean_squares
from processing.kernels.plateaus import plateaus
from processing.kernels.self_likeness import self_likeness
from processing.kernels.turn_sizes import turn_sizes
from processing.phases.blocks import BLOCKS, BROAD, FINE, HUM, MIDDLE, SLOW, Bands, Floats, Mains
from processing.phases.settings import PhaseSettings
from processing.quality import Shares, Spectrometer


class Figures(msgspec.Struct, frozen=True):
    """Of one hop. Those of quiet moments are of the longer window around it, the others of the shorter; moving is
    of the hop alone. Microvolt are RMS, but for mains and slow."""

    rms_uv: float
    """Without the baseline."""
    turns_per_s: float
    turn_uv: float
    """Their mean amplitude; 0 without one."""
    activity: float
    """Part of the time that is taken by steep ways from turn to turn."""
    large_per_s: float
    """Turns with a large deflection."""
    hum_uv: float
    """Band of distant units: the median block."""
    quietest_hum_uv: float
    quiet_middle_uv: float
    quietest_fine_uv: float
    quiet_fine_uv: float
    fine_uv: float
    """Of the longer window."""
    soon: float
    """Autocorrelation of the envelope of the fine band, of the longer window, a few milliseconds after: below 0 where
    what has just discharged is silent and little else is there to be heard, ..."""
    again: float
    """... and as much later as a fast unit takes to discharge again."""
    moving_uv: float
    """Slow band."""
    clipped: float
    """Fraction of the samples."""
    flat: bool
    mains_fraction: float
    mains_uv: float
    slow_fraction: float
    slow_uv: float


class Meter:
    """Computes the figures of a hop from those that are held around it. Keeps nothing."""

    def __init__(self, bands: Bands, rate_hz: float, settings: PhaseSettings) -> None:
        self._bands, self._settings, self._rate_hz = bands, settings, rate_hz
        self.narrow = min(bands.wide, max(1, round(settings.window_s / (bands.hop / rate_hz))))
        """Hops of the shorter window; the longer is of all."""
        self._mains = Mains(bands.wide * bands.hop // bands.factor, bands.low_rate_hz)
        self._hum = np.zeros(bands.wide * BLOCKS)
        n = self.narrow * bands.hop
        self._flat = max(2, round(settings.artefact.flat_s * rate_hz))
        self._brief = math.floor(settings.effort.segment_ms * rate_hz / 1000.0)
        self._cell = max(1, round(settings.envelope.cell_ms * bands.low_rate_hz / 1000.0))
        cell_ms = 1000.0 * self._cell / bands.low_rate_hz
        lags_ms = settings.envelope.soon_ms, settings.envelope.again_ms
        self._lags = np.array([[max(1, round(at_ms / cell_ms)) for at_ms in both] for both in lags_ms])
        self._likeness = np.zeros(2)
        self._spectrometer = Spectrometer(n, n / rate_hz, 1)
        self._plateaus = np.zeros((5, 1))
        self._sizes = np.zeros(n)

    def figures(self, at: int) -> Figures:
        """Of the hop `at` of those that are held."""
        bands, rest = self._bands, self._settings.rest
        near = min(max(0, at - self.narrow // 2), bands.wide - self.narrow)
        all_hops, narrow = range(bands.wide), range(near, near + self.narrow)
        mean_squares(self._mains.without(bands.lower(HUM).astype(np.float64)), self._hum)
        fine_powers = bands.powers(FINE, all_hops)
        fine = np.sort(fine_powers)
        self_likeness(bands.lower(FINE), self._cell, self._lags, self._likeness)
        soon, again = self._likeness.tolist()
        turns, turn_uv, activity, large = self._turns(bands.broad(narrow))
        clipped, flat, shares = self._artefacts(bands.raw(narrow))
        return Figures(
            rms_uv=root_mean(bands.powers(BROAD, narrow)),
            turns_per_s=turns,
            turn_uv=turn_uv,
            activity=activity,
            large_per_s=large,
            hum_uv=level(np.sort(self._hum[near * BLOCKS : (near + self.narrow) * BLOCKS]), 0.5),
            quietest_hum_uv=level(np.sort(self._hum), rest.quietest),
            quiet_middle_uv=level(np.sort(bands.powers(MIDDLE, all_hops)), rest.quiet),
            quietest_fine_uv=level(fine, rest.quietest),
            quiet_fine_uv=level(fine, rest.quiet),
            fine_uv=root_mean(fine_powers),
            soon=soon,
            again=again,
            moving_uv=root_mean(bands.powers(SLOW, range(at, at + 1))),
            clipped=clipped,
            flat=flat,
            mains_fraction=shares.mains_fraction,
            mains_uv=shares.mains_amplitude,
            slow_fraction=shares.low_frequency_fraction,
            slow_uv=shares.drift,
        )

    def _turns(self, broad: NDArray[np.float32]) -> tuple[float, float, float, float]:
        """Turns per second, their mean amplitude, activity, and turns with a large deflection per second."""
        n, on_brief = turn_sizes(broad, self._settings.effort.turn_uv, self._brief, self._sizes)
        sizes = self._sizes[:n]
        per_s = self._rate_hz / broad.size
        large = int(np.count_nonzero(sizes >= self._settings.rest.large_uv))
        turn_uv = float(sizes.sum()) / n if n else 0.0
        return n * per_s, turn_uv, float(on_brief) / broad.size, large * per_s

    def _artefacts(self, raw: NDArray[np.float32]) -> tuple[float, bool, Shares]:
        """Clipped fraction, whether a stretch is flat (or not finite), and what is slow or mains."""
        window = as_block(raw[:, None])
        plateaus(window, self._settings.artefact.full_scale_uv or np.inf, self._plateaus)
        finite, longest, at_full_scale, piled, _ = self._plateaus[:, 0].tolist()
        judged = window if finite else as_block(np.zeros_like(window))
        (shares,) = self._spectrometer.measure(judged, self._plateaus[4])
        return max(at_full_scale, piled) / raw.size, not finite or longest > self._flat, shares


def level(powers: Floats, quantile: float) -> float:
    """Root of the power that so large a part of the blocks, in ascending order, does not exceed (lower of two)."""
    return math.sqrt(powers[int(quantile * (powers.size - 1))])


def root_mean(powers: Floats) -> float:
    """Root of the mean power of the blocks."""
    return math.sqrt(powers.sum() / powers.size)
