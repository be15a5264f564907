"""The normal areas of turns and amplitude that are shipped, from healthy virtual people.

Run as `python -m tests.studies.clouds [people] [--write]`. Epochs of slight to full effort of people of all ages, at
two needle positions each, phases as they are found. They are marked unverified wherever they are used: nobody real was
measured.
"""

import argparse
from pathlib import Path

import msgspec
import numpy as np
import tomli_w

import processing.epochs.cloud
from contracts.measured import Epoch
from processing.epochs.cloud import build_cloud, summarise
from processing.epochs.meter import EpochMeter
from processing.phases.finder import PhaseFinder
from simulators.patient.person import Person
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource

FILE = Path(processing.epochs.cloud.__file__).with_name("clouds.toml")
MUSCLES = (
    "biceps brachii",
    "deltoid",
    "first dorsal interosseous",
    "tibialis anterior",
    "vastus lateralis",
)
PHASES = (
    Phase("insertion", 0.8),
    Phase("rest", 1.7),
    Phase("minimal", 4.0),
    Phase("moderate", 4.0),
    Phase("ramp", 6.0, effort=0.3, effort_to=1.0),
    Phase("maximal", 3.0),
)
SEED = 5_000
"""Far from the seeds of all other studies."""


def epochs_of(person: Person, muscle: str, seed: int) -> list[Epoch]:
    """The epochs of one muscle of a person."""
    script = MuscleScript(muscle, sites=2, phases=PHASES, last_phases=(), spontaneous=(), drift_mm=0.0)
    source = PatientSource(Script(seed=seed, patient=person, muscles=(script,)))
    finder, meter = PhaseFinder(source.rate_hz), EpochMeter(source.rate_hz)
    epochs: list[Epoch] = []
    at = 0
    for number in range(source.n_segments):
        samples = source.segment(number).samples
        meter.feed(samples, at)
        for hop in finder.feed(samples, at):
            epochs += meter.phase(hop.phase, hop.first_index, hop.stop_index)
        at += samples.size
    source.close()
    return epochs


def main(people: int, write: bool) -> None:
    """Print how many epochs of each person lie outside; write the data file."""
    clouds: dict[str, dict[str, object]] = {}
    for number, muscle in enumerate(MUSCLES):
        rng = np.random.default_rng([SEED, number])
        everyone = [
            epochs_of(
                Person(int(rng.integers(20, 80)), "female" if k % 2 else "male"),
                muscle,
                SEED + 100 * number + k,
            )
            for k in range(people)
        ]
        together = [epoch for epochs in everyone for epoch in epochs]
        cloud = build_cloud(
            together,
            muscle,
            source=f"{people} healthy virtual people of 20 to 79 years, {len(together)} epochs of 1 s",
            technique="simulated concentric needle 0.07 mm2, turns from 100 uV, recorder `bedside`",
            unverified=True,
        )
        outside = [summarise(epochs, cloud).outside for epochs in everyone]
        print(muscle, len(together), "epochs; outside, by person:", outside, flush=True)
        clouds[muscle] = {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in msgspec.structs.asdict(cloud).items()
        }
    if write:
        head = "# Normal areas of turns and amplitude of simulated people (`python -m tests.studies.clouds`).\n\n"
        FILE.write_text(head + tomli_w.dumps(clouds), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("people", nargs="?", type=int, default=6)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    main(options.people, options.write)
