"""An examination over Lab Streaming Layer: commands and scene changes reach the measures, and the wire."""

import threading
import uuid
from collections.abc import Iterator

import pytest
import zmq
from pylsl import local_clock

from contracts import commands, wire
from contracts.measured import Epoch, MuscleSummary, PhaseChanged
from contracts.records import SCENE_CHANGED, Subject
from simulators.replay import Player, ReplaySettings, replay_outlet
from simulators.source import SampleSource
from simulators.synthetic import SyntheticEmg
from tests.doubles_live import LiveRun

pytestmark = [pytest.mark.lsl]


class Needle:
    """A synthetic needle that plays until it is told to stop."""

    def __init__(self) -> None:
        self.source_id = f"test-{uuid.uuid4().hex}"
        source: SampleSource = SyntheticEmg(rate_hz=12_000.0, subject=Subject("biceps brachii", "right", 45))
        settings = ReplaySettings()
        self._stop = threading.Event()
        self.outlet = replay_outlet(source, settings, self.source_id)
        player = Player(source, self.outlet, settings)
        self._thread = threading.Thread(target=player.run, args=(self._stop,), name="needle")
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self.outlet.close()


@pytest.fixture
def needle() -> Iterator[Needle]:
    needle = Needle()
    yield needle
    needle.close()


def done(run: LiveRun, command: commands.Command) -> None:
    with zmq.Context() as context, context.socket(zmq.REQ) as client:
        client.linger, client.rcvtimeo = 0, 10_000
        client.connect(f"tcp://127.0.0.1:{run.control_port}")
        client.send(commands.encode_command(command))
        assert commands.decode_reply(client.recv()).done


def test_phase_site_and_scene_are_followed(needle: Needle) -> None:
    with LiveRun(needle.source_id, "model.path=none") as run:
        heard = run.heard

        def examined_from() -> int:
            return heard.of(wire.StreamStart)[-1].examined_from

        def phases(site: int, origin: str) -> bool:
            return any((p.site, p.origin) == (site, origin) for p in heard.of(PhaseChanged))

        heard.wait_for(lambda: bool(heard.of(MuscleSummary)), "a summary")
        start = heard.of(wire.StreamStart)[0]
        assert (start.electrode, start.examined) == ("needle", (0,))
        assert 0.0 < start.unit_latency_s < 0.2
        heard.wait_for(lambda: bool(heard.of(Epoch)), "an epoch of effort")
        once = heard.of(Epoch)[0]
        assert heard.of(Epoch).count(once) == 1
        done(run, commands.Describe())
        heard.wait_for(lambda: heard.of(Epoch).count(once) == 2, "the same epoch, for who came late")
        done(run, commands.SetPhase("rest"))
        heard.wait_for(lambda: phases(1, "operator"), "the examiner's word")
        done(run, commands.NextSite())
        heard.wait_for(lambda: phases(2, "operator"), "another site")
        done(run, commands.SetPhase(None))
        heard.wait_for(lambda: heard.of(PhaseChanged)[-1].origin == "automatic", "the signal's word")
        done(run, commands.SetSubject(Subject("deltoid", "left", 60)))
        heard.wait_for(lambda: heard.of(MuscleSummary)[-1].muscle == "deltoid", "another muscle")
        heard.wait_for(lambda: examined_from() > 0, "where the examination of the deltoid began")
        assert heard.of(PhaseChanged)[-1].site == 1
        deltoid = examined_from()
        done(run, commands.SetSubject(Subject("deltoid", "left", 61)))
        done(run, commands.NextSite())
        heard.wait_for(lambda: heard.of(PhaseChanged)[-1].site == 2, "another site of it")
        assert examined_from() == deltoid, "another age or position is the same examination"
        needle.outlet.mark(SCENE_CHANGED + "another person", local_clock())
        heard.wait_for(lambda: heard.of(PhaseChanged)[-1].site == 1, "another person")
        heard.wait_for(lambda: examined_from() > deltoid, "where the examination of that person began")
        needle.outlet.mark(SCENE_CHANGED + "another needle position", local_clock())
        heard.wait_for(lambda: heard.of(PhaseChanged)[-1].site == 2, "another needle position")
        assert heard.of(MuscleSummary)[-1].muscle == "deltoid"
