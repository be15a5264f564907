"""What a hop is judged by."""

import math

import msgspec
import numpy as np

from processing.blocks import as_block
from processing.kernels.plateaus import plateaus
from processing.kernels.self_likeness import self_likeness
from processing.kernels.turning_points import turning_points
from processing.phases.blocks import (
    BLOCKS,
    BROAD,
    FINE,
    MIDDLE,
    SLOW,
    Bands,
    Floats,
    Hopped,
    Mains,
    mean_squares,
)
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
    """Computes the figures of a hop from the hops around it. Keeps nothing."""

    def __init__(self, bands: Bands, rate_hz: float, settings: PhaseSettings) -> None:
        hop_s = bands.hop / rate_hz
        self._settings, self._rate_hz, self._block = settings, rate_hz, bands.block // bands.factor
        self.wide = max(1, round(settings.rest.window_s / hop_s))
        """Hops of the longer window, ..."""
        self.narrow = min(self.wide, max(1, round(settings.window_s / hop_s)))
        """... and of the shorter."""
        self._mains = Mains(self.wide * bands.hop // bands.factor, bands.low_rate_hz)
        n = self.narrow * bands.hop
        self._flat = max(2, round(settings.artefact.flat_s * rate_hz))
        self._brief = math.floor(settings.effort.segment_ms * rate_hz / 1000.0)
        self._cell = max(1, round(settings.envelope.cell_ms * bands.low_rate_hz / 1000.0))
        self._cell_ms = 1000.0 * self._cell / bands.low_rate_hz
        self._spectrometer = Spectrometer(n, n / rate_hz, 1)
        self._plateaus = np.zeros((4, 1))
        self._points = np.empty(n, np.int64)

    def figures(self, hops: list[Hopped], at: int) -> Figures:
        """Of the hop `at` in `wide` hops that follow each other."""
        near = min(max(0, at - self.narrow // 2), self.wide - self.narrow)
        narrow = hops[near : near + self.narrow]
        powers = np.concatenate([hop.powers for hop in hops], axis=1)
        hum = mean_squares(
            self._mains.without(np.concatenate([hop.hum for hop in hops])).reshape(
                self.wide * BLOCKS, self._block
            )
        )
        rest, envelope = self._settings.rest, self._settings.envelope
        fine = np.concatenate([hop.fine for hop in hops])
        broad = np.concatenate([hop.broad for hop in narrow])
        turns, turn_uv, activity, large = self._turns(broad)
        clipped, flat, shares = self._artefacts(np.concatenate([hop.raw for hop in narrow]))
        part = slice(near * BLOCKS, (near + self.narrow) * BLOCKS)
        return Figures(
            rms_uv=root_mean(powers[BROAD, part]),
            turns_per_s=turns,
            turn_uv=turn_uv,
            activity=activity,
            large_per_s=large,
            hum_uv=level(hum[part], 0.5),
            quietest_hum_uv=level(hum, rest.quietest),
            quiet_middle_uv=level(powers[MIDDLE], rest.quiet),
            quietest_fine_uv=level(powers[FINE], rest.quietest),
            quiet_fine_uv=level(powers[FINE], rest.quiet),
            fine_uv=root_mean(powers[FINE]),
            soon=self._likeness(fine, envelope.soon_ms),
            again=self._likeness(fine, envelope.again_ms),
            moving_uv=root_mean(hops[at].powers[SLOW]),
            clipped=clipped,
            flat=flat,
            mains_fraction=shares.mains_fraction,
            mains_uv=shares.mains_amplitude,
            slow_fraction=shares.low_frequency_fraction,
            slow_uv=shares.drift,
        )

    def _likeness(
        self, fine: np.ndarray[tuple[int], np.dtype[np.float32]], lags_ms: tuple[float, float]
    ) -> float:
        first, last = (max(1, round(lag_ms / self._cell_ms)) for lag_ms in lags_ms)
        return self_likeness(fine, self._cell, first, last)

    def _turns(
        self, broad: np.ndarray[tuple[int], np.dtype[np.float32]]
    ) -> tuple[float, float, float, float]:
        """Turns per second, their mean amplitude, activity, and turns with a large deflection per second."""
        signal = broad.astype(np.float64)
        points = self._points[: turning_points(signal, self._settings.effort.turn_uv, self._points)]
        turned = signal[points]
        sizes, lengths = np.abs(turned[1:] - turned[:-1]), points[1:] - points[:-1]
        per_s = self._rate_hz / signal.size
        large = int(np.count_nonzero(sizes >= self._settings.rest.large_uv))
        activity = float(lengths[lengths <= self._brief].sum()) / signal.size
        turn_uv = float(sizes.sum()) / sizes.size if sizes.size else 0.0
        return sizes.size * per_s, turn_uv, activity, large * per_s

    def _artefacts(self, raw: np.ndarray[tuple[int], np.dtype[np.float32]]) -> tuple[float, bool, Shares]:
        """Clipped fraction, whether a stretch is flat (or not finite), and what is slow or mains."""
        window = as_block(raw[:, None])
        plateaus(window, self._settings.artefact.full_scale_uv or np.inf, self._plateaus)
        finite, longest, at_full_scale, piled = self._plateaus[:, 0].tolist()
        (shares,) = self._spectrometer.measure(window if finite else as_block(np.zeros_like(window)))
        return max(at_full_scale, piled) / raw.size, not finite or longest > self._flat, shares


def level(powers: Floats, quantile: float) -> float:
    """Root of the power that so large a part of the blocks does not exceed (lower of two)."""
    return math.sqrt(np.sort(powers)[int(quantile * (powers.size - 1))])


def root_mean(powers: Floats) -> float:
    """Root of the mean power of the blocks."""
    return math.sqrt(powers.sum() / powers.size)
