"""Commands about models: train, check-model, classify."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from myoscope.options import Override, Preset, SettingsFile, settings_from

app = typer.Typer()
console = Console()


class OutputFormat(StrEnum):
    """How a command writes its answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@app.command()
def classify(
    file: Annotated[
        Path, typer.Argument(help="A recording: WFDB, EDF, BDF, XDF, ASCII columns, CSV or Parquet.")
    ],
    settings_file: SettingsFile = None,
    preset: Preset = None,
    override: Override = None,
    output: Annotated[OutputFormat, typer.Option("--output", "-o")] = OutputFormat.TABLE,
    windows: Annotated[bool, typer.Option(help="JSON, CSV: every window, not only the summary.")] = False,
    rate: Annotated[
        float | None, typer.Option(help="Sampling rate in Hz, for files that do not say.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of the samples, for files that do not say.")] = None,
    stream: Annotated[str | None, typer.Option(help="Which stream of an XDF file.")] = None,
    follow: Annotated[
        Path | None, typer.Option(help="Leave out what a live run lost, from its `tail --json` lines.")
    ] = None,
) -> None:
    """Give the answer of a live run for a recording."""
    from myoscope.classify import run_classify

    settings = settings_from(settings_file, preset, override)
    run_classify(
        file, settings, output.value, windows=windows, rate_hz=rate, unit=unit, stream=stream, follow=follow
    )


@app.command()
def train(
    data: Annotated[list[Path], typer.Option(help="Folder with recordings; may be given more than once.")],
    task: Annotated[str, typer.Option(help="patterns (needle EMG) or gestures (EMG-4).")] = "patterns",
    labels: Annotated[
        Path | None, typer.Option(help="CSV with path,class,person for your own recordings.")
    ] = None,
    algorithm: Annotated[
        list[str] | None,
        typer.Option(help="random forest, xgboost, svm or neural network; all when left out."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the models and the card go.")] = Path("models"),
    seed: Annotated[int, typer.Option(help="The same seed gives the same splits and models.")] = 1,
) -> None:
    """Fit models from recordings through the live pipeline, split by person, and export them to ONNX."""
    from myoscope.training import run_train

    run_train(data, task, labels, algorithm or [], out, seed)


@app.command(name="check-model")
def check_model(
    file: Annotated[Path, typer.Argument(help="An ONNX model.")],
) -> None:
    """Check a model of your own against docs/model-contract.md, and print its card."""
    from inference.runtime.validate import validate

    for line in validate(file):
        console.print(line, highlight=False)
