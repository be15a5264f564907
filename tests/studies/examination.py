"""A whole examination of virtual people: how many units are accepted from six needle positions.

Run as `python -m tests.studies.examination [--people N] [--seed S] [--write]`. Each person's biceps: six positions,
at each an insertion, five seconds of rest and thirty of minimal effort, so three minutes of effort in all, at two
strengths that are both minimal effort: the simulator's own, and as much more as an examiner asks for who wants to hear
several units at once. Nobody says what phase it is, the signal does. Units are counted as the muscle's table counts
them. `--write` keeps the table in docs/validation/examination.md.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from contracts.measured import Discharges, MuscleSummary, PhaseChanged, Unit
from contracts.records import Channel, StreamDescription, Subject
from contracts.settings import NormSettings
from inference.runtime.pipeline import as_chunk
from processing.examination.examination import Examination
from processing.examination.settings import ExaminationSettings
from processing.norms.lookup import load_norms
from simulators.patient.person import Disorder, Person
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource
from simulators.patient.truth import TOLD_UV, truth
from tests.studies.tracking_scores import Indices, met

WRITTEN = Path("docs/validation/examination.md")
SITES = 6
EFFORTS = (0.05, 0.08)
"""Of the strongest. Of the second the signal still says minimal effort; from about 0.1 on it says moderate."""
EFFORT_S = 30.0
WANTED = 20
DISORDERS = {
    "healthy": (),
    "myopathy": (Disorder("myopathy", 0.5),),
    "neuropathy": (Disorder("neuropathy", 0.5),),
    "motor neuron disease": (Disorder("motor neuron disease", 0.5),),
}


class Examined(NamedTuple):
    """What came of one person's muscle."""

    summary: MuscleSummary
    sites: int
    """Positions of which the signal told."""
    different: int
    """Of the accepted ones, without those that are followed twice at one position."""
    true_units: int
    """Behind all of them: one that is met at two positions counts once."""
    nobodys: int
    """Accepted, and less than half of the discharges are any true unit's."""
    own: tuple[float, ...]
    """Of each accepted one, the share of its discharges that are those of its true unit."""


def examined(person: Person, effort: float, seed: int) -> Examined:
    """One person's muscle."""
    at_each = (Phase("insertion", 1.0), Phase("rest", 5.0), Phase("minimal", EFFORT_S, effort))
    muscle = MuscleScript("biceps", sites=SITES, phases=at_each, last_phases=())
    source = PatientSource(Script(seed=seed, patient=person, muscles=(muscle,)))
    subject = Subject("biceps brachii", "right", person.age)
    stream = StreamDescription("virtual patient", source.rate_hz, (Channel("needle", "uV"),), subject=subject)
    examination = Examination(stream, ExaminationSettings(), load_norms(NormSettings()))
    messages: list[object] = []
    true: dict[int, list[float]] = defaultdict(list)
    for number in range(source.n_segments):
        made = source.segment(number)
        messages += examination.feed(as_chunk(made.samples[:, np.newaxis], made.first, source.rate_hz))
        told = truth(made)
        for at, unit, heard_uv in zip(told.at_sample, told.unit, told.amplitude_uv, strict=True):
            if heard_uv >= TOLD_UV:
                true[int(unit)].append(float(at))
    messages += examination.finish()
    source.close()
    trains = accepted_trains(messages)
    owners = [(site, *owner(train, true, source.rate_hz)) for site, train in trains]
    owned = {(site, unit) for site, unit, _ in owners if unit is not None}
    return Examined(
        summary=[m for m in messages if isinstance(m, MuscleSummary)][-1],
        sites=max(m.site for m in messages if isinstance(m, PhaseChanged)),
        different=len(owned),
        true_units=len({unit for _, unit in owned}),
        nobodys=sum(unit is None for _, unit, _ in owners),
        own=tuple(share for _, unit, share in owners if unit is not None),
    )


def accepted_trains(messages: Sequence[object]) -> list[tuple[int, Indices]]:
    """Position and discharges of every accepted unit."""
    units = {m.unit: m for m in messages if isinstance(m, Unit)}
    trains: dict[int, set[int]] = defaultdict(set)
    for message in messages:
        if isinstance(message, Discharges):
            for unit, at in zip(message.units, message.indices, strict=True):
                trains[unit].add(at)
    counted = [unit for unit in units.values() if unit.accepted and unit.fate in ("followed", "silent")]
    return [(it.site, np.array(sorted(trains[it.unit]), dtype=np.float64)) for it in counted]


def owner(train: Indices, true: Mapping[int, list[float]], rate_hz: float) -> tuple[int | None, float]:
    """The true unit that at least half of the discharges are, and of those that of most; and their share."""
    hits = {unit: met(train, np.array(at), rate_hz) for unit, at in true.items()}
    best = max(hits, key=lambda unit: hits[unit], default=-1)
    share = hits[best] / train.size if best >= 0 else 0.0
    return (best if share >= 0.5 else None), share


def row(name: str, effort: float, people: Sequence[Examined]) -> str:
    """One class at one effort."""
    accepted = np.array([it.summary.units_accepted for it in people])
    different = np.array([it.different for it in people])
    behind = np.array([it.true_units for it in people])
    own = [share for it in people for share in it.own]
    near = [next(r.n for r in it.summary.rows if r.name == "amplitude_uv") for it in people]
    return (
        f"| {name} | {100.0 * effort:.0f} % | {len(people)} "
        f"| {np.median(accepted):.0f} ({accepted.min()} to {accepted.max()}) | {np.count_nonzero(accepted >= WANTED)} "
        f"| {np.median(different):.0f} ({different.min()} to {different.max()}) "
        f"| {np.median(behind):.0f} ({behind.min()} to {behind.max()}) | {sum(it.nobodys for it in people)} "
        f"| {100.0 * np.median(own):.0f} % ({100.0 * np.quantile(own, 0.1):.0f} %) "
        f"| {np.median(near):.0f} | {np.median([it.sites for it in people]):.0f} |"
    )


def main(people: int, seed: int) -> str:
    """The report."""
    lines = [
        "# Units of a whole examination",
        "",
        f"Written by `python -m tests.studies.examination --people {people} --seed {seed} --write`; every number",
        f"comes from it. Biceps of virtual people, {SITES} needle positions, {EFFORT_S:g} s of minimal",
        f"effort at each, of so much of the strongest; phases and positions as the signal tells them. Wanted: {WANTED}",
        "accepted units.",
        "",
        f"| class | effort | people | accepted units, median (range) | people with {WANTED} or more "
        "| different ones at their position | true units behind them | nobody's, of all "
        "| discharges that are their own, median (least tenth) | near enough for amplitude | positions told |",
        "|" + " --- |" * 11,
    ]
    chance = np.random.default_rng([seed, 5])
    for name, disorders in DISORDERS.items():
        persons = [Person(int(chance.integers(25, 70)), disorders=disorders) for _ in range(people)]
        for effort in EFFORTS:
            done: list[Examined] = []
            for number, person in enumerate(persons):
                done.append(examined(person, effort, seed + number))
                sys.stderr.write(f"{name} {number + 1}/{people}: {done[-1].summary.units_accepted} units\n")
            lines.append(row(name, effort, done))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--seed", type=int, default=301)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    report = main(given.people, given.seed)
    sys.stdout.write(report)
    if given.write:
        WRITTEN.parent.mkdir(parents=True, exist_ok=True)
        WRITTEN.write_text(report)
