"""Commands about where signals come from: replay, bridge, fetch."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from contracts.refusal import Refusal
from myoscope.options import Override, SettingsFile, settings_from, stop_on_signals

app = typer.Typer()
console = Console()


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
    faults: Annotated[
        Path | None,
        typer.Option(help="TOML file of faults: chunks lost, repeated, late, the outlet gone and back ..."),
    ] = None,
    keys: Annotated[bool, typer.Option(help="Pause and seek from the terminal.")] = True,
    settings_file: SettingsFile = None,
    override: Override = None,
) -> None:
    """Play a recording, or the synthetic source, as an LSL stream like a device's."""

    from acquisition.recordings.door import open_recording
    from myoscope.replay import run_replay, synthetic_source
    from simulators.fault_settings import load_faults
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
        wrong = load_faults(faults) if faults else None
        run_replay(source, played, scope, stop_on_signals(), source_id=source_id, keys=keys, faults=wrong)


@app.command()
def bridge(
    calibration: Annotated[
        Path | None, typer.Option(help="Calibration of this input; without one the stream is in counts.")
    ] = None,
    calibrate: Annotated[
        float | None,
        typer.Option(help="Measure now: microvolt peak to peak of the signal that is played in."),
    ] = None,
    shape: Annotated[str, typer.Option(help="Of the calibration signal: sine or square.")] = "sine",
    band: Annotated[
        str | None,
        typer.Option(help="With --calibrate, first measure the band: 'white noise' or 'log sweep'."),
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A WAV file in place of the card.")] = None,
    device: Annotated[
        str | None, typer.Option(help="Sound card, as `python -m sounddevice` lists it.")
    ] = None,
    rate: Annotated[float, typer.Option(help="Sampling rate of the card in Hz.")] = 48_000.0,
    channels: Annotated[int, typer.Option(help="Channels of the card.")] = 1,
    name: Annotated[str, typer.Option(help="Name of the LSL stream.")] = "EMG bridge",
    source_id: Annotated[str | None, typer.Option(help="LSL source id; a random one when left out.")] = None,
    settings_file: SettingsFile = None,
    override: Override = None,
) -> None:
    """Send a sound-card input as an LSL stream, for EMG machines with an analogue output (docs/replay.md).

    First calibrate with a known signal: myoscope bridge --calibrate 1000 --calibration card.toml
    """
    from myoscope.bridge import calibrate_input, open_input, run_bridge

    sound = open_input(file, device, rate, channels)
    if calibrate is not None:
        if calibration is None:
            raise Refusal(
                found="--calibrate without a place to keep it",
                wanted="a file",
                do="Add --calibration FILE.toml.",
            )
        console.print(calibrate_input(sound, calibrate, shape, band, calibration), highlight=False)
        return
    scope = settings_from(settings_file, None, override).lsl
    run_bridge(sound, calibration, scope, stop_on_signals(), name=name, source_id=source_id)


@app.command()
def fetch(
    name: Annotated[
        str | None, typer.Argument(help="Name of the set; the list of sets when left out.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder that the set's folder goes into.")] = Path("recordings"),
    yes: Annotated[
        bool, typer.Option("--yes", help="Agree to the terms shown, without being asked.")
    ] = False,
) -> None:
    """Bring public recordings from their own hosts, with hashes checked and terms shown. Needs the internet."""
    from myoscope.fetch import run_fetch, show_sets

    if name is None:
        console.print(show_sets())
    else:
        run_fetch(name, out, agreed=yes)
