"""The ring buffer at its edges."""

import numpy as np
import pytest

from processing.ring import RingBuffer


def column(first: int, stop: int) -> np.ndarray:
    """Samples that are their own index."""
    return np.arange(first, stop, dtype=np.float32)[:, None]


def test_a_window_is_a_read_only_contiguous_view() -> None:
    ring = RingBuffer(8, 2)
    ring.push(np.arange(26, dtype=np.float32).reshape(13, 2))
    window = ring.window(13, 8)
    assert window.flags.c_contiguous
    assert window.base is not None
    with pytest.raises(ValueError, match="read-only"):
        window[0, 0] = 1.0


def test_a_block_larger_than_the_ring_leaves_its_end() -> None:
    ring = RingBuffer(5, 1)
    ring.push(column(0, 3))
    ring.push(column(3, 40))
    assert ring.window(40, 5)[:, 0].tolist() == [35, 36, 37, 38, 39]
    assert (ring.first_index, ring.stop_index) == (35, 40)


@pytest.mark.parametrize(
    ("stop_index", "length"), [(11, 2), (10, 6), (5, 1), (9, 5), (10, 0), (10, -1)], ids=str
)
def test_samples_that_are_not_held_are_not_given(stop_index: int, length: int) -> None:
    ring = RingBuffer(5, 1)
    ring.push(column(0, 10))
    assert ring.window(10, 5)[0, 0] == 5
    with pytest.raises(IndexError, match="not held"):
        ring.window(stop_index, length)


def test_a_reset_forgets_and_renumbers() -> None:
    ring = RingBuffer(5, 1)
    ring.push(column(0, 4))
    ring.reset(100)
    assert ring.stop_index == 100
    with pytest.raises(IndexError):
        ring.window(100, 1)
    ring.push(column(100, 103))
    assert ring.window(103, 3)[:, 0].tolist() == [100, 101, 102]
    with pytest.raises(IndexError):
        ring.window(103, 4)
