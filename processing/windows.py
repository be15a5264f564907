"""When a window is due."""


class WindowClock:
    """Stop indices of windows of `length` samples, every `hop` samples, counted from the last reset.

    It knows indices only, so how the samples were cut into chunks cannot matter, and a window never spans
    a reset (a gap).
    """

    def __init__(self, length: int, hop: int) -> None:
        self.length = length
        self.hop = hop
        self.reset(0)

    def reset(self, at_index: int) -> None:
        """Begin anew: the first window ends at `at_index + length`."""
        self._next = at_index + self.length

    @property
    def next_stop(self) -> int:
        """Where the next window will end."""
        return self._next

    def due(self, stop_index: int) -> range:
        """Stop indices of the windows completed since the last call, when samples up to `stop_index` are there."""
        due = range(self._next, stop_index + 1, self.hop)
        self._next += len(due) * self.hop
        return due
