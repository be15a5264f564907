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
        context, socket = bind_or_refuse(zmq.PUB, settings.host, settings.port, "wire.port")
        socket.linger = 500
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


def bind_or_refuse(
    kind: int, host: str, port: int, key: str
) -> tuple["zmq.Context[zmq.Socket[bytes]]", "zmq.Socket[bytes]"]:
    """A context of its own and a bound socket, or a Refusal naming the address and the setting for it."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    socket = context.socket(kind)
    socket.sndhwm = HIGH_WATER
    try:
        socket.bind(f"tcp://{host}:{port}")
    except zmq.ZMQError as error:
        socket.close(linger=0)
        context.term()
        raise Refusal(
            found=f"that {host}:{port} cannot be bound ({error.strerror})",
            wanted="a free port",
            do=f"End the other program (another `myoscope live`?), or choose a port with --set {key}=NUMBER.",
        ) from error
    return context, socket
