"""Slow twins of the virtual patient's kernels, written from the definitions."""

import math
from collections.abc import Callable
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


def rosenfalck_mv(x_mm: float, stretch: float) -> float:
    """Rosenfalck's wave above rest, compressed by 2, then stretched with its slopes kept."""
    y = x_mm / stretch
    return stretch * 768.0 * y**3 * math.exp(-2 * y) if y > 0 else 0.0


def steep_mv(x_mm: float, peak_mm: float) -> float:
    """A wave like x^2 exp(-2 x / peak), 129 mV high at its peak."""
    y = x_mm / peak_mm
    return 129.0 * y**2 * math.exp(2 - 2 * y) if y > 0 else 0.0


def slope(wave: Callable[[float], float], x_mm: float) -> float:
    """Its slope, by differences."""
    h = 1e-4
    return (wave(x_mm + h) - wave(x_mm - h)) / (2 * h)


def fibre_wave(
    front_mm: float,
    ends_mm: tuple[float, float, float],
    across_mm: tuple[float, float],
    pieces: F64,
    ratio: float,
    peak_mm: float,
) -> float:
    """The integral over the fibre, mV/mm2, when both fronts have gone `front_mm`; the electrode at z = 0.

    ends: z of left end, end-plate, right end; across: place along the shaft axis and distance from it;
    peak: where the steep wave is highest.
    """
    left, plate, right = ends_mm
    if front_mm <= 0:
        return 0.0

    def at(z: float) -> float:
        gone = slope(lambda x: steep_mv(x, peak_mm), front_mm - abs(z - plate))
        return (gone if z >= plate else -gone) * weight_slope(z, across_mm, pieces, ratio)

    total = 0.0
    for low, high in ((max(left, plate - front_mm), plate), (plate, min(right, plate + front_mm))):
        cuts = np.linspace(low, high, 1 + math.ceil((high - low) / 4.0))
        for start, stop in pairwise(cuts):
            total += quad(at, start, stop, epsabs=1e-7, epsrel=1e-6, limit=100)[0]
    return total
