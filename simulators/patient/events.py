"""Discharges in order, and whatever gives them."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Events:
    """Discharges of the sources of a bank, one row each, in order of time."""

    at_s: NDArray[np.float64]
    """Seconds from the beginning of the stretch that was asked for."""
    source: NDArray[np.int32]
    """Index into the bank."""
    gain: NDArray[np.float32]
    """1 but for discharges that wax and wane because the fibre itself does."""

    def __len__(self) -> int:
        """How many there are."""
        return self.at_s.shape[0]


class Generator(Protocol):
    """Something with a clock of its own: a pool of units under a drive, a fibrillating fibre, an end-plate.

    It is asked for one stretch of time after the other, without holes. What it carries from one to the
    next is its whole state, so that a copy taken between two stretches goes on exactly alike.
    """

    def events(self, duration_s: float, rng: np.random.Generator) -> Events:
        """The discharges of the next `duration_s` seconds."""
        ...

    def copy(self) -> Self:
        """An independent copy of its state."""
        ...
