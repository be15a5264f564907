"""Needle electrodes: what they are made of, where they lie and which fibres they cannot hear."""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

ElectrodeKind = Literal["concentric 0.07 mm2", "concentric 0.03 mm2", "monopolar"]


BEVEL_MM = 0.5
"""From the middle of the recording surface to where the shaft is whole."""
HURT_MM = 0.12
"""Around the whole shaft: fibres that it has pushed aside or cut. With fewer, units beside the cannula come
out upside down and sharp, which is rare in recordings."""


@dataclass(frozen=True, slots=True)
class Electrode:
    """The conductor of a needle as straight pieces of its long axis, all at right angles to the fibres."""

    pieces: F64
    """`(n, 4)`: start and stop in mm along the shaft (0 the middle of the recording surface, positive towards
    the hub), z in mm, weight. Weights of the recording surface sum to 1, those of a reference to -1."""
    dead_zone_mm: float
    """Fibres nearer to the recording surface than this are pushed aside or cut by the needle.

    Concentric: no more than the metal itself, half as wide. Recorded spikes keep so much of 2 to 5 kHz that some
    fibres must lie as near as that; what makes them smaller than a line source is `Conduction.gain`.
    """
    shaft_radius_mm: float


def _ellipse(length_mm: float, width_mm: float) -> list[list[float]]:
    """Three chords of an elliptic surface, long axis along the shaft.

    Gauss-Chebyshev nodes across it: within 1 % of the full surface for a fibre 0.05 mm away.
    """
    angles = np.arange(1, 4) * math.pi / 4
    chords = zip(
        np.sin(angles) * length_mm / 2, np.cos(angles) * width_mm / 2, np.sin(angles) ** 2 / 2, strict=True
    )
    return [[-half, half, z, weight] for half, z, weight in chords]


def _concentric(core_mm: tuple[float, float], scale: float) -> Electrode:
    """A core cut at 15 degrees; the first 10 mm of the cannula are the reference (longer: less is taken away)."""
    pieces = [*_ellipse(*core_mm), [0.35 * scale, 10.0, 0.0, -1.0]]
    return Electrode(np.array(pieces), dead_zone_mm=0.07 * scale, shaft_radius_mm=0.23 * scale)


def _monopolar(cone_mm: float, n_pieces: int) -> Electrode:
    """A bare cone, its surface growing with the distance from the tip; the reference is far away."""
    starts = cone_mm * (np.arange(n_pieces) / n_pieces - 0.5)
    pieces = [[start, cone_mm / 2, 0.0, 1.0 - i / n_pieces] for i, start in enumerate(starts)]
    stairs = np.array(pieces)
    stairs[:, 3] /= stairs[:, 3].sum()
    return Electrode(stairs, dead_zone_mm=0.2, shaft_radius_mm=0.185)


def electrode(kind: ElectrodeKind) -> Electrode:
    """The electrode of that kind.

    Concentric: wire of 0.15 mm (0.1 mm) cut at 15 degrees, cannula of 0.46 mm (0.3 mm). Monopolar: 0.37 mm
    with a bare cone of 0.6 mm (0.3 mm2).
    """
    if kind == "concentric 0.07 mm2":
        return _concentric((0.58, 0.15), scale=1.0)
    if kind == "concentric 0.03 mm2":
        return _concentric((0.386, 0.1), scale=0.3 / 0.46)
    return _monopolar(0.6, n_pieces=4)


@dataclass(frozen=True, slots=True)
class Needle:
    """An electrode in the tissue, at right angles to the fibres."""

    kind: ElectrodeKind = "concentric 0.07 mm2"
    x_mm: float = 0.0
    """Middle of the recording surface."""
    y_mm: float = 0.0
    z_mm: float = 17.0
    """From the middle of the end-plate zone."""
    angle_rad: float = -math.pi / 2
    """Where the tip points to in the x/y plane; the shaft comes from the other side."""

    def advanced(self, by_mm: float) -> "Needle":
        """The needle pushed in by `by_mm` along its shaft (drawn back if negative)."""
        x_mm = self.x_mm + by_mm * math.cos(self.angle_rad)
        y_mm = self.y_mm + by_mm * math.sin(self.angle_rad)
        return replace(self, x_mm=x_mm, y_mm=y_mm)

    def from_shaft(self, x_mm: F64, y_mm: F64) -> tuple[F64, F64]:
        """Where fibres pass, in mm: along the shaft axis (positive towards the hub) and aside of it (>= 0)."""
        cos, sin = math.cos(self.angle_rad), math.sin(self.angle_rad)
        x, y = x_mm - self.x_mm, y_mm - self.y_mm
        return -(x * cos + y * sin), np.abs(y * cos - x * sin)

    @property
    def electrode(self) -> Electrode:
        """What it is made of."""
        return electrode(self.kind)

    def distance_mm(self, x_mm: F64, y_mm: F64) -> F64:
        """How far fibres pass from the long axis of the recording surface, in mm."""
        along, aside = self.from_shaft(x_mm, y_mm)
        surface = self.electrode.pieces[self.electrode.pieces[:, 3] > 0]
        return np.hypot(along - np.clip(along, surface[:, 0].min(), surface[:, 1].max()), aside)

    def reaches(self, x_mm: F64, y_mm: F64, within_mm: float) -> NDArray[np.bool_]:
        """Which fibres pass nearer than that to any conductor of the needle, bool (n_fibres,)."""
        along, aside = self.from_shaft(x_mm, y_mm)
        pieces = self.electrode.pieces
        return np.hypot(along - np.clip(along, pieces[:, 0].min(), pieces[:, 1].max()), aside) < within_mm

    def hears(self, x_mm: F64, y_mm: F64) -> NDArray[np.bool_]:
        """Which fibres are neither in the dead zone nor where the shaft is, bool (n_fibres,)."""
        along, aside = self.from_shaft(x_mm, y_mm)
        radius = self.electrode.shaft_radius_mm
        inside = (along > 0) & (aside < np.where(along > BEVEL_MM, radius + HURT_MM, radius))
        return (self.distance_mm(x_mm, y_mm) >= self.electrode.dead_zone_mm) & ~inside
