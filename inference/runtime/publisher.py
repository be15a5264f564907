"""The PUB socket: results to whoever listens."""

import secrets
from types import TracebackType

import zmq

from contracts import wire
from contracts.clock import Clock
from contracts.refusal import Refusal
from contracts.settings import WireSettings

HIGH_WATER = 2_000
"""Messages that libzmq may hold for one slow subscriber; beyond it drops the newest for that subscriber,
who sees a hole in `seq`."""


class Publisher:
    """Sends messages in envelopes; owned and used by one thread.

    zmq.CONFLATE is not used: it keeps only the last frame of a multipart message.
    """

    def __init__(
        self, socket: "zmq.Socket[bytes]", context: "zmq.Context[zmq.Socket[bytes]]", clock: Clock
    ) -> None:
        self._socket = socket
        self._context = context
        self._clock = clock
        self._seq: dict[bytes, int] = {}
        self.run_id = secrets.token_hex(8)

    @classmethod
    def bind(cls, settings: WireSettings, clock: Clock) -> "Publisher":
        """A publisher on the address of the settings. Raises Refusal when the port is taken."""
        context = zmq.Context()
        socket = context.socket(zmq.PUB)
        socket.sndhwm = HIGH_WATER
        socket.linger = 500
        bind_or_refuse(socket, settings.host, settings.port, "wire.port")
        return cls(socket, context, clock)

    def send(self, message: wire.Message) -> wire.Envelope:
        """Publish one message; returns the envelope that it went in."""
        topic = wire.topic_of(message)
        seq = self._seq.get(topic, 0)
        self._seq[topic] = seq + 1
        envelope = wire.Envelope(self.run_id, seq, self._clock(), message)
        self._socket.send_multipart(wire.encode(envelope), copy=True)
        return envelope

    def __enter__(self) -> "Publisher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._context.term()


def bind_or_refuse(socket: "zmq.Socket[bytes]", host: str, port: int, key: str) -> None:
    """Bind, or raise Refusal naming the address and the setting that changes it."""
    try:
        socket.bind(f"tcp://{host}:{port}")
    except zmq.ZMQError as error:
        socket.close()
        raise Refusal(
            found=f"that {host}:{port} cannot be bound ({error.strerror})",
            wanted="a free port",
            do=f"End the other program (another `myoscope live`?), or choose a port with --set {key}=NUMBER.",
        ) from error
