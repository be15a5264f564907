"""The shapes that potentials are compared with."""

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_template import lay_out, learn
from processing.motor_units.alignment import Interpolator
from processing.motor_units.tracking_settings import MatchSettings

MOST_ANCHORS = 4

_Floats = NDArray[np.float32]
_Places = NDArray[np.int64]
_Layout = tuple[_Floats, int, bool, float, float, _Floats, _Places, _Places, NDArray[np.float64]]


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
        self.loose = np.zeros(rows)
        """Energies of the shapes that are no units'; 0 for all else."""
        self.sizes = np.zeros(rows)
        """Largest absolute value."""
        self._laid_out = np.empty(2)

    def put(self, row: int, template: NDArray[np.float32], discharges: int, loose: bool = False) -> None:
        """Set a row to the mean of so many discharges; `loose` ones are no unit's."""
        lay_out(template, *self._layout(row, discharges))
        self.energies[row], self.sizes[row] = self._laid_out
        self.loose[row] = self.energies[row] if loose else 0.0

    def learn(
        self,
        row: int,
        template: NDArray[np.float32],
        discharges: int,
        newest: NDArray[np.float32],
        share: int,
        residual: NDArray[np.float32],
        placed: NDArray[np.int64],
    ) -> None:
        """Move a row, `template` itself, of so many discharges, by one part in `share` towards the newest, also where
        it is placed: i64 `(n, 4)` as row, first sample in the residual, phase, 1."""
        learn(newest, np.float32(share), template, residual, placed, row, *self._layout(row, discharges))
        self.energies[row], self.sizes[row] = self._laid_out
        if self.loose[row]:
            self.loose[row] = self.energies[row]

    def _layout(self, row: int, discharges: int) -> _Layout:
        """How a row of so many discharges is laid out, and where to: what `lay_out` takes beside a template."""
        return (
            self.interpolator.taps,
            self.core,
            discharges <= self._settings.young,
            self._settings.support_fraction,
            self._settings.anchor_fraction,
            self.phases[row],
            self.supports[row],
            self.anchors[row],
            self._laid_out,
        )

    def drop(self, row: int) -> None:
        """Empty a row."""
        self.energies[row] = self.loose[row] = 0.0

    def bind(self, row: int) -> None:
        """It is a unit's from now on."""
        self.loose[row] = 0.0
