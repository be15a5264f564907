"""Myopathy: units keep their axons and lose their fibres."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from simulators.patient.denervation import reach_mm
from simulators.patient.person import Stage
from simulators.patient.tissue import DENERVATED, Fibres, Tissue

_LOST_AT_FULL = 0.85
"""Fraction of the fibres gone at full extent (published models remove 25 to 75 %)."""
_SPREAD_AT_FULL = 0.42
"""Standard deviation that is added to the logarithm of the diameter: atrophy and hypertrophy side by side."""
_DIAMETER_LIMITS_UM = (12.0, 110.0)
_SPLIT_AT_FULL = 0.5
"""Fraction of the thick fibres that have split into two."""
_THICK = 1.25
"""From where a fibre counts as thick: as a multiple of the median diameter."""
_SPLIT_DISTANCE_MM = 0.04
_JITTER_ADDED_US = 15.0
_BLOCKING_AT_FULL = 0.02


@dataclass(frozen=True, slots=True)
class _Course:
    """What a stage makes of the fibres that are struck."""

    regenerating: float
    """Fraction of the struck fibres that come back, thin and slow, under their old unit."""
    fragments: float
    """Fraction of the struck fibres of which a stretch lives on without end-plate: it can fibrillate."""


_COURSES: dict[Stage, _Course] = {
    "acute": _Course(regenerating=0.05, fragments=0.35),
    "subacute": _Course(regenerating=0.20, fragments=0.20),
    "chronic": _Course(regenerating=0.06, fragments=0.03),
}
_REGENERATING_DIAMETER = (0.35, 0.65)
_REGENERATING_DELAY_MS = 0.3
_FRAGMENT_SHARE = (0.2, 0.5)
"""Length of a fragment, as a fraction of the fibre's."""


def lose_fibres(tissue: Tissue, extent: float, stage: Stage, rng: np.random.Generator) -> Tissue:
    """The tissue with myopathy of that extent, 0 to 1. 0 changes nothing.

    All draws are made whatever the extent, so that from one generator state a larger extent strikes the same
    fibres and more.
    """
    fibres = tissue.fibres
    n = len(fibres)
    struck_at, fate, uniform = rng.random(n), rng.random(n), rng.random(n)
    thickness, split_at, angle = rng.standard_normal(n), rng.random(n), rng.uniform(0.0, 2 * np.pi, n)
    delay = rng.standard_exponential(n)
    if extent == 0:
        return tissue
    course = _COURSES[stage]
    struck = (struck_at < _LOST_AT_FULL * extent) & (fibres.unit != DENERVATED)
    regenerating = struck & (fate < course.regenerating)
    fragment = struck & (fate >= 1 - course.fragments)
    changed = _remodelled(fibres, extent, thickness, uniform)
    changed = _regenerated(changed, fibres, regenerating, uniform, delay)
    changed = _broken(changed, fragment, angle, uniform)
    kept = ~struck | regenerating | fragment
    split = kept & ~struck & _splits(changed, split_at, extent)
    after = _with_halves(changed, kept, split, angle)
    units = replace(tissue.units, territory_mm=reach_mm(after, tissue.units.x_mm, tissue.units.y_mm))
    return replace(tissue, fibres=after, units=units)


def _remodelled(
    fibres: Fibres, extent: float, thickness: NDArray[np.float64], uniform: NDArray[np.float64]
) -> Fibres:
    """Diameters spread both ways, end-plates a little less safe."""
    factor = np.exp(_SPREAD_AT_FULL * extent * thickness)
    return replace(
        fibres,
        diameter_um=np.clip(fibres.diameter_um * factor, *_DIAMETER_LIMITS_UM),
        jitter_us=fibres.jitter_us + _JITTER_ADDED_US * extent,
        blocking=np.maximum(fibres.blocking, _BLOCKING_AT_FULL * extent * uniform),
    )


def _regenerated(
    fibres: Fibres,
    before: Fibres,
    regenerating: NDArray[np.bool_],
    uniform: NDArray[np.float64],
    delay: NDArray[np.float64],
) -> Fibres:
    low, high = _REGENERATING_DIAMETER
    diameter = np.where(regenerating, before.diameter_um * (low + (high - low) * uniform), fibres.diameter_um)
    return replace(
        fibres,
        diameter_um=diameter,
        delay_ms=fibres.delay_ms + np.where(regenerating, _REGENERATING_DELAY_MS * delay, 0.0),
    )


def _broken(
    fibres: Fibres, fragment: NDArray[np.bool_], angle: NDArray[np.float64], uniform: NDArray[np.float64]
) -> Fibres:
    """Struck fibres of which only a stretch between necrosis and one end lives on.

    The stretch keeps an `end_plate_mm`, its middle: where a discharge of its own begins.
    """
    low, high = _FRAGMENT_SHARE
    length = (low + (high - low) * uniform) * (fibres.right_mm - fibres.left_mm)
    at_the_left = angle < np.pi
    left = np.where(at_the_left, fibres.left_mm, fibres.right_mm - length)
    right = np.where(at_the_left, fibres.left_mm + length, fibres.right_mm)
    return replace(
        fibres,
        unit=np.where(fragment, np.int32(DENERVATED), fibres.unit),
        left_mm=np.where(fragment, left, fibres.left_mm),
        right_mm=np.where(fragment, right, fibres.right_mm),
        end_plate_mm=np.where(fragment, (left + right) / 2, fibres.end_plate_mm),
    )


def _splits(fibres: Fibres, split_at: NDArray[np.float64], extent: float) -> NDArray[np.bool_]:
    thick = fibres.diameter_um > _THICK * np.median(fibres.diameter_um)
    return thick & (split_at < _SPLIT_AT_FULL * extent)


def _with_halves(
    fibres: Fibres, kept: NDArray[np.bool_], split: NDArray[np.bool_], angle: NDArray[np.float64]
) -> Fibres:
    """What is left; each split fibre twice, side by side, with the cross-section shared."""
    diameter = np.where(split, fibres.diameter_um / np.sqrt(2), fibres.diameter_um)
    row = np.concatenate((np.flatnonzero(kept), np.flatnonzero(split)))
    columns = {f.name: getattr(fibres, f.name)[row] for f in fields(Fibres)}
    columns["diameter_um"] = diameter[row]
    n_kept = int(np.count_nonzero(kept))
    columns["x_mm"][n_kept:] += _SPLIT_DISTANCE_MM * np.cos(angle[split])
    columns["y_mm"][n_kept:] += _SPLIT_DISTANCE_MM * np.sin(angle[split])
    return Fibres(**columns)
