"""A stream comes in whole: exact to the sample, in microvolt, in every number format."""

import uuid

import numpy as np
import pylsl
import pytest

from acquisition.live.lsl import LslSource
from contracts.records import Chunk
from contracts.settings import StreamSettings
from tests.end_to_end.lsl_device import DeviceSpec, outlet_of, samples_of

pytestmark = pytest.mark.lsl

N = 6000


def settings_for(spec: DeviceSpec) -> StreamSettings:
    return StreamSettings(source_id=spec.source_id, type=spec.type, resolve_timeout_s=5.0)


def push(outlet: pylsl.StreamOutlet, spec: DeviceSpec, first: int, stop: int) -> None:
    for start in range(first, stop, spec.chunk):
        n = min(spec.chunk, stop - start)
        outlet.push_chunk(samples_of(spec, start, n), spec.origin_s + (start + n - 1) / spec.rate_hz)


def read_until(source: LslSource, stop_index: int, deadline_s: float = 10.0) -> list[Chunk]:
    chunks: list[Chunk] = []
    deadline = pylsl.local_clock() + deadline_s
    while not chunks or chunks[-1].stop_index < stop_index:
        assert pylsl.local_clock() < deadline, f"only {chunks[-1].stop_index if chunks else 0} samples came"
        chunk = source.read(0.1)
        if chunk is not None:
            chunks.append(chunk)
    return chunks


@pytest.mark.parametrize("sample_format", ["float32", "double64", "int16", "int32", "int8", "int64"])
def test_every_number_format_arrives_exactly(sample_format: str) -> None:
    spec = DeviceSpec(
        source_id=str(uuid.uuid4()),
        sample_format=sample_format,
        labels=("EMG1", "EMG2"),
        units=("mV", "uV"),
        types=("EMG", "EMG"),
        origin_s=pylsl.local_clock(),
    )
    sent = (np.arange(2 * N).reshape(N, 2) % 120).astype(np.float64)
    outlet = outlet_of(spec)
    with LslSource.open(settings_for(spec)) as source:
        for start in range(0, N, spec.chunk):
            outlet.push_chunk(sent[start : start + spec.chunk], spec.origin_s + (start + 19) / spec.rate_hz)
        chunks = read_until(source, N)
        assert source.health().counts.missing == 0
    samples = np.concatenate([chunk.samples for chunk in chunks])
    native = np.concatenate([chunk.native for chunk in chunks])
    assert samples.dtype == np.float32
    assert samples.flags.c_contiguous
    np.testing.assert_array_equal(samples, (sent * [1000.0, 1.0]).astype(np.float32))
    np.testing.assert_array_equal(native, sent)
    assert native.dtype.name == sample_format.replace("double64", "float64")


def test_raw_stamps_are_kept_and_stamps_are_these_plus_the_offset() -> None:
    spec = DeviceSpec(source_id=str(uuid.uuid4()), origin_s=pylsl.local_clock())
    outlet = outlet_of(spec)
    with LslSource.open(settings_for(spec)) as source:
        push(outlet, spec, 0, N)
        chunks = read_until(source, N)
    raw = np.concatenate([chunk.raw_stamps for chunk in chunks])
    np.testing.assert_allclose(raw, spec.origin_s + np.arange(N) / spec.rate_hz, rtol=0, atol=1e-7)
    for chunk in chunks:
        np.testing.assert_allclose(chunk.stamps, chunk.raw_stamps + chunk.clock_offset_s, rtol=0, atol=1e-6)
    assert all(not chunk.samples.flags.writeable for chunk in chunks)


def test_the_index_channel_and_the_numbering_agree_over_losses() -> None:
    spec = DeviceSpec(source_id=str(uuid.uuid4()), origin_s=pylsl.local_clock())
    outlet = outlet_of(spec)
    with LslSource.open(settings_for(spec)) as source:
        push(outlet, spec, 0, 1000)
        push(outlet, spec, 1017, 3000)
        push(outlet, spec, 3001, N)
        chunks = read_until(source, N)
        counts = source.health().counts
    for chunk in chunks:
        np.testing.assert_array_equal(chunk.aux[:, 0], np.arange(chunk.first_index, chunk.stop_index))
    gaps = [chunk.gap_before for chunk in chunks if chunk.gap_before is not None]
    assert [(gap.at_index, gap.missing, gap.exact, gap.cause) for gap in gaps] == [
        (1017, 17, True, "inlet"),
        (3001, 1, True, "inlet"),
    ]
    assert counts.missing == 18
    assert counts.missing_estimated == 0


def test_no_sample_comes_before_it_is_asked_for() -> None:
    spec = DeviceSpec(source_id=str(uuid.uuid4()), origin_s=pylsl.local_clock())
    outlet = outlet_of(spec)
    with LslSource.open(settings_for(spec), subscribe=False) as source:
        push(outlet, spec, 0, N)
        source.subscribe()
        push(outlet, spec, N, 2 * N)
        chunks = read_until(source, N)
    counts = np.concatenate([chunk.aux[:, 0] for chunk in chunks])
    np.testing.assert_array_equal(counts, np.arange(N, 2 * N))
    assert chunks[0].first_index == 0
    assert all(chunk.gap_before is None for chunk in chunks)
