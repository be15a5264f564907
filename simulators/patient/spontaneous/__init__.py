"""Everything that discharges without being told to: which, when, and what a needle hears of it."""

from simulators.patient.spontaneous.expectation import expected
from simulators.patient.spontaneous.sources import spontaneous
from simulators.patient.spontaneous.spec import SpontaneousKind, SpontaneousSpec

__all__ = ["SpontaneousKind", "SpontaneousSpec", "expected", "spontaneous"]
