"""A whole live run: commands, markers, health, the outlet's death and return, and how it ends."""

import socket
import threading
import uuid
from collections.abc import Iterator

import pytest
import zmq

from contracts import commands, wire
from contracts.records import Subject
from contracts.refusal import Refusal
from myoscope.live import run_live
from simulators.replay import Player, ReplaySettings, replay_outlet
from simulators.synthetic import SyntheticEmg
from tests.doubles_live import LiveRun

pytestmark = [pytest.mark.lsl]

QUICK = ("model.path=none", "filters.lowpass_hz=450", "stream.stall_s=0.2", "stream.lost_s=0.6")


class Device:
    """A synthetic surface amplifier that plays until told to stop."""

    def __init__(self, source_id: str, seconds: float | None = None) -> None:
        source = SyntheticEmg(rate_hz=2000.0, channels=2, electrode="surface")
        settings = ReplaySettings(stop_s=seconds, index_channel=True)
        self._stop = threading.Event()
        self.outlet = replay_outlet(source, settings, source_id)
        self.player = Player(source, self.outlet, settings)
        self._thread = threading.Thread(target=self.player.run, args=(self._stop,), name="device")

    def start(self) -> "Device":
        self._thread.start()
        return self

    def pull_the_plug(self) -> None:
        self._stop.set()
        self._thread.join()
        self.outlet.close()


@pytest.fixture
def source_id() -> str:
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
def device(source_id: str) -> Iterator[Device]:
    device = Device(source_id).start()
    yield device
    device.pull_the_plug()


def ask(run: LiveRun, command: commands.Command) -> commands.Reply:
    with zmq.Context() as context, context.socket(zmq.REQ) as client:
        client.linger, client.rcvtimeo = 0, 10_000
        client.connect(f"tcp://127.0.0.1:{run.control_port}")
        client.send(commands.encode_command(command))
        return commands.decode_reply(client.recv())


def test_commands_are_done_and_seen_on_the_wire(device: Device, source_id: str) -> None:
    with LiveRun(source_id, *QUICK) as run:
        heard = run.heard
        heard.wait_for(lambda: len(heard.of(wire.Result)) > 3, "results")
        assert ask(run, commands.Ping()) == commands.Reply(True, run_id=heard.envelopes[0].run_id)
        assert ask(run, commands.Mark("needle moved")).done
        subject = Subject(muscle="tibialis anterior", side="left", age=61)
        assert ask(run, commands.SetSubject(subject)).done
        assert ask(run, commands.ResetEvidence()).done
        heard.wait_for(
            lambda: any(m.subject == subject for m in heard.of(wire.StreamStart)), "the new subject"
        )
        assert "needle moved" in [m.text for m in heard.of(wire.MarkerNotice)]
        assert [m.subject for m in heard.of(wire.SubjectChanged)] == [subject]
        assert ask(run, commands.Stop()).done
        run.wait_ended()
        heard.wait_for(lambda: bool(heard.of(wire.StreamStop)), "the end")
    assert run.failure is None
    assert heard.of(wire.StreamStop) == [wire.StreamStop("asked")]
    assert isinstance(heard.envelopes[-1].message, wire.StreamStop)


def test_sequence_numbers_have_no_hole_and_start_is_said_again(device: Device, source_id: str) -> None:
    with LiveRun(source_id, *QUICK) as run:
        heard = run.heard
        heard.wait_for(lambda: len(heard.of(wire.StreamStart)) >= 3, "three starts")
    by_topic: dict[bytes, list[int]] = {}
    for envelope in heard.envelopes:
        by_topic.setdefault(wire.topic_of(envelope.message), []).append(envelope.seq)
    for seqs in by_topic.values():
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


def test_the_outlet_dies_and_comes_back_and_the_run_goes_on_with_a_gap(source_id: str) -> None:
    device = Device(source_id).start()
    with LiveRun(source_id, *QUICK) as run:
        heard = run.heard
        heard.wait_for(lambda: len(heard.of(wire.Result)) > 3, "results before")
        device.pull_the_plug()
        heard.wait_for(
            lambda: any(m.state in ("stalled", "lost") for m in heard.of(wire.Health)), "the outage"
        )
        before = len(heard.of(wire.Result))
        back = Device(source_id).start()
        heard.wait_for(lambda: any(m.gap.cause == "outage" for m in heard.of(wire.GapNotice)), "the gap")
        heard.wait_for(lambda: len(heard.of(wire.Result)) > before + 3, "results after")
        heard.wait_for(lambda: heard.of(wire.Health)[-1].state == "live", "live again")
        back.pull_the_plug()
    assert run.failure is None
    gap = next(m.gap for m in heard.of(wire.GapNotice) if m.gap.cause == "outage")
    assert gap.outage_s > 0
    assert heard.of(wire.Health)[-1].counts.outages >= 1
    after = [m for m in heard.of(wire.Result) if m.first_index >= gap.at_index]
    assert after, "no window lies wholly after the gap"
    assert not [m for m in heard.of(wire.Result) if m.first_index < gap.at_index < m.stop_index]


def test_another_rate_after_the_outage_ends_the_run_with_both_values(source_id: str) -> None:
    device = Device(source_id).start()
    with LiveRun(source_id, *QUICK) as run:
        heard = run.heard
        heard.wait_for(lambda: len(heard.of(wire.Result)) > 1, "results before")
        device.pull_the_plug()
        source = SyntheticEmg(rate_hz=1000.0, channels=2, electrode="surface")
        settings = ReplaySettings(index_channel=True)
        with replay_outlet(source, settings, source_id):
            run.wait_ended()
    assert isinstance(run.failure, Refusal)
    assert "2000" in str(run.failure)
    assert "1000" in str(run.failure)
    assert heard.of(wire.StreamStop)[-1].reason == "source changed"


def test_the_end_of_a_recording_is_a_marker_and_ends_a_run_that_was_to_end_there(source_id: str) -> None:
    device = Device(source_id, seconds=1.5)
    with LiveRun(source_id, *QUICK) as run:
        heard = run.heard
        device.start()
        ended = "end of recording"
        heard.wait_for(
            lambda: ended in [m.text for m in heard.of(wire.MarkerNotice)], "the end of the recording"
        )
    device.pull_the_plug()
    assert run.failure is None


def test_latency_is_told_at_true_speed(device: Device, source_id: str) -> None:
    with LiveRun(source_id, *QUICK) as run:
        heard = run.heard
        heard.wait_for(lambda: any(m.push_to_result for m in heard.of(wire.Health)), "a latency")
    latency = next(m.push_to_result for m in heard.of(wire.Health) if m.push_to_result)
    assert 0 < latency.p50_s <= latency.p99_s
    assert all(m.latency_valid for m in heard.of(wire.StreamStart))


@pytest.mark.parametrize("key", ["port", "control_port"])
def test_a_taken_port_ends_the_start_with_its_setting(device: Device, source_id: str, key: str) -> None:
    run = LiveRun(source_id, *QUICK)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", getattr(run.settings.wire, key)))
        taken.listen()
        with pytest.raises(Refusal, match=rf"wire\.{key}"):
            run_live(run.settings, threading.Event())
    run.heard.close()


def test_no_stream_is_refused_with_the_scope_and_what_there_is(device: Device, source_id: str) -> None:
    run = LiveRun("absent-" + uuid.uuid4().hex, *QUICK, "stream.resolve_timeout_s=0.5")
    with pytest.raises(Refusal, match="on the scope") as refused:
        run_live(run.settings, threading.Event())
    run.heard.close()
    assert source_id in str(refused.value), "the streams that are there are not named"
    assert "myoscope streams" in str(refused.value)
