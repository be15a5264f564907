"""One discharging fibre, unit, chain or end-plate: a rhythm with its place in time."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Self

import numpy as np

from simulators.patient.events import Events
from simulators.patient.spontaneous.rhythms import Rhythm


@dataclass(slots=True)
class Train:
    """Discharges of one or several sources in one rhythm; a `Generator`."""

    rhythm: Rhythm
    sources: tuple[int, ...]
    """Indices into the bank; with several, each discharge is of one drawn at random."""
    next_s: float
    """To the next discharge, from the beginning of the next stretch; infinity when nothing comes any more."""
    next_gain: float = 1.0

    def events(self, duration_s: float, rng: np.random.Generator) -> Events:
        """The discharges of the next `duration_s` seconds."""
        at_s: list[float] = []
        gains: list[float] = []
        while self.next_s < duration_s:
            at_s.append(self.next_s)
            gains.append(self.next_gain)
            wait_s, self.next_gain = self.rhythm.next(rng)
            self.next_s += wait_s
        self.next_s -= duration_s
        source = np.array(self.sources, np.int32)
        which = (
            rng.integers(source.size, size=len(at_s)) if source.size > 1 else np.zeros(len(at_s), np.int64)
        )
        return Events(np.array(at_s), source[which], np.array(gains, np.float32))

    def copy(self) -> Self:
        """An independent copy of its state."""
        return deepcopy(self)
