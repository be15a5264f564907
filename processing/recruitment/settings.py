"""By what recruitment is measured and graded."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.settings import Positive

Count = Annotated[int, Meta(ge=1)]


class FiringSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a unit fires, and how fast."""

    pause_s: Positive = 0.25
    """Longer than this without a discharge, and a unit has stopped."""
    fewest: Count = 5
    """Discharges of a run that counts as firing."""
    intervals: Count = 5
    """Of which the median is a rate."""
    step_s: Positive = 0.25
    """Between points of units against rate."""
    regular_cv: Positive = 0.3
    """Coefficient of variation up to which firing is regular."""
    stays_s: Positive = 1.0
    """So long another unit has to fire with the first to have joined."""
    together_s: Positive = 0.5
    """Two that begin within this began together: who recruited whom was not to be seen."""
