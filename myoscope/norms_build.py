"""`myoscope norms build`: a laboratory's own norms, from healthy people examined by the code that runs live."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import tomli_w
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from acquisition.recorder.part_file import PartFile
from acquisition.recordings.door import open_recording
from contracts.measured import PhaseKind, Unit
from contracts.refusal import Refusal
from contracts.settings import Settings
from contracts.wire import SubjectChanged
from inference.runtime.describe import software_version
from myoscope.analyse import examine
from myoscope.norms_people import Recorded, age_band, recorded_people
from processing.examination.settings import ExaminationSettings, examination_settings
from processing.muscles import Muscle, find_muscle
from processing.norms.own import DEFAULTS, HealthyPerson, OwnNormSettings, as_toml, own_table
from processing.norms.tables import NormTable, Technique

console = Console()


@dataclass(frozen=True)
class BuildRequest:
    """What a command line asks for."""

    files: tuple[Path, ...]
    out: Path
    muscle: str
    name: str
    source: str
    technique: Technique
    ages: tuple[int, int] | None = None
    people_file: Path | None = None
    phase: PhaseKind | None = None
    overwrite: bool = False
    own: OwnNormSettings = DEFAULTS


class _Plan(msgspec.Struct, frozen=True):
    """What measured units depend on: what was kept under another plan is measured anew."""

    software: str
    settings: dict[str, Any]
    phase: str | None


class _Kept(msgspec.Struct, frozen=True):
    """The accepted units of one recording."""

    path: str
    size: int
    changed_ns: int
    units: tuple[Unit, ...]


UnitsOf = Callable[[Recorded, Settings, PhaseKind | None, Callable[[float], None]], tuple[Unit, ...]]
"""The accepted units of a recording in a phase; it is told how to report the seconds done so far."""


def units_of(
    recorded: Recorded, settings: Settings, phase: PhaseKind | None, progress: Callable[[float], None]
) -> tuple[Unit, ...]:
    """The accepted units of one recording, from the newest message of each, without their templates."""
    with open_recording(recorded.path) as recording:
        rate_hz = recording.description.rate_hz
        _, messages = examine(recording, settings, phase=phase, progress=lambda n: progress(n / rate_hz))
        newest: dict[tuple[int, int], Unit] = {}
        for m in messages:
            if isinstance(m, SubjectChanged):
                raise Refusal(
                    found=f"{recorded.path.name}, whose annotations tell of several muscles",
                    wanted="one muscle in each recording of a norm",
                    do="Cut the recording at the muscles, or leave it out.",
                )
            if isinstance(m, Unit):
                newest[m.channel, m.unit] = m
    held = [u for u in newest.values() if u.accepted and u.fate in ("followed", "silent")]
    return tuple(msgspec.structs.replace(unit, template=b"") for unit in held)


def run_build(request: BuildRequest, settings: Settings, measure: UnitsOf = units_of) -> NormTable:
    """The table, as it was written: what was not measured before is measured.

    What is measured is kept beside the table until it is written, so that an interrupted build goes on where it was.
    """
    muscle = _checked(request)
    constants = examination_settings(settings.examination)
    found = recorded_people(request.files, muscle, constants.muap.minimum_rate_hz, request.people_file)
    counted = _within([each for each in found if not each.left_out], request.ages)
    _tell_left_out(found)
    _enough(counted, request.own)
    ages = age_band(counted, request.ages)
    store = _Store(request.out, _plan(settings, constants, request.phase))
    try:
        units = _measured(counted, settings, request.phase, store, measure)
    except KeyboardInterrupt:
        console.print(f"What was measured is kept in {store.path}; the same command goes on from there.")
        raise
    table = own_table(
        _people(counted, units),
        muscle,
        ages,
        name=request.name,
        source=request.source,
        technique=request.technique,
        muap=constants.muap,
        settings=request.own,
    )
    part = PartFile(request.out)
    part.path.write_bytes(tomli_w.dumps(as_toml(table)).encode())
    part.complete()
    store.path.unlink(missing_ok=True)
    return table


def _checked(request: BuildRequest) -> Muscle:
    muscle = find_muscle(request.muscle)
    if muscle is None:
        raise Refusal(
            found=f"the muscle {request.muscle!r}",
            wanted="a muscle that is known by name",
            do="`myoscope norms muscles` lists them.",
        )
    if request.out.suffix != ".toml" or not request.out.absolute().parent.is_dir():
        raise Refusal(
            found=f"{request.out} as the table",
            wanted="a name that ends in .toml, in a folder that is there",
            do="Correct --out.",
        )
    if request.out.exists() and not request.overwrite:
        raise Refusal(
            found=f"{request.out}, which is there already",
            wanted="a file that is not there",
            do="Choose another name, or add --overwrite.",
        )
    return muscle


def _within(people: Sequence[Recorded], ages: tuple[int, int] | None) -> list[Recorded]:
    """Those in the band; whoever has no age is in the band that was given."""
    return [p for p in people if ages is None or p.age is None or ages[0] <= p.age <= ages[1]]


def _enough(counted: Sequence[Recorded], own: OwnNormSettings) -> None:
    """Refuse before hours of work what cannot come to a table."""
    people = {each.person for each in counted}
    if len(people) < own.people:
        raise Refusal(
            found=f"recordings of {len(people)} healthy people",
            wanted=f"at least {own.people}; {own.advised} or more are advised",
            do="Record more people: with fewer, the spread between them would be a guess.",
        )


def _tell_left_out(found: Sequence[Recorded]) -> None:
    for why, n in Counter(each.left_out for each in found if each.left_out).items():
        console.print(f"left out: {n} recording(s), {why}", highlight=False)


def _plan(settings: Settings, constants: ExaminationSettings, phase: str | None) -> _Plan:
    tree = {"stream": settings.stream, "examination": constants}
    return _Plan(software_version(), msgspec.to_builtins(tree), phase)


class _Store:
    """What was measured, a line for each recording, after a line that says how."""

    def __init__(self, out: Path, plan: _Plan) -> None:
        self.path = out.with_name(f".{out.name}.measured")
        self.kept: dict[str, _Kept] = {}
        head = msgspec.json.encode(plan)
        lines = self.path.read_bytes().split(b"\n")[:-1] if self.path.exists() else []
        if lines[:1] == [head]:
            kept = [msgspec.json.decode(line, type=_Kept) for line in lines[1:]]
            self.kept = {each.path: each for each in kept}
        self.path.write_bytes(b"\n".join([head, *(msgspec.json.encode(k) for k in self.kept.values()), b""]))

    def units(self, path: Path) -> tuple[Unit, ...] | None:
        """The units of a recording that was measured before, and is still the same file."""
        kept, stat = self.kept.get(str(path.resolve())), path.stat()
        same = kept is not None and (kept.size, kept.changed_ns) == (stat.st_size, stat.st_mtime_ns)
        return kept.units if kept is not None and same else None

    def keep(self, path: Path, units: tuple[Unit, ...]) -> None:
        """Add a recording."""
        stat = path.stat()
        kept = _Kept(str(path.resolve()), stat.st_size, stat.st_mtime_ns, units)
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(kept) + b"\n")


def _measured(
    counted: Sequence[Recorded], settings: Settings, phase: PhaseKind | None, store: _Store, measure: UnitsOf
) -> dict[Path, tuple[Unit, ...]]:
    """The accepted units of every recording."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("s of signal"),
        TimeRemainingColumn(),
    )
    done: dict[Path, tuple[Unit, ...]] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("measuring", total=round(sum(each.seconds for each in counted)))
        before = 0.0
        for each in counted:
            start_s = before
            units = store.units(each.path)
            if units is None:
                units = measure(
                    each, settings, phase, lambda s, at=start_s: bar.update(task, completed=round(at + s))
                )
                store.keep(each.path, units)
            done[each.path] = units
            before += each.seconds
            bar.update(task, completed=round(before))
    return done


def _people(counted: Sequence[Recorded], units: dict[Path, tuple[Unit, ...]]) -> list[HealthyPerson]:
    ages = {each.person: each.age for each in counted}
    return [
        HealthyPerson(
            person or "", age, tuple(u for each in counted if each.person == person for u in units[each.path])
        )
        for person, age in ages.items()
    ]
