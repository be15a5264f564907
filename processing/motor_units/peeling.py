"""What the detection signal consists of: which units, where, and which shapes that are no units'."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_template import adopt, match, take
from processing.motor_units.pursuit import Pursuit
from processing.motor_units.stretch import Stretch
from processing.motor_units.templates import TemplateBank
from processing.motor_units.tracking_settings import MatchSettings
from processing.motor_units.train import Train

RECENT = 4
"""Discharges before that are looked at for what the next is expected to do."""


class Placed(NamedTuple):
    """One train's shape laid on the stretch."""

    row: int
    start: int
    """In the stretch."""
    phase: int


class Taken(NamedTuple):
    """A discharge of a unit that no longer changes."""

    placed: Placed
    superposed: bool
    """Another unit's peak is as near as the core of a template is wide."""
    rival: int
    """Row of another unit that fits nearly as well; -1 for none."""
    aligned: NDArray[np.float32]
    """As it was, on the samples of its template; only if it is not superposed."""


class Peeler:
    """Takes units' discharges off the stretch, and finds the shape that fits what is left."""

    def __init__(self, bank: TemplateBank, rate_hz: float, settings: MatchSettings) -> None:
        self._bank = bank
        self._rate_hz = rate_hz
        self._settings = settings
        self._lag = max(1, round(settings.lag_ms * rate_hz / 1000.0))
        self._found = np.empty((bank.rows.energies.size, 3))
        self._pursuit = Pursuit(bank, rate_hz, RECENT, settings)

    def reset(self) -> None:
        """Nothing is placed."""
        self._pursuit.reset()

    def move(self, by: int) -> None:
        """Places of the stretch have moved down."""
        if by:
            self._pursuit.move(by)

    def expect(self, row: int, interval: float) -> None:
        """A unit's next discharge is expected so many samples of the detection signal after the last."""
        self._pursuit.expected[row] = interval

    def forget(self, row: int) -> None:
        """The row is no unit's."""
        self._pursuit.forget(row)

    def relearn(self, stretch: Stretch, row: int, shape: NDArray[np.float32]) -> None:
        """Take a unit's new shape into the bank, and lay it on the stretch in place of the old one."""
        self._bank.relearn(row, shape, stretch.residual, self._held)

    @property
    def _held(self) -> NDArray[np.int64]:
        """What may still change."""
        return self._pursuit.placed[: self._pursuit.n]

    def resolve(
        self, stretch: Stretch, first: int, stop: int, rows: NDArray[np.int64], noise_uv: float
    ) -> None:
        """Lay units from `first` to `stop` (of their peaks) such that as little as can be is left."""
        if not rows.size:
            return
        centre = self._bank.centre
        self._pursuit.resolve(stretch.residual, first - centre, stop - centre, rows, _power(noise_uv))

    def take(self, stretch: Stretch, stop: int, similar: NDArray[np.bool_]) -> list[Taken]:
        """The discharges before `stop`, which no longer change, in order, and into their shapes if they are clear.

        similar: bool `(n_rows, n_rows)`, units with which the discharges of each are compared.
        """
        if not self._pursuit.n:
            return []
        done, distances = self._pursuit.release(stop - self._bank.centre)
        n, settings = len(done), self._settings
        if not n:
            return []
        aligned, rivals = np.empty((n, self._bank.length), dtype=np.float32), np.empty(n, dtype=np.int64)
        take(
            self._bank.rows,
            done,
            distances,
            stretch.residual,
            stretch.floor,
            self._held,
            similar,
            self._lag,
            settings.margin,
            settings.peel_fraction,
            settings.learn_distance,
            aligned,
            rivals,
        )
        return [
            Taken(Placed(row, start, phase), superposed != 0, rival, shape)
            for (row, start, phase, superposed), rival, shape in zip(
                done.tolist(), rivals.tolist(), aligned, strict=True
            )
        ]

    def search(self, stretch: Stretch, first: int, stop: int, train: Train, noise_uv: float) -> list[Placed]:
        """Discharges of one unit from `first` to `stop`, subtracted now, in order."""
        centre = self._bank.centre
        pursuit = Pursuit(self._bank, self._rate_hz, RECENT, self._settings)
        pursuit.expected[train.row] = self._pursuit.expected[train.row]
        rows = np.array([train.row])
        pursuit.resolve(stretch.residual, first - centre, stop - centre, rows, _power(noise_uv))
        found = sorted(pursuit.placed[: pursuit.n, 1:3].tolist())
        newest = [start for start, _ in found][-RECENT:]
        self._pursuit.recent[train.row, RECENT - len(newest) :] = newest
        return [Placed(train.row, start, phase) for start, phase in found]

    def candidate(
        self, stretch: Stretch, peak: int, trains: dict[int, Train], index: int, noise_uv: float
    ) -> Placed | None:
        """The shape that is no unit's and fits a peak best; none where none does."""
        bank = self._bank.rows
        match(
            stretch.residual,
            peak,
            bank.phases,
            bank.supports,
            bank.anchors,
            bank.loose,
            self._lag,
            _power(noise_uv),
            self._found,
        )
        best: Placed | None = None
        least = math.inf
        for row in (self._found[:, 0] < self._settings.distance).nonzero()[0].tolist():
            distance, start, phase = self._found[row].tolist()
            if distance < least and distance < trains[row].welcome(index):
                best, least = Placed(row, int(start), int(phase)), distance
        return best

    def adopt(self, stretch: Stretch, placed: Placed) -> None:
        """Take a potential into a shape that is no unit's, and look there no longer for what is no larger."""
        adopt(
            self._bank.rows,
            *placed,
            stretch.residual,
            stretch.floor,
            self._held,
            self._settings.peel_fraction,
        )


def _power(noise_uv: float) -> float:
    return noise_uv * noise_uv if math.isfinite(noise_uv) else 0.0
