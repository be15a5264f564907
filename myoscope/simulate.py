"""`myoscope simulate`: a virtual patient, live on Lab Streaming Layer or into a file."""

import logging
import threading
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from acquisition.live.network import configure_lsl
from acquisition.recorder.recording_writer import recording_writer
from acquisition.recorder.truth_file import TruthWriter, truth_paths
from acquisition.recordings.recording import Labels
from contracts.commands import DescribePatient, PatientState, Ping, Reply, SetPatient, Stop
from contracts.refusal import Refusal
from contracts.settings import LslScope, PatientSettings, WireSettings
from inference.runtime.control import Asked, ControlThread
from myoscope.replay import run_replay
from simulators.patient.draw import draw_state
from simulators.patient.live import LivePatient
from simulators.patient.script import Script, as_script
from simulators.patient.source import PatientSource
from simulators.patient.truth import TruthTable
from simulators.replay import Player, ReplaySettings, replay_outlet

log = logging.getLogger("myoscope.simulate")
console = Console()

_LOOK_S = 0.05
"""How often commands are looked for."""
_TRUTH_SEGMENTS = 100
"""Segments whose truth goes into the table at once."""


class PatientControl(threading.Thread):
    """Obeys the commands that arrive on the patient's control socket."""

    def __init__(self, patient: LivePatient, control: ControlThread, stop: threading.Event) -> None:
        super().__init__(name="patient control", daemon=True)
        self._patient, self._control, self._end_all = patient, control, stop
        self._ended = threading.Event()

    def run(self) -> None:
        """Look for commands until the end."""
        while not self._ended.wait(_LOOK_S):
            for asked in self._control.pending():
                asked.answer(self._obey(asked))

    def _obey(self, asked: Asked) -> Reply:
        match asked.command:
            case SetPatient() as command:
                try:
                    return Reply(True, patient=self._patient.change(command))
                except Refusal as refusal:
                    return Reply(False, str(refusal))
            case DescribePatient() | Ping():
                return Reply(True, patient=self._patient.state)
            case Stop():
                self._end_all.set()
                return Reply(True)
            case _:
                return Reply(False, "this is a virtual patient; a run has a port of its own")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self.join()


def play_live(
    state: PatientState,
    seed: int,
    settings: PatientSettings,
    scope: LslScope,
    stop: threading.Event,
    *,
    rate_hz: float | None = None,
    source_id: str | None = None,
) -> None:
    """An endless patient as an LSL stream, who obeys the control socket, until `stop`."""
    configure_lsl(scope)
    played = ReplaySettings()
    patient = LivePatient(state, seed, rate_hz)
    socket = WireSettings(host=settings.host, control_port=settings.control_port)
    try:
        with (
            ControlThread(socket) as control,
            replay_outlet(patient, played, source_id) as outlet,
            PatientControl(patient, control, stop),
        ):
            console.print(f"[green]examining[/green] {told(state)} (seed {seed})", highlight=False)
            Player(patient, outlet, played).run(stop)
    finally:
        patient.close()


def play_patient(
    name: str,
    muscle: str | None,
    severity: float | None,
    seed: int,
    settings: PatientSettings,
    scope: LslScope,
    stop: threading.Event,
    *,
    source_id: str | None = None,
) -> None:
    """An endless patient whom words of the command line name. Raises Refusal for words that are not known."""
    drawn = draw_state(name, np.random.default_rng([seed, 1]))
    state = msgspec.structs.replace(
        drawn,
        muscle=muscle or drawn.muscle,
        severity=drawn.severity if severity is None else severity,
    )
    play_live(state, seed, settings, scope, stop, source_id=source_id)


def changed(script: Script, *, seed: int | None, recorder: str | None) -> Script:
    """The script with another seed or recorder, where one was given."""
    tree = msgspec.to_builtins(script)
    given = {"seed": seed, "recorder": recorder}
    return as_script(tree | {key: value for key, value in given.items() if value is not None}, "the script")


def play_script(
    script: Script,
    played: ReplaySettings,
    scope: LslScope,
    stop: threading.Event,
    *,
    source_id: str | None = None,
) -> None:
    """A scripted examination as an LSL stream, with its truth as markers, until its end or `stop`."""
    source = PatientSource(script)
    try:
        run_replay(source, played, scope, stop, source_id=source_id, keys=False, faults=script.faults)
    finally:
        source.close()


def write_script(
    script: Script, out: Path, *, overwrite: bool = False, progress: bool = True
) -> tuple[str, ...]:
    """Make the whole examination into a file, faster than real time, with the truth beside it.

    Gives what the format holds otherwise than it was made, in sentences. Ctrl-C leaves no half file (XDF
    excepted, which says that it was not ended) and no truth.
    """
    _spare_the_truth_of_another(out, overwrite=overwrite)
    source = PatientSource(script)
    try:
        return _write(source, out, overwrite=overwrite, progress=progress)
    finally:
        source.close()


def _spare_the_truth_of_another(out: Path, *, overwrite: bool) -> None:
    """Refuse `a.edf` beside `a.xdf`: they would have one truth, that of the last one written."""
    if overwrite or out.exists():  # whether a file may be replaced is the writer's question
        return
    for path in truth_paths(out):
        if path.exists():
            raise Refusal(
                found=f"{path.name} beside it, the truth of another recording",
                wanted="a name of its own for each recording",
                do="Choose another name, or say that it may be overwritten.",
            )


def _write(source: PatientSource, out: Path, *, overwrite: bool, progress: bool) -> tuple[str, ...]:
    script = source.script
    labels = Labels(
        dataset="simulated",
        person=f"simulated/{script.seed}",
        class_name=script.patient.condition,
        muscle=script.muscles[0].muscle,
        side=script.muscles[0].side,
        age=script.patient.age,
        sex=script.patient.sex,
    )
    table = TruthTable(source.rate_hz)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeRemainingColumn(),
    )
    with (
        TruthWriter(out, _about(source)) as truth,
        recording_writer(out, source.description, labels=labels, overwrite=overwrite) as writer,
        Progress(*columns, console=console, disable=not progress) as bar,
    ):
        task = bar.add_task(out.name, total=source.n_samples)
        for number in range(source.n_segments):
            made = source.segment(number)
            stop = made.first + made.samples.shape[0]
            writer.write(made.samples[:, None])
            for event in source.annotations_in(made.first, stop):
                writer.annotate(event)
            table.add(made)
            if len(table) >= _TRUTH_SEGMENTS:
                truth.add(table.take())
            bar.update(task, completed=stop)
        if len(table):
            truth.add(table.take())
        truth.tell("stays", table.stays)
    return writer.notes


def _about(source: PatientSource) -> dict[str, object]:
    """What the truth of a file begins with: all that made it."""
    return {
        "myoscope": version("myoscope"),
        "condition": source.script.patient.condition,
        "rate_hz": source.rate_hz,
        "n_samples": source.n_samples,
        "units": TruthTable.UNITS,
        "script": msgspec.to_builtins(source.script),
        "chain": msgspec.to_builtins(source.chain_settings),
    }


def told(state: PatientState) -> str:
    """The patient in words."""
    kind = state.condition
    if kind != "healthy":
        kind = f"{state.stage} {kind}, severity {state.severity:g}"
    return f"{kind}, {state.age} years, {state.side} {state.muscle}"


def new_seed() -> int:
    """A seed that nobody chose, to be printed so that the patient can be had again."""
    return int(np.random.default_rng().integers(1_000_000))
