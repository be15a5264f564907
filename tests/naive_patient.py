"""Slow twins of the virtual patient's kernels, written from the definitions."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

F64 = NDArray[np.float64]


def weight_slope(q_mm: float, along_mm: float, aside_mm: float, pieces: F64, ratio: float) -> float:
    """Mean over each straight piece of the derivative of 1 / sqrt(K rho^2 + q^2), weighted, in 1/mm2."""
    total = 0.0
    for start, stop, z, weight in pieces:

        def at(place: float, q: float = q_mm - z) -> float:
            rho2 = (place - along_mm) ** 2 + aside_mm**2
            return -q / (ratio * rho2 + q * q) ** 1.5

        total += weight / (stop - start) * quad(at, start, stop, epsabs=1e-12, epsrel=1e-9, limit=200)[0]
    return total


def wave_slope(x_mm: float, stretch_mm: float) -> float:
    """V' of the Rosenfalck wave, compressed by 2, then stretched with its slopes kept, mV/mm."""
    y = x_mm / stretch_mm
    return 768.0 * (3 * y**2 - 2 * y**3) * math.exp(-2 * y) if y > 0 else 0.0


def fibre_wave(
    front_mm: float, ends_mm: tuple[float, float, float], across_mm: tuple[float, float], pieces: F64,
    ratio: float, stretch_mm: float,
) -> float:  # fmt: skip
    """The integral over the fibre, mV/mm2, when both fronts have gone `front_mm`; the electrode at z = 0.

    ends: z of left end, end-plate, right end; across: place along the shaft axis and distance from it.
    """
    left, plate, right = ends_mm

    def source(z: float) -> float:
        gone = wave_slope(front_mm - abs(z - plate), stretch_mm)
        return -gone if z >= plate else gone

    def at(z: float) -> float:
        return -source(z) * weight_slope(z, *across_mm, pieces, ratio)

    total = 0.0
    for low, high in ((max(left, plate - front_mm), plate), (plate, min(right, plate + front_mm))):
        for part in range(math.ceil((high - low) / 5.0)):
            stop = min(high, low + 5.0 * (part + 1))
            total += quad(at, low + 5.0 * part, stop, epsabs=1e-9, epsrel=1e-7, limit=100)[0]
    return total
