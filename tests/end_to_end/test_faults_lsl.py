"""A faulty stream, and the reader that has to tell what happened to it: both accounts are the same."""

import threading
import uuid
from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
import pytest

from acquisition.live.lsl import LslSource
from contracts.records import Chunk, Gap
from contracts.settings import StreamSettings
from simulators.fault_settings import FaultSettings, Misstatement, ScheduledFault
from simulators.faults import FaultyOutlet
from simulators.replay import Player, ReplaySettings, faulty_replay_outlet
from tests.doubles import ArraySource
from tests.end_to_end.devices import read_until

pytestmark = pytest.mark.lsl
RATE_HZ = 1000.0
CHUNK = 10


@contextmanager
def played(faults: FaultSettings) -> Generator[tuple[LslSource, FaultyOutlet]]:
    """A faulty replay, which begins when its reader listens, and the reader."""
    source, settings = (
        ArraySource(100_000, RATE_HZ),
        ReplaySettings(index_channel=True, wait_for_consumer=True),
    )
    source_id, stop = str(uuid.uuid4()), threading.Event()
    wanted = StreamSettings(source_id=source_id, resolve_timeout_s=10.0, stall_s=0.3, lost_s=1.0)
    with faulty_replay_outlet(source, settings, faults, source_id) as outlet:
        player = threading.Thread(target=Player(source, outlet, settings).run, args=(stop,))
        player.start()
        try:
            with LslSource.open(wanted) as reader:
                yield reader, outlet
        finally:
            stop.set()
            player.join()


def gaps_of(chunks: list[Chunk]) -> list[Gap]:
    return [chunk.gap_before for chunk in chunks if chunk.gap_before is not None]


def test_what_is_lost_repeated_and_late_is_told_to_the_sample() -> None:
    kinds = ("drop", "duplicate", "reorder", "late")
    faults = FaultSettings(
        scheduled=tuple(ScheduledFault(kind, 0.3 + 0.2 * k, 0.05) for k, kind in enumerate(kinds))
    )
    with played(faults) as (reader, outlet):
        chunks = read_until(reader, lambda chunks: bool(chunks) and chunks[-1].stop_index >= 1200)
        counts = reader.health().counts
    truth = {fault.kind: fault for fault in outlet.injected}
    assert tuple(truth) == kinds
    missing = [truth[kind] for kind in ("drop", "reorder", "late")]
    assert [(gap.at_index, gap.missing, gap.exact, gap.cause) for gap in gaps_of(chunks)] == [
        (fault.index + CHUNK, fault.n_samples, True, "inlet") for fault in missing
    ]
    assert (counts.missing, counts.late, counts.duplicated) == (3 * CHUNK, 2 * CHUNK, CHUNK)
    for chunk in chunks:
        np.testing.assert_array_equal(chunk.aux[:, 0], np.arange(chunk.first_index, chunk.stop_index))


def test_an_outlet_that_goes_and_comes_back_is_a_gap_of_exact_size() -> None:
    faults = FaultSettings(scheduled=(ScheduledFault("disconnect", 0.5, 1.5),))
    with played(faults) as (reader, outlet):
        chunks = read_until(reader, lambda chunks: bool(gaps_of(chunks)))
        counts = reader.health().counts
    gone, back = outlet.injected
    (gap,) = gaps_of(chunks)
    assert (gone.kind, gone.index, back.kind) == ("disconnect", 500, "return")
    assert (gap.cause, gap.exact) == ("outage", True)
    assert gap.at_index >= back.index
    assert gap.missing >= gone.n_samples == back.index - gone.index
    assert counts.missing == gap.missing
    np.testing.assert_array_equal(
        chunks[-1].aux[:, 0], np.arange(chunks[-1].first_index, chunks[-1].stop_index)
    )


def test_a_unit_that_is_not_stated_is_assumed_and_noted() -> None:
    with played(FaultSettings(metadata=Misstatement(unit=""))) as (reader, outlet):
        assert outlet.injected[0].kind == "metadata"
        assert reader.description.emg[0].unit == "uV"
        assert any("unit" in note for note in reader.description.notes)
