"""Healthy muscle around a needle: a motor unit pool and its fibres, as age has left them.

The pool stands for the units whose territories lie around the needle, not for the whole muscle: it follows
Fuglevand, Winter and Patla (1993) in its thresholds, and the fitted local density and size of territories
in its fibres, because textbook densities of whole muscles do not give potentials of realistic size.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.patient.denervation import Reinnervation, lose_axons, reach_mm
from simulators.patient.muscles import Muscle, between_people
from simulators.patient.person import Person
from simulators.patient.tissue import Fibres, Tissue, Units

N_UNITS = 150

_REGION_TERRITORIES = 4.0
"""Radius of the region in which units have their centres, in territories of minimal effort: about twelve
units of the pool then have fibres at any point."""
_SIZE_AT_MINIMAL_EFFORT = 0.13
"""Place in the pool (0 the first unit, 1 the last) of the units that the muscle's values describe."""
_AREA_SHARE = 0.35
"""Share of a unit's size, as a power, that goes into the area of its territory; the rest is density."""
_DIAMETER_POWER = 0.08
"""Of size: a unit five times as large has fibres 14 % thicker (Fuglevand 1993 and later models: 46 to 64 um)."""
_BETWEEN_UNITS = {"territory": 0.10, "density": 0.15, "diameter": 0.04}
"""Coefficients of variation between units of one size."""
_FIBRE_END_CV = 0.05
_THINNEST_UM = 15.0
_JITTER_US = (25.0, 35.0)
"""Of healthy end-plates, as a standard deviation (25: Stalberg and Trontelj; 35: Hamilton-Wright and Stashuk 2005)."""
_SEX_DIAMETER = {"female": 0.96, "male": 1.04}

_MIDDLE_AGE = 45
_WIDENING_PER_YEAR = 0.006
"""Of end-plate scatter and terminal delays: duration, amplitude and turns rise linearly with age (Howard, McGill and
Dorfman 1988)."""
_SLOWING_PER_YEAR = 0.004
"""Of discharge rates, which fall with age (Howard, McGill and Dorfman 1988)."""
_LOSS_BY_AGE = ((20, 60, 71, 80), (0.0, 0.10, 0.40, 0.50))
"""Fraction of units lost: about 40 % by 71, the survivors about 50 % larger (Piasecki et al. 2016)."""
_REINNERVATION_OF_AGE = Reinnervation(
    adopted=0.95, recent=0.0, sprout_delay_ms=0.05, mature_jitter_us=(28.0, 42.0), diameter_cv=0.08
)


@dataclass(frozen=True, slots=True)
class _Own:
    """The muscle as this person has it."""

    territory_mm: float
    density: float
    diameter_um: float
    diameter_sd_um: float
    end_plate_sd_mm: float
    unit_zone_sd_mm: float
    terminal_delay_ms: float
    rates: float
    interval_cv: float


def grow(muscle: Muscle, person: Person, rng: np.random.Generator) -> Tissue:
    """Tissue of this muscle in a person of this age and sex, without any disorder.

    What differs between people is drawn first, then the units, then their fibres: the same generator state
    gives the same bits. Units are in order of threshold and of size.
    """
    own = _own(muscle, person, rng)
    size = muscle.size_range ** (np.linspace(0.0, 1.0, N_UNITS) - _SIZE_AT_MINIMAL_EFFORT)
    radius = _REGION_TERRITORIES * muscle.territory_mm
    x, y = _in_disc(np.full(N_UNITS, radius), rng)
    territory = own.territory_mm * size ** (_AREA_SHARE / 2) * _factors("territory", rng)
    density = own.density * size ** (1 - _AREA_SHARE) * _factors("density", rng)
    counts = np.maximum(1, rng.poisson(density * np.pi * territory**2))
    fibres = _fibres(muscle, own, counts, size, territory, (x, y), rng)
    units = Units(
        threshold=muscle.recruitment_range ** np.linspace(0.0, 1.0, N_UNITS),
        x_mm=x,
        y_mm=y,
        territory_mm=reach_mm(fibres, x, y),
        alive=np.ones(N_UNITS, np.bool_),
    )
    first, last = muscle.peak_rates_hz
    young = Tissue(
        fibres=fibres,
        units=units,
        radius_mm=radius,
        first_rate_hz=muscle.first_rate_hz * own.rates,
        peak_rates_hz=(first * own.rates, last * own.rates),
        interval_cv=own.interval_cv,
    )
    return lose_axons(young, float(np.interp(person.age, *_LOSS_BY_AGE)), _REINNERVATION_OF_AGE, rng)


def _own(muscle: Muscle, person: Person, rng: np.random.Generator) -> _Own:
    spread = between_people()
    years = person.age - _MIDDLE_AGE
    wider = 1 + _WIDENING_PER_YEAR * years
    slower = 1 - _SLOWING_PER_YEAR * years

    def factor(cv: float) -> float:
        return float(np.exp(cv * rng.standard_normal() - cv**2 / 2))

    diameter = factor(spread.diameter) * _SEX_DIAMETER[person.sex]
    end_plates = factor(spread.end_plates) * wider
    return _Own(
        territory_mm=muscle.territory_mm * factor(spread.territory),
        density=muscle.fibres_per_mm2 * factor(spread.density),
        diameter_um=muscle.diameter_um * diameter,
        diameter_sd_um=muscle.diameter_sd_um * diameter * factor(spread.diameter_sd),
        end_plate_sd_mm=muscle.end_plate_sd_mm * end_plates,
        unit_zone_sd_mm=muscle.unit_zone_sd_mm * end_plates,
        terminal_delay_ms=muscle.terminal_delay_ms * factor(spread.terminal_delay) * wider,
        rates=factor(spread.rates) * slower,
        interval_cv=muscle.interval_cv * factor(spread.interval_cv),
    )


def _fibres(
    muscle: Muscle,
    own: _Own,
    counts: NDArray[np.int64],
    size: NDArray[np.float64],
    territory: NDArray[np.float64],
    centres: tuple[NDArray[np.float64], NDArray[np.float64]],
    rng: np.random.Generator,
) -> Fibres:
    """Fibres spread evenly over the territories of their units."""
    unit = np.repeat(np.arange(N_UNITS, dtype=np.int32), counts)
    n = unit.shape[0]
    x, y = _in_disc(territory[unit], rng)
    zone = own.unit_zone_sd_mm * rng.standard_normal(N_UNITS)
    end_plate = zone[unit] + own.end_plate_sd_mm * rng.standard_normal(n)
    thickness = size**_DIAMETER_POWER * _factors("diameter", rng)
    diameter = own.diameter_um * thickness[unit] + own.diameter_sd_um * rng.standard_normal(n)
    left, right = (
        half * np.maximum(0.5, 1 + _FIBRE_END_CV * rng.standard_normal(n)) for half in muscle.half_lengths_mm
    )
    edge = 0.9 * np.minimum(left, right)
    return Fibres(
        unit=unit,
        x_mm=centres[0][unit] + x,
        y_mm=centres[1][unit] + y,
        diameter_um=np.maximum(_THINNEST_UM, diameter),
        end_plate_mm=np.clip(end_plate, -edge, edge),
        left_mm=-left,
        right_mm=right,
        delay_ms=np.abs(own.terminal_delay_ms * rng.standard_normal(n)),
        jitter_us=rng.uniform(*_JITTER_US, n),
        blocking=np.zeros(n),
    )


def _in_disc(
    radius: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points evenly spread over discs around 0, 0, one each."""
    distance = radius * np.sqrt(rng.random(radius.shape[0]))
    angle = rng.uniform(0.0, 2 * np.pi, radius.shape[0])
    return distance * np.cos(angle), distance * np.sin(angle)


def _factors(what: str, rng: np.random.Generator) -> NDArray[np.float64]:
    cv = _BETWEEN_UNITS[what]
    return np.exp(cv * rng.standard_normal(N_UNITS) - cv**2 / 2)
