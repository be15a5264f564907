"""`myoscope simulate --cohort`: many people of every class into a folder, with a manifest."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

import msgspec
import pyarrow as pa
from pyarrow import csv
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from acquisition.recorder.part_file import PartFile
from acquisition.recorder.recording_writer import SUFFIXES
from acquisition.recorder.truth_file import truth_paths
from contracts.refusal import Refusal
from processing.recorders import recorder as recorder_preset
from simulators.patient.draw import CLASSES, draw_examination
from simulators.patient.script import Script

MANIFEST = "manifest.csv"
PLAN = "cohort.json"
MUSCLES = ("biceps",)
_SEED_STEP = 1_000_003
"""Between the seeds of two cohorts, so that their people differ."""

console = Console()


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a cohort what it is: the same plan gives the same files."""

    people: int
    seed: int
    recorder: str
    format: str


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a cohort."""

    number: int
    path: Path
    script: Script

    @property
    def complete(self) -> bool:
        """True when the file and its truth are there; the truth is written last."""
        return self.path.exists() and all(path.exists() for path in truth_paths(self.path))


def make_cohort(folder: Path, people: int, seed: int, recorder: str, file_format: str) -> None:
    """Write what is missing of a cohort, both cores at work, and its manifest.

    Classes follow each other, so that any beginning of a cohort is balanced. Interrupted, it goes on where it
    was: whoever is complete is not made again. Raises Refusal for a folder that holds another cohort.
    """
    recorder_preset(recorder)
    if f".{file_format}" not in SUFFIXES:
        raise Refusal(
            found=f"format {file_format!r}",
            wanted=f"one of {', '.join(suffix[1:] for suffix in SUFFIXES)}",
            do="Correct --format.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(
            found=f"that {folder} cannot be made ({error.strerror})",
            wanted="a folder for the cohort",
            do="Check the path after --out.",
        ) from error
    _agree(folder, Plan(people, seed, recorder, file_format))
    members = list(_members(folder, people, seed, recorder, file_format))
    missing = [member for member in members if not member.complete]
    if len(missing) < people:
        console.print(f"{people - len(missing)} of {people} are there already", highlight=False)
    _make(missing, people)
    csv.write_csv(_manifest(members), folder / MANIFEST)
    console.print(f"{people} people in {folder}, listed in {MANIFEST}", highlight=False)


def _members(folder: Path, people: int, seed: int, recorder: str, file_format: str) -> Iterator[Member]:
    for number in range(people):
        kind = CLASSES[number % len(CLASSES)]
        script = draw_examination(kind, seed * _SEED_STEP + number, MUSCLES, recorder)
        yield Member(number, folder / f"person-{number:04d}.{file_format}", script)


def _agree(folder: Path, plan: Plan) -> None:
    path = folder / PLAN
    if path.exists():
        try:
            held = msgspec.json.decode(path.read_bytes(), type=Plan)
        except msgspec.DecodeError as error:
            raise Refusal(
                found=f"{path}, which cannot be read ({error})",
                wanted="the plan of the cohort in this folder",
                do="Remove it if the folder holds the cohort that you want; its people are kept.",
            ) from error
        if msgspec.structs.replace(held, people=plan.people) != plan:
            raise Refusal(
                found=f"another cohort in {folder} (seed {held.seed}, {held.recorder}, {held.format})",
                wanted="an empty folder or the same cohort",
                do="Choose another folder, or the same --seed, --recorder and --format.",
            )
    part = PartFile(path)
    part.path.write_bytes(msgspec.json.encode(plan))
    part.complete()


def _make(missing: list[Member], people: int) -> None:
    columns = (TextColumn("people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # A fresh interpreter for each worker: forking a process that has threads is asking for a deadlock.
    context = multiprocessing.get_context("spawn")
    workers = min(os.cpu_count() or 1, max(1, len(missing)))
    with (
        Progress(*columns, console=console) as bar,
        ProcessPoolExecutor(workers, context, initializer=_follow_the_parent) as pool,
    ):
        task = bar.add_task("people", total=people, completed=people - len(missing))
        waiting = [pool.submit(_write, member) for member in missing]
        try:
            for done in as_completed(waiting):
                done.result()
                bar.advance(task)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _write(member: Member) -> None:
    from myoscope.simulate import write_script

    write_script(member.script, member.path, overwrite=True, progress=False)


def _follow_the_parent() -> None:
    """A worker ends with its parent: at Ctrl-C as it says, and at once where it was killed.

    Workers that outlive a killed parent wait for ever, and until then write the files that a second start writes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), name="parent", daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _manifest(members: list[Member]) -> pa.Table:
    rows: list[dict[str, object]] = []
    for member in members:
        person = member.script.patient
        disorder = person.disorders[0] if person.disorders else None
        rows.append(
            {
                "file": member.path.name,
                "person": f"simulated/{member.script.seed}",
                "class": person.condition,
                "severity": disorder.severity if disorder else 0.0,
                "stage": disorder.stage if disorder else "",
                "age": person.age,
                "sex": person.sex,
                "muscles": " ".join(each.muscle for each in member.script.muscles),
                "recorder": member.script.recorder,
                "seed": member.script.seed,
            }
        )
    return pa.Table.from_pylist(rows)
