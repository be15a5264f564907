"""The control socket: each command acknowledged or refused; a taken port named."""

import socket
import threading

import msgspec
import pytest
import zmq

from contracts import commands, wire
from contracts.records import Subject
from contracts.refusal import Refusal
from contracts.settings import WireSettings
from inference.runtime.control import ControlThread
from inference.runtime.publisher import Publisher


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, frame: bytes) -> commands.Reply:
    with zmq.Context() as context, context.socket(zmq.REQ) as client:
        client.linger = 0
        client.rcvtimeo = 10_000
        client.connect(f"tcp://127.0.0.1:{port}")
        client.send(frame)
        return commands.decode_reply(client.recv())


def test_commands_reach_the_main_thread_and_are_answered() -> None:
    settings = WireSettings(control_port=free_port())
    with ControlThread(settings) as control:
        replies: list[commands.Reply] = []
        command = commands.SetSubject(Subject(muscle="deltoid", side="left", age=60))
        client = threading.Thread(
            target=lambda: replies.append(ask(settings.control_port, commands.encode_command(command)))
        )
        client.start()
        while not (pending := control.pending()):
            assert client.is_alive()
        assert pending[0].command == command
        pending[0].answer(commands.Reply(True, run_id="r"))
        client.join(10.0)
        assert replies == [commands.Reply(True, run_id="r")]


@pytest.mark.parametrize("frame", [b"", b"\x93", msgspec.msgpack.encode({"type": "erase"}), b"x" * 100_000])
def test_what_is_no_command_is_refused_and_the_next_one_still_answered(frame: bytes) -> None:
    settings = WireSettings(control_port=free_port())
    with ControlThread(settings, answer_within_s=0.05) as control:
        assert not ask(settings.control_port, frame).done
        assert not control.pending()
        reply = ask(settings.control_port, commands.encode_command(commands.Ping()))
        assert "no answer within" in reply.reason


def test_a_taken_port_is_named_with_the_setting_that_changes_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        with pytest.raises(Refusal, match=rf"127\.0\.0\.1:{port}.*wire\.port"):
            Publisher.bind(WireSettings(port=port), lambda: 0.0)
        with pytest.raises(Refusal, match=rf"{port}.*wire\.control_port"):
            ControlThread(WireSettings(control_port=port))


def test_each_topic_counts_its_own_sequence() -> None:
    with Publisher.bind(WireSettings(port=free_port()), lambda: 1.0) as publisher:
        stop = wire.StreamStop("asked")
        marker = wire.MarkerNotice(0.0, "a", "b")
        seqs = [publisher.send(m).seq for m in (stop, marker, stop, marker, marker)]
    assert seqs == [0, 0, 1, 1, 2]
