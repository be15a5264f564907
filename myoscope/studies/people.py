"""Simulated people by the hundred: who they are, and what an examiner would write down about each."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

import msgspec
import numpy as np

from myoscope.studies.activity import MODERATE_EFFORT, firing_intervals, interference
from myoscope.studies.examination import Potential, examine
from simulators.patient.disease import afflicted
from simulators.patient.muscles import muscle
from simulators.patient.person import Disorder, Person

AGES = (20, 65)
"""Of the published groups."""
FEWEST = 5
"""Potentials below which a person has no means."""
SHAPE = (
    "duration_ms",
    "amplitude_uv",
    "phases",
    "turns",
    "spike_duration_ms",
    "area_uvms",
    "thickness_ms",
    "rise_time_us",
)
WITHIN = {"duration_within_ms": "duration_ms", "amplitude_within_uv": "amplitude_uv"}
"""Standard deviations within a person."""
PATTERN = {
    "pattern_turns_per_s": "turns_per_s",
    "pattern_mean_amplitude_uv": "mean_amplitude_uv",
    "pattern_upper_centile_uv": "upper_centile_amplitude_uv",
    "pattern_activity": "activity",
}
"""Of the interference pattern at moderate effort."""


class Seen(msgspec.Struct, frozen=True):
    """What was measured of one simulated person."""

    person: Person
    n_taken: int
    n_offered: int
    n_sites: int
    alive: float
    """Fraction of the pool's units."""
    means: dict[str, float]
    """By measure; without the shape of potentials where there were fewer than FEWEST."""
    onset_ms: tuple[float, ...]
    """Per unit."""
    recruitment_ms: tuple[float, ...]


class Job(msgspec.Struct, frozen=True):
    """One person to be made and examined."""

    muscle: str
    group: str
    seed: tuple[int, ...]
    ages: tuple[int, int] = AGES


def draw_published(group: str, ages: tuple[int, int], rng: np.random.Generator) -> Person:
    """Somebody as in the published groups: of working age, and if ill, as ill as those who are examined are."""
    age, sex = int(rng.integers(ages[0], ages[1] + 1)), "female" if rng.random() < 0.5 else "male"
    if group == "healthy":
        return Person(age, sex)
    severity = round(float(rng.beta(2.0, 2.0)), 3)
    return Person(age, sex, (msgspec.convert({"kind": group, "severity": severity}, Disorder),))


def see(job: Job) -> Seen:
    """A person of that group, grown and examined; the same job gives the same numbers."""
    rng = np.random.default_rng(job.seed)
    kind = muscle(job.muscle)
    person = draw_published(job.group, job.ages, rng)
    tissue = afflicted(kind, person, rng)
    examined = examine(kind, tissue, rng)
    onset, recruitment = firing_intervals(tissue, examined, rng)
    epochs = interference(tissue, examined.sites[0].needle, MODERATE_EFFORT, rng)
    means = shape_of(examined.taken)
    means.update(
        {name: float(np.mean([getattr(epoch, of) for epoch in epochs])) for name, of in PATTERN.items()}
    )
    return Seen(
        person,
        len(examined.taken),
        examined.offered,
        len(examined.sites),
        float(tissue.units.alive.mean()),
        means,
        tuple(onset),
        tuple(recruitment),
    )


def see_all(jobs: Sequence[Job], workers: int, progress: Callable[[], None]) -> list[Seen]:
    """Everybody, in the order of the jobs."""
    with ProcessPoolExecutor(workers) as pool:
        seen: list[Seen] = []
        for one in pool.map(see, jobs, chunksize=2):
            seen.append(one)
            progress()
    return seen


def shape_of(taken: Sequence[Potential]) -> dict[str, float]:
    """Means over a person's potentials, and how much they differ; nothing of fewer than FEWEST."""
    if len(taken) < FEWEST:
        return {}
    columns = {name: _values(taken, name) for name in SHAPE}
    means = {name: float(np.mean(values)) for name, values in columns.items() if values}
    means["polyphasic_percent"] = 100.0 * float(np.mean([p.measures.polyphasic for p in taken]))
    means.update({name: float(np.std(columns[of], ddof=1)) for name, of in WITHIN.items()})
    return means


def _values(taken: Sequence[Potential], name: str) -> list[float]:
    found = (getattr(potential.measures, name) for potential in taken)
    return [float(value) for value in found if value is not None]
