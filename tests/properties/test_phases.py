"""However a recording is cut into chunks, its phases are the same, bit for bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.phases.finder import Hop, PhaseFinder
from tests.doubles_units import muscle
from tests.strategies import chunkings

RATE_HZ = 6_000.0
SIGNAL = np.concatenate(
    [
        np.random.default_rng(1).standard_normal(6_000).astype(np.float32),
        muscle(RATE_HZ, 2.0, 4, 6.0, seed=9)[0],
    ]
)
GAP_AT = 13_000


def played(cuts: list[slice]) -> list[Hop]:
    """The hops of the recording in these chunks, with a gap of 500 samples late in it."""
    finder = PhaseFinder(RATE_HZ)
    hops: list[Hop] = []
    for cut in cuts:
        for first, stop in ((cut.start, min(cut.stop, GAP_AT)), (max(cut.start, GAP_AT), cut.stop)):
            shift = 500 if first >= GAP_AT else 0
            if first == GAP_AT and stop > first:
                hops += finder.gap(first + shift)
            if stop > first:
                hops += finder.feed(SIGNAL[first:stop], first + shift)
    return hops


WHOLE = played([slice(0, SIGNAL.size)])


@settings(deadline=None, max_examples=6)
@given(cuts=chunkings(SIGNAL.size))
def test_chunking_changes_no_bit(cuts: list[slice]) -> None:
    assert played(cuts) == WHOLE


@settings(deadline=None, max_examples=2)
@given(n=st.sampled_from([37, 240, 1_201]))
def test_nor_do_many_small_chunks(n: int) -> None:
    cuts = [slice(at, min(at + n, SIGNAL.size)) for at in range(0, SIGNAL.size, n)]
    assert played(cuts) == WHOLE


def test_there_is_something_to_compare() -> None:
    assert {hop.phase for hop in WHOLE} >= {"unknown", "rest"}
    assert len({hop.phase for hop in WHOLE}) >= 3
