"""However rest is cut into chunks, the same trains are told at the same places, bit for bit."""

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.measured import RestTrain
from processing.spontaneous.watcher import RestWatcher
from tests.doubles_rest import regular_fibre
from tests.strategies import chunkings

RATE_HZ = 12_000.0
SIGNAL = regular_fibre(RATE_HZ, 9.0, 8.0, 90.0, seed=1)
GAP_AT = 60_000


def played(cuts: list[slice]) -> list[RestTrain]:
    """Trains told of the recording in these chunks, with a gap of 500 samples in the middle."""
    watcher = RestWatcher(RATE_HZ)
    watcher.begin(1, 0)
    told: list[RestTrain] = []
    for cut in cuts:
        for first, stop in ((cut.start, min(cut.stop, GAP_AT)), (max(cut.start, GAP_AT), cut.stop)):
            shift = 500 if first >= GAP_AT else 0
            if first == GAP_AT and stop > first:
                told += watcher.gap(first + shift)
            if stop > first:
                told += watcher.feed(SIGNAL[first:stop], first + shift)
    return told + watcher.end(SIGNAL.size + 500)


WHOLE = played([slice(0, SIGNAL.size)])


@settings(deadline=None, max_examples=15)
@given(cuts=chunkings(SIGNAL.size))
def test_chunking_changes_no_bit(cuts: list[slice]) -> None:
    assert played(cuts) == WHOLE


@settings(deadline=None, max_examples=3)
@given(n=st.sampled_from([37, 240, 501]))
def test_nor_do_many_small_chunks(n: int) -> None:
    cuts = [slice(at, min(at + n, SIGNAL.size)) for at in range(0, SIGNAL.size, n)]
    assert played(cuts) == WHOLE


def test_there_is_something_to_compare() -> None:
    """One train before the gap and one after it, each told of and ended."""
    assert {train.kind for train in WHOLE} == {"fibrillation potentials"}
    assert [train.train for train in WHOLE if train.ended] == [1, 2]
