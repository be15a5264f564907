"""The shapes that potentials are compared with."""

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_template import Bank, put
from processing.motor_units.alignment import interpolation
from processing.motor_units.tracking_settings import MatchSettings

MOST_ANCHORS = 4

_NOTHING = np.empty(0, dtype=np.float32)
_NOWHERE = np.empty((0, 4), dtype=np.int64)


class TemplateBank:
    """Templates in the detection signal, ready for the kernels: one row each, f32 `(length,)` about `centre`."""

    def __init__(self, rows: int, rate_hz: float, settings: MatchSettings) -> None:
        per_ms = rate_hz / 1000.0
        self.centre = round(settings.half_ms * per_ms)
        self.length = 2 * self.centre + 1
        self.core = round(settings.core_ms * per_ms)
        self.rows = Bank(
            templates=np.zeros((rows, self.length), dtype=np.float32),
            learned=np.zeros(rows, dtype=np.int64),
            phases=np.zeros((rows, settings.phases, self.length), dtype=np.float32),
            supports=np.zeros((rows, 2), dtype=np.int64),
            anchors=np.full((rows, MOST_ANCHORS), -1, dtype=np.int64),
            energies=np.zeros(rows),
            loose=np.zeros(rows),
            sizes=np.zeros(rows),
            taps=interpolation(settings.phases),
            layout=np.array(
                [
                    self.core,
                    settings.young,
                    settings.support_fraction,
                    settings.anchor_fraction,
                    settings.memory,
                ]
            ),
        )

    def put(self, row: int, template: NDArray[np.float32], discharges: int, loose: bool = False) -> None:
        """Set a row that is placed nowhere to the mean of so many discharges; `loose` ones are no unit's."""
        put(self.rows, row, template, discharges, _NOTHING, _NOWHERE)
        self.rows.loose[row] = self.rows.energies[row] if loose else 0.0

    def relearn(
        self,
        row: int,
        template: NDArray[np.float32],
        residual: NDArray[np.float32],
        placed: NDArray[np.int64],
    ) -> None:
        """Give a unit's row another template of as many discharges, also where it is placed: i64 `(n, 4)` as row, first
        sample in the residual, phase, 1."""
        put(self.rows, row, template, int(self.rows.learned[row]), residual, placed)

    def drop(self, row: int) -> None:
        """Empty a row."""
        self.rows.energies[row] = self.rows.loose[row] = 0.0

    def bind(self, row: int) -> None:
        """It is a unit's from now on."""
        self.rows.loose[row] = 0.0
