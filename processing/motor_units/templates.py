"""The shapes that potentials are compared with."""

import numpy as np
from numpy.typing import NDArray

from processing.motor_units.alignment import Interpolator
from processing.motor_units.tracking_settings import MatchSettings

MOST_ANCHORS = 4


class TemplateBank:
    """Templates in the detection signal, ready for the kernels: one row each, f32 `(length,)` about `centre`."""

    def __init__(self, rows: int, rate_hz: float, settings: MatchSettings) -> None:
        per_ms = rate_hz / 1000.0
        self.centre = round(settings.half_ms * per_ms)
        self.length = 2 * self.centre + 1
        self.core = round(settings.core_ms * per_ms)
        self._settings = settings
        self.interpolator = Interpolator(settings.phases)
        self.phases = np.zeros((rows, settings.phases, self.length), dtype=np.float32)
        self.supports = np.zeros((rows, 2), dtype=np.int64)
        self.anchors = np.full((rows, MOST_ANCHORS), -1, dtype=np.int64)
        self.energies = np.zeros(rows)
        self.sizes = np.zeros(rows)
        """Largest absolute value."""

    def put(self, row: int, template: NDArray[np.float32], discharges: int) -> None:
        """Set a row to the mean of so many discharges."""
        self.interpolator.delayed(template, self.phases[row])
        size = np.abs(template)
        near = slice(self.centre - self.core, self.centre + self.core + 1)
        largest = float(size[near].max())
        young = discharges <= self._settings.young
        begin, end = (near.start, near.stop) if young else (0, self.length)
        within = begin + np.flatnonzero(size[begin:end] > self._settings.support_fraction * largest)
        begin, end = int(within[0]), int(within[-1]) + 1
        self.supports[row] = begin, end
        self.energies[row] = float(np.sum(template[begin:end].astype(np.float64) ** 2))
        self.sizes[row] = largest
        inner = size[near.start + 1 : near.stop - 1]
        extreme = (inner >= size[near.start : near.stop - 2]) & (inner > size[near.start + 2 : near.stop])
        places = (
            near.start + 1 + np.flatnonzero(extreme & (inner >= self._settings.anchor_fraction * largest))
        )
        places = places[np.argsort(-size[places], kind="stable")][:MOST_ANCHORS]
        self.anchors[row] = -1
        self.anchors[row, : places.size] = places

    def drop(self, row: int) -> None:
        """Empty a row."""
        self.energies[row] = 0.0
