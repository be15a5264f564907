"""The ring buffer against the list of all samples, after every chunk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.ring import RingBuffer
from tests import naive


@given(
    capacity=st.integers(1, 12),
    start=st.integers(0, 50),
    chunks=st.lists(st.integers(0, 30), min_size=1, max_size=12),
    n_channels=st.integers(1, 3),
)
def test_every_window_equals_the_naive_one_after_every_chunk(
    capacity: int, start: int, chunks: list[int], n_channels: int
) -> None:
    ring = RingBuffer(capacity, n_channels)
    ring.reset(start)
    everything = np.arange(sum(chunks) * n_channels, dtype=np.float32).reshape(-1, n_channels)
    stop = start
    for size in chunks:
        ring.push(everything[stop - start : stop - start + size])
        stop += size
        assert ring.stop_index == stop
        oldest = max(start, stop - capacity)
        for first in range(oldest, stop):
            for end in range(first + 1, stop + 1):
                expected = naive.ring_window(everything, start, end, end - first)
                np.testing.assert_array_equal(ring.window(end, end - first), expected)
        with pytest.raises(IndexError):
            ring.window(stop, stop - oldest + 1)
