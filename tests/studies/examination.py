"""A whole examination of virtual people: how many units are accepted from six needle positions.

Run as `python -m tests.studies.examination [--people N] [--seed S] [--write]`. Each person's biceps: six positions,
at each an insertion, five seconds of rest and thirty of minimal effort, so three minutes of effort in all, at two
strengths that are both minimal effort: the simulator's own, and as much more as an examiner asks for who wants to hear
several units at once. Nobody says what phase it is, the signal does. Units are counted as the muscle's table counts
them. `--write` keeps the table in docs/validation/examination.md.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from contracts.measured import MuscleSummary, PhaseChanged
from contracts.records import Channel, StreamDescription, Subject
from contracts.settings import NormSettings
from inference.runtime.pipeline import as_chunk
from processing.examination.examination import Examination
from processing.examination.settings import ExaminationSettings
from processing.norms.lookup import load_norms
from simulators.patient.person import Disorder, Person
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource

WRITTEN = Path("docs/validation/examination.md")
SITES = 6
EFFORTS = (0.05, 0.08)
"""Of the strongest. Of the second the signal still says minimal effort; from about 0.1 on it says moderate."""
EFFORT_S = 30.0
WANTED = 20
READ_S = 10.0
DISORDERS = {
    "healthy": (),
    "myopathy": (Disorder("myopathy", 0.5),),
    "neuropathy": (Disorder("neuropathy", 0.5),),
    "motor neuron disease": (Disorder("motor neuron disease", 0.5),),
}


def examined(person: Person, effort: float, seed: int) -> tuple[MuscleSummary, int]:
    """The last summary of one person's muscle, and how many positions the signal told of."""
    at_each = (Phase("insertion", 1.0), Phase("rest", 5.0), Phase("minimal", EFFORT_S, effort))
    muscle = MuscleScript("biceps", sites=SITES, phases=at_each, last_phases=())
    source = PatientSource(Script(seed=seed, patient=person, muscles=(muscle,)))
    rate_hz = source.rate_hz
    subject = Subject("biceps brachii", "right", person.age)
    stream = StreamDescription("virtual patient", rate_hz, (Channel("needle", "uV"),), subject=subject)
    examination = Examination(stream, ExaminationSettings(), load_norms(NormSettings()))
    last: MuscleSummary | None = None
    site, first, step = 1, 0, round(READ_S * rate_hz)
    while (samples := source.read(first, first + step)).size:
        for message in examination.feed(as_chunk(samples, first, rate_hz)):
            if isinstance(message, PhaseChanged):
                site = max(site, message.site)
        first += len(samples)
    for message in examination.finish():
        if isinstance(message, MuscleSummary):
            last = message
    source.close()
    assert last is not None
    return last, site


def row(name: str, effort: float, summaries: list[tuple[MuscleSummary, int]]) -> str:
    """One class at one effort."""
    accepted = np.array([s.units_accepted for s, _ in summaries])
    near = np.array([next(r.n for r in s.rows if r.name == "amplitude_uv") for s, _ in summaries])
    sites = np.array([site for _, site in summaries])
    enough = int(np.count_nonzero(accepted >= WANTED))
    return (
        f"| {name} | {100.0 * effort:.0f} % | {len(summaries)} "
        f"| {np.median(accepted):.0f} ({accepted.min()} to {accepted.max()}) "
        f"| {enough} | {np.median(near):.0f} | {np.median(sites):.0f} |"
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
        "| near enough for amplitude, median | positions told, median |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    chance = np.random.default_rng([seed, 5])
    for name, disorders in DISORDERS.items():
        persons = [Person(int(chance.integers(25, 70)), disorders=disorders) for _ in range(people)]
        for effort in EFFORTS:
            done: list[tuple[MuscleSummary, int]] = []
            for number, person in enumerate(persons):
                done.append(examined(person, effort, seed + number))
                sys.stderr.write(f"{name} {number + 1}/{people}: {done[-1][0].units_accepted} units\n")
            lines.append(row(name, effort, done))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    report = main(given.people, given.seed)
    sys.stdout.write(report)
    if given.write:
        WRITTEN.parent.mkdir(parents=True, exist_ok=True)
        WRITTEN.write_text(report)
