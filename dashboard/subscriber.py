"""The SUB socket and the thread that owns it."""

import threading
from collections.abc import Callable
from types import TracebackType

import zmq

from contracts import wire
from contracts.clock import Clock
from contracts.refusal import Refusal
from contracts.settings import WireSettings
from dashboard.live_view import LiveView

POLL_MS = 100
HIGH_WATER = 2_000
"""Messages that libzmq holds for us; a stalled subscriber keeps the oldest, so this thread never stalls."""


class SubscriberThread(threading.Thread):
    """Receives, decodes and stores, and does nothing else: no drawing, no waiting for a page.

    Connects rather than binds, so that the run may start later, end, and come back with a new run id:
    ZeroMQ reconnects by itself. Never zmq.CONFLATE, which keeps only the last frame of a message.
    """

    def __init__(
        self,
        settings: WireSettings,
        view: LiveView,
        clock: Clock,
        on_failure: Callable[[], None],
        on_run: Callable[[], None],
    ) -> None:
        super().__init__(name="subscriber", daemon=True)
        self._address = f"tcp://{settings.host}:{settings.port}"
        self._view = view
        self._clock = clock
        self._on_failure = on_failure
        self._on_run = on_run
        self._run_id = ""
        self._stopping = threading.Event()
        self._failure: BaseException | None = None

    def run(self) -> None:
        """Receive until asked to stop."""
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        socket = context.socket(zmq.SUB)
        socket.linger = 0
        socket.rcvhwm = HIGH_WATER
        socket.reconnect_ivl_max = 1_000
        socket.subscribe(b"")
        try:
            socket.connect(self._address)
            while not self._stopping.is_set():
                if socket.poll(POLL_MS):
                    self._take(socket.recv_multipart())
        except BaseException as error:  # noqa: BLE001 - kept, and raised where it is asked for
            self._failure = error
            self._on_failure()
        finally:
            socket.close()
            context.term()

    def raise_if_failed(self) -> None:
        """Raise what ended the thread, if something did."""
        if self._failure is not None:
            raise self._failure

    def _take(self, frames: list[bytes]) -> None:
        arrived_at = self._clock()
        try:
            envelope = wire.decode(frames)
            if envelope is not None:
                self._view.absorb(envelope, arrived_at)
                self._meet(envelope)
        except Refusal as refusal:
            self._view.refuse(refusal, arrived_at)

    def _meet(self, envelope: wire.Envelope) -> None:
        """Say so when a run describes itself that was not known."""
        if isinstance(envelope.message, wire.StreamStart) and envelope.run_id != self._run_id:
            self._run_id = envelope.run_id
            self._on_run()

    def __enter__(self) -> "SubscriberThread":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self.join()
