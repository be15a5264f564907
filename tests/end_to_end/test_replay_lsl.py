"""Replays through real Lab Streaming Layer: what arrives is what the source holds, to the sample."""

import threading
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
import pylsl
import pytest
from numpy.typing import NDArray

from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Annotation
from contracts.records import Channel, Gap, Subject
from simulators.outlet import LslOutlet
from simulators.replay import Outcome, Player, ReplaySettings, replay_outlet
from simulators.source import RecordingSource, SampleSource
from tests.doubles import ArraySource

pytestmark = pytest.mark.lsl
DEADLINE_S = 30.0


class Playing:
    """A replay on a thread of its own, and the two inlets that receive it."""

    def __init__(self, source: SampleSource, settings: ReplaySettings) -> None:
        source_id = f"test-{uuid.uuid4().hex}"
        self.outlet = replay_outlet(source, settings, source_id)
        self.signal = _inlet(source_id)
        self.markers = _inlet(f"{source_id}-markers")
        _until(lambda: self.outlet.has_consumer() and self.outlet.has_marker_consumer())
        self.player = Player(source, self.outlet, settings)
        self.stop = threading.Event()
        self.outcome: Outcome | None = None
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        self.outcome = self.player.run(self.stop)

    def samples(self, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The first `n` samples and their stamps."""
        blocks, stamps, held = [], [], 0
        deadline = time.monotonic() + DEADLINE_S
        while held < n and time.monotonic() < deadline:
            block, at = self.signal.pull_chunk(
                timeout=0.5, max_samples=n - held, as_numpy=True, min_samples=1
            )
            if len(at):
                blocks.append(np.array(block))
                stamps.append(np.array(at))
                held += len(at)
        return np.concatenate(blocks), np.concatenate(stamps)

    def mark(self) -> tuple[str, float]:
        """The next marker and its stamp."""
        sample, stamp = self.markers.pull_sample(timeout=DEADLINE_S)
        assert sample is not None, "no marker came"
        assert stamp is not None
        return sample[0], stamp


def _inlet(source_id: str) -> pylsl.StreamInlet:
    found = pylsl.resolve_byprop("source_id", source_id, timeout=DEADLINE_S)
    assert found, f"no stream {source_id}"
    inlet = pylsl.StreamInlet(found[0], recover=False)
    inlet.open_stream(timeout=DEADLINE_S)
    return inlet


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.005)


@contextmanager
def playing(source: SampleSource, settings: ReplaySettings) -> Generator[Playing]:
    """A replay that has begun and is ended with the block."""
    replay = Playing(source, settings)
    replay.thread.start()
    try:
        yield replay
    finally:
        replay.stop.set()
        replay.thread.join(DEADLINE_S)
        replay.signal.close_stream()
        replay.markers.close_stream()
        replay.outlet.close()


def test_every_sample_arrives_and_is_itself():
    source = ArraySource(23_438, 23437.5, n_emg=2, n_aux=1)
    with playing(source, ReplaySettings(index_channel=True)) as replay:
        block, stamps = replay.samples(23_438)
        end = replay.mark()
        replay.thread.join(DEADLINE_S)
    np.testing.assert_array_equal(block[:, 3], np.arange(23_438))
    np.testing.assert_array_equal(block[:, :2], source.read(0, 23_438))
    np.testing.assert_array_equal(block[:, 2:3], source.read_aux(0, 23_438))
    np.testing.assert_allclose(stamps - stamps[0], np.arange(23_438) / 23437.5, atol=1e-6)
    assert end[0] == "end of recording"
    assert end[1] == pytest.approx(stamps[-1], abs=1e-6)
    assert replay.outcome == "end of recording"


def test_without_the_index_samples_travel_as_float32():
    source = ArraySource(500, 2000.0, n_emg=8)
    with playing(source, ReplaySettings(speed=5.0)) as replay:
        block, _ = replay.samples(500)
        assert replay.signal.channel_format == pylsl.cf_float32
    np.testing.assert_array_equal(block, source.read(0, 500))


def test_markers_carry_the_stamps_of_their_samples():
    events = tuple(Annotation(i, 0, f"event {i}") for i in (0, 150, 999))
    with playing(ArraySource(1000, 2000.0, annotations=events), ReplaySettings()) as replay:
        _, stamps = replay.samples(1000)
        for event in events:
            text, stamp = replay.mark()
            assert text == event.text
            assert stamp == pytest.approx(stamps[event.index], abs=1e-6)


def test_a_loop_is_a_seam_that_the_marker_puts_between_two_samples():
    source = ArraySource(400, 2000.0)
    with playing(source, ReplaySettings(loop=True, index_channel=True)) as replay:
        block, stamps = replay.samples(1000)
        seams = [replay.mark() for _ in range(2)]
    np.testing.assert_array_equal(block[:, 1], np.arange(1000))
    np.testing.assert_array_equal(block[:, 0], 10.0 * (np.arange(1000) % 400))
    assert [text for text, _ in seams] == ["seam loop", "seam loop"]
    assert [stamp for _, stamp in seams] == pytest.approx([stamps[400], stamps[800]], abs=1e-6)


def test_a_seek_is_a_seam_too():
    source = ArraySource(100_000, 2000.0)
    with playing(source, ReplaySettings(index_channel=True)) as replay:
        head, head_stamps = replay.samples(100)
        replay.player.seek(40.0)
        text, stamp = replay.mark()
        rest, rest_stamps = replay.samples(400)
    block, stamps = np.concatenate([head, rest]), np.concatenate([head_stamps, rest_stamps])
    np.testing.assert_array_equal(block[:, 1], np.arange(500))
    seam = int(np.flatnonzero(block[:, 0] == 800_000.0)[0])
    np.testing.assert_array_equal(block[:seam, 0], 10.0 * np.arange(seam))
    np.testing.assert_array_equal(block[seam:, 0], 10.0 * np.arange(80_000, 80_000 + 500 - seam))
    assert text == "seam seek 40.0"
    assert stamp == pytest.approx(stamps[seam], abs=1e-6)


def test_a_hole_shows_in_index_and_stamps():
    hole = Gap(at_index=700, missing=500, cause="recording")
    with playing(ArraySource(400, 2000.0, gaps=(hole,)), ReplaySettings(index_channel=True)) as replay:
        block, stamps = replay.samples(400)
    numbers = np.array([*range(200), *range(700, 900)])
    np.testing.assert_array_equal(block[:, 1], numbers)
    np.testing.assert_allclose(stamps - stamps[0], numbers / 2000.0, atol=1e-6)


RECORDINGS = {
    "wfdb 16+20": "n2001/N2001C01BB51.hea",
    "wfdb": "emgdb/emg_healthy.hea",
    "ascii": "neuromuscular_asc/**/*Neu.asc.xz",
    "emg4": "emg4/0.csv",
}


@pytest.mark.recordings
@pytest.mark.parametrize("pattern", RECORDINGS.values(), ids=RECORDINGS.keys())
def test_a_real_recording_arrives_to_the_sample(recordings: Path, pattern: str):
    with open_recording(sorted(recordings.glob(pattern))[0]) as recording:
        source = RecordingSource(recording)
        settings = ReplaySettings(start_s=0.5, stop_s=1.5, index_channel=True)
        first, stop = (round(seconds * recording.description.rate_hz) for seconds in (0.5, 1.5))
        with playing(source, settings) as replay:
            block, _ = replay.samples(stop - first)
        n_emg = len(recording.description.emg)
        np.testing.assert_array_equal(block[:, :n_emg], recording.read(first, stop))
        np.testing.assert_array_equal(block[:, -1], np.arange(stop - first))


def test_the_stream_describes_itself():
    source = ArraySource(10, 2000.0, n_emg=1, n_aux=1)
    described = msgspec.structs.replace(
        source.description,
        channels=(*source.description.channels, Channel("count", "1", "counter")),
        subject=Subject(muscle="biceps brachii", side="left", age=41),
        model="a model",
        notes=("One note.", "Another."),
        replay_speed=2.0,
    )
    source_id = f"test-{uuid.uuid4().hex}"
    with LslOutlet(described, source_id=source_id, acquisition={"band": "not measured"}) as outlet:
        inlet = _inlet(source_id)
        info = inlet.info(timeout=DEADLINE_S)
        inlet.close_stream()
        assert outlet.description.source_id == info.source_id() == source_id
    assert (info.name(), info.type(), info.nominal_srate()) == ("array", "EMG", 2000.0)
    assert info.channel_format() == pylsl.cf_double64
    assert info.get_channel_labels() == ["EMG 1", "AUX 1", "count"]
    assert info.get_channel_units() == ["microvolts", "V", "1"]
    assert info.get_channel_types() == ["EMG", "AUX", "counter"]
    subject = info.desc().child("subject")
    stated = {key: subject.child_value(key) for key in ("muscle", "side", "age")}
    assert stated == {"muscle": "biceps brachii", "side": "left", "age": "41"}
    assert info.desc().child("replay").child_value("speed") == "2.0"
    maker = info.desc().child("acquisition")
    stated = {key: maker.child_value(key) for key in ("model", "band", "notes")}
    assert stated == {"model": "a model", "band": "not measured", "notes": "One note. Another."}


def test_two_outlets_of_one_source_are_told_apart():
    description = ArraySource(10).description
    with LslOutlet(description) as one, LslOutlet(description) as two:
        assert one.description.source_id != two.description.source_id
        assert one.description.source_id.startswith("myoscope-")
