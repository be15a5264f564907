"""The `myoscope` command: each command parses, composes and reports; the work is elsewhere.

Imports stand inside the commands: `myoscope streams` must not wait for numba, nor the page for liblsl.
"""

import logging
import signal
import sys
import threading
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler

from contracts.refusal import Refusal
from contracts.settings import Settings, load_settings
from myoscope.presets import read_preset

app = typer.Typer(
    name="myoscope",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A real-time EMG instrument: Lab Streaming Layer in, measurement and pattern evidence out. "
    "[bold]Research use only, not a diagnosis.[/bold]",
)
console = Console()
errors = Console(stderr=True, soft_wrap=True, highlight=False)

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", "-s", help="TOML file with settings; `myoscope settings` shows every key."),
]
Preset = Annotated[
    str | None,
    typer.Option("--preset", "-p", help="Settings to begin from: needle, needle-measure, surface, myo."),
]
Override = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override one setting, e.g. wire.port=6000."),
]


class OutputFormat(StrEnum):
    """How a command writes its answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def main() -> None:
    """Run the command; bad input ends with one sentence on stderr and code 2."""
    try:
        app(standalone_mode=True)
    except Refusal as refusal:
        errors.print(f"[bold red]myoscope:[/bold red] {refusal}", markup=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def settings_from(
    file: Path | None, preset: str | None, overrides: list[str] | None, **more: Any
) -> Settings:
    """The settings of a command line."""
    return load_settings(file, overrides or (), {**read_preset(preset), **more})


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C or a termination sets; a second Ctrl-C ends at once."""
    stop = threading.Event()

    def ask(signum: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    return stop


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
        Path | None, typer.Option(help="Play this recording instead of the synthetic source.")
    ] = None,
    pattern: Annotated[
        str, typer.Option(help="Synthetic source: healthy, myopathic or neurogenic.")
    ] = "neurogenic",
    preset: Preset = None,
    override: Override = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Start a source, the live run and the page on this machine, and print the page's address."""
    from myoscope.demo import run_demo

    run_demo(recording, pattern, preset, override or [], open_page=open_page, stop=stop_on_signals())


@app.command()
def live(
    settings_file: SettingsFile = None,
    preset: Preset = None,
    override: Override = None,
    name: Annotated[str | None, typer.Option(help="Name of the stream.")] = None,
    source_id: Annotated[str | None, typer.Option(help="Source id of the stream.")] = None,
    until_end: Annotated[
        bool, typer.Option(help="End when a replay says that its recording has ended.")
    ] = False,
) -> None:
    """Read a live LSL stream and publish results over ZeroMQ."""
    from contracts.wire import StreamStart
    from myoscope.live import run_live

    chosen = [f'stream.{key}="{value}"' for key, value in (("name", name), ("source_id", source_id)) if value]
    settings = settings_from(settings_file, preset, [*(override or []), *chosen])

    def ready(start: StreamStart) -> None:
        console.print(
            f"[green]live[/green] {start.stream}: {len(start.channels)} channel(s) at {start.rate_hz:g} Hz, "
            f"model {start.model or 'none'}, results on tcp://{settings.wire.host}:{settings.wire.port}",
            highlight=False,
        )
        for note in start.notes:
            console.print(f"  note: {note}", highlight=False)

    run_live(settings, stop_on_signals(), on_ready=ready, until_end=until_end)


@app.command()
def replay(
    recording: Annotated[
        Path | None, typer.Argument(help="A recording: WFDB, EDF, BDF, XDF, ASCII columns, CSV or Parquet.")
    ] = None,
    synthetic: Annotated[
        str | None,
        typer.Option(help="Instead of a file: a synthetic healthy, myopathic or neurogenic signal."),
    ] = None,
    electrode: Annotated[str, typer.Option(help="Synthetic: needle, surface or armband.")] = "needle",
    channels: Annotated[int | None, typer.Option(help="Synthetic: number of channels.")] = None,
    rate: Annotated[
        float | None,
        typer.Option(help="Sampling rate in Hz: of the synthetic source, or of files that do not say."),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of the samples, for files that do not say.")] = None,
    stream: Annotated[str | None, typer.Option(help="Which stream of an XDF file.")] = None,
    speed: Annotated[
        float, typer.Option(help="1 is real time; at another speed latency cannot be measured.")
    ] = 1.0,
    loop: Annotated[bool, typer.Option(help="Begin again at the end.")] = False,
    start: Annotated[float, typer.Option(help="Seconds into the recording to begin at.")] = 0.0,
    stop: Annotated[float | None, typer.Option(help="Seconds into the recording to end at.")] = None,
    chunk: Annotated[float, typer.Option(help="Seconds of signal per push.")] = 0.01,
    index: Annotated[bool, typer.Option(help="Add a channel with each sample's number.")] = False,
    wait: Annotated[bool, typer.Option(help="Begin when somebody listens.")] = False,
    source_id: Annotated[str | None, typer.Option(help="LSL source id; a random one when left out.")] = None,
    keys: Annotated[bool, typer.Option(help="Pause and seek from the terminal.")] = True,
    settings_file: SettingsFile = None,
    override: Override = None,
) -> None:
    """Play a recording, or the synthetic source, as an LSL stream like a device's."""
    from contextlib import ExitStack

    from acquisition.recordings.door import open_recording
    from myoscope.replay import run_replay, synthetic_source
    from simulators.replay import ReplaySettings
    from simulators.source import RecordingSource

    if (recording is None) == (synthetic is None):
        raise Refusal(
            found="a recording and a synthetic pattern" if recording else "nothing to play",
            wanted="one of the two",
            do="Give a FILE, or --synthetic healthy, myopathic or neurogenic.",
        )
    played = ReplaySettings(
        speed=speed,
        loop=loop,
        start_s=start,
        stop_s=stop,
        chunk_s=chunk,
        index_channel=index,
        wait_for_consumer=wait,
    )
    with ExitStack() as parts:
        if recording is not None:
            opened = open_recording(recording, stream=stream, rate_hz=rate, unit=unit)
            source = RecordingSource(parts.enter_context(opened))
        else:
            source = synthetic_source(synthetic or "", electrode, channels, rate)
        scope = settings_from(settings_file, None, override).lsl
        run_replay(source, played, scope, stop_on_signals(), source_id=source_id, keys=keys)


@app.command()
def dashboard(
    settings_file: SettingsFile = None,
    preset: Preset = None,
    override: Override = None,
) -> None:
    """Serve the live page for a run that publishes on the settings' address."""
    from dashboard.server import serve

    settings = settings_from(settings_file, preset, override)
    serve(settings.page, settings.wire, on_ready=lambda url: console.print(f"[green]page[/green] {url}"))


@app.command()
def streams(
    settings_file: SettingsFile = None,
    override: Override = None,
    wait: Annotated[float, typer.Option(help="Seconds to listen.")] = 1.0,
) -> None:
    """List the LSL streams in reach, and say which network scope was searched."""
    from acquisition.live.network import configure_lsl, list_streams
    from myoscope.tables import streams_table

    scope = settings_from(settings_file, None, override).lsl
    configure_lsl(scope)
    found = list_streams(scope, wait)
    peers = f", asking {', '.join(scope.known_peers)} directly" if scope.known_peers else ""
    console.print(f"{len(found)} stream(s); searched: {scope.scope} (lsl.scope){peers}", highlight=False)
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

    console.print(
        settings_toml(settings_from(settings_file, preset, override)), highlight=False, markup=False
    )


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


if __name__ == "__main__":
    main()
