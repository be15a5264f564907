"""What the commands share: common options, settings from a command line, an event for Ctrl-C."""

import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from contracts.settings import Settings, load_settings
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
