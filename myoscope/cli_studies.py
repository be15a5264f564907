"""Commands that hold the virtual patient against real people."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Hold the virtual patient against real people.")

Seed = Annotated[int, typer.Option(help="The same seed gives the same people.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes.")]


@app.command()
def published(
    people: Annotated[int, typer.Option(min=3, help="Simulated people of every group.")] = 20,
    seed: Seed = 1,
    muscle: Annotated[list[str] | None, typer.Option(help="Only these muscles.")] = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("docs/patient/published.md"),
    workers: Workers = 2,
) -> None:
    """Simulated against published values, by muscle and class."""
    from myoscope.studies.published import run_published

    run_published(people, seed, muscle or [], out, workers)


@app.command()
def blind(
    seed: Seed = 1,
    times: Annotated[int, typer.Option(min=1, help="Simulated people for every recorded one.")] = 1,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("docs/patient/blind.md"),
    workers: Workers = 2,
) -> None:
    """Can a classifier tell simulated from recorded healthy biceps? Needs MYOSCOPE_DATA."""
    from myoscope.studies.blind_report import run_blind

    run_blind(seed, times, out, workers)


@app.command()
def gallery(
    seed: Seed = 1,
    out: Annotated[Path, typer.Option(help="Folder of the pictures.")] = Path("docs/patient"),
    beside: Annotated[
        Path, typer.Option(help="Folder of the picture that shows recorded traces; keep it out of the tree.")
    ] = Path("build"),
) -> None:
    """Pictures: potentials and rasters by class, and simulated beside recorded traces. Needs MYOSCOPE_DATA."""
    from myoscope.studies.gallery import run_gallery

    run_gallery(seed, out, beside)


@app.command()
def controls(
    seed: Seed = 1,
    times: Annotated[int, typer.Option(min=1, help="Simulated people for every recorded one.")] = 2,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("docs/patient/controls.md"),
    workers: Workers = 2,
) -> None:
    """Potentials averaged from recorded and simulated traces alike. Needs MYOSCOPE_DATA."""
    from myoscope.studies.controls import run_controls

    run_controls(seed, times, out, workers)
