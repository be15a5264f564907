"""A stay of the needle, built: tissue, position, what is heard there and what discharges."""

from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.refusal import Refusal
from simulators.patient.bank import Source
from simulators.patient.disease import afflicted
from simulators.patient.drive import Profile, voluntary_drive
from simulators.patient.electrode import ElectrodeKind, Needle
from simulators.patient.firing import pool_firing
from simulators.patient.muscles import Muscle, muscle
from simulators.patient.performance import Performance, Place
from simulators.patient.person import Person
from simulators.patient.potentials import UnitsHeard, listen, mean_potential
from simulators.patient.protocol import Stay
from simulators.patient.script import MuscleScript, Script
from simulators.patient.spontaneous import expected, spontaneous
from simulators.patient.tissue import DENERVATED, Tissue

_TISSUE_KEY, _NEEDLE_KEY, _RUN_KEY = 1, 2, 3

EARLY = 0.15
"""Fraction of the pool, the first recruited, beside whose fibres the examiner places the needle: at 5 % effort
somewhat less than that discharges."""
_WITHIN = 0.6
"""Of the radius of the simulated region: the needle stays well inside."""
_BESIDE_MM = (0.07, 0.8)
"""From the recording surface to that fibre: beside the metal, or as far as one still hears it sharply."""
_TURN_TO_EFFORT_S = 0.4
"""How long a person takes from one effort to the next."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything about one stay that does not change while it lasts."""

    person: Person
    muscle: Muscle
    tissue: Tissue
    needle: Needle
    place: Place
    units: UnitsHeard
    amplitudes_uv: NDArray[np.float64]
    """Peak to peak of the mean potential of each source."""
    performance: Performance
    """At its beginning: copy it, then run the copy."""


def needle_beside_a_fibre(
    kind: ElectrodeKind, muscle: Muscle, tissue: Tissue, rng: np.random.Generator
) -> Needle:
    """A needle as an examiner leaves it: near a fibre of a unit that takes part in a light contraction."""
    fibres, units = tissue.fibres, tissue.units
    early = np.flatnonzero(units.alive)[: max(1, round(EARLY * units.alive.sum()))]
    inside = np.hypot(fibres.x_mm, fibres.y_mm) < _WITHIN * tissue.radius_mm
    wanted = np.flatnonzero(inside & np.isin(fibres.unit, early))
    if wanted.size == 0:
        wanted = np.flatnonzero(inside & (fibres.unit != DENERVATED))
    fibre = int(rng.choice(wanted)) if wanted.size else 0
    beside, direction = rng.uniform(*_BESIDE_MM), rng.uniform(0.0, 2 * np.pi)
    side = 1.0 if rng.random() < 0.5 else -1.0
    return Needle(
        kind,
        x_mm=float(fibres.x_mm[fibre] + beside * np.cos(direction)),
        y_mm=float(fibres.y_mm[fibre] + beside * np.sin(direction)),
        z_mm=side * float(rng.uniform(*muscle.needle_distance_mm)),
        angle_rad=float(rng.uniform(0.0, 2 * np.pi)),
    )


def tissue_of(script: Script, number: int) -> tuple[Muscle, Tissue]:
    """The muscle and tissue of the examination's muscle `number`."""
    kind = muscle(script.muscles[number].muscle)
    return kind, afflicted(kind, script.patient, np.random.default_rng([script.seed, _TISSUE_KEY, number]))


def scene(script: Script, stay: Stay, rate_hz: float) -> Scene:
    """The scene of one stay, about a second of work. Raises Refusal for a muscle that is not known."""
    assert stay.muscle is not None
    kind, tissue = tissue_of(script, stay.muscle_number)
    rng = np.random.default_rng([script.seed, _NEEDLE_KEY, stay.muscle_number, stay.site])
    needle = needle_beside_a_fibre(stay.muscle.electrode, kind, tissue, rng)
    profile = _profile(stay, rate_hz)
    return build(
        script.patient, kind, tissue, needle, stay.muscle, profile, rate_hz, stay.stop - stay.first, rng
    )


def built(prepared: Future[Scene]) -> Scene:
    """The scene that a thread prepares, waited for. Raises Refusal, in one sentence, where it could not be made."""
    error = prepared.exception()
    if error is None:
        return prepared.result()
    if isinstance(error, Refusal):
        raise error
    raise Refusal(
        found=f"a needle position that could not be made ({type(error).__name__}: {error})",
        wanted="tissue and what a needle hears of it",
        do="Check that there is memory left; if there is, report it with the script and its seed.",
    ) from error


def build(
    person: Person,
    kind: Muscle,
    tissue: Tissue,
    needle: Needle,
    about: MuscleScript,
    profile: Profile,
    rate_hz: float,
    n_samples: int,
    rng: np.random.Generator,
) -> Scene:
    """A scene from its parts."""
    heard = listen(tissue, needle, rate_hz)
    specs = about.spontaneous
    if specs is None:
        specs = expected(person, kind, tissue, rng)
    others, clocks = spontaneous(specs, tissue, needle, rate_hz, heard.sources, rng)
    sources = (*heard.sources, *others)
    later: tuple[Source, ...] | None = None
    if about.drift_mm > 0:
        crept = listen(tissue, needle.advanced(about.drift_mm), rate_hz)
        later = (*crept.sources, *others)
    place = Place.heard(sources, later)
    pool = pool_firing(tissue, voluntary_drive(tissue, profile, about.tremor), rng)
    amplitudes = np.array([_peak_to_peak(source) for source in sources])
    performance = Performance(place, pool, clocks, rate_hz, n_samples)
    return Scene(person, kind, tissue, needle, place, heard.units, amplitudes, performance)


def _profile(stay: Stay, rate_hz: float) -> Profile:
    """Effort over the stay: each phase is reached from the one before within a moment."""
    times, efforts = [0.0], [0.0]
    for phase in stay.phases:
        begin, end = (phase.first - stay.first) / rate_hz, (phase.stop - stay.first) / rate_hz
        times += [min(begin + _TURN_TO_EFFORT_S, end), end]
        efforts += list(phase.efforts)
    return Profile(tuple(times), tuple(efforts))


def _peak_to_peak(source: Source) -> float:
    potential = mean_potential(source)
    return float(np.ptp(potential)) if potential.size else 0.0
