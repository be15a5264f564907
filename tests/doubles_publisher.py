"""A run that needs no stream, no filter and no model: it publishes what it is given, in real time."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType

import msgspec
import numpy as np
import zmq
from numpy.typing import NDArray

from contracts import commands, wire
from contracts.records import ContinuityCounts, Gap, HandoffStats, SourceState

BLOCK_S = 0.02
HOP_S = 0.05
WINDOW_S = 0.25


def potentials(rate_hz: float, seconds: float, n_channels: int = 1, seed: int = 1) -> NDArray[np.float32]:
    """A signal that looks like motor units firing: `(n, channels)` microvolt."""
    rng = np.random.default_rng(seed)
    n = round(rate_hz * seconds)
    signal = rng.normal(0.0, 6.0, (n, n_channels))
    shape_t = np.arange(-0.006, 0.01, 1 / rate_hz)
    for size, every_s in ((620.0, 0.091), (330.0, 0.104), (180.0, 0.123)):
        shape = size * (
            -np.exp(-((shape_t / 0.0009) ** 2)) + 0.5 * np.exp(-(((shape_t - 0.0015) / 0.0012) ** 2))
        )
        for channel in range(n_channels):
            at = rng.uniform(0, every_s)
            while at < seconds - 0.02:
                first = round(at * rate_hz)
                signal[first : first + len(shape), channel] += shape[: n - first]
                at += every_s * (1 + 0.1 * rng.normal())
    return signal.astype(np.float32)


class FakePublisher:
    """Binds free ports, then plays a signal in a loop, with windows, health and a description each second.

    Attributes set from outside take effect with the next block: `flags`, `evidence`, `decision`, `state`.
    `measure(first, stop)` gives what else is told with the samples of a block.
    """

    def __init__(
        self, start: wire.StreamStart, signal: NDArray[np.float32], *, port: int = 0, run_id: str = "run-1"
    ) -> None:
        self.start = msgspec.structs.replace(start, started_at=time.perf_counter())
        self.run_id = run_id
        self.flags: tuple[str, ...] = ()
        self.evidence: tuple[float, ...] = _uneven(len(start.classes))
        self.decision = wire.Decision("neurogenic", 0.78, "clear", ("neuropathy", "motor_neuron_disease"))
        self.features: tuple[float, ...] = tuple(float(i) * 12.3 for i in range(len(start.features)))
        self.state: SourceState = "live"
        self.joint = False
        self.silent = threading.Event()
        """Set: nothing is sent any more, as from a process that hangs."""
        self.stalled = threading.Event()
        """Set: health goes on, samples do not."""
        self.skipped = 0
        self.commands: list[commands.Command] = []
        self.n_described = 0
        self.measure: Callable[[int, int], Sequence[wire.Message]] = lambda _first, _stop: ()
        self.sent_index = 0
        self._signal = signal
        self._seq: dict[bytes, int] = {}
        self._counted = {"windows": 0, "accepted": 0, "missing": 0}
        self._flag_counts: dict[str, int] = {}
        self._jump = 0
        self._one_sender = threading.Lock()
        self._stopping = threading.Event()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._pub = self._context.socket(zmq.PUB)
        self._pub.linger = 0
        self._pub.bind(f"tcp://127.0.0.1:{port or '*'}")
        self._rep = self._context.socket(zmq.REP)
        self._rep.linger = 0
        self._rep.bind("tcp://127.0.0.1:*")
        self._threads = [threading.Thread(target=body, daemon=True) for body in (self._play, self._obey)]

    @property
    def port(self) -> int:
        """Where results are published."""
        return _port(self._pub)

    @property
    def control_port(self) -> int:
        """Where commands are answered."""
        return _port(self._rep)

    def send(self, message: wire.Message) -> None:
        """Publish one message now."""
        topic = wire.topic_of(message)
        with self._one_sender:
            seq = self._seq.get(topic, 0)
            self._seq[topic] = seq + 1
            self._pub.send_multipart(
                wire.encode(wire.Envelope(self.run_id, seq, time.perf_counter(), message))
            )

    def lose(self, samples: int) -> None:
        """The next block begins `samples` later, after a gap notice."""
        self._jump = samples

    def drop_messages(self, topic: bytes, n: int) -> None:
        """Leave a hole of `n` in the numbering of a topic, as a slow subscriber sees it."""
        with self._one_sender:
            self._seq[topic] = self._seq.get(topic, 0) + n

    def __enter__(self) -> "FakePublisher":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._pub.close()
        self._rep.close()
        self._context.term()

    def _play(self) -> None:
        began, played, described_at, health_at, window_at = time.perf_counter(), 0, -1.0, -1.0, 0
        rate = self.start.rate_hz
        while not self._stopping.wait(BLOCK_S / 2):
            now = time.perf_counter()
            due = math.floor((now - began) * rate)
            if self.silent.is_set() or due - played < BLOCK_S * rate:
                continue
            if now - described_at >= 1.0:
                described_at = now
                self.send(self.start)
            if not self.stalled.is_set():
                self._send_block(played, due, now)
                while self.sent_index - window_at >= HOP_S * rate:
                    window_at += round(HOP_S * rate)
                    self._send_window(window_at, now)
            played = due
            if now - health_at >= 0.25:
                health_at = now
                self.send(self._health(now))

    def _send_block(self, first: int, stop: int, now: float) -> None:
        if self._jump:
            jump, self._jump = self._jump, 0
            self.sent_index += jump
            self._counted["missing"] += jump
            self.send(wire.GapNotice(Gap(self.sent_index, jump, "outage", exact=False, uncertainty=9)))
        samples = np.ascontiguousarray(self._signal[np.arange(first, stop) % len(self._signal)])
        n, channels = samples.shape
        self.send(wire.SignalBlock(self.sent_index, n, channels, samples.astype("<f4").tobytes(), now))
        self.sent_index += n
        for message in self.measure(self.sent_index - n, self.sent_index):
            self.send(message)

    def _send_window(self, stop: int, now: float) -> None:
        accepted = not self.flags
        self._counted["windows"] += 1
        self._counted["accepted"] += accepted
        channels = [None] if self.joint else range(len(self.start.channels))
        for flag in self.flags:
            self._flag_counts[flag] = self._flag_counts.get(flag, 0) + len(channels)
        readings = tuple(self._reading(channel, accepted) for channel in channels)
        first = stop - round(WINDOW_S * self.start.rate_hz)
        self.send(wire.Result(first, stop, readings, wire.Stamps(now, now, now, now, now, now)))

    def _reading(self, channel: int | None, accepted: bool) -> wire.Reading:
        at = {name: i for i, name in enumerate(self.start.classes)}
        by_pattern = tuple(sum(self.evidence[at[c]] for c in p.classes) for p in self.start.patterns)
        decision = self.decision if self.start.patterns else wire.Decision(None, 0.0, "no model")
        shares = (self.evidence, by_pattern) if self.start.patterns else ((), ())
        features = self.features * (len(self.start.channels) if channel is None else 1)
        return wire.Reading(channel, accepted, self.flags, *shares, *shares, decision, features)

    def _health(self, now: float) -> wire.Health:
        missing = self._counted["missing"]
        counts = ContinuityCounts(received=self.sent_index, missing=missing, missing_estimated=missing)
        return wire.Health(
            state=self.state,
            silent_s=0.0,
            counts=counts,
            handoff=HandoffStats(64, 0, 0, 0, 0, 1),
            windows=self._counted["windows"],
            windows_accepted=self._counted["accepted"],
            windows_skipped=self.skipped,
            flag_counts=dict(self._flag_counts),
            data_age_s=0.01,
            push_to_result=wire.Latency(0.0016, 0.0048, 100) if self.start.latency_valid else None,
        )

    def _obey(self) -> None:
        while not self._stopping.is_set():
            if self._rep.poll(50):
                command = commands.decode_command(self._rep.recv())
                # Every page asks for it when it meets a run: no wish of whoever sits before it.
                if isinstance(command, commands.Describe):
                    self.n_described += 1
                else:
                    self.commands.append(command)
                refused = isinstance(command, commands.Stop)
                self._rep.send(
                    commands.encode_reply(commands.Reply(not refused, "not here" if refused else "", "run-1"))
                )


def _uneven(n: int) -> tuple[float, ...]:
    weights = [2.0 ** (i + 1) for i in range(n)]
    return tuple(weight / sum(weights) for weight in weights) if n else ()


def _port(socket: "zmq.Socket[bytes]") -> int:
    endpoint = socket.getsockopt_string(zmq.LAST_ENDPOINT)
    return int(endpoint.rpartition(":")[2])
