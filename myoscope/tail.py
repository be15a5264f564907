"""`myoscope tail`: what is published, as lines."""

import sys
import threading
import time

import msgspec
import zmq
from rich.console import Console

from contracts import wire
from contracts.settings import WireSettings

QUIET_S = 3.0
"""Silence after which tail says that it hears nothing."""


def run_tail(
    settings: WireSettings, stop: threading.Event, *, as_json: bool, with_signal: bool, count: int | None
) -> None:
    """Print messages until `stop`, the end of the run, or `count` results."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    socket = context.socket(zmq.SUB)
    socket.rcvhwm = 100_000
    for topic in sorted(wire.KNOWN_TOPICS):
        if with_signal or topic != b"signal":
            socket.subscribe(topic)
    address = f"tcp://{settings.host}:{settings.port}"
    socket.connect(address)
    notices = Console(stderr=True)
    heard_at, warned, results = time.monotonic(), False, 0
    start: wire.StreamStart | None = None
    try:
        while not stop.is_set():
            if not socket.poll(100):
                if not warned and time.monotonic() - heard_at > QUIET_S:
                    warned = True
                    notices.print(
                        f"nothing heard on {address} yet: is `myoscope live` running?", highlight=False
                    )
                continue
            heard_at, warned = time.monotonic(), False
            envelope = wire.decode(socket.recv_multipart())
            if envelope is None:
                continue
            message = envelope.message
            start = message if isinstance(message, wire.StreamStart) else start
            line = msgspec.json.encode(envelope).decode() if as_json else line_of(envelope, start)
            if line:
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
            results += isinstance(message, wire.Result)
            if isinstance(message, wire.StreamStop) or (count is not None and results >= count):
                return
    except BrokenPipeError:
        return
    finally:
        socket.close(linger=0)
        context.term()


def line_of(envelope: wire.Envelope, start: wire.StreamStart | None) -> str:
    """One line for a person; empty for messages that say nothing new."""
    match envelope.message:
        case wire.Result() as result if start is not None:
            at_s = result.stop_index / start.rate_hz
            return "\n".join(f"{at_s:10.3f} s  {_reading(reading, start)}" for reading in result.readings)
        case wire.GapNotice(gap):
            about = "" if gap.exact else f" +-{gap.uncertainty}"
            return f"-- gap before sample {gap.at_index}: {gap.missing}{about} missing ({gap.cause})"
        case wire.WindowsSkipped(stops):
            return f"-- {len(stops)} window(s) skipped: the run is behind"
        case wire.MarkerNotice() as marker:
            return f"-- marker: {marker.text} ({marker.origin})"
        case wire.SubjectChanged(subject):
            return f"-- now {subject.side or ''} {subject.muscle or 'muscle not stated'}"
        case wire.StreamStop() as stopped:
            return f"-- the run ended: {stopped.reason} {stopped.detail}".rstrip()
        case wire.StreamStart() as begun if envelope.seq == 0:
            return f"-- {begun.stream} at {begun.rate_hz:g} Hz, model {begun.model or 'none'}"
        case _:
            return ""


def _reading(reading: wire.Reading, start: wire.StreamStart) -> str:
    where = "all" if reading.channel is None else start.channels[reading.channel].label
    if not start.classes:
        rms = dict(zip(start.features, reading.features, strict=False)).get("rms")
        said = (
            f"rms {rms:8.1f} {start.channels[0].unit}"
            if rms is not None
            else f"{len(reading.features)} features"
        )
    else:
        shares = zip((p.name for p in start.patterns), reading.evidence_patterns, strict=True)
        decision = reading.decision.label or "cannot tell"
        said = "  ".join(f"{name} {value:.2f}" for name, value in shares)
        said += f"  -> {decision} ({reading.decision.reason})"
    flags = f"  [{', '.join(reading.flags)}]" if reading.flags else ""
    return f"{where:10s} {said}{flags}"
