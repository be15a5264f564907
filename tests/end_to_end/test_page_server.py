"""The page's server without a browser: its port, its door, its routes and its end."""

import json
import signal
import socket
import struct
import urllib.request
from collections.abc import Generator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from contracts import commands
from contracts.settings import WireSettings
from dashboard.control import Control
from tests.doubles_live import free_port
from tests.doubles_messages import described
from tests.doubles_page import PageProcess, eventually, status_code
from tests.doubles_publisher import FakePublisher, potentials

RATE_HZ = 2_000.0


@pytest.fixture(scope="module")
def publisher() -> Generator[FakePublisher]:
    """A run that goes on for all tests of this file."""
    with FakePublisher(described(rate_hz=RATE_HZ), potentials(RATE_HZ, 5.0)) as running:
        yield running


@pytest.fixture(scope="module")
def page(publisher: FakePublisher) -> Generator[PageProcess]:
    """A page of that run."""
    with PageProcess(publisher.port, publisher.control_port) as serving:
        eventually(lambda: serving.health()["state"] == "live", "a live page")
        yield serving


def request(**wanted: Any) -> str:
    return json.dumps({"width": 500, "sweep_s": 1.0, "channels": [0], **wanted})


def header_of(frame: str | bytes) -> dict[str, Any]:
    assert isinstance(frame, bytes)
    return json.loads(frame[4 : 4 + struct.unpack("<I", frame[:4])[0]])


def test_health_tells_the_state_of_the_data(page: PageProcess) -> None:
    health = page.health()
    assert health["state"] == "live"
    assert health["run_id"] == "run-1"
    assert health["newest_index"] > 0
    assert health["age_s"] >= 0.0


def test_documentation_pages_and_unknown_paths_are_not_there(page: PageProcess) -> None:
    assert status_code(f"{page.url}/") == 200
    for path in ("docs", "redoc", "openapi.json", "nothing", "_mcp"):
        assert status_code(f"{page.url}/{path}") == 404, path


def test_the_page_may_fetch_from_its_own_server_only(page: PageProcess) -> None:
    with urllib.request.urlopen(page.url) as answer:
        text = answer.read().decode()
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert "//cdn" not in text
    assert "unpkg" not in text


def test_other_hosts_and_origins_are_turned_away(page: PageProcess) -> None:
    assert status_code(f"{page.url}/health", Host=f"evil.example:{page.port}") == 403
    assert status_code(f"{page.url}/health", Origin="http://evil.example") == 403
    assert status_code(f"{page.url}/health", Origin=page.url) == 200
    with (
        pytest.raises(InvalidStatus),
        connect(f"ws://127.0.0.1:{page.port}/wave", origin=Origin("http://evil.example")),
    ):
        pass


def test_one_frame_for_each_request_and_none_unasked(page: PageProcess) -> None:
    with connect(f"ws://127.0.0.1:{page.port}/wave") as to_page:
        to_page.send(request())
        first = header_of(to_page.recv(timeout=10))
        with pytest.raises(TimeoutError):
            to_page.recv(timeout=0.3)
        have = first["first_bin"] + first["n_bins"]
        to_page.send(request(have=have, run=first["run"]))
        second = header_of(to_page.recv(timeout=10))
    assert (first["frame"], second["frame"]) == (1, 2)
    assert first["reset"]
    assert not second["reset"]
    assert second["first_bin"] == have, "the newest follows on what is held"
    assert second["n_bins"] > 0


def test_a_request_that_makes_no_sense_ends_that_connection_only(page: PageProcess) -> None:
    with connect(f"ws://127.0.0.1:{page.port}/wave") as to_page:
        to_page.send("{}")
        with pytest.raises(Exception, match="1008"):
            to_page.recv(timeout=10)
    assert page.health()["state"] == "live"


def test_commands_are_answered_by_the_run(page: PageProcess, publisher: FakePublisher) -> None:
    with urllib.request.urlopen(f"{page.url}/command/mark", data=b"") as answer:
        assert json.load(answer) == {"done": True, "reason": ""}
    assert publisher.commands[-1] == commands.Mark("mark")


def test_a_command_that_nobody_answers_says_so() -> None:
    reply = Control(WireSettings(control_port=free_port()), answer_within_s=0.1).ask(commands.Ping())
    assert not reply.done
    assert "no answer from tcp://127.0.0.1" in reply.reason


def test_a_refused_command_carries_the_reason(publisher: FakePublisher) -> None:
    reply = Control(WireSettings(control_port=publisher.control_port)).ask(commands.Stop())
    assert (reply.done, reply.reason) == (False, "not here")


def test_a_taken_port_is_refused_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with PageProcess(free_port(), port=port) as page:
            page.process.wait(30)
            assert page.process.stderr is not None
            said = page.process.stderr.read().strip()
    assert page.process.returncode == 1
    assert said.startswith(f"Found that 127.0.0.1:{port} cannot be bound")
    assert "page.port=NUMBER" in said
    assert "\n" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_pages_open(publisher: FakePublisher, number: int) -> None:
    with PageProcess(publisher.port) as page, connect(f"ws://127.0.0.1:{page.port}/wave") as to_page:
        to_page.send(request())
        to_page.recv(timeout=10)
        code, _, out, err = page.end(number)
    assert (code, out.strip(), err) == (0, "ended", "")
