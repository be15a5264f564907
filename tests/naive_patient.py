"""Slow twins of the virtual patient's kernels, written from the definitions."""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

F64 = NDArray[np.float64]

CUTS = 2000
"""Points that a piece of an electrode is cut into."""


def weight_slope(q_mm: float, across_mm: tuple[float, float], pieces: F64, ratio: float) -> float:
    """Mean over each straight piece of the derivative of 1 / sqrt(K rho^2 + q^2), weighted, in 1/mm2."""
    along, aside = across_mm
    total = 0.0
    for start, stop, z, weight in pieces:
        places = start + (stop - start) * (np.arange(CUTS) + 0.5) / CUTS
        q = q_mm - z
        rho2 = (places - along) ** 2 + aside**2
        total += weight * float(np.mean(-q / (ratio * rho2 + q * q) ** 1.5))
    return total


def wave_slope(x_mm: float, stretch: float) -> float:
    """V' of the Rosenfalck wave, compressed by 2, then stretched with its slopes kept, mV/mm."""
    y = x_mm / stretch
    return 768.0 * (3 * y**2 - 2 * y**3) * math.exp(-2 * y) if y > 0 else 0.0


def fibre_wave(
    front_mm: float,
    ends_mm: tuple[float, float, float],
    across_mm: tuple[float, float],
    pieces: F64,
    ratio: float,
    stretch: float,
) -> float:
    """The integral over the fibre, mV/mm2, when both fronts have gone `front_mm`; the electrode at z = 0.

    ends: z of left end, end-plate, right end; across: place along the shaft axis and distance from it.
    """
    left, plate, right = ends_mm
    if front_mm <= 0:
        return 0.0

    def at(z: float) -> float:
        gone = wave_slope(front_mm - abs(z - plate), stretch)
        return (gone if z >= plate else -gone) * weight_slope(z, across_mm, pieces, ratio)

    total = 0.0
    for low, high in ((max(left, plate - front_mm), plate), (plate, min(right, plate + front_mm))):
        cuts = np.linspace(low, high, 1 + math.ceil((high - low) / 4.0))
        for start, stop in pairwise(cuts):
            total += quad(at, start, stop, epsabs=1e-7, epsrel=1e-6, limit=100)[0]
    return total
