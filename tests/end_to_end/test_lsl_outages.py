"""The outlet dies and comes back: the run goes on with a Gap, or is refused when it came back as another."""

import time
import uuid

import msgspec
import numpy as np
import pylsl
import pytest

from acquisition.live.lsl import LslSource
from contracts.records import Gap
from contracts.refusal import Refusal
from tests.end_to_end.devices import device, kill, read_until, samples, settings_for
from tests.end_to_end.lsl_device import DeviceSpec, outlet_of

pytestmark = pytest.mark.lsl


def spec_of(**changes: object) -> DeviceSpec:
    plain = DeviceSpec(source_id=str(uuid.uuid4()), origin_s=pylsl.local_clock(), sample_format="double64")
    return msgspec.structs.replace(plain, **changes)


def through_a_restart(before: DeviceSpec, after: DeviceSpec) -> tuple[LslSource, Gap, int, int]:
    """The source after the device was killed and started again; the gap; last and first counter around it."""
    with device(before) as first:
        source = LslSource.open(settings_for(before))
        last = read_until(source, samples(300))[-1]
        kill(first)
    states = set()
    while source.health().state != "lost":
        chunk = source.read(0.1)
        last = chunk or last
        states.add(source.health().state)
    with device(after):
        chunks = read_until(source, lambda chunks: source.health().state == "live")
    gap = chunks[0].gap_before
    assert gap is not None
    assert all(chunk.gap_before is None for chunk in chunks[1:])
    return source, gap, int(last.native[-1, 0]), int(chunks[0].native[0, 0])


def test_a_restart_is_a_gap_of_exact_size_where_the_device_counts() -> None:
    spec = spec_of()
    # Other outlets of this machine hear liblsl's first questions instead of the one that is looked for.
    others = [outlet_of(spec_of()) for _ in range(3)]
    source, gap, last, first = through_a_restart(spec, spec)
    assert len(others) == 3
    with source:
        assert (gap.cause, gap.exact, gap.uncertainty) == ("outage", True, 0)
        assert gap.missing == first - last - 1 > 0
        assert gap.outage_s > 0
        counts = source.health().counts
        assert counts.outages == 1
        assert counts.missing == gap.missing
        assert counts.missing_estimated == 0


def test_without_a_counter_the_size_is_estimated_within_its_uncertainty() -> None:
    spec = spec_of(types=("ACC", "EMG"), labels=("acc", "EMG1"))
    source, gap, last, first = through_a_restart(spec, spec)
    with source:
        assert (gap.cause, gap.exact) == ("outage", False)
        assert abs(gap.missing - (first - last - 1)) <= gap.uncertainty
        assert source.health().counts.missing_estimated == gap.missing


def test_a_stream_without_a_source_id_comes_back_too() -> None:
    spec = spec_of(source_id="", name=f"Nameless {uuid.uuid4()}")
    with device(spec) as first:
        settings = msgspec.structs.replace(settings_for(spec), source_id=None, name=spec.name)
        source = LslSource.open(settings)
        read_until(source, samples(100))
        kill(first)
    with source, device(spec):
        chunks = read_until(source, lambda chunks: any(c.gap_before for c in chunks))
        assert chunks[-1].gap_before is not None


@pytest.mark.parametrize(
    ("changes", "found", "wanted"),
    [
        ({"rate_hz": 500.0}, "rate in Hz 500.0", "rate in Hz 1000.0"),
        ({"units": ("", "mV")}, "'mV'", "'uV'"),
        ({"sample_format": "float32"}, "number format float32", "number format double64"),
        (
            {
                "labels": ("index", "EMG1", "EMG2"),
                "units": ("", "uV", "uV"),
                "types": ("counter", "EMG", "EMG"),
            },
            "number of channels 3",
            "number of channels 2",
        ),
    ],
)
def test_a_stream_that_comes_back_changed_is_refused_with_both_values(
    changes: dict[str, object], found: str, wanted: str
) -> None:
    spec = spec_of()
    with device(spec) as first:
        source = LslSource.open(settings_for(spec))
        chunks = read_until(source, samples(100))
        kill(first)
    with source, device(msgspec.structs.replace(spec, **changes)):
        with pytest.raises(Refusal) as refused:
            read_until(source, samples(10_000))
        assert found in refused.value.found
        assert wanted in refused.value.wanted
    assert chunks[-1].native.shape[1] == 2


def test_a_successor_with_another_source_id_is_refused_with_both() -> None:
    spec = spec_of(name=f"Amp {uuid.uuid4()}")
    by_name = msgspec.structs.replace(settings_for(spec), source_id=None, name=spec.name)
    with device(spec) as first:
        source = LslSource.open(by_name)
        read_until(source, samples(100))
        kill(first)
    other = msgspec.structs.replace(spec, source_id=str(uuid.uuid4()))
    with source, device(other):
        with pytest.raises(Refusal) as refused:
            read_until(source, samples(10_000))
        assert other.source_id in refused.value.found
        assert spec.source_id in refused.value.wanted


def test_a_silent_outlet_is_stalled_and_never_waited_for_in_one_call() -> None:
    spec = spec_of(silent_after_s=3.0)
    with device(spec), LslSource.open(settings_for(spec)) as source:
        read_until(source, lambda chunks: bool(chunks) and source.health().state == "stalled")
        assert source.health().silent_s >= 0.3
        assert source.health().counts.outages == 1
        longest_s = 0.0
        while source.health().silent_s < 2.5:
            asked = time.monotonic()
            assert source.read(0.1) is None
            longest_s = max(longest_s, time.monotonic() - asked)
        assert source.health().state == "stalled"
        assert source.health().counts.outages == 1
        assert longest_s < 2.5


def test_the_signal_itself_is_right_on_both_sides_of_a_restart() -> None:
    spec = spec_of(scale=0.5)
    with device(spec) as first:
        source = LslSource.open(settings_for(spec))
        before = read_until(source, samples(200))
        kill(first)
    with source, device(spec):
        after = read_until(source, lambda chunks: any(c.gap_before for c in chunks) and samples(200)(chunks))
    origin = int(before[0].native[0, 0])
    for chunk in (*before, *after):
        index = np.arange(chunk.first_index, chunk.stop_index) + origin
        np.testing.assert_array_equal(chunk.aux[:, 0], index)
        np.testing.assert_array_equal(chunk.samples[:, 0], index % 1000 * 0.5)
