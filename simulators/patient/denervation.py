"""Loss of axons, and what the neighbours make of it: collateral sprouting to the fibres left behind.

Age, neuropathy and motor neuron disease all act through `lose_axons`; they differ in how many axons go and in
how well the survivors answer.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from simulators.patient.tissue import DENERVATED, Fibres, Tissue

_REACH_MM = 1.5
"""Farthest that a sprout grows (about 1 to 1.5 mm)."""
_MOST = 6
"""Fibres that a unit can hold, as a multiple of what it had: sprouting gives out at about five to eight times."""
_WAVE = 0.15
"""Fraction of the units that is lost before the survivors answer; they answer wave by wave, which is what
makes groups of groups."""


@dataclass(frozen=True, slots=True)
class Reinnervation:
    """How the survivors answer."""

    adopted: float
    """Fraction of the orphaned fibres that a sprout reaches, where a survivor is near enough."""
    recent: float
    """Fraction of the adopted ones whose sprout is young: thin, slow and unsafe."""
    sprout_delay_ms: float
    """Mean of the further delay in a mature sprout, exponentially distributed."""
    mature_jitter_us: tuple[float, float]
    diameter_cv: float
    """Of adopted fibres, around the diameter that they had."""
    mature_blocking: tuple[float, float] = (0.0, 0.0)
    recent_delay_ms: float = 0.0
    """Mean of the further delay in a young sprout."""
    recent_jitter_us: tuple[float, float] = (0.0, 0.0)
    recent_blocking: tuple[float, float] = (0.0, 0.0)
    recent_diameter: float = 1.0
    """Diameter of the fibres of young sprouts, as a fraction: they have not yet grown back."""
    orphan_diameter: tuple[float, float] = (0.5, 0.8)
    """Range of the diameter of fibres without an axon, as a fraction."""
    survivor_diameter: float = 1.0
    """Diameter of the fibres that kept their axon, as a fraction, were all other axons lost: overwork
    thickens them."""


def lose_axons(tissue: Tissue, fraction: float, answer: Reinnervation, rng: np.random.Generator) -> Tissue:
    """The tissue after `fraction` of the living units is gone and the others have answered.

    Every fibre stays: adopted by the unit of the nearest fibre that has an axon, or DENERVATED. All draws are
    made whatever the fraction, so that from one generator state a larger fraction takes the same units
    and more, in the same order: the course of one illness. `fraction` 0 changes nothing.
    """
    fibres, units = tissue.fibres, tissue.units
    n = len(fibres)
    rank = _rank_of_loss(units.alive, rng)
    reachable = rng.random(n) < answer.adopted
    draws = _Draws.of(n, rng)
    gone = units.alive & (rank < fraction)
    if not np.any(gone):
        return tissue
    unit = fibres.unit.copy()
    room = _MOST * _counts(unit, len(units))
    for step in range(int(np.ceil(fraction / _WAVE))):
        lost = gone & (rank >= step * _WAVE) & (rank < (step + 1) * _WAVE)
        orphan = (unit != DENERVATED) & lost[unit]
        unit[orphan] = DENERVATED
        _adopt(fibres, unit, np.flatnonzero(orphan & reachable), room)
    after = _answered(fibres, unit, fraction, answer, draws)
    alive = units.alive & ~gone
    territory = np.where(alive, reach_mm(after, units.x_mm, units.y_mm), 0.0)
    return replace(tissue, fibres=after, units=replace(units, alive=alive, territory_mm=territory))


def reach_mm(fibres: Fibres, x_mm: NDArray[np.float64], y_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Radius of each unit's territory: the distance of its farthest fibre from its centre, mm; 0 without any."""
    owned = fibres.unit != DENERVATED
    unit = fibres.unit[owned]
    distance = np.hypot(fibres.x_mm[owned] - x_mm[unit], fibres.y_mm[owned] - y_mm[unit])
    reach = np.zeros(x_mm.shape[0])
    np.maximum.at(reach, unit, distance)
    return reach


@dataclass(frozen=True, slots=True)
class _Draws:
    """What chance says of every fibre, should it lose its axon."""

    age: NDArray[np.float64]
    delay: NDArray[np.float64]
    jitter: NDArray[np.float64]
    blocking: NDArray[np.float64]
    diameter: NDArray[np.float64]
    atrophy: NDArray[np.float64]

    @classmethod
    def of(cls, n: int, rng: np.random.Generator) -> "_Draws":
        return cls(
            age=rng.random(n),
            delay=rng.standard_exponential(n),
            jitter=rng.random(n),
            blocking=rng.random(n),
            diameter=rng.standard_normal(n),
            atrophy=rng.random(n),
        )


def _rank_of_loss(alive: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Place of each living unit in the order of loss, within 0 to 1; above 1 for those already gone."""
    order = rng.random(alive.shape[0])
    rank = np.full(alive.shape[0], 2.0)
    n_alive = int(np.count_nonzero(alive))
    rank[alive] = (np.argsort(np.argsort(order[alive])) + 0.5) / max(1, n_alive)
    return rank


def _adopt(
    fibres: Fibres, unit: NDArray[np.int32], orphans: NDArray[np.intp], room: NDArray[np.int64]
) -> None:
    """Write into `unit` the nearest living owner of each orphan within reach of a sprout, nearest pairs first.

    `room`: (n_units,) fibres that each unit can hold.
    """
    owned = np.flatnonzero(unit != DENERVATED)
    if not orphans.size or not owned.size:
        return
    # Neither balanced nor compact: built in half the time, and it answers as fast.
    tree = KDTree(
        np.column_stack((fibres.x_mm[owned], fibres.y_mm[owned])),
        leafsize=20,
        compact_nodes=False,
        balanced_tree=False,
    )
    points = np.column_stack((fibres.x_mm[orphans], fibres.y_mm[orphans]))
    distance, nearest = tree.query(points, distance_upper_bound=_REACH_MM)
    distance, nearest = np.asarray(distance), np.asarray(nearest)
    reached = np.flatnonzero(nearest < owned.size)
    heir = unit[owned[nearest[reached]]]
    order = np.lexsort((distance[reached], heir))
    heir, orphan = heir[order], orphans[reached[order]]
    place = np.arange(heir.size) - np.searchsorted(heir, heir)
    taken = place < (room - _counts(unit, room.size))[heir]
    unit[orphan[taken]] = heir[taken]


def _counts(unit: NDArray[np.int32], n_units: int) -> NDArray[np.int64]:
    """Fibres of every unit."""
    return np.bincount(unit[unit != DENERVATED], minlength=n_units)


def _answered(
    fibres: Fibres, unit: NDArray[np.int32], fraction: float, answer: Reinnervation, draws: _Draws
) -> Fibres:
    """Fibres with their new owners, and with what became of those that changed hands."""
    had_axon = fibres.unit != DENERVATED
    orphan = had_axon & (unit == DENERVATED)
    adopted = had_axon & (unit != DENERVATED) & (unit != fibres.unit)
    recent = adopted & (draws.age < answer.recent)
    mature = adopted & ~recent
    diameter = fibres.diameter_um * np.where(
        had_axon & ~orphan & ~adopted, 1 + (answer.survivor_diameter - 1) * fraction, 1.0
    )
    diameter[orphan] *= _between(answer.orphan_diameter, draws.atrophy[orphan])
    diameter[adopted] *= np.exp(answer.diameter_cv * draws.diameter[adopted])
    diameter[recent] *= answer.recent_diameter
    delay, jitter, blocking = fibres.delay_ms.copy(), fibres.jitter_us.copy(), fibres.blocking.copy()
    delay[mature] += answer.sprout_delay_ms * draws.delay[mature]
    delay[recent] += answer.recent_delay_ms * draws.delay[recent]
    jitter[mature] = np.maximum(jitter[mature], _between(answer.mature_jitter_us, draws.jitter[mature]))
    jitter[recent] = np.maximum(jitter[recent], _between(answer.recent_jitter_us, draws.jitter[recent]))
    blocking[mature] = np.maximum(blocking[mature], _between(answer.mature_blocking, draws.blocking[mature]))
    blocking[recent] = np.maximum(blocking[recent], _between(answer.recent_blocking, draws.blocking[recent]))
    return replace(
        fibres, unit=unit, diameter_um=diameter, delay_ms=delay, jitter_us=jitter, blocking=blocking
    )


def _between(limits: tuple[float, float], draw: NDArray[np.float64]) -> NDArray[np.float64]:
    return limits[0] + (limits[1] - limits[0]) * draw
