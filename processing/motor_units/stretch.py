"""The newest samples: as recorded, and what of them no unit has explained yet."""

import numpy as np
from numpy.typing import NDArray


class Stretch:
    """The last `size` samples of one channel. `origin` is the run index of the first."""

    def __init__(self, size: int) -> None:
        self.raw = np.zeros(size, dtype=np.float32)
        self.residual = np.zeros(size, dtype=np.float32)
        """The detection signal without the potentials that were explained."""
        self.floor = np.full(size, np.inf, dtype=np.float32)
        """What the residual has to exceed for a potential to be looked for."""
        self.explained = np.zeros(size, dtype=np.bool_)
        self.origin = 0

    def reset(self, at_index: int) -> None:
        """Hold nothing; the next sample has index `at_index`."""
        self.raw.fill(0.0)
        self.residual.fill(0.0)
        self.floor.fill(np.inf)
        self.explained.fill(False)
        self.origin = at_index - self.raw.size

    def append(self, raw: NDArray[np.float32], band: NDArray[np.float32], floor: float) -> None:
        """Take the next samples; as many of the oldest leave."""
        n = raw.size
        for held in (self.raw, self.residual, self.floor, self.explained):
            held[:-n] = held[n:].copy()
        self.raw[-n:] = raw
        self.residual[-n:] = band
        self.floor[-n:] = floor
        self.explained[-n:] = False
        self.origin += n

    def take_off(self, template: NDArray[np.float32], start: int, begin: int, end: int, floor: float) -> None:
        """Subtract a template laid at `start`, and raise the floor over its columns [begin, end)."""
        self.residual[start : start + template.size] -= template
        there = slice(start + begin, start + end)
        np.maximum(self.floor[there], np.float32(floor), out=self.floor[there])
        self.explained[there] = True
