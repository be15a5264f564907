"""The same pipeline on a recording: what `classify` runs, and what live is compared with."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from acquisition.live.door import open_door
from acquisition.live.metadata import NativeChannel, NativeStream
from acquisition.recordings.chunks import recording_chunks
from acquisition.recordings.recording import Recording
from contracts import wire
from contracts.records import Chunk, StreamDescription, Subject, frozen
from contracts.refusal import Refusal
from contracts.settings import Settings
from inference.runtime.model import OnnxModel
from inference.runtime.pipeline import Output, Pipeline

CHUNK_S = 1.0


@dataclass(frozen=True)
class Followed:
    """What a live run lost or left out, by sample index."""

    dropped: tuple[tuple[int, int], ...] = ()
    """Ranges of samples that the run's hand-off dropped, stop exclusive."""
    skipped: frozenset[int] = frozenset()
    """Windows that it skipped, by stop index."""


class ChannelSummary(msgspec.Struct, frozen=True):
    """What a whole recording says of one channel (or of all, for a multichannel model)."""

    channel: str
    windows: int
    accepted: int
    flags: dict[str, int]
    probabilities: dict[str, float]
    """By class: normalised geometric mean over all accepted windows; empty when none was accepted."""
    patterns: dict[str, float]
    final: wire.Decision
    """What the live decision would have been at the end."""


class Summary(msgspec.Struct, frozen=True):
    """The answer for a recording."""

    path: str
    stream: str
    model: str
    model_sha256: str
    rate_hz: float
    n_samples: int
    gaps: int
    skipped: int
    channels: tuple[ChannelSummary, ...]
    in_training: bool = False
    """True when the model was fitted on the recording's own data set: then this is no test of it."""
    notice: str = "Research use only, not a diagnosis."


def analyse(
    recording: Recording,
    settings: Settings,
    model: OnnxModel | None,
    *,
    followed: Followed | None = None,
    chunk_s: float = CHUNK_S,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Pipeline, Iterator[Output]]:
    """The pipeline on a recording, and the messages that it gives, lazily.

    `progress` is told the samples done so far. The messages are those of a live run on the same samples,
    but for their stamps; with `followed`, those of a live run that lost just these samples and windows.
    """
    followed = followed or Followed()
    stream, enter = enter_as_live(recording.description, settings)
    pipeline = Pipeline(settings, stream, model, clock=lambda: 0.0)
    pipeline.warm_up()
    pipeline.skip(followed.skipped)
    size = max(1, round(chunk_s * stream.rate_hz))

    def messages() -> Iterator[Output]:
        for chunk in recording_chunks(recording, size):
            for part in without(enter(chunk), followed.dropped):
                yield from pipeline.feed(part)
            progress(chunk.stop_index)

    return pipeline, messages()


def summarise(recording: Recording, pipeline: Pipeline, messages: Sequence[Output]) -> Summary:
    """The summary of all messages of a recording."""
    results = [m for m in messages if isinstance(m, wire.Result)]
    if not results:
        a, rate_hz = pipeline.analysis, recording.description.rate_hz
        wanted_s = (a.window + pipeline.filters.settle_samples) / a.rate_hz
        raise Refusal(
            found=f"{recording.n_samples / rate_hz:.3g} s of signal in {recording.path.name}, no window of it whole",
            wanted=f"at least {wanted_s:.3g} s without a hole",
            do="Give a longer recording, or a shorter window.length_s where the model allows it.",
        )
    model = pipeline.model
    rows = len(results[0].readings) if results else 0
    return Summary(
        path=str(recording.path),
        stream=recording.description.name,
        model=f"{model.card.name} {model.card.version}" if model else "",
        model_sha256=model.sha256 if model else "",
        rate_hz=recording.description.rate_hz,
        n_samples=recording.n_samples,
        gaps=sum(isinstance(m, wire.GapNotice) for m in messages),
        skipped=sum(len(m.stop_indices) for m in messages if isinstance(m, wire.WindowsSkipped)),
        channels=tuple(_channel(pipeline, [r.readings[row] for r in results]) for row in range(rows)),
        in_training=bool(model) and recording.labels.dataset in {s.name for s in model.card.training},
    )


def read_followed(path: Path) -> Followed:
    """What a live run lost, from the lines that `myoscope tail --json` wrote during it."""
    dropped: list[tuple[int, int]] = []
    skipped: set[int] = set()
    decoder = msgspec.json.Decoder(wire.Envelope)
    try:
        lines = path.read_bytes().split(b"\n")
        for line in lines[:-1]:  # what follows the last line's end was cut off by whatever ended the run
            message = decoder.decode(line).message
            if isinstance(message, wire.GapNotice) and message.gap.cause == "overload":
                dropped.append((message.gap.at_index - message.gap.missing, message.gap.at_index))
            elif isinstance(message, wire.WindowsSkipped):
                skipped.update(message.stop_indices)
    except (OSError, msgspec.MsgspecError) as error:
        raise Refusal(
            found=f"{path}, which does not read as a run's messages ({error})",
            wanted="the lines that `myoscope tail --json` writes",
            do="Record the run with `myoscope tail --json > FILE`.",
        ) from error
    return Followed(tuple(dropped), frozenset(skipped))


def enter_as_live(
    recorded: StreamDescription, settings: Settings
) -> tuple[StreamDescription, Callable[[Chunk], Chunk]]:
    """A recording as the live door would let it in: the same choice, montage, units and roles."""
    stated = {"emg": "EMG", "aux": "AUX", "trigger": "trigger", "counter": "counter"}
    native = NativeStream(
        name=recorded.name,
        type="EMG",
        source_id=recorded.source_id,
        rate_hz=recorded.rate_hz,
        sample_format="double64",
        channels=tuple(NativeChannel(c.label, c.unit, stated[c.role]) for c in recorded.channels),
    )
    subject = settings.subject if settings.subject != Subject() else recorded.subject
    door = open_door(native, settings.stream, subject)

    def enter(chunk: Chunk) -> Chunk:
        samples, aux = door.converter.convert(np.concatenate((chunk.samples, chunk.aux), axis=1))
        return replace(chunk, samples=frozen(samples), aux=frozen(aux))

    notes = (*recorded.notes, *door.description.notes)
    return msgspec.structs.replace(door.description, notes=notes), enter


def without(chunk: Chunk, dropped: tuple[tuple[int, int], ...]) -> Iterator[Chunk]:
    """What is left of a chunk without these samples."""
    keep = np.ones(chunk.samples.shape[0], bool)
    for first, stop in dropped:
        keep[max(0, first - chunk.first_index) : max(0, stop - chunk.first_index)] = False
    edges = np.flatnonzero(np.diff(np.concatenate(([False], keep, [False])).astype(np.int8)))
    for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield piece(chunk, first, stop)


def piece(chunk: Chunk, first: int, stop: int) -> Chunk:
    """The samples [first, stop) of a chunk, counted from its first."""
    part = slice(first, stop)
    return replace(
        chunk,
        first_index=chunk.first_index + first,
        samples=chunk.samples[part],
        stamps=chunk.stamps[part],
        aux=chunk.aux[part],
        native=chunk.native[part],
        raw_stamps=chunk.raw_stamps[part],
        gap_before=chunk.gap_before if first == 0 else None,
    )


def _channel(pipeline: Pipeline, readings: Sequence[wire.Reading]) -> ChannelSummary:
    accepted = [r for r in readings if r.accepted]
    flags = Counter(flag for reading in readings for flag in reading.flags)
    index = readings[0].channel
    probabilities: dict[str, float] = {}
    patterns: dict[str, float] = {}
    if accepted and pipeline.classes:
        logs = np.log(np.maximum(np.array([r.probabilities for r in accepted]), 1e-4)).mean(axis=0)
        mean = np.exp(logs - logs.max())
        probabilities = dict(zip(pipeline.classes, (mean / mean.sum()).tolist(), strict=True))
        patterns = {p.name: sum(probabilities[c] for c in p.classes) for p in pipeline.patterns}
    return ChannelSummary(
        channel="all" if index is None else pipeline.stream.emg[index].label,
        windows=len(readings),
        accepted=len(accepted),
        flags=dict(flags),
        probabilities=probabilities,
        patterns=patterns,
        final=readings[-1].decision,
    )
