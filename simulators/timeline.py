"""Two number lines of one source: positions count stored samples, run indices count missing ones too."""

from bisect import bisect_right
from collections.abc import Sequence

from contracts.records import Gap


class Timeline:
    """The way from a position to its run index and back, for a source with these holes."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        holes = [gap for gap in gaps if gap.missing > 0]
        self._after = [gap.at_index for gap in holes]
        self._missing = [0]
        for gap in holes:
            self._missing.append(self._missing[-1] + gap.missing)
        self._at = [gap.at_index - missing for gap, missing in zip(holes, self._missing[1:], strict=True)]

    def run_index(self, position: int) -> int:
        """The run index of a stored sample."""
        return position + self._missing[bisect_right(self._at, position)]

    def position(self, run_index: int) -> int:
        """The stored sample at a run index; inside a hole, the first one after it."""
        passed = bisect_right(self._after, run_index)
        position = run_index - self._missing[passed]
        return min(position, self._at[passed]) if passed < len(self._at) else position

    def next_hole(self, position: int) -> int | None:
        """The position of the first sample after the next hole, or None where none follows."""
        following = bisect_right(self._at, position)
        return self._at[following] if following < len(self._at) else None
