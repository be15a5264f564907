"""The live run, read in the order of the data: reader, hand-off, pipeline, publisher."""

import logging
import math
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import msgspec

from acquisition.live.lsl import LslSource, local_clock
from acquisition.live.marker_inlet import MarkerInlet
from acquisition.live.network import configure_lsl
from acquisition.live.outlet import ResultOutlet
from acquisition.live.reader import ReaderThread
from contracts import commands, wire
from contracts.handoff import Handoff, HandoffClosed, WhenFull
from contracts.measured import Measured
from contracts.records import SCENE_CHANGED, Chunk, StreamDescription, Subject
from contracts.refusal import Refusal
from contracts.settings import Settings
from inference.runtime.control import Asked, ControlThread
from inference.runtime.describe import stream_start
from inference.runtime.health import RunHealth
from inference.runtime.model import load_model
from inference.runtime.pipeline import Pipeline
from inference.runtime.publisher import Publisher
from myoscope.told import Told
from processing.examination.examination import Examination
from processing.examination.settings import examination_settings
from processing.norms.lookup import load_norms

log = logging.getLogger("myoscope.live")

CHUNKS_WAITING = 64
"""Between reader and pipeline: at 10 ms a chunk, 0.64 s; what is older is dropped and becomes a Gap."""

HEALTH_EVERY_S = 0.25
START_EVERY_S = 1.0
REPEATED_EVERY_S = 5.0
"""What is known of phase, units and muscle, for who came late; rest and epochs are told again after `describe` only."""
REHEARSED_BEFORE_S = 0.0015
"""How long before the chunk that completes a window the judging is rehearsed (docs/performance.md)."""

END_OF_RECORDING = "end of recording"


def run_live(
    settings: Settings,
    stop: threading.Event,
    *,
    on_ready: Callable[[wire.StreamStart], None] | None = None,
    until_end: bool = False,
) -> None:
    """Read the stream that the settings name, and publish until `stop` is set.

    With `until_end` a replay's "end of recording" ends the run too. Raises Refusal for a stream, a model or
    a port that cannot be used, and whatever ended the reader.
    """
    model = load_model(settings.model)  # fails before any thread exists
    configure_lsl(settings.lsl)
    with ExitStack() as parts:
        source = parts.enter_context(
            LslSource.open(settings.stream, subject=settings.subject, scope=settings.lsl, subscribe=False)
        )
        pipeline = Pipeline(settings, source.description, model, local_clock)
        pipeline.warm_up()
        examination = Examination(
            source.description, examination_settings(settings.examination), load_norms(settings.norms)
        )
        examination.warm_up()
        publisher = parts.enter_context(Publisher.bind(settings.wire, local_clock))
        control = parts.enter_context(ControlThread(settings.wire))
        markers = parts.enter_context(MarkerInlet.beside(source, settings.stream))
        start = stream_start(pipeline, examination, source.description, local_clock())
        results = (
            parts.enter_context(ResultOutlet.open(start)) if settings.wire.lsl_results and model else None
        )
        chunks = Handoff[Chunk](capacity=CHUNKS_WAITING, when_full=WhenFull.DROP_OLDEST)
        source.subscribe()  # from here on samples come, and nothing slow stands before them
        reader = parts.enter_context(ReaderThread(source, [chunks]))
        run = Run(start, pipeline, examination, publisher, reader, chunks, control, markers, results)
        if on_ready is not None:
            on_ready(start)
        run.drive(stop, until_end=until_end)


class Run:
    """The main thread of a live run: takes chunks, publishes messages, obeys commands."""

    def __init__(
        self,
        start: wire.StreamStart,
        pipeline: Pipeline,
        examination: Examination,
        publisher: Publisher,
        reader: ReaderThread,
        chunks: Handoff[Chunk],
        control: ControlThread,
        markers: MarkerInlet,
        results: ResultOutlet | None,
    ) -> None:
        self._pipeline = pipeline
        self._examination = examination
        self._publisher = publisher
        self._reader = reader
        self._chunks = chunks
        self._control = control
        self._markers = markers
        self._results = results
        self._stream: StreamDescription = pipeline.stream
        self._start = start
        self._health = RunHealth(self._start.latency_valid)
        self._told = Told()
        self._newest = self._examined_from = 0
        self._rehearse_at = math.inf
        self._ended = False

    def drive(self, stop: threading.Event, *, until_end: bool) -> None:
        """Publish until asked to stop; the last message says why it ended."""
        reason, detail = "failed", ""
        try:
            self._loop(stop, until_end=until_end)
            reason = "end of recording" if until_end and self._ended else "asked"
        except Refusal as refusal:
            reason, detail = "source changed", str(refusal)
            raise
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            raise
        else:
            self._send_all(self._examination.finish())
        finally:
            self._report(local_clock())
            self._publisher.send(wire.StreamStop(reason, detail))

    def _loop(self, stop: threading.Event, *, until_end: bool) -> None:
        next_start = next_health = next_repeat = local_clock()
        while not stop.is_set():
            self._control.raise_if_failed()
            now = local_clock()
            if now >= next_start:
                self._announce()
                next_start = now + START_EVERY_S
            if now >= next_repeat:
                self._send_all(self._examination.known())
                next_repeat = now + REPEATED_EVERY_S
            if now >= next_health:
                self._report(now)
                next_health = now + HEALTH_EVERY_S
            try:
                chunk = self._next_chunk(min(next_health, next_start))
            except HandoffClosed:
                self._reader.raise_if_failed()
                return
            if chunk is not None:
                self._process(chunk)
            elif until_end and self._ended:
                return  # the marker may overtake the last chunks, so only when none waits
            if any(self._obey(asked) for asked in self._control.pending()):
                return
            self._publish_markers()

    def _next_chunk(self, until: float) -> Chunk | None:
        """The next chunk, or None at `until`. Shortly before one that completes a window, rehearses."""
        if self._rehearse_at < until:
            chunk = self._chunks.take(timeout_s=max(0.0, self._rehearse_at - local_clock()))
            if chunk is not None:
                return chunk
            self._rehearse_at = math.inf
            self._pipeline.rehearse()
        return self._chunks.take(timeout_s=max(0.0, until - local_clock()))

    def _process(self, chunk: Chunk) -> None:
        taken_at = local_clock()
        waiting_to = 0
        if taken_at - chunk.received_at > self._start.hop_s:
            waiting_to = chunk.stop_index + self._chunks.statistics().waiting * chunk.samples.shape[0]
        for message in self._pipeline.feed(chunk, taken_at=taken_at, waiting_to=waiting_to):
            envelope = self._publisher.send(message)
            if isinstance(message, wire.Result):
                self._health.saw_result(message, envelope.published_at)
                if self._results is not None:
                    self._results.push(message)
            elif isinstance(message, wire.WindowsSkipped):
                self._health.saw_skipped(len(message.stop_indices))
        self._publisher.send(signal_block(chunk))
        self._send_all(self._examination.feed(chunk))  # after the result, which is not to wait for it
        self._health.saw_signal(float(chunk.stamps[-1]))
        self._newest = chunk.stop_index
        period_s = chunk.samples.shape[0] / self._stream.rate_hz
        completes = self._pipeline.samples_to_window() <= chunk.samples.shape[0]
        rehearses = completes and period_s > 2 * REHEARSED_BEFORE_S
        self._rehearse_at = chunk.received_at + period_s - REHEARSED_BEFORE_S if rehearses else math.inf

    def _send_all(self, measured: Sequence[Measured]) -> None:
        for message in measured:
            self._told.take(message)
            self._publisher.send(message)

    def _tell_all(self) -> None:
        self._send_all(self._examination.known())
        for message in self._told.messages():
            self._publisher.send(message)

    def _announce(self) -> None:
        self._start = stream_start(
            self._pipeline, self._examination, self._stream, self._start.started_at, self._examined_from
        )
        self._publisher.send(self._start)

    def _report(self, now: float) -> None:
        self._publisher.send(self._health.report(now, self._reader.health(), self._chunks.statistics()))

    def _publish_markers(self) -> None:
        for marker in self._markers.read():
            self._publisher.send(wire.MarkerNotice(marker.stamp, marker.text, marker.stream))
            self._ended |= marker.text == END_OF_RECORDING
            if marker.text.startswith(SCENE_CHANGED):
                self._change_scene(marker.text.removeprefix(SCENE_CHANGED))

    def _change_scene(self, what: str) -> None:
        """Forget what does not speak of what comes now: the source says that there is another scene."""
        self._pipeline.reset_evidence()
        if what == "another needle position":
            self._send_all(self._examination.next_site())
        else:
            self._send_all(self._examination.begin_anew())
            self._begin_anew()
            self._announce()  # at once, behind the last words on whoever was examined before

    def _begin_anew(self) -> None:
        self._examined_from = self._newest
        self._told.begin_anew()

    def _obey(self, asked: Asked) -> bool:
        """Do what was asked and say so; True when it was to stop."""
        command = asked.command
        match command:
            case commands.Describe():
                self._announce()
                self._tell_all()
            case commands.ResetEvidence():
                self._pipeline.reset_evidence()
            case commands.SetSubject(subject):
                self._set_subject(subject)
            case commands.SetPhase(phase):
                self._send_all(self._examination.set_phase(phase))
            case commands.NextSite():
                self._send_all(self._examination.next_site())
            case commands.Mark(text):
                self._publisher.send(wire.MarkerNotice(local_clock(), text, "control"))
            case commands.SetPatient() | commands.DescribePatient():
                asked.answer(commands.Reply(False, "this is a run; a virtual patient has a port of its own"))
                return False
            case commands.Ping() | commands.Stop():
                pass
        asked.answer(commands.Reply(True, run_id=self._publisher.run_id))
        log.info("command %s done", type(command).__name__)
        return isinstance(command, commands.Stop)

    def _set_subject(self, subject: Subject) -> None:
        held = self._stream.subject
        self._stream = msgspec.structs.replace(self._stream, subject=subject)
        self._pipeline.reset_evidence()
        self._send_all(self._examination.set_subject(subject))
        if (held.muscle, held.side) != (subject.muscle, subject.side):
            self._begin_anew()
        self._publisher.send(wire.SubjectChanged(subject, self._newest))
        self._announce()


def signal_block(chunk: Chunk) -> wire.SignalBlock:
    """The chunk at full rate, as it goes onto the wire."""
    return wire.SignalBlock(
        first_index=chunk.first_index,
        n_samples=chunk.samples.shape[0],
        n_channels=chunk.samples.shape[1],
        samples=chunk.samples.tobytes(),
        captured=float(chunk.stamps[-1]),
        n_aux=chunk.aux.shape[1],
        aux=chunk.aux.tobytes(),
    )
