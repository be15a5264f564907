"""The action potential of muscle fibres of finite length, as a needle sees it.

The line-source model of Nandedkar and Stalberg (1983) with an intracellular wave like that of Rosenfalck
(1969), but steeper, and the conductivities of Andreassen and Rosenfalck (1981). Integrated by parts over a
fibre with sealed ends, so that the onset at the end-plate and the extinction at the ends need no extra sources:

    phi(t) = (sigma_i / sigma_r) (d^2 / 16) * sum over both directions of
             integral from 0 to L of V'(v t - u) w'(u - b) du,        w(q) = 1 / sqrt(K rho^2 + q^2)

u: distance from the end-plate, b: from the end-plate to the electrode, K: axial over radial conductivity.
"""

import math
from dataclasses import astuple, dataclass, field

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
class Wave:
    """The slope V'(x) of the intracellular wave x mm behind its front: (a x + b x^2 + c x^3) exp(-d x), mV/mm."""

    decay: float
    linear: float
    square: float
    cube: float

    @property
    def tail_mm(self) -> float:
        """How far behind the front nothing is left of it."""
        return FADED / self.decay


def rosenfalck(stretch_mm: float) -> Wave:
    """Rosenfalck's wave, V = 96 x^3 exp(-x), as Nandedkar and Stalberg compress it, stretched with its slopes kept."""
    scale = 768.0 / stretch_mm**2
    return Wave(2.0 / stretch_mm, 0.0, 3.0 * scale, -2.0 / stretch_mm * scale)


def steep(peak_mm: float, height_mv: float = 129.0) -> Wave:
    """A wave with a steeper front, V proportional to x^2 exp(-2 x / peak): highest `peak_mm` behind it."""
    scale = height_mv * math.exp(2.0) / peak_mm**2
    return Wave(2.0 / peak_mm, 2.0 * scale, -2.0 / peak_mm * scale, 0.0)


@dataclass(frozen=True, slots=True)
class Conduction:
    """Constants of the membrane and of the tissue around it."""

    wave: Wave = field(default_factory=lambda: steep(1.5))
    """Rosenfalck's wave begins so gently that nothing of a potential is left above 2 kHz, where recorded
    spikes have a third of what they have between 0.5 and 1 kHz. The steeper front gives both that and a
    longer tail. Chosen on recorded healthy biceps (`myoscope study blind`)."""
    gain: float = 0.64
    """Of what the formula gives. With all of it, fibres near enough to be as sharp as recorded ones are too
    large: a needle lies in fluid, beside fibres that it has hurt."""
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
    return fibres.delay_ms + (longest + conduction.wave.tail_mm) / velocity_m_s(fibres.diameter_um)


def seen_from(needle: Needle, fibres: Fibres, rate_hz: float, conduction: Conduction = HUMAN) -> F64:
    """The fibres as rows for `kernels.fibre_wave`, f64 (n_fibres, 9), the needle at the origin."""
    along, aside = needle.from_shaft(fibres.x_mm, fibres.y_mm)
    pieces = needle.electrode.pieces
    beyond = along - np.clip(along, pieces[:, 0].min(), pieces[:, 1].max())
    near = np.maximum(np.hypot(beyond, aside), NEAREST_MM)
    step_mm = velocity_m_s(fibres.diameter_um) * 1e3 / rate_hz
    area = conduction.gain * (fibres.diameter_um * 1e-3) ** 2 / 16
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
    wave = np.array(astuple(conduction.wave))
    add_fibre_waves(seen, into, pieces, conduction.ratio, wave, scratch, rows, swing)
    return rows, swing
