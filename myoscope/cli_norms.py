"""Commands about norms: which there are, and a laboratory's own."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from contracts.refusal import Refusal
from myoscope.options import Override, SettingsFile, settings_from

app = typer.Typer(no_args_is_help=True, help="Norm tables: list, show, and make one's own.")


@app.command(name="list")
def list_tables(settings_file: SettingsFile = None, override: Override = None) -> None:
    """Every table that holds, those that are preferred first, with source and marker rule."""
    from myoscope.norms_tables import tables_table
    from processing.norms.lookup import load_norms

    settings = settings_from(settings_file, None, override)
    Console().print(tables_table(load_norms(settings.norms)))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of a table, or a TOML file.")],
    settings_file: SettingsFile = None,
    override: Override = None,
) -> None:
    """One table: its people, its numbers, and which of them give z-scores here."""
    from myoscope.norms_tables import one_table
    from processing.examination.settings import examination_settings
    from processing.norms.lookup import load_norms
    from processing.norms.tables import read_table

    settings = settings_from(settings_file, None, override)
    tables = {table.name.lower(): table for table in load_norms(settings.norms).tables}
    if name.lower() not in tables and not name.endswith(".toml"):
        raise Refusal(
            found=f"no table {name!r}",
            wanted=f"one of {', '.join(table.name for table in tables.values())}, or a TOML file",
            do="`myoscope norms list` shows them.",
        )
    table = tables[name.lower()] if name.lower() in tables else read_table(Path(name))
    Console().print(one_table(table, examination_settings(settings.examination).muap.algorithm))


@app.command()
def muscles() -> None:
    """The muscles that are known by name, with aliases, nerve, roots, region and group."""
    from myoscope.norms_tables import muscles_table

    Console().print(muscles_table())


@app.command()
def build(
    files: Annotated[list[Path], typer.Argument(help="Recordings of healthy people, or folders of them.")],
    out: Annotated[Path, typer.Option(help="The table to write: a .toml file.")],
    muscle: Annotated[str, typer.Option(help="The muscle that was recorded.")],
    source: Annotated[str, typer.Option(help="Who was measured, where and when, in your words.")],
    electrode: Annotated[str, typer.Option(help="The electrode, e.g. concentric 0.07 mm2.")],
    name: Annotated[
        str | None, typer.Option(help="Name of the table; that of the file when left out.")
    ] = None,
    age: Annotated[
        tuple[int, int] | None,
        typer.Option(help="Youngest and oldest age; those of the people when left out."),
    ] = None,
    people: Annotated[
        Path | None, typer.Option(help="CSV with path, person and age, where the files do not say.")
    ] = None,
    highpass: Annotated[float | None, typer.Option(help="The recorder's band, in Hz: lower end.")] = None,
    lowpass: Annotated[float | None, typer.Option(help="The recorder's band, in Hz: upper end.")] = None,
    phase: Annotated[
        str | None, typer.Option(help="minimal: all of it is slight effort; else the signal says.")
    ] = None,
    least_people: Annotated[int, typer.Option(min=3, help="Refuse to make a table of fewer.")] = 10,
    least_units: Annotated[int, typer.Option(min=3, help="Of a person who counts.")] = 10,
    overwrite: Annotated[bool, typer.Option(help="Replace a table that is there.")] = False,
    settings_file: SettingsFile = None,
    override: Override = None,
) -> None:
    """Make a laboratory's own table from recordings of healthy people, measured as patients are."""
    from myoscope.norms_build import BuildRequest, run_build
    from myoscope.norms_tables import one_table
    from processing.norms.own import OwnNormSettings
    from processing.norms.tables import Technique

    if phase not in (None, "minimal"):
        raise Refusal(
            found=f"--phase {phase}", wanted="minimal", do="Leave it out where the signal shall say."
        )
    request = BuildRequest(
        files=tuple(files),
        out=out,
        muscle=muscle,
        name=name or out.stem,
        source=source,
        technique=Technique(
            electrode, highpass, lowpass, "units of slight effort that were followed and accepted"
        ),
        ages=age,
        people_file=people,
        phase="minimal" if phase else None,
        overwrite=overwrite,
        own=OwnNormSettings(people=least_people, units=least_units),
    )
    table = run_build(request, settings_from(settings_file, None, override))
    Console().print(one_table(table, table.algorithm))
    Console().print(f"{out} is written; use it with --set norms.path={out}", highlight=False)
