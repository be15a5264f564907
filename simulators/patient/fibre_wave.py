"""The action potential of muscle fibres of finite length, as a needle sees it.

The line-source model of Nandedkar and Stalberg (1983) with the intracellular wave of Rosenfalck (1969) and
the conductivities of Andreassen and Rosenfalck (1981). Integrated by parts over a fibre with sealed ends,
so that the onset at the end-plate and the extinction at the ends need no extra sources:

    phi(t) = (sigma_i / sigma_r) (d^2 / 16) * sum over both directions of
             integral from 0 to L of V'(v t - u) w'(u - b) du,        w(q) = 1 / sqrt(K rho^2 + q^2)

u: distance from the end-plate, b: from the end-plate to the electrode, K: axial over radial conductivity.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.patient.electrode import Needle
from simulators.patient.kernels.fibre_wave import FADED, add_fibre_waves
from simulators.patient.tissue import Fibres

F64 = NDArray[np.float64]

NEAREST_MM = 0.03
"""No fibre is nearer to the shaft axis: about its own radius, and the formula diverges there."""

FINEST = 0.15
"""Longest step along a fibre, as a fraction of the electrode's sharpness: amplitudes within 0.5 %."""


@dataclass(frozen=True, slots=True)
class Conduction:
    """Constants of the membrane and of the tissue around it."""

    stretch_mm: float = 1.41
    """V'(x / stretch) replaces V'(x), the slope of Rosenfalck's wave as Nandedkar and Stalberg compress it.

    Fitted to potentials of healthy muscles together with the dead zone of the needle: with 1 they rise
    faster, last 1.5 ms less and have more phases. The wave keeps its slopes, so that it grows as it
    lengthens; kept to its 130 mV instead, potentials come out 1.4 times too small.
    """
    intracellular_s_m: float = 1.01
    axial_s_m: float = 0.33
    radial_s_m: float = 0.063

    @property
    def ratio(self) -> float:
        """Axial over radial conductivity."""
        return self.axial_s_m / self.radial_s_m


HUMAN = Conduction()


def velocity_m_s(diameter_um: F64) -> F64:
    """Conduction velocity in m/s: 2.2 at 25 um, 5.2 at 85 um (Nandedkar and Stalberg 1983)."""
    return 2.2 + 0.05 * (diameter_um - 25.0)


def arrival_ms(fibres: Fibres, z_mm: float) -> F64:
    """When the wave of each fibre passes z, in ms after the discharge; as if no fibre ended before."""
    return fibres.delay_ms + np.abs(z_mm - fibres.end_plate_mm) / velocity_m_s(fibres.diameter_um)


def extinction_ms(fibres: Fibres, conduction: Conduction = HUMAN) -> F64:
    """When nothing is left of each fibre's potential, in ms after the discharge."""
    longest = np.maximum(fibres.right_mm - fibres.end_plate_mm, fibres.end_plate_mm - fibres.left_mm)
    tail = FADED * conduction.stretch_mm
    return fibres.delay_ms + (longest + tail) / velocity_m_s(fibres.diameter_um)


def seen_from(needle: Needle, fibres: Fibres, rate_hz: float, conduction: Conduction = HUMAN) -> F64:
    """The fibres as rows for `kernels.fibre_wave`, f64 (n_fibres, 9), the needle at the origin."""
    along, aside = needle.from_shaft(fibres.x_mm, fibres.y_mm)
    pieces = needle.electrode.pieces
    beyond = along - np.clip(along, pieces[:, 0].min(), pieces[:, 1].max())
    near = np.maximum(np.hypot(beyond, aside), NEAREST_MM)
    step_mm = velocity_m_s(fibres.diameter_um) * 1e3 / rate_hz
    area = (fibres.diameter_um * 1e-3) ** 2 / 16
    return np.column_stack(
        [
            along,
            np.maximum(aside, NEAREST_MM),
            fibres.end_plate_mm - needle.z_mm,
            fibres.left_mm - needle.z_mm,
            fibres.right_mm - needle.z_mm,
            step_mm,
            fibres.delay_ms * 1e-3 * rate_hz,
            1e3 * conduction.intracellular_s_m / conduction.radial_s_m * area,
            np.ceil(step_mm / (FINEST * np.sqrt(conduction.ratio) * near)),
        ]
    )


def summed(
    seen: F64, into: NDArray[np.int64], n_rows: int, n: int, needle: Needle, conduction: Conduction = HUMAN
) -> tuple[F64, F64]:
    """Potentials summed into rows, f64 (n_rows, n) microvolt, and the peak-to-peak of each fibre, microvolt.

    Fibre f of `seen` goes into row `into[f]`; column i is i samples after the discharge.
    """
    rows, swing = np.zeros((n_rows, n)), np.zeros(seen.shape[0])
    most_parts = int(seen[:, 8].max(initial=1.0))
    scratch = np.empty((1 + most_parts) * n + 14)
    pieces = needle.electrode.pieces
    add_fibre_waves(seen, into, pieces, conduction.ratio, conduction.stretch_mm, scratch, rows, swing)
    return rows, swing
