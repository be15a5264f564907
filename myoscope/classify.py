"""`myoscope classify`: a recording through the same pipeline, as a table, JSON or CSV."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from acquisition.recordings.door import open_recording
from contracts import wire
from contracts.settings import Settings
from inference.runtime.model import load_model
from inference.runtime.pipeline import Output, Pipeline
from myoscope.offline import Summary, analyse, read_followed, summarise
from myoscope.tables import summary_table


def run_classify(
    file: Path,
    settings: Settings,
    output: str,
    *,
    windows: bool,
    rate_hz: float | None,
    unit: str | None,
    stream: str | None,
    follow: Path | None,
) -> None:
    """Classify one recording and write the answer to standard output; progress goes to standard error."""
    followed = read_followed(follow) if follow else None
    model = load_model(settings.model)
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
        pipeline, messages = analyse(
            recording,
            settings,
            model,
            followed=followed,
            progress=lambda n: bar.update(task, completed=round(n / seconds)),
        )
        given = list(messages)
        summary = summarise(recording, pipeline, given)
    if output == "json":
        _write_json(summary, given if windows else [])
    elif output == "csv":
        _write_csv(summary, pipeline, given if windows else [])
    else:
        Console().print(summary_table(summary))


def _write_json(summary: Summary, messages: Sequence[Output]) -> None:
    tree = msgspec.to_builtins(summary)
    if messages:
        tree["messages"] = msgspec.to_builtins(list(messages))
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(tree), indent=2).decode() + "\n")


def _write_csv(summary: Summary, pipeline: Pipeline, messages: Sequence[Output]) -> None:
    writer = csv.writer(sys.stdout)
    classes = list(pipeline.classes)
    if not messages:
        writer.writerow(["path", "channel", "windows", "accepted", *classes, "decision", "reason"])
        for c in summary.channels:
            values = [c.probabilities.get(name, "") for name in classes]
            decision = c.final.label or "cannot tell"
            writer.writerow(
                [summary.path, c.channel, c.windows, c.accepted, *values, decision, c.final.reason]
            )
        return
    names = list(pipeline.feature_names)
    writer.writerow(
        ["first_index", "stop_index", "channel", "accepted", "flags", *classes, "decision", *names]
    )
    for result in (m for m in messages if isinstance(m, wire.Result)):
        for r in result.readings:
            label = "all" if r.channel is None else pipeline.stream.emg[r.channel].label
            decision = r.decision.label or "cannot tell"
            values = r.probabilities or [""] * len(classes)
            head = [result.first_index, result.stop_index, label, r.accepted, " ".join(r.flags)]
            writer.writerow([*head, *values, decision, *r.features[: len(names)]])
