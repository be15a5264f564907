"""Trains of one shape each: what is remembered of them, and when they are told of."""

from bisect import insort
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from processing.spontaneous.naming import Named


@dataclass(slots=True)
class Train:
    """Discharges of one shape since it was first seen."""

    row: int
    first_index: int
    kept: int
    """Discharges that are remembered; older ones leave."""
    discharges: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])
    """Index and size, in order."""
    total: int = 0
    number: int = 0
    """0 until it is named."""
    named: Named | None = None
    """What was told."""
    proposed: Named | None = None
    """What the last review said."""
    agreed: int = 0
    """Reviews in a row that said so."""
    told_index: int = 0
    fresh: bool = False
    """Has discharged since the last review."""

    def add(self, index: int, size_uv: float) -> None:
        """One discharge."""
        insort(self.discharges, (index, size_uv))
        self.total += 1
        self.fresh = True
        if len(self.discharges) > self.kept:
            del self.discharges[0]

    @property
    def last_index(self) -> int:
        """Of the newest discharge."""
        return self.discharges[-1][0]

    def since(self, index: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Indices i64 and sizes f64 `(n,)` of what is remembered from `index` on."""
        at = np.array([i for i, _ in self.discharges], np.int64)
        sizes = np.array([size for _, size in self.discharges])
        first = int(np.searchsorted(at, index))
        return at[first:], sizes[first:]

    def propose(self, named: Named) -> int:
        """Reviews in a row that gave this name."""
        same = self.proposed is not None and self.proposed.kind == named.kind
        self.agreed = self.agreed + 1 if same else 1
        self.proposed = named
        return self.agreed
