"""The tissue around a needle: motor units and their fibres, as arrays.

Coordinates in mm: x and y across the fibres, the centre of the simulated region at 0, 0; z along them, the
middle of the end-plate zone at 0. A disorder gives a new tissue; nothing here is changed in place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DENERVATED = -1
"""Owner of a fibre that no unit innervates."""


@dataclass(frozen=True, slots=True)
class Fibres:
    """Muscle fibres, one row each."""

    unit: NDArray[np.int32]
    """Owner, an index into `Units`; DENERVATED without one."""
    x_mm: NDArray[np.float64]
    y_mm: NDArray[np.float64]
    diameter_um: NDArray[np.float64]
    end_plate_mm: NDArray[np.float64]
    """z of the end-plate."""
    left_mm: NDArray[np.float64]
    """z of the one end, below that of the end-plate."""
    right_mm: NDArray[np.float64]
    delay_ms: NDArray[np.float64]
    """From the discharge of the unit to the firing of the end-plate: terminal branches and sprouts."""
    jitter_us: NDArray[np.float64]
    """Standard deviation of `delay_ms` from discharge to discharge."""
    blocking: NDArray[np.float64]
    """Probability that a discharge does not reach the fibre."""

    def __len__(self) -> int:
        """How many there are."""
        return self.unit.shape[0]


@dataclass(frozen=True, slots=True)
class Units:
    """Motor units in order of recruitment threshold, one row each. A lost unit keeps its row."""

    threshold: NDArray[np.float64]
    """Fuglevand's recruitment threshold excitation: 1 for the first, the muscle's range for the last."""
    x_mm: NDArray[np.float64]
    y_mm: NDArray[np.float64]
    territory_mm: NDArray[np.float64]
    """Radius."""
    alive: NDArray[np.bool_]

    def __len__(self) -> int:
        """How many there were in health."""
        return self.threshold.shape[0]


@dataclass(frozen=True, slots=True)
class Tissue:
    """What a needle in this muscle of this person may meet."""

    fibres: Fibres
    units: Units
    radius_mm: float
    """Of the simulated cross-section: put the needle well inside."""
    excitation_per_effort: float = 1.0
    """How much harder the pool is driven for the same force: above 1 where units have become weak or few."""
    highest_excitation: float = 1.0
    """Fraction of full drive that the person can bring up: below 1 with poor activation."""
    first_rate_hz: float = 7.6
    """At recruitment (onset interval 132 ms, Petajan and Philip 1969; 11.6 Hz in facial and bulbar muscles)."""
    peak_rates_hz: tuple[float, float] = (35.0, 25.0)
    """Of the first and the last unit recruited, at full drive."""
    interval_cv: float = 0.15
    """Coefficient of variation of the interval between discharges."""
