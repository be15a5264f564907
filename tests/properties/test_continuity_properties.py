"""However a stream is cut into blocks, its samples get the same numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_continuity import Numbering, even


@st.composite
def arrivals(draw: st.DrawFn) -> np.ndarray:
    """Counts as they arrive: mostly in order, with losses, repeats and late ones."""
    steps = np.ones(draw(st.integers(200, 600)), dtype=np.int64)
    for row in draw(st.lists(st.integers(1, len(steps) - 1), max_size=8)):
        steps[row] = draw(st.integers(-30, 60))
    return np.maximum(np.cumsum(steps) + 1000, 0)


@given(counts=arrivals(), cuts=st.lists(st.integers(1, 600), max_size=30))
def test_numbering_does_not_depend_on_how_the_stream_is_cut(counts: np.ndarray, cuts: list[int]) -> None:
    whole, cut = Numbering(), Numbering()
    first = counts[:40]
    rest = counts[40:]
    for numbering, blocks in (
        (whole, [rest]),
        (cut, np.split(rest, sorted({c for c in cuts if c < len(rest)}))),
    ):
        numbering.feed(even(first), first)
        for block in blocks:
            numbering.feed(even(block), block)
    assert cut.indices == whole.indices
    assert cut.gaps == whole.gaps
    assert cut.checker.counts() == whole.checker.counts()


@given(counts=arrivals())
def test_an_index_is_given_once_and_equals_the_devices_count(counts: np.ndarray) -> None:
    numbering = Numbering()
    numbering.feed(even(counts[:1]), counts[:1])
    numbering.feed(even(counts[1:]), counts[1:])
    assert np.all(np.diff(numbering.indices) > 0)
    first_seen = np.flatnonzero(counts > np.concatenate(([-1], np.maximum.accumulate(counts)[:-1])))
    assert numbering.indices == (counts[first_seen] - counts[0]).tolist()
    seen = numbering.checker.counts()
    assert seen.received == len(counts)
    assert len(numbering.indices) + seen.duplicated + seen.late == len(counts)
    assert seen.missing == sum(gap.missing for gap in numbering.gaps)
