"""A live run in this process, and a subscriber that keeps all it hears."""

import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import zmq

from contracts import wire
from contracts.settings import Settings, load_settings
from myoscope.live import run_live

DEADLINE_S = 60.0


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Heard:
    """A SUB socket in a thread of its own; every envelope is kept, in order."""

    def __init__(self, port: int) -> None:
        self.envelopes: list[wire.Envelope] = []
        self._news = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(port,), name="heard", daemon=True)
        self._thread.start()

    def of(self, kind: type) -> list[Any]:
        """The messages of one kind, so far."""
        with self._news:
            return [e.message for e in self.envelopes if isinstance(e.message, kind)]

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until a condition on what was heard holds; fail with its name at the deadline."""
        deadline = time.monotonic() + DEADLINE_S
        with self._news:
            while not condition():
                assert self._news.wait(deadline - time.monotonic()), f"still waiting for {what}"

    def close(self) -> None:
        """Stop listening."""
        self._stopping.set()
        self._thread.join()

    def _listen(self, port: int) -> None:
        with zmq.Context() as context, context.socket(zmq.SUB) as sub:
            sub.linger = 0
            sub.rcvhwm = 0
            sub.subscribe(b"")
            sub.connect(f"tcp://127.0.0.1:{port}")
            while not self._stopping.is_set():
                if sub.poll(20):
                    envelope = wire.decode(sub.recv_multipart())
                    assert envelope is not None
                    with self._news:
                        self.envelopes.append(envelope)
                        self._news.notify_all()


class LiveRun:
    """`run_live` on a stream by its source id, with its own ports; `heard` has joined before it returns."""

    def __init__(self, source_id: str, *overrides: str) -> None:
        self.port, self.control_port = free_port(), free_port()
        self.settings: Settings = load_settings(
            None,
            [
                f'stream.source_id="{source_id}"',
                f"wire.port={self.port}",
                f"wire.control_port={self.control_port}",
                "wire.lsl_results=false",
                *overrides,
            ],
        )
        self.failure: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live run", daemon=True)
        self.heard = Heard(self.port)

    def _run(self) -> None:
        try:
            run_live(self.settings, self._stop)
        except BaseException as failure:  # noqa: BLE001 kept for the test that looks at it
            self.failure = failure

    def wait_ended(self) -> None:
        """Wait until the run has ended by itself."""
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive(), "the live run has not ended"

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self.heard.wait_for(
                lambda: bool(self.heard.envelopes) or self.failure is not None, "the first message"
            )
        except AssertionError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(DEADLINE_S)
        self.heard.close()
