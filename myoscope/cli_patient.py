"""The command for the virtual patient: live, into a file, or a whole cohort."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from contracts.refusal import Refusal
from myoscope.options import Override, SettingsFile, settings_from, stop_on_signals

app = typer.Typer()
_WHO = {"patient", "muscle", "severity"}
_LIVE = {"source_id", "settings_file", "override"}
_PLAYED = {"speed", "loop", "wait", "index"}
console = Console()


@app.command()
def simulate(
    context: typer.Context,
    script: Annotated[
        Path | None, typer.Argument(help="A TOML script of an examination (docs/patient.md).")
    ] = None,
    patient: Annotated[
        str, typer.Option(help="Without a script: random, healthy, myopathy, neuropathy or als.")
    ] = "random",
    muscle: Annotated[str | None, typer.Option(help="Without a script: the muscle.")] = None,
    severity: Annotated[float | None, typer.Option(min=0, max=1, help="Without a script: 0 to 1.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Same seed, same signal.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Into this file (.xdf, .edf, .bdf, .parquet), as fast as it goes; a folder for --cohort."
        ),
    ] = None,
    cohort: Annotated[
        int | None, typer.Option(min=1, help="So many people of every class into the folder --out.")
    ] = None,
    recorder: Annotated[
        str | None, typer.Option(help="Preset of the recording chain: bedside, n2001 or asc.")
    ] = None,
    file_format: Annotated[
        str, typer.Option("--format", help="Of the files of a cohort: xdf, edf, bdf, parquet.")
    ] = "edf",
    speed: Annotated[float, typer.Option(help="Live: 1 is real time.")] = 1.0,
    loop: Annotated[bool, typer.Option(help="Live, with a script: begin again at the end.")] = False,
    wait: Annotated[bool, typer.Option(help="Live, with a script: begin when somebody listens.")] = False,
    index: Annotated[
        bool, typer.Option(help="Live, with a script: add a channel with each sample's number.")
    ] = False,
    overwrite: Annotated[bool, typer.Option(help="Replace a file that is there.")] = False,
    source_id: Annotated[str | None, typer.Option(help="Live: LSL source id.")] = None,
    settings_file: SettingsFile = None,
    override: Override = None,
) -> None:
    """Examine a virtual patient: needle EMG from physiology, with the truth beside it.

    Without a script and without --out an endless patient plays live and obeys the page.
    """
    if script is not None and cohort is not None:
        raise Refusal(
            found=f"{script} and --cohort",
            wanted="one of them",
            do="Leave the script out; a cohort draws its own.",
        )
    _only_what_applies(
        context, scripted=script is not None, into_file=out is not None, cohort=cohort is not None
    )
    from myoscope import simulate as run
    from simulators.patient.draw import example_script
    from simulators.patient.script import load_script
    from simulators.replay import ReplaySettings

    if cohort is not None:
        from myoscope.cohort import make_cohort

        folder = _needed(out, "--cohort")
        make_cohort(folder, cohort, seed if seed is not None else 1, recorder or "bedside", file_format)
        return
    chosen = seed if seed is not None else run.new_seed()
    settings = settings_from(settings_file, None, override)
    if script is None and out is None:
        run.play_patient(
            patient,
            muscle,
            severity,
            chosen,
            settings.patient,
            settings.lsl,
            stop_on_signals(),
            source_id=source_id,
        )
        return
    examined = (
        load_script(script)
        if script is not None
        else example_script(patient, muscle, severity, chosen, recorder or "bedside")
    )
    examined = run.changed(examined, seed=seed, recorder=recorder)
    if out is not None:
        for note in run.write_script(examined, out, overwrite=overwrite):
            console.print(f"[yellow]note:[/yellow] {note}", highlight=False)
        console.print(f"{out} and its truth are written (seed {examined.seed}).", highlight=False)
        return
    played = ReplaySettings(speed=speed, loop=loop, wait_for_consumer=wait, index_channel=index)
    run.play_script(examined, played, settings.lsl, stop_on_signals(), source_id=source_id)


def _only_what_applies(context: typer.Context, *, scripted: bool, into_file: bool, cohort: bool) -> None:
    """Raises Refusal for an option that would have no effect on what is asked for."""
    who = set[str]() if scripted else _WHO
    if cohort:
        asked, known = "a cohort", {"cohort", "out", "seed", "recorder", "file_format"}
    elif into_file:
        asked, known = "a file", {"script", "out", "seed", "recorder", "overwrite", *who}
    elif scripted:
        asked, known = "a script played live", {"script", "seed", "recorder", *_PLAYED, *_LIVE}
    else:
        asked, known = "an endless patient", {"seed", *_LIVE, *who}
    options = {each.name: each.opts[0] for each in context.command.params}
    for name, option in options.items():
        source = context.get_parameter_source(name)
        if name not in known and source is not None and source.name == "COMMANDLINE":
            raise Refusal(
                found=f"{option} for {asked}" + (" with a script" if scripted and into_file else ""),
                wanted="none but "
                + ", ".join(options[each] for each in options if each in known - {"script"}),
                do="Say in the script who is examined, or leave the script out."
                if scripted and name in _WHO
                else f"Leave {option} out: it has no effect there.",
            )


def _needed(out: Path | None, why: str) -> Path:
    if out is None:
        raise Refusal(found=f"{why} without a place for it", wanted="a folder", do="Add --out FOLDER.")
    return out
