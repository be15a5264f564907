"""How much the discharges of one unit differ from each other."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from processing.motor_units.measures import MuapMeasures
from processing.motor_units.middles import median
from processing.motor_units.settings import MuapSettings

Signal = NDArray[np.float64]


class MuapVariability(msgspec.Struct, frozen=True):
    """Variability of a unit's potential over consecutive discharges."""

    discharges: int
    jiggle_percent: float | None = None
    """None below `minimum_discharges`, and without a potential."""
    correlation: float | None = None
    """CCC; None where `jiggle_percent` is."""


def variability(
    discharges: NDArray[np.float32],
    measures: MuapMeasures,
    rate_hz: float,
    settings: MuapSettings | None = None,
) -> MuapVariability:
    """Jiggle and correlation of aligned discharges f32 `(n_discharges, n_samples)`, microvolt, in order.

    `measures` are those of their average, with the same samples: the spike part, or without one all from
    onset to offset, is compared. Noise adds to every difference; what it adds is taken from both ends, where
    there is no potential. For the variability of near fibres give discharges above 500 Hz.
    Source: Stalberg and Sonoo, Muscle Nerve 1994;17:1135-1144.
    """
    settings = settings or MuapSettings()
    n_discharges, n_samples = discharges.shape
    if n_discharges < settings.minimum_discharges or "no potential" in measures.flags:
        return MuapVariability(n_discharges)
    edge = max(1, min(round(settings.markers.baseline_ms * rate_hz / 1000.0), n_samples))
    ends = np.r_[0:edge, n_samples - edge : n_samples]
    part = spike_part(measures)
    beside, spikes = discharges[:, ends].astype(np.float64), discharges[:, part].astype(np.float64)
    baselines = median(beside.T)[:, None]
    beside -= baselines
    spikes -= baselines
    size = float(np.sum(np.abs(median(spikes))))
    if size == 0.0:
        return MuapVariability(n_discharges)
    excess = float(np.sum(_change(spikes) - np.mean(_change(beside))))
    return MuapVariability(
        discharges=n_discharges,
        jiggle_percent=100.0 * max(0.0, excess) / size,
        correlation=float(median(consecutive_correlations(spikes))),
    )


def _change(signals: Signal) -> Signal:
    """The median difference of each sample from one to the next."""
    return median(np.abs(signals[1:] - signals[:-1]))


def spike_part(measures: MuapMeasures) -> slice:
    """The samples between the positive peaks, both included; without them those between the marks."""
    if measures.spike_first_index is None or measures.spike_last_index is None:
        return slice(measures.onset_index, measures.offset_index + 1)
    return slice(measures.spike_first_index, measures.spike_last_index + 1)


def consecutive_correlations(discharges: Signal) -> Signal:
    """Pearson's correlation of each discharge with the next, f64 `(n_discharges - 1,)`; 0 with a constant one."""
    centred = discharges - np.mean(discharges, axis=1, keepdims=True)
    power = np.sum(centred**2, axis=1)
    both = np.sqrt(power[:-1] * power[1:])
    products = np.sum(centred[:-1] * centred[1:], axis=1)
    return np.divide(products, both, out=np.zeros_like(both), where=both > 0.0)
