"""The commands as functions: open a recording, run the pipeline, read results.

    from myoscope.api import classify, listen, open_recording, windows

    summary = classify("record.edf")                      # what `myoscope classify` prints
    for result in windows("record.edf"): ...              # every window, as it would be on the wire
    for envelope in listen(): ...                         # what a live run publishes, as it comes
    send(Mark("needle moved"))                            # a command to a live run, and its answer

`run_live(settings, stop)` is the live run itself, `list_streams(scope, wait_s)` what is in reach.

Everything raises `Refusal` for input that cannot be used. Research use only, not a diagnosis.
"""

from collections.abc import Iterator
from pathlib import Path

from acquisition.live.network import configure_lsl, list_streams
from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Recording
from contracts.commands import Command, Mark, Ping, Reply, ResetEvidence, SetSubject, Stop
from contracts.refusal import Refusal
from contracts.settings import Settings, WireSettings, load_settings
from contracts.wire import Envelope, Result
from dashboard.control import Control
from inference.runtime.model import OnnxModel, load_model
from inference.runtime.pipeline import Pipeline
from myoscope.live import run_live
from myoscope.offline import Summary, analyse, summarise
from myoscope.presets import read_preset
from myoscope.tail import listen_to

__all__ = [
    "Envelope",
    "Mark",
    "OnnxModel",
    "Ping",
    "Pipeline",
    "Recording",
    "Refusal",
    "Reply",
    "ResetEvidence",
    "Result",
    "SetSubject",
    "Settings",
    "Stop",
    "Summary",
    "classify",
    "configure_lsl",
    "list_streams",
    "listen",
    "load_model",
    "load_settings",
    "open_recording",
    "run_live",
    "send",
    "settings_for",
    "windows",
]


def settings_for(preset: str | None = None, *overrides: str, file: str | Path | None = None) -> Settings:
    """Settings from a preset, a TOML file and overrides such as `"model.path=none"`."""
    return load_settings(Path(file) if file else None, overrides, read_preset(preset))


def classify(path: str | Path, settings: Settings | None = None) -> Summary:
    """The summary of a whole recording: what `myoscope classify` prints."""
    settings = settings or Settings()
    with open_recording(path) as recording:
        pipeline, messages = analyse(recording, settings, load_model(settings.model))
        return summarise(recording, pipeline, list(messages))


def windows(path: str | Path, settings: Settings | None = None) -> Iterator[Result]:
    """Every window of a recording, as a live run would have published it."""
    settings = settings or Settings()
    with open_recording(path) as recording:
        _, messages = analyse(recording, settings, load_model(settings.model))
        yield from (message for message in messages if isinstance(message, Result))


def listen(wire: WireSettings | None = None, *, quiet_s: float | None = None) -> Iterator[Envelope]:
    """What a live run publishes, until its end, or until nothing was heard for `quiet_s` seconds."""
    for envelope in listen_to(wire or WireSettings(), quiet_s=quiet_s):
        if envelope is not None:
            yield envelope


def send(command: Command, wire: WireSettings | None = None) -> Reply:
    """The answer of a live run to one command: done, or refused with the reason."""
    return Control(wire or WireSettings()).ask(command)
