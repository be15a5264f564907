"""How often recruitment is graded right, against what the virtual patient has lost.

Run as `python -m tests.studies.recruitment [seeds] [--tracker] [--write]`; seeds such as 301-306. Every seed makes
muscles of healthy people, of people who lost units or fibres, and of healthy people who do not try. At four needle
positions the muscle rests, contracts slightly, harder and harder, and as hard as it can; the examiner says when
maximal effort is asked for.

Truth is not what the grade is made of, but what is gone in the model: the part of the muscle's motor units, of those
that this person would have without the disorder, that died; for `early` the severity of the myopathy. See GRADES.
Muscles between these grades are simulated too and told apart: nobody could say which of both they should be.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contracts.measured import Recruitment, RecruitmentGrade
from processing.motor_units.tracked import Discharge, TrackingEvent, UnitBorn, UnitMerged
from processing.motor_units.tracking import MotorUnitTracker
from processing.phases.finder import Hop, PhaseFinder
from processing.recruitment.pattern import Pattern
from processing.recruitment.watcher import RecruitmentWatcher
from simulators.patient.person import Disorder, Person, Stage
from simulators.patient.scene import tissue_of
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource
from simulators.patient.truth import truth

REPORT = Path(__file__).parents[2] / "docs" / "validation" / "recruitment.md"
MUSCLES = ("biceps", "deltoid", "FDI", "tibialis anterior", "vastus lateralis")
PROXIMAL = ("biceps", "deltoid", "vastus lateralis")
SITES = 4
"""Needle positions."""
HEARD_UV = 50.0
"""True units whose discharges are given, in the run without the tracker."""

GRADES: dict[str, tuple[float, float]] = {
    "normal": (0.0, 0.55),
    "reduced": (0.7, 0.8),
    "severely reduced": (0.88, 1.0),
}
"""Part of the units that the disorder took: from, to."""
EARLY_SEVERITY, MILD_SEVERITY = 0.45, 0.2
"""Of myopathy: from here early, up to here normal."""
ALIKE: dict[RecruitmentGrade, str] = {"single unit": "severely reduced"}
"""What counts as the grade of the truth."""


@dataclass(frozen=True)
class Case:
    """One muscle to be simulated."""

    kind: str
    muscle: str
    person: Person
    top: float = 1.0
    """Of the effort that the person makes when maximal effort is asked for."""


@dataclass(frozen=True)
class Examined:
    """One muscle, simulated."""

    case: Case
    signal: NDArray[np.float32]
    rate_hz: float
    trains: dict[int, list[int]]
    """Of the true units that are heard; a number for each unit and site."""
    lost: float
    truth: str
    """A grade, or what it lies between."""


def cases(seed: int) -> Iterator[Case]:
    """The muscles of one seed."""
    rng = np.random.default_rng([seed, 77])

    def person(*disorders: Disorder) -> Person:
        return Person(int(rng.integers(25, 78)), "female" if rng.random() < 0.5 else "male", disorders)

    def neurogenic(low: float, high: float) -> Case:
        lost = float(rng.uniform(low, high))
        stage: Stage = ("chronic", "chronic", "chronic", "subacute", "acute")[int(rng.integers(5))]
        if lost < 0.78 and rng.random() < 0.4:
            return Case(
                "neuropathy", "tibialis anterior", person(Disorder("neuropathy", _extent(lost / 0.8), stage))
            )
        muscle = MUSCLES[int(rng.integers(5 if lost < 0.88 else 3))]
        region = 0.9 if muscle in MUSCLES[3:] else 1.0
        severity = min(1.0, _extent(min(0.999, lost / 0.9)) / region)
        return Case("motor neuron disease", muscle, person(Disorder("motor neuron disease", severity, stage)))

    def myopathic(low: float, high: float) -> Case:
        stage: Stage = ("chronic", "chronic", "subacute")[int(rng.integers(3))]
        muscle = PROXIMAL[int(rng.integers(3))]
        return Case("myopathy", muscle, person(Disorder("myopathy", float(rng.uniform(low, high)), stage)))

    for muscle in MUSCLES:
        yield Case("healthy", muscle, person())
    for low, high in [(0.2, 0.55)] * 2 + [(0.7, 0.8)] * 4 + [(0.885, 0.9)] * 4 + [(0.56, 0.69), (0.81, 0.87)]:
        yield neurogenic(low, high)
    for low, high in [(0.45, 1.0)] * 4 + [(0.05, 0.2), (0.25, 0.4)]:
        yield myopathic(low, high)
    for _ in range(3):
        yield Case("poor", MUSCLES[int(rng.integers(5))], person(), float(rng.uniform(0.04, 0.15)))
    yield Case("poor", MUSCLES[int(rng.integers(5))], person(), float(rng.uniform(0.15, 0.3)))


def _extent(course: float) -> float:
    """The severity after which so much of the possible loss has come (simulators.patient.disease)."""
    return 1.0 - (1.0 - course) ** (1.0 / 1.8)


def examined(case: Case, seed: int, number: int) -> Examined:
    """One muscle with its truth."""
    phases = (
        Phase("insertion", 0.8),
        Phase("rest", 1.7),
        Phase("minimal", 5.0, effort=min(0.05, case.top)),
        Phase("ramp", 5.0, effort=min(0.05, case.top), effort_to=case.top),
        Phase("maximal", 2.5, effort=case.top),
    )
    muscle = MuscleScript(
        case.muscle, sites=SITES, phases=phases, last_phases=(), spontaneous=(), drift_mm=0.0
    )
    script = Script(seed=100 * seed + number, patient=case.person, muscles=(muscle,))
    source = PatientSource(script)
    pieces: list[NDArray[np.float32]] = []
    trains: dict[int, list[int]] = {}
    for k in range(source.n_segments):
        made = source.segment(k)
        pieces.append(made.samples)
        told = truth(made)
        for index, kind, unit, size in zip(told.index, told.kind, told.unit, told.amplitude_uv, strict=True):
            if kind == "motor unit" and size >= HEARD_UV:
                trains.setdefault(1000 * made.stay.site + int(unit), []).append(int(index))
    source.close()
    healthy = Script(seed=script.seed, patient=Person(case.person.age, case.person.sex), muscles=(muscle,))
    alive, before = (int(tissue_of(each, 0)[1].units.alive.sum()) for each in (script, healthy))
    lost = 1.0 - alive / before
    signal = np.concatenate(pieces)
    return Examined(case, signal, source.rate_hz, trains, lost, true_grade(case, lost))


def true_grade(case: Case, lost: float) -> str:
    """The grade that follows from what is gone."""
    if case.kind == "poor":
        return "poor activation"
    if case.kind == "myopathy":
        severity = case.person.disorders[0].severity
        return (
            "early"
            if severity >= EARLY_SEVERITY
            else "normal"
            if severity <= MILD_SEVERITY
            else "normal or early"
        )
    for grade, (low, high) in GRADES.items():
        if low <= lost <= high:
            return grade
    return "normal or reduced" if lost < GRADES["reduced"][0] else "reduced or severely"


def judged(it: Examined, tracker: bool) -> tuple[list[Recruitment], Pattern]:
    """What is said of it: with the true discharges of what is heard, and also with those that the tracker follows."""
    watchers = [RecruitmentWatcher(it.rate_hz) for _ in range(2 if tracker else 1)]
    finder = PhaseFinder(it.rate_hz)
    follower = MotorUnitTracker(it.rate_hz) if tracker else None
    for unit, at in it.trains.items():
        watchers[0].add(unit, *at)
    for watcher in watchers:
        watcher.asked("maximal")
    step = round(it.rate_hz)
    for at in range(0, it.signal.size, step):
        chunk = it.signal[at : at + step]
        if follower is not None:
            _told(follower.feed(chunk, at), watchers[1])
        _named(finder.feed(chunk, at), watchers)
    _named(finder.gap(it.signal.size), watchers)
    return [watcher.now() for watcher in watchers], watchers[0].pattern()


def _told(events: Iterable[TrackingEvent], watcher: RecruitmentWatcher) -> None:
    for event in events:
        if isinstance(event, UnitBorn):
            watcher.add(event.unit, *event.discharges)
        elif isinstance(event, Discharge):
            watcher.add(event.unit, event.index)
        elif isinstance(event, UnitMerged):
            watcher.merge(event.unit, event.into)


def _named(hops: Sequence[Hop], watchers: Sequence[RecruitmentWatcher]) -> None:
    for hop in hops:
        for watcher in watchers:
            watcher.phase(hop)


def table(found: list[tuple[str, str]]) -> list[str]:
    """Truth against grade as a Markdown table, and how many are right."""
    grades = [
        "normal",
        "early",
        "reduced",
        "severely reduced",
        "single unit",
        "poor activation",
        "absent",
        "not assessable",
    ]
    counts = Counter(found)
    lines = [f"| truth | {' | '.join(grades)} | right |", "|---|" + "---|" * (len(grades) + 1)]
    sure = ["normal", "early", "reduced", "severely reduced", "poor activation"]
    right_all = all_all = 0
    for true in [*sure, "normal or reduced", "reduced or severely", "normal or early"]:
        row = [counts[true, grade] for grade in grades]
        right = sum(n for (t, g), n in counts.items() if t == true and ALIKE.get(g, g) == true)  # pyright: ignore[reportArgumentType, reportCallIssue]
        if true in sure:
            right_all, all_all = right_all + right, all_all + sum(row)
        share = f"{right}/{sum(row)}" if true in sure else "-"
        lines.append(f"| {true} | {' | '.join(str(n) for n in row)} | {share} |")
    lines.append("")
    either = ("reduced", "severely reduced", "single unit")
    taken = sum(n for (t, g), n in counts.items() if t in either[:2] and g in either)
    strict = sum(n for (t, g), n in counts.items() if t in either[:2] and ALIKE.get(g, g) == t)  # pyright: ignore[reportArgumentType, reportCallIssue]
    loose = right_all - strict + taken
    lines.append(f"Right: {right_all} of {all_all} ({100 * right_all / max(1, all_all):.0f} %).")
    lines.append(
        f"With reduced and severely reduced as one: {loose} of {all_all} ({100 * loose / max(1, all_all):.0f} %)."
    )
    return lines


def main(seeds: list[int], tracker: bool, write: bool) -> None:
    """Print one line for each muscle and the table; write the report."""
    ways = [False, True] if tracker else [False]
    found: dict[bool, list[tuple[str, str]]] = {way: [] for way in ways}
    began = time.monotonic()
    for seed in seeds:
        for number, case in enumerate(cases(seed)):
            it = examined(case, seed, number)
            said, seen = judged(it, tracker)
            for way, each in zip(ways, said, strict=True):
                found[way].append((it.truth, each.grade))
            print(
                f"{seed:4d} {number:2d} {case.kind[:9]:9s} {case.muscle[:9]:9s} lost {it.lost:.2f} {it.truth:18s} "
                f"-> {' / '.join(each.grade for each in said):18s} ({said[0].reason})",
                flush=True,
            )
            print(f"   {seen}", flush=True)
    text = [line for way in ways for line in (f"## {TITLES[way]}", "", *table(found[way]), "")]
    print("\n".join(text))
    print(f"{time.monotonic() - began:.0f} s")
    if write:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        command = f"{seeds[0]}-{seeds[-1]}{' --tracker' if tracker else ''} --write"
        head = INTRODUCTION.format(command=command)
        REPORT.write_text(head + "\n" + "\n".join(text), encoding="utf-8")


TITLES = {
    False: "With the true discharges of the units that are heard",
    True: "With the units that are followed",
}
INTRODUCTION = """# Recruitment

Simulated muscles only: nothing here was held against people. `python -m tests.studies.recruitment {command}`.
Truth is what is gone in the model: of the motor units that the person would have without the disorder, those that
died. Up to 55 % is normal, 70 to 80 % reduced, from 88 % severely reduced (a single unit counts as this; the model
takes no more than 90 %). Early is a myopathy of severity 0.45 and more, up to 0.2 it is normal. Poor activation is a
healthy muscle at 4 to 30 % of its strength when all of it is asked for. Muscles between two grades are in the table
and not in the count. Four needle positions each: rest, slight effort, a ramp, maximal effort.

What carries the grade. At maximal effort a needle hears a dozen units or more at 25 to 35 Hz whatever was lost, so
neither rate nor ratio tells loss there. What grows with the number of units and not with their size is how little
silence they leave. Activity (the part of the time that is taken by steep ways from turn to turn) measures that, and is
misled by potentials that are long because units have adopted fibres. The autocorrelation of the envelope (400 to
1500 Hz, milliseconds) is not: 5 to 12 ms after a large potential its own unit is silent, and only others can fill the
trace, so it is near 0 in health and falls to -0.1 and below as units are lost. And at moderate effort few units must
be fast: the autocorrelation at 20 to 30 ms. The index of units is activity + 4 (5 to 12 ms) - 2 (20 to 30 ms at
moderate effort), averaged over the positions. Early recruitment is told by turns over their amplitude at moderate
effort, for the quiet level of 80 to 300 Hz over the hum of 20 to 80 Hz: many units, and each of them small.
Effort is judged by the hum of distant units alone: whole efforts hummed at 82 uV and more whatever was lost, efforts of
15 % at 37 uV and less.

What was decided when. The limits of the truth are older than this index and were not touched for it. Index and limits
were chosen on seeds 1 to 12 (274 muscles in the count, 253 of them right with limits that had seen them; of normal,
reduced and severely reduced 88 % with limits from the other seeds). Four positions instead of three, and efforts of 15
to 30 % among the poor ones, were decided before these seeds too. No decision was made on the seeds of this page, which
were played once, 301 to 303 first and the others to know it better. What is said where nobody asked for maximal effort
was changed after the first three were, and plays no part here. Before, with three positions and fullness instead of
the index, seeds 101 and 102 gave 76 %, and 89 % with reduced and severely reduced as one.

What falls short. Reduced and severely reduced are not told apart reliably: on the seeds of tuning three of four were
told right with limits from the other seeds, and the muscles of seeds 301 to 303 turned out harder. Within one of the
two the index differs between muscles (SD 0.10 and 0.15, and 0.12 to 0.15 between positions of one muscle) nearly as
much as between the two (0.22). By these figures a hundred positions would tell 80 % apart where four tell 78 %, and
the count of all units above 50 uV, which is known in the model alone, would do little better (area under the curve
0.90, for 0.87). So count them as one where it matters, and see the last line of each table.

A healthy muscle at a third to two thirds of its strength that is said to give all of it may be called reduced; where
the hum leaves open whether it was all, and the index lies between the limits, it is said to be poor activation.
"""


def numbers(text: str) -> list[int]:
    """`3` or `101-103`."""
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", nargs="?", default="301-306")
    parser.add_argument("--tracker", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    main(numbers(options.seeds), options.tracker, options.write)
