"""Trains of one shape each: what is remembered of them, and what was said of them."""

import numpy as np
from numpy.typing import NDArray

from processing.spontaneous.naming import Named
from processing.spontaneous.rhythm import Rhythm
from processing.spontaneous.shape import Shape


class Train:
    """Discharges of one shape since it was first seen; the newest `kept` are remembered, in order."""

    def __init__(self, row: int, first_index: int, kept: int) -> None:
        self.row = row
        self.first_index = first_index
        self.total = 0
        self.number = 0
        """0 until it is named."""
        self.named: Named | None = None
        """What was told."""
        self.pattern: Rhythm | None = None
        self.potential: Shape | None = None
        """At the newest review."""
        self.part = False
        """Of a larger potential, at the newest review."""
        self.paced_until = first_index
        """Until then it counts as a unit that obeys the will."""
        self.told_index = 0
        self.fresh = False
        """Has discharged since the last review."""
        self._proposed: Named | None = None
        self._agreed = 0
        self._kept = kept
        self._index = np.zeros(2 * kept, np.int64)
        self._sizes = np.zeros(2 * kept)
        self._n = 0

    def add(self, index: int, size_uv: float) -> None:
        """One discharge, perhaps some samples before the newest."""
        if self._n == self._index.size:
            for held in (self._index, self._sizes):
                held[: self._kept] = held[-self._kept :].copy()
            self._n = self._kept
        at = self._n
        while at > 0 and self._index[at - 1] > index:
            self._index[at], self._sizes[at] = self._index[at - 1], self._sizes[at - 1]
            at -= 1
        self._index[at], self._sizes[at] = index, size_uv
        self._n += 1
        self.total += 1
        self.fresh = True

    def absorb(self, other: "Train") -> None:
        """Take the discharges of another that turned out to be the same."""
        index = np.concatenate([self.index, other.index])
        order = np.argsort(index, kind="stable")[-self._kept :]
        sizes = np.concatenate([self.sizes_uv, other.sizes_uv])[order]
        self._n = order.size
        self._index[: self._n], self._sizes[: self._n] = index[order], sizes
        self.total += other.total
        self.first_index = min(self.first_index, other.first_index)
        self.fresh = True

    @property
    def index(self) -> NDArray[np.int64]:
        """Of the discharges that are remembered, ascending."""
        return self._index[max(0, self._n - self._kept) : self._n]

    @property
    def sizes_uv(self) -> NDArray[np.float64]:
        """Their sizes in the detection signal."""
        return self._sizes[max(0, self._n - self._kept) : self._n]

    @property
    def last_index(self) -> int:
        """Of the newest discharge."""
        return int(self._index[self._n - 1])

    @property
    def size_uv(self) -> float:
        """Of the newest discharge."""
        return float(self._sizes[self._n - 1])

    def propose(self, named: Named) -> int:
        """Reviews in a row that gave this name."""
        same = self._proposed is not None and self._proposed.kind == named.kind
        self._agreed = self._agreed + 1 if same else 1
        self._proposed = named
        return self._agreed

    def unname(self) -> None:
        """As if it had never been told of."""
        self.number, self.named, self._proposed, self._agreed = 0, None, None, 0
