"""`myoscope tail`: what is published, as lines."""

import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator

import msgspec
import zmq
from rich.console import Console

from contracts import measured, wire
from contracts.refusal import Refusal
from contracts.settings import WireSettings
from myoscope.measured_lines import (
    discharges_line,
    epoch_line,
    muscle_line,
    rest_line,
    surface_line,
    unit_line,
)

QUIET_S = 3.0
"""Silence after which tail says that it hears nothing."""


POLL_MS = 100


def listen_to(
    settings: WireSettings, *, topics: Iterable[bytes] = wire.KNOWN_TOPICS, quiet_s: float | None = None
) -> Iterator[wire.Envelope | None]:
    """The envelopes of a run, ending with its StreamStop; None each time that a moment passes in silence.

    Ends by itself after `quiet_s` seconds without a message, if given.
    """
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.linger = 0
        socket.rcvhwm = 100_000
        for topic in sorted(topics):
            socket.subscribe(topic)
        socket.connect(f"tcp://{settings.host}:{settings.port}")
        heard_at = time.monotonic()
        while quiet_s is None or time.monotonic() - heard_at < quiet_s:
            envelope = wire.decode(socket.recv_multipart()) if socket.poll(POLL_MS) else None
            if envelope is not None:
                heard_at = time.monotonic()
                _check_schema(envelope.message)
            yield envelope
            if envelope is not None and isinstance(envelope.message, wire.StreamStop):
                return


def _check_schema(message: wire.Message) -> None:
    if isinstance(message, wire.StreamStart) and message.schema != wire.SCHEMA:
        raise Refusal(
            found=f"wire schema {message.schema} from {message.software}",
            wanted=f"wire schema {wire.SCHEMA}",
            do="Run publisher and subscriber from the same version.",
        )


def run_tail(
    settings: WireSettings, stop: threading.Event, *, as_json: bool, with_signal: bool, count: int | None
) -> None:
    """Print messages until `stop`, the end of the run, or `count` results."""
    topics = wire.KNOWN_TOPICS if with_signal else wire.KNOWN_TOPICS - {b"signal"}
    notices = Console(stderr=True)
    silent, results = 0, 0
    start: wire.StreamStart | None = None
    for envelope in listen_to(settings, topics=topics):
        if stop.is_set() or (count is not None and results >= count):
            return
        if envelope is None:
            silent += 1
            if silent * POLL_MS == QUIET_S * 1000:
                notices.print(
                    f"nothing heard on tcp://{settings.host}:{settings.port}: is `myoscope live` running?",
                    highlight=False,
                )
            continue
        silent = 0
        start = envelope.message if isinstance(envelope.message, wire.StreamStart) else start
        line = msgspec.json.encode(envelope).decode() if as_json else line_of(envelope, start)
        if line and not _write(line):
            return
        results += bool(line) and isinstance(envelope.message, wire.Result)


def _write(line: str) -> bool:
    """Write a line at once; False when the reader has gone (`myoscope tail | head`)."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more as it ends: give it somewhere to do so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


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
        case measured.PhaseChanged() as phase:
            who = " (as told)" if phase.origin == "operator" else ""
            return f"-- {phase.phase}{who}, site {phase.site}"
        case measured.Unit() as unit:
            return unit_line(unit)
        case measured.Discharges() as discharges:
            return discharges_line(discharges, start)
        case measured.Epoch() as epoch:
            return epoch_line(epoch)
        case measured.RestTrain() as train:
            return rest_line(train)
        case measured.MuscleSummary() as summary:
            return muscle_line(summary)
        case measured.SurfaceMeasures() as surface:
            return surface_line(surface, start)
        case wire.StreamStop() as stopped:
            return f"-- the run ended: {stopped.reason} {stopped.detail}".rstrip()
        case wire.StreamStart() as begun if envelope.seq == 0:
            return f"-- {begun.stream} at {begun.rate_hz:g} Hz, model {begun.model or 'none'}"
        case _:
            return ""


def _reading(reading: wire.Reading, start: wire.StreamStart) -> str:
    where = "all" if reading.channel is None else start.channels[reading.channel].label
    if not start.classes:
        rms = dict(zip(start.features, reading.features, strict=False)).get("root_mean_square")
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
