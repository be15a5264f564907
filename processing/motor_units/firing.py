"""How a unit fires: statistics of its intervals between discharges."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from processing.motor_units.middles import median


class FiringSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which intervals are none of the unit's own, as multiples of the median of all."""

    missed_ratio: Annotated[float, Meta(ge=1)] = 2.5
    """Longer: a discharge was missed."""
    false_ratio: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """Shorter: a discharge was added."""


class FiringMeasures(msgspec.Struct, frozen=True):
    """Statistics of the intervals that are kept. None where there are too few."""

    discharges: int
    intervals: int
    """Kept: between neighbours, across no break, neither missed nor false."""
    missed: int
    false: int
    rate_hz: float | None = None
    cv: float | None = None
    """From two intervals on."""
    cv2: float | None = None
    """From two neighbouring intervals on."""


DEFAULTS = FiringSettings()


def firing(
    times_s: NDArray[np.float64], breaks_s: Sequence[float] = (), settings: FiringSettings = DEFAULTS
) -> FiringMeasures:
    """Rate and variability of discharges f64 `(n_discharges,)` at ascending times in seconds.

    No interval spans a break: a gap of the signal, or a stretch in which the unit was lost.
    CV2 after Holt et al., J Neurophysiol 1996;75:1806-1814.
    """
    all_intervals = np.diff(times_s)
    spanned = np.diff(np.searchsorted(breaks_s, times_s, side="right")) > 0
    usable = ~spanned & (all_intervals > 0.0)
    if not usable.any():
        return FiringMeasures(times_s.size, 0, 0, 0)
    middle = float(median(all_intervals[usable]))
    missed = usable & (all_intervals > settings.missed_ratio * middle)
    false = usable & (all_intervals < settings.false_ratio * middle)
    kept = usable & ~missed & ~false
    intervals = all_intervals[kept]
    neighbours = kept[:-1] & kept[1:]
    before, after = all_intervals[:-1][neighbours], all_intervals[1:][neighbours]
    return FiringMeasures(
        discharges=times_s.size,
        intervals=intervals.size,
        missed=int(np.count_nonzero(missed)),
        false=int(np.count_nonzero(false)),
        rate_hz=1.0 / float(median(intervals)) if intervals.size else None,
        cv=float(np.std(intervals, ddof=1) / np.mean(intervals)) if intervals.size > 1 else None,
        cv2=float(np.mean(unevenness(before, after))) if before.size else None,
    )


def unevenness(
    before: NDArray[np.float64] | NDArray[np.int64], after: NDArray[np.float64] | NDArray[np.int64]
) -> NDArray[np.float64]:
    """How much intervals differ from those before them, over the mean of the two: `(n,)` each, positive."""
    return 2.0 * np.abs(after - before) / (after + before)
