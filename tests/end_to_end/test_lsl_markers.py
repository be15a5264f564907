"""Text beside the signal: markers on the local clock, and the seams of a replay."""

import uuid

import numpy as np
import pylsl
import pytest

from acquisition.live.lsl import LslSource
from acquisition.live.marker_inlet import MarkerInlet
from contracts.records import Marker
from contracts.settings import StreamSettings
from tests.end_to_end.devices import read_until, samples

pytestmark = pytest.mark.lsl


def marker_outlet(name: str, source_id: str) -> pylsl.StreamOutlet:
    return pylsl.StreamOutlet(pylsl.StreamInfo(name, "Markers", 1, 0.0, pylsl.cf_string, source_id))


def read_markers(inlet: MarkerInlet, n: int, deadline_s: float = 10.0) -> list[Marker]:
    markers: list[Marker] = []
    deadline = pylsl.local_clock() + deadline_s
    while len(markers) < n:
        assert pylsl.local_clock() < deadline, f"only {markers}"
        markers += inlet.read()
    return markers


def test_markers_come_with_their_stamp_and_the_name_of_their_stream() -> None:
    name = f"Events {uuid.uuid4()}"
    outlet = marker_outlet(name, str(uuid.uuid4()))
    with MarkerInlet.open(name) as inlet:
        assert inlet.streams == (name,)
        stamps = [pylsl.local_clock() + 0.01 * i for i in range(3)]
        for i, stamp in enumerate(stamps):
            outlet.push_sample([f"event {i} \N{GREEK SMALL LETTER MU}"], stamp)
        markers = read_markers(inlet, 3)
    assert [marker.text for marker in markers] == [f"event {i} \N{GREEK SMALL LETTER MU}" for i in range(3)]
    assert {marker.stream for marker in markers} == {name}
    np.testing.assert_allclose([marker.stamp for marker in markers], stamps, rtol=0, atol=5e-3)


def test_a_marker_stream_that_appears_later_is_taken_up() -> None:
    name = f"Events {uuid.uuid4()}"
    with MarkerInlet.open(name, wait_s=0.1) as inlet:
        assert inlet.read() == []
        outlet = marker_outlet(name, str(uuid.uuid4()))
        deadline = pylsl.local_clock() + 10.0
        while not outlet.have_consumers():
            assert pylsl.local_clock() < deadline
            inlet.read()
        outlet.push_sample(["late"])
        assert read_markers(inlet, 1)[0].text == "late"


def test_without_markers_asked_for_nothing_is_read() -> None:
    outlet = marker_outlet("Events", str(uuid.uuid4()))
    source_id = str(uuid.uuid4())
    signal = pylsl.StreamOutlet(pylsl.StreamInfo("Amp", "EMG", 1, 1000.0, pylsl.cf_float32, source_id))
    settings = StreamSettings(source_id=source_id)
    with LslSource.open(settings) as source, MarkerInlet.beside(source, settings) as inlet:
        assert inlet.streams == ()
        assert inlet.read() == []
    assert (outlet, signal) is not None


class Replay:
    """A replay as far as a reader can tell: a signal that says so, and its companion."""

    def __init__(self) -> None:
        self.source_id = str(uuid.uuid4())
        info = pylsl.StreamInfo("Replay", "EMG", 2, 1000.0, pylsl.cf_double64, self.source_id)
        info.desc().append_child("replay").append_child_value("speed", "1.0")
        channels = info.desc().append_child("channels")
        for label, unit, kind in (("EMG1", "microvolts", "EMG"), ("index", "samples", "Counter")):
            channel = channels.append_child("channel")
            for word, text in (("label", label), ("unit", unit), ("type", kind)):
                channel.append_child_value(word, text)
        self._origin_s = pylsl.local_clock()
        self.markers = marker_outlet("Replay markers", f"{self.source_id}-markers")
        self._signal = pylsl.StreamOutlet(info)
        self._sent = 0

    def push(self, counts: np.ndarray) -> None:
        block = np.column_stack((np.ones(len(counts)), counts))
        self._sent += len(counts)
        self._signal.push_chunk(block, self._origin_s + (self._sent - 1) / 1000.0)

    def seam(self, text: str) -> None:
        self.markers.push_sample([text], self._origin_s + self._sent / 1000.0)


def test_the_seams_of_a_replay_are_gaps_of_nothing_at_their_sample() -> None:
    replay = Replay()
    with LslSource.open(StreamSettings(source_id=replay.source_id)) as source:
        assert source.description.replay_speed == 1.0
        replay.push(np.arange(0, 500))
        replay.seam("seam loop")
        replay.push(np.arange(0, 300))
        replay.seam("seam seek 7.25")
        replay.push(np.arange(7250, 7450))
        chunks = read_until(source, samples(1000))
        counts = source.health().counts
    gaps = [chunk.gap_before for chunk in chunks if chunk.gap_before is not None]
    assert [(gap.at_index, gap.missing, gap.cause, gap.exact) for gap in gaps] == [
        (500, 0, "seam", True),
        (800, 0, "seam", True),
    ]
    assert counts.missing == counts.duplicated == counts.late == 0
    assert chunks[-1].stop_index == 1000


def test_the_markers_of_a_replay_are_read_beside_it_unasked() -> None:
    replay = Replay()
    settings = StreamSettings(source_id=replay.source_id)
    with LslSource.open(settings) as source, MarkerInlet.beside(source, settings) as inlet:
        replay.markers.push_sample(["end of recording"])
        assert [marker.text for marker in read_markers(inlet, 1)] == ["end of recording"]
