"""The newest seconds of the signal, addressed by sample index."""

import numpy as np
from numpy.typing import NDArray


class SignalRing:
    """A bounded store of samples: float32, one contiguous row per channel, NaN where nothing came.

    Channel-major, unlike everything else here, because the page reads one channel over many samples.
    """

    def __init__(self, capacity: int, n_channels: int) -> None:
        self._rows = np.full((n_channels, capacity), np.nan, np.float32)
        self._first = 0
        self.stop_index = 0

    @property
    def n_channels(self) -> int:
        """Rows of the store."""
        return self._rows.shape[0]

    @property
    def first_index(self) -> int:
        """Index of the oldest sample that is still held."""
        return max(self._first, self.stop_index - self._rows.shape[1])

    def begin(self, index: int) -> None:
        """Nothing before `index` is expected: a page opened late did not lose what it never asked for."""
        self._first = self.stop_index = index

    def write(self, first_index: int, block: NDArray[np.float32]) -> None:
        """Store a block `(n_samples, n_channels)`; what lies between it and the last one becomes NaN."""
        capacity = self._rows.shape[1]
        skipped = min(capacity, first_index - self.stop_index)
        if skipped > 0:
            self._put(first_index - skipped, np.full((skipped, self.n_channels), np.nan, np.float32))
        newest = block[max(0, self.stop_index - first_index) :][-capacity:]
        if len(newest):
            self._put(first_index + len(block) - len(newest), newest)

    def read(self, channel: int, first: int, stop: int) -> NDArray[np.float32]:
        """Samples `[first, stop)` of one channel, a copy; NaN where they are not held."""
        out = np.full(max(0, stop - first), np.nan, np.float32)
        held_first, held_stop = max(first, self.first_index), min(stop, self.stop_index)
        if held_first < held_stop:
            at = np.arange(held_first, held_stop) % self._rows.shape[1]
            out[held_first - first : held_stop - first] = self._rows[channel, at]
        return out

    def _put(self, first: int, block: NDArray[np.float32]) -> None:
        capacity = self._rows.shape[1]
        start = first % capacity
        until_end = min(len(block), capacity - start)
        self._rows[:, start : start + until_end] = block[:until_end].T
        self._rows[:, : len(block) - until_end] = block[until_end:].T
        self.stop_index = first + len(block)
