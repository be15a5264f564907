"""The newest samples, held so that every window is one contiguous piece of memory."""

import numpy as np
from numpy.typing import NDArray


class RingBuffer:
    """The last `capacity` samples of `n_channels` channels, addressed by absolute sample index.

    Storage is mirrored, f32 `(2, capacity, n_channels)`: every sample is written twice, so that a window never wraps
    and costs no copy.
    """

    def __init__(self, capacity: int, n_channels: int) -> None:
        self._capacity = capacity
        self._storage = np.zeros((2, capacity, n_channels), dtype=np.float32)
        self._view = self._storage.reshape(2 * capacity, n_channels)
        self._view.flags.writeable = False
        self.reset(0)

    @property
    def stop_index(self) -> int:
        """Index after the newest sample."""
        return self._stop_index

    @property
    def first_index(self) -> int:
        """Index of the oldest sample held; equal to `stop_index` when nothing is."""
        return max(self._start_index, self._stop_index - self._capacity)

    def reset(self, at_index: int) -> None:
        """Hold nothing; the next sample pushed has index `at_index`."""
        self._start_index = self._stop_index = at_index

    def push(self, block: NDArray[np.float32]) -> None:
        """Take the next samples, `(n_samples, n_channels)` of any number; the oldest give way."""
        self._stop_index += block.shape[0]
        kept = block[-self._capacity :]
        n = kept.shape[0]
        at = (self._stop_index - n) % self._capacity
        before_end = self._capacity - at
        self._storage[:, at : at + n] = kept[:before_end]
        if n > before_end:
            self._storage[:, : n - before_end] = kept[before_end:]

    def window(self, stop_index: int, length: int) -> NDArray[np.float32]:
        """The samples `[stop_index - length, stop_index)`: a read-only contiguous view, valid until the next push.

        f32 `(length, n_channels)`. Raises IndexError for samples that are not held: overwritten, not yet
        pushed, or from before the last reset.
        """
        first = stop_index - length
        if length < 1 or first < self.first_index or stop_index > self._stop_index:
            raise IndexError(
                f"samples [{first}, {stop_index}) are not held; [{self.first_index}, {self._stop_index}) are"
            )
        at = first % self._capacity
        return self._view[at : at + length]
