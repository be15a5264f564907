"""However a recording is cut into chunks, the same units discharge at the same indices, bit for bit."""

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.motor_units.tracked import TrackingEvent, UnitState
from processing.motor_units.tracking import MotorUnitTracker
from tests.doubles_units import muscle
from tests.strategies import chunkings

RATE_HZ = 12_000.0
SIGNAL, _, _ = muscle(RATE_HZ, 3.0, 4, 6.0, seed=9)
GAP_AT = 20_000


def bits(states: tuple[UnitState, ...]) -> bytes:
    """Everything that is known of the units."""
    plain = [msgspec.structs.asdict(state) for state in states]
    return repr(
        [{k: v.tobytes() if isinstance(v, np.ndarray) else v for k, v in s.items()} for s in plain]
    ).encode()


def played(cuts: list[slice]) -> tuple[list[TrackingEvent], bytes]:
    """Events and units after the recording in these chunks, with a gap of 500 samples in the middle."""
    tracker = MotorUnitTracker(RATE_HZ)
    events: list[TrackingEvent] = []
    for cut in cuts:
        for first, stop in ((cut.start, min(cut.stop, GAP_AT)), (max(cut.start, GAP_AT), cut.stop)):
            shift = 500 if first >= GAP_AT else 0
            if first == GAP_AT and stop > first:
                events += tracker.gap(first + shift)
            if stop > first:
                events += tracker.feed(SIGNAL[first:stop], first + shift)
    return events, bits(tracker.units())


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
    assert len(WHOLE[0]) > 40
