"""The `myoscope` command: each command parses, composes and reports; the work is elsewhere.

Imports stand inside the commands: `myoscope streams` must not wait for numba, nor the page for liblsl.
"""

import gc
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

from contracts.refusal import Refusal
from myoscope import cli_measures, cli_models, cli_norms, cli_patient, cli_sources, cli_studies
from myoscope.options import Override, Preset, SettingsFile, choose_stream, settings_from, stop_on_signals

app = typer.Typer(
    name="myoscope",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A real-time EMG instrument: Lab Streaming Layer in, measurement and pattern evidence out. "
    "[bold]Research use only, not a diagnosis.[/bold]",
)
app.add_typer(cli_sources.app)
app.add_typer(cli_patient.app)
app.add_typer(cli_measures.app)
app.add_typer(cli_models.app)
app.add_typer(cli_norms.app, name="norms")
app.add_typer(cli_studies.app, name="study")
console = Console()
errors = Console(stderr=True, soft_wrap=True, highlight=False)


def main() -> None:
    """Run the command; bad input ends with one sentence on stderr and code 2."""
    try:
        app(standalone_mode=True)
    except Refusal as refusal:
        errors.print(f"[bold red]myoscope:[/bold red] {escape(str(refusal))}")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


@app.callback()
def logs(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens.")] = False) -> None:
    """Common to all commands."""
    handler = RichHandler(console=Console(stderr=True), show_path=False)
    logging.basicConfig(
        level="INFO" if verbose else "WARNING", handlers=[handler], format="%(name)s: %(message)s"
    )


@app.command()
def demo(
    recording: Annotated[
        Path | None, typer.Option(help="Play this recording instead of a virtual patient.")
    ] = None,
    patient: Annotated[
        str, typer.Option(help="The virtual patient: random, healthy, myopathy, neuropathy or als.")
    ] = "random",
    rate: Annotated[
        float | None, typer.Option(help="Sampling rate in Hz, for files that do not say.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of the samples, for files that do not say.")] = None,
    stream: Annotated[str | None, typer.Option(help="Which stream of an XDF file.")] = None,
    settings_file: SettingsFile = None,
    preset: Preset = None,
    override: Override = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Start a virtual patient, the live run and the page on this machine, and print the page's address."""
    from myoscope.demo import run_demo

    given = (("--rate", rate), ("--unit", unit), ("--stream", stream))
    run_demo(
        recording,
        patient,
        preset,
        override or [],
        open_page=open_page,
        stop=stop_on_signals(),
        settings_file=settings_file,
        door=[word for name, value in given if value is not None for word in (name, str(value))],
    )


@app.command()
def live(
    settings_file: SettingsFile = None,
    preset: Preset = None,
    override: Override = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the stream, of whatever type it calls itself.")
    ] = None,
    source_id: Annotated[str | None, typer.Option(help="Source id of the stream.")] = None,
    until_end: Annotated[
        bool, typer.Option(help="End when a replay says that its recording has ended.")
    ] = False,
) -> None:
    """Read a live LSL stream and publish results over ZeroMQ."""
    from contracts.wire import StreamStart
    from myoscope.live import run_live

    settings = choose_stream(settings_from(settings_file, preset, override), name, source_id)

    def ready(start: StreamStart) -> None:
        console.print(
            f"[green]live[/green] {escape(start.stream)}: {len(start.channels)} channel(s) at {start.rate_hz:g} Hz, "
            f"model {start.model or 'none'}, results on tcp://{settings.wire.host}:{settings.wire.port}",
            highlight=False,
        )
        for note in start.notes:
            console.print(f"  note: {escape(note)}", highlight=False)
        # What was made so far stays: the collector need not walk it during the run.
        gc.collect()
        gc.freeze()

    run_live(settings, stop_on_signals(), on_ready=ready, until_end=until_end)


@app.command()
def dashboard(
    settings_file: SettingsFile = None,
    preset: Preset = None,
    override: Override = None,
) -> None:
    """Serve the live page for a run that publishes on the settings' address."""
    from dashboard.server import serve
    from processing.muscles import muscles

    settings = settings_from(settings_file, preset, override)
    serve(
        settings.page,
        settings.wire,
        patient=settings.patient,
        muscles=tuple(muscle.name for muscle in muscles()),
        on_ready=lambda url: console.print(f"[green]page[/green] {url}"),
    )


@app.command()
def streams(
    settings_file: SettingsFile = None,
    override: Override = None,
    wait: Annotated[float, typer.Option(help="Seconds to listen.")] = 1.0,
) -> None:
    """List the LSL streams in reach, and say which network scope was searched."""
    from acquisition.live.network import configure_lsl, list_streams, reach
    from myoscope.tables import streams_table

    scope = settings_from(settings_file, None, override).lsl
    configure_lsl(scope)
    found = list_streams(scope, wait)
    console.print(f"{len(found)} stream(s); searched: {reach(scope)}", highlight=False)
    if found:
        console.print(streams_table(found))
    else:
        console.print(
            "Is the device's LSL application running? On another PC: --set lsl.scope=link, and open the "
            "firewall (docs/hardware.md)."
        )


@app.command()
def tail(
    settings_file: SettingsFile = None,
    override: Override = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, every message but the signal.")
    ] = False,
    signal_too: Annotated[bool, typer.Option("--signal", help="With --json: the signal blocks too.")] = False,
    count: Annotated[int | None, typer.Option(help="End after this many results.")] = None,
) -> None:
    """Print results as they are published."""
    from myoscope.tail import run_tail

    settings = settings_from(settings_file, None, override)
    run_tail(settings.wire, stop_on_signals(), as_json=json, with_signal=signal_too, count=count)


@app.command()
def doctor(settings_file: SettingsFile = None, override: Override = None) -> None:
    """Check liblsl, ports, model, kernel cache and package shadowing; say what to do."""
    from myoscope.doctor import examine
    from myoscope.tables import findings_table

    findings = examine(settings_from(settings_file, None, override))
    console.print(findings_table(findings))
    if any(not finding.good for finding in findings):
        raise typer.Exit(1)


@app.command(name="settings")
def show_settings(
    settings_file: SettingsFile = None, preset: Preset = None, override: Override = None
) -> None:
    """Print every setting with its value, as TOML."""
    from myoscope.tables import settings_toml

    typer.echo(settings_toml(settings_from(settings_file, preset, override)))


if __name__ == "__main__":
    main()
