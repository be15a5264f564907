"""The control socket: every command is acknowledged or refused, with the reason."""

import threading
from types import TracebackType

import zmq

from contracts import commands
from contracts.handoff import Handoff, WhenFull
from contracts.refusal import Refusal
from contracts.settings import WireSettings
from inference.runtime.publisher import bind_or_refuse

POLL_MS = 100
ANSWER_WITHIN_S = 2.0


class Asked:
    """A command on its way to the main thread, and the answer on its way back."""

    def __init__(self, command: commands.Command) -> None:
        self.command = command
        self._answered = threading.Event()
        self._reply = commands.Reply(False, "not answered")

    def answer(self, reply: commands.Reply) -> None:
        """Say what became of it; called once by the main thread."""
        self._reply = reply
        self._answered.set()

    def wait(self, timeout_s: float) -> commands.Reply:
        """The answer, or a refusal when the main thread did not come round to it."""
        if not self._answered.wait(timeout_s):
            return commands.Reply(False, f"no answer within {timeout_s:g} s: the run is busy or ending")
        return self._reply


class ControlThread(threading.Thread):
    """Owns the REP socket on loopback; hands commands to the main thread, which alone acts on them."""

    def __init__(self, settings: WireSettings, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        super().__init__(name="control", daemon=True)
        self._context, self._socket = bind_or_refuse(
            zmq.REP, settings.host, settings.control_port, "wire.control_port"
        )
        self._socket.linger = 0
        self._asked: Handoff[Asked] = Handoff(capacity=16, when_full=WhenFull.REFUSE)
        self._stopping = threading.Event()
        self._answer_within_s = answer_within_s
        self.failure: BaseException | None = None

    def pending(self) -> list[Asked]:
        """The commands that wait for the main thread, without blocking."""
        found: list[Asked] = []
        while (asked := self._asked.take(0.0)) is not None:
            found.append(asked)
        return found

    def raise_if_failed(self) -> None:
        """Raise what ended the thread, if something did."""
        if self.failure is not None:
            raise self.failure

    def run(self) -> None:
        """Answer one command after the other until asked to stop."""
        try:
            while not self._stopping.is_set():
                if self._socket.poll(POLL_MS):
                    self._socket.send(commands.encode_reply(self._answer(self._socket.recv())))
        except zmq.ZMQError as error:
            self.failure = error
        finally:
            self._socket.close()
            self._context.term()

    def _answer(self, frame: bytes) -> commands.Reply:
        try:
            asked = Asked(commands.decode_command(frame))
        except Refusal as refusal:
            return commands.Reply(False, str(refusal))
        if not self._asked.offer(asked):
            return commands.Reply(False, "too many commands are waiting")
        return asked.wait(self._answer_within_s)

    def __enter__(self) -> "ControlThread":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self.join()
