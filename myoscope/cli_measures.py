"""Commands about what is measured."""

from pathlib import Path
from typing import Annotated

import typer

from contracts.measured import PhaseKind
from contracts.refusal import Refusal
from myoscope.options import Override, Preset, SettingsFile, settings_from

app = typer.Typer()

PHASES: tuple[PhaseKind, ...] = ("insertion", "rest", "minimal", "moderate", "maximal", "artefact")


@app.command()
def analyse(
    file: Annotated[
        Path, typer.Argument(help="A recording: WFDB, EDF, BDF, XDF, ASCII columns, CSV or Parquet.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Write everything to a .json, .csv or .parquet file; the table when left out."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    overwrite: Annotated[bool, typer.Option(help="Replace files that are there.")] = False,
    phase: Annotated[
        str | None,
        typer.Option(
            help="What the patient does in all of it, where the signal shall not say: " + ", ".join(PHASES)
        ),
    ] = None,
    rate: Annotated[
        float | None, typer.Option(help="Sampling rate in Hz, for files that do not say.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of the samples, for files that do not say.")] = None,
    stream: Annotated[str | None, typer.Option(help="Which stream of an XDF file.")] = None,
    settings_file: SettingsFile = None,
    preset: Preset = None,
    override: Override = None,
) -> None:
    """Measure a recording as it is measured live: motor units, recruitment, interference pattern, rest, norms.

    Muscle, side and age decide about norms: --set subject.muscle="biceps brachii" --set subject.age=45
    """
    from myoscope.analyse import run_analyse

    if phase is not None and phase not in PHASES:
        raise Refusal(
            found=f"--phase {phase}", wanted="one of " + ", ".join(PHASES), do="Choose one of them."
        )
    run_analyse(
        file,
        settings_from(settings_file, preset, override),
        out=out,
        as_json=as_json,
        overwrite=overwrite,
        phase=phase,
        rate_hz=rate,
        unit=unit,
        stream=stream,
    )
