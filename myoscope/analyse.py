"""`myoscope analyse`: what an electromyographer measures, of a recording, by the code that measures live."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from acquisition.recordings.chunks import recording_chunks
from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Recording
from contracts.measured import Measured, PhaseKind, RestTrain, Unit
from contracts.records import Subject
from contracts.settings import Settings
from contracts.wire import StreamStart, SubjectChanged
from inference.runtime.describe import stream_start
from inference.runtime.pipeline import Pipeline
from myoscope.measured_files import check_path, json_document, write_measured
from myoscope.measured_tables import examination_tables
from myoscope.offline import CHUNK_S, Followed, enter_as_live, without
from myoscope.told_muscles import cut, muscle_changes
from processing.examination.examination import Examination
from processing.examination.settings import examination_settings
from processing.norms.lookup import load_norms


def examine(
    recording: Recording,
    settings: Settings,
    *,
    phase: PhaseKind | None = None,
    followed: Followed | None = None,
    chunk_s: float = CHUNK_S,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[StreamStart, Iterator[Measured | SubjectChanged]]:
    """What a live run would say of a recording before its first sample, and what it measures, lazily: the messages of
    a live run on these samples.

    Where its annotations name another muscle, that one begins, unless the settings say whose muscle it is. `phase` is
    the examiner's word for all of it; with `followed`, without what a live run lost. `progress` is told the
    samples done so far.
    """
    stream, enter = enter_as_live(recording.description, settings)
    examination = Examination(stream, examination_settings(settings.examination), load_norms(settings.norms))
    examination.warm_up()
    lost = followed.dropped if followed else ()
    size = max(1, round(chunk_s * stream.rate_hz))

    stated = settings.subject != Subject()
    changes = [] if stated else muscle_changes(recording.annotations, stream.subject)
    places = [change.at_index for change in changes]

    def messages() -> Iterator[Measured | SubjectChanged]:
        yield from examination.set_phase(phase)
        for chunk in recording_chunks(recording, size):
            for whole in without(enter(chunk), lost):
                for part in cut(whole, places):
                    while changes and changes[0].at_index <= part.first_index:
                        change = changes.pop(0)
                        yield from examination.set_subject(change.subject)
                        yield change
                    yield from examination.feed(part)
            progress(chunk.stop_index)
        yield from examination.finish()

    without_model = Pipeline(settings, stream, None, clock=lambda: 0.0)
    return stream_start(without_model, examination, stream, 0.0), messages()


def without_old(messages: Iterable[Measured | SubjectChanged]) -> list[Measured | SubjectChanged]:
    """The messages, of each unit and each train at rest the newest only: what came before it holds no more."""
    kept: list[Measured | SubjectChanged] = []
    newest: dict[tuple[type, int, int], Measured] = {}
    for message in messages:
        if isinstance(message, Unit):
            newest[Unit, message.channel, message.unit] = message
        elif isinstance(message, RestTrain):
            newest[RestTrain, message.channel, message.train] = message
        else:
            kept.append(message)
    return [*kept, *newest.values()]


def run_analyse(
    file: Path,
    settings: Settings,
    *,
    out: Path | None,
    as_json: bool,
    overwrite: bool,
    phase: PhaseKind | None,
    rate_hz: float | None,
    unit: str | None,
    stream: str | None,
) -> None:
    """Examine one recording: a table or JSON on standard output, or files; progress goes to standard error."""
    if out is not None:
        check_path(out, overwrite=overwrite)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("s of signal"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with open_recording(file, stream=stream, rate_hz=rate_hz, unit=unit) as recording, bar:
        seconds = recording.description.rate_hz
        task = bar.add_task(file.name, total=round(recording.n_samples / seconds))
        start, messages = examine(
            recording,
            settings,
            phase=phase,
            progress=lambda n: bar.update(task, completed=round(n / seconds)),
        )
        measured = without_old(messages)
    if out is not None:
        written = write_measured(measured, start, out, overwrite=overwrite)
        Console(stderr=True).print("wrote " + ", ".join(str(path) for path in written), highlight=False)
    elif as_json:
        sys.stdout.write(json_document(measured, start))
    else:
        Console().print(examination_tables(measured, start))
