"""Units' shapes laid on a stretch such that as little as can be is left of it."""

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_pursuit import compact, resolve
from processing.kernels.muap_release import release
from processing.motor_units.templates import TemplateBank
from processing.motor_units.tracking_settings import MatchSettings

ROUNDS = 2
"""Of laying shapes and taking back what does not fit."""
LONG_AGO = -(1 << 30)


class Pursuit:
    """The places of discharges that may still change, all subtracted from the stretch; first samples count."""

    def __init__(self, bank: TemplateBank, rate_hz: float, recent: int, settings: MatchSettings) -> None:
        per_ms = rate_hz / 1000.0
        rows, most = bank.rows.energies.size, settings.most_placed
        self._bank = bank
        self._gain = settings.gain
        self._hopeless = settings.hopeless
        self._refused = np.zeros((most, 2), dtype=np.int64)
        self._released = np.zeros((most, 4), dtype=np.int64)
        self._far = np.zeros(most)
        self._before = np.empty(0, dtype=np.int64)
        """First samples of those that were released last."""
        self._limits = np.array(
            [
                settings.refractory_ms * per_ms,
                settings.early_ms * per_ms,
                settings.distance,
                settings.early_distance,
                settings.expected_distance,
                settings.expected_within,
            ]
        )
        self._work = np.empty((0, 0), dtype=np.float32)
        self._tops = np.empty(0, dtype=np.int64)
        self.placed = np.zeros((most, 4), dtype=np.int64)
        """As row, first sample, phase, 1; the first `n` hold."""
        self.distances = np.zeros(most)
        self.n = 0
        self.recent = np.full((rows, recent), LONG_AGO, dtype=np.int64)
        """First samples of earlier discharges, by row."""
        self.expected = np.zeros(rows)
        """Interval to the next, by row; 0: unknown."""

    def resolve(
        self, residual: NDArray[np.float32], low: int, high: int, rows: NDArray[np.int64], power: float
    ) -> None:
        """Lay the shapes of these rows with their first samples in [low, high); `power` is that of the noise."""
        bank = self._bank.rows
        if self._work.shape[0] < rows.size or self._work.shape[1] < high - low:
            self._work = np.empty((rows.size, high - low), dtype=np.float32)
            self._tops = np.empty(rows.size, dtype=np.int64)
        self.n = resolve(
            residual,
            low,
            high,
            bank.phases,
            bank.supports,
            bank.energies,
            rows,
            self._gain,
            self._hopeless,
            power,
            self.recent,
            self.expected,
            self._limits,
            self._refused,
            self.placed,
            self.n,
            self.distances,
            self._work,
            self._tops,
            ROUNDS,
        )

    def reset(self) -> None:
        """Nothing is placed, and nothing was."""
        self.n = 0
        self.recent.fill(LONG_AGO)
        self._before = self._before[:0]

    def move(self, by: int) -> None:
        """Places of the stretch have moved down."""
        self.placed[: self.n, 1] -= by
        self.recent -= by
        self._before -= by

    def release(self, stop: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The discharges that begin before `stop`, in order, i64 `(n, 4)` as row, first sample, phase, whether another
        begins as near as the core of a template is wide, and their distances; they are no longer held, and stay
        subtracted. Valid until the next call."""
        n = release(
            self.placed,
            self.distances,
            self.n,
            stop,
            self._bank.core,
            self._before,
            self.recent,
            self._released,
            self._far,
        )
        released = self._released[:n]
        if n:
            self._before = released[:, 1].copy()
            self.n = compact(self.placed, self.distances, self.n)
        return released, self._far[:n]

    def forget(self, row: int) -> None:
        """The row is no unit's: its discharges are no longer held."""
        self.recent[row] = LONG_AGO
        self.expected[row] = 0.0
        self.placed[: self.n][self.placed[: self.n, 0] == row, 3] = 0
        self.n = compact(self.placed, self.distances, self.n)
