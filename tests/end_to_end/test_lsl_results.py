"""Results as a stream that any LSL recorder can keep."""

import uuid

import numpy as np
import pylsl
import pytest

from acquisition.live.network import list_streams, resolve
from acquisition.live.outlet import ResultOutlet
from contracts.records import Channel, Subject
from contracts.settings import LslScope
from contracts.wire import SCHEMA, Decision, Pattern, Reading, Result, Stamps, StreamStart

pytestmark = pytest.mark.lsl

CLASSES = ("healthy", "myopathy")


def start(source_id: str) -> StreamStart:
    return StreamStart(
        schema=SCHEMA,
        software="test",
        stream="Amp",
        source_id=source_id,
        rate_hz=2000.0,
        channels=(Channel("BB", "uV"), Channel("TB", "uV"), Channel("cnt", "", "counter")),
        subject=Subject(),
        analysis_rate_hz=2000.0,
        window=500,
        hop=100,
        window_s=0.25,
        hop_s=0.05,
        highpass_hz=20.0,
        lowpass_hz=900.0,
        notch_hz=0.0,
        analysis_delay_s=0.0,
        features=(),
        classes=CLASSES,
        patterns=(Pattern("healthy", ("healthy",)), Pattern("myopathic", ("myopathy",))),
        model="patterns 1",
        model_sha256="ab" * 32,
        latency_valid=True,
        notes=(),
        started_at=0.0,
    )


def reading(channel: int | None, healthy: float, accepted: bool) -> Reading:
    share = (healthy, 1.0 - healthy)
    decision = Decision(None, 0.5, "settling")
    return Reading(channel, accepted, (), share, share, share[::-1], share[::-1], decision, ())


def result(stop_index: int, *readings: Reading) -> Result:
    captured = 1000.0 + stop_index / 2000.0
    return Result(stop_index - 500, stop_index, readings, Stamps(captured, 0.0, 0.0, 0.0, 0.0, 0.0))


def through(source_id: str, results: list[Result]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and stamps of the results after the first, which puts the stream on the air."""
    with ResultOutlet.open(start(source_id)) as outlet:
        outlet.push(results[0])
        found = resolve(f"source_id='{source_id}-patterns'", timeout_s=5.0)
        inlet = pylsl.StreamInlet(found[0], recover=False)
        inlet.open_stream(5.0)
        for each in results[1:]:
            outlet.push(each)
        rows, stamps = inlet.pull_chunk(5.0, len(results) - 1, as_numpy=True)
    return np.asarray(rows), np.asarray(stamps)


def test_every_window_is_a_row_stamped_with_its_last_sample() -> None:
    results = [result(500 + 100 * i, reading(0, 0.25, True), reading(1, 0.75, i % 2 == 0)) for i in range(5)]
    rows, stamps = through(str(uuid.uuid4()), results)
    assert rows.tolist() == [
        [500.0 + 100 * i, 0.25, 0.75, 0.75, 0.25, 1.0, 0.75, 0.25, 0.25, 0.75, float(i % 2 == 0)]
        for i in range(1, 5)
    ]
    np.testing.assert_allclose(
        stamps, [1000.0 + (500 + 100 * i) / 2000.0 for i in range(1, 5)], rtol=0, atol=1e-9
    )


def test_sample_indices_of_a_long_run_keep_their_last_digit() -> None:
    index = 23_437 * 3600 * 10 + 1
    rows, _ = through(str(uuid.uuid4()), [result(index + i, reading(None, 0.5, True)) for i in range(2)])
    assert rows[0, 0] == index + 1


def test_the_columns_say_what_they_are() -> None:
    source_id = str(uuid.uuid4())
    with ResultOutlet.open(start(source_id)) as outlet:
        outlet.push(result(500, reading(0, 0.5, True), reading(1, 0.5, True)))
        listed = [s for s in list_streams(LslScope(), 1.0) if s.source_id == f"{source_id}-patterns"]
    found = listed[0]
    assert (found.name, found.type, found.rate_hz) == ("Amp patterns", "Patterns", 0.0)
    assert found.labels[:6] == (
        "stop_index",
        "BB healthy",
        "BB myopathy",
        "BB healthy evidence",
        "BB myopathy evidence",
        "BB accepted",
    )
    assert found.labels[6].startswith("TB ")
    assert found.units[:2] == ("samples", "probability")
