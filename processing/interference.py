"""What is measured of the interference pattern, epoch by epoch."""

import math
from collections.abc import Sequence
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from contracts.refusal import Refusal
from processing.kernels.turning_points import turning_points

Positive = Annotated[float, Meta(gt=0)]


class InterferenceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the measures of an epoch depend on."""

    epoch_s: Positive = 1.0
    turn_uv: Positive = 100.0
    """Willison's."""
    segment_ms: Positive = 3.0
    """Longest segment, from turn to turn, of a spike."""
    segment_uv: Positive = 2_000.0
    """A small segment stays below this."""
    upper_centile: Annotated[float, Meta(gt=0.5, lt=1)] = 0.99
    """Of segment amplitudes; of the potentials at turns this one and its mirror image."""


class InterferenceMeasures(msgspec.Struct, frozen=True):
    """The measures of one epoch. All are 0 for an epoch without a turn."""

    turns_per_s: float
    mean_amplitude_uv: float
    turns_amplitude_ratio: float
    small_segments_per_s: float
    activity: float
    upper_centile_amplitude_uv: float
    envelope_uv: float


DEFAULTS = InterferenceSettings()


def measure_epoch(
    epoch: NDArray[np.float32], rate_hz: float, settings: InterferenceSettings = DEFAULTS
) -> InterferenceMeasures:
    """The measures of one epoch f32 `(n_samples,)`, microvolt.

    Turns, their mean amplitude, upper centile amplitude and activity are those of the features of a window.
    Raises Refusal for an empty epoch and for one that is not finite.
    """
    if epoch.ndim != 1 or epoch.size == 0 or not np.isfinite(epoch).all():
        raise Refusal(
            found=f"an epoch of shape {epoch.shape}, or one with samples that are not finite",
            wanted="finite microvolts, one after the other",
            do="Cut epochs from one channel, away from gaps.",
        )
    x = epoch.astype(np.float64)
    points = np.empty(x.size, dtype=np.int64)
    points = points[: turning_points(x, settings.turn_uv, points)]
    n_turns = points.size - 1
    if n_turns < 1:
        return InterferenceMeasures(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    amplitudes = np.abs(np.diff(x[points]))
    lengths = np.diff(points)
    brief = lengths <= math.floor(settings.segment_ms * rate_hz / 1000.0)
    per_s = rate_hz / x.size
    mean_amplitude = float(np.mean(amplitudes))
    potentials = x[points[1:]]
    return InterferenceMeasures(
        turns_per_s=n_turns * per_s,
        mean_amplitude_uv=mean_amplitude,
        turns_amplitude_ratio=n_turns * per_s / mean_amplitude,
        small_segments_per_s=int(np.count_nonzero(brief & (amplitudes < settings.segment_uv))) * per_s,
        activity=float(np.sum(lengths[brief])) / x.size,
        upper_centile_amplitude_uv=nearest_rank(amplitudes, settings.upper_centile),
        envelope_uv=nearest_rank(potentials, settings.upper_centile)
        + nearest_rank(-potentials, settings.upper_centile),
    )


def measure_epochs(
    signal: NDArray[np.float32], rate_hz: float, settings: InterferenceSettings = DEFAULTS
) -> list[InterferenceMeasures]:
    """The measures of consecutive epochs of a signal f32 `(n_samples,)`; what is left at the end is left out."""
    length = max(1, round(settings.epoch_s * rate_hz))
    starts = range(0, signal.size - length + 1, length)
    return [measure_epoch(signal[start : start + length], rate_hz, settings) for start in starts]


def peak_ratio(epochs: Sequence[InterferenceMeasures]) -> float | None:
    """The largest ratio of turns to amplitude over epochs of rising force; None without any.

    Source: Fuglsang-Frederiksen, Muscle Nerve 2000;23:18-36. It needs no force, but epochs from all of it.
    """
    return max((epoch.turns_amplitude_ratio for epoch in epochs), default=None)


def nearest_rank(values: NDArray[np.float64], centile: float) -> float:
    """The smallest value that at least the part `centile` of all reaches up to; of one or more values."""
    rank = min(values.size, max(1, math.ceil(round(values.size * centile, 6))))
    return float(np.partition(values, rank - 1)[rank - 1])
