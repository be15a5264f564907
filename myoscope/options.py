"""What the commands share: common options, settings from a command line, an event for Ctrl-C."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from contracts.settings import Settings, StreamSettings, load_settings
from myoscope.presets import read_preset

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


def settings_from(file: Path | None, preset: str | None, overrides: list[str] | None) -> Settings:
    """The settings of a command line."""
    return load_settings(file, overrides or (), read_preset(preset))


def choose_stream(settings: Settings, name: str | None, source_id: str | None) -> Settings:
    """The settings, for the stream of this name or source id; the default type is then not asked for.

    Many applications call every input EEG: whoever names a stream means that one.
    """
    if name is None and source_id is None:
        return settings
    held = settings.stream
    wanted_type = None if held.type == StreamSettings().type else held.type
    chosen = msgspec.structs.replace(
        held, name=name or held.name, source_id=source_id or held.source_id, type=wanted_type
    )
    return msgspec.structs.replace(settings, stream=chosen)


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
