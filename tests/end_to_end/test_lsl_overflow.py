"""A reader that was away too long: liblsl drops its oldest samples without a word, and Gaps tell."""

import uuid
from collections.abc import Callable

import numpy as np
import pylsl
import pytest

from acquisition.live.lsl import LslSource
from tests.end_to_end.devices import read_until, samples, settings_for
from tests.end_to_end.lsl_device import DeviceSpec, outlet_of, samples_of

pytestmark = pytest.mark.lsl

N = 20_000


@pytest.mark.parametrize("counted", [True, False])
def test_an_overflow_is_told_by_gaps_of_the_right_size(counted: bool) -> None:
    spec = DeviceSpec(
        source_id=str(uuid.uuid4()),
        origin_s=pylsl.local_clock(),
        sample_format="double64",
        types=("counter" if counted else "ACC", "EMG"),
        labels=("a", "EMG1"),
    )
    outlet = outlet_of(spec)

    def push(first: int, stop: int) -> None:
        for start in range(first, stop, 20):
            outlet.push_chunk(samples_of(spec, start, 20), spec.origin_s + (start + 19) / spec.rate_hz)

    with LslSource.open(settings_for(spec, buffer_s=1.0)) as source:
        chunks = []
        for start in range(0, 2000, 100):
            push(start, start + 100)
            chunks += read_until(source, samples(100))
        wait_until_another_inlet_has_all(spec, lambda: push(2000, N))
        chunks += read_until(source, lambda read: bool(read) and read[-1].native[-1, 0] == N - 1)
        counts = source.health().counts
    gaps = [chunk.gap_before for chunk in chunks if chunk.gap_before is not None]
    received = sum(chunk.samples.shape[0] for chunk in chunks)
    assert received < N - 10_000
    assert {(gap.cause, gap.exact) for gap in gaps} == {("inlet", counted)}
    assert abs(counts.missing - (N - received)) <= sum(gap.uncertainty for gap in gaps)
    if counted:
        for chunk in chunks:
            np.testing.assert_array_equal(chunk.native[:, 0], np.arange(chunk.first_index, chunk.stop_index))


def wait_until_another_inlet_has_all(spec: DeviceSpec, push: Callable[[], None]) -> None:
    """Push, and return when an inlet with room for everything has received the last sample."""
    found = pylsl.resolve_byprop("source_id", spec.source_id, timeout=5.0)
    inlet = pylsl.StreamInlet(found[0], 60, recover=False)
    inlet.open_stream(5.0)
    push()
    last, deadline = -1.0, pylsl.local_clock() + 15.0
    while last != N - 1:
        assert pylsl.local_clock() < deadline
        block, _ = inlet.pull_chunk(0.5, 4096, min_samples=1, as_numpy=True)
        rows = np.asarray(block)
        last = rows[-1, 0] if len(rows) else last
