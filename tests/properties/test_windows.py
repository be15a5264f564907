"""The window clock against the naive list, for any chunking."""

from hypothesis import given
from hypothesis import strategies as st

from processing.windows import WindowClock
from tests import naive


@given(
    length=st.integers(1, 20),
    hop=st.integers(1, 20),
    at_index=st.integers(0, 30),
    chunks=st.lists(st.integers(0, 40), max_size=12),
)
def test_any_chunking_gives_the_naive_windows(
    length: int, hop: int, at_index: int, chunks: list[int]
) -> None:
    clock = WindowClock(length, hop)
    clock.reset(at_index)
    stop, due = at_index, []
    for size in chunks:
        stop += size
        due += list(clock.due(stop))
        assert due == naive.windows_due(at_index, length, hop, stop)
