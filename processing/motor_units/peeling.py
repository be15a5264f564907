"""What the detection signal consists of: which units, where, and which shapes that are no units'."""

import math
from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_match import match
from processing.motor_units.pursuit import LONG_AGO, Pursuit
from processing.motor_units.stretch import Stretch
from processing.motor_units.templates import TemplateBank
from processing.motor_units.tracking_settings import MatchSettings
from processing.motor_units.train import Train

RECENT = 4
"""Discharges before that are looked at for what the next is expected to do."""


class Placed(NamedTuple):
    """One train's shape laid on the stretch."""

    train: Train
    start: int
    """In the stretch."""
    phase: int
    distance: float
    superposed: bool
    """Another unit's peak is as near as the core of a template is wide."""


class Peeler:
    """Takes units' discharges off the stretch, and finds the shape that fits what is left."""

    def __init__(self, bank: TemplateBank, rate_hz: float, settings: MatchSettings) -> None:
        self._bank = bank
        self._rate_hz = rate_hz
        self._settings = settings
        self._lag = max(1, round(settings.lag_ms * rate_hz / 1000.0))
        self._found = np.empty((bank.energies.size, 3))
        self._pursuit = Pursuit(bank, rate_hz, RECENT, settings)
        self._before: list[int] = []
        """First samples of the discharges that became final last."""

    def reset(self) -> None:
        """Nothing is placed."""
        self._pursuit.n = 0
        self._pursuit.recent.fill(LONG_AGO)
        self._before = []

    def move(self, by: int) -> None:
        """Places of the stretch have moved down."""
        if not by:
            return
        pursuit = self._pursuit
        pursuit.placed[: pursuit.n, 1] -= by
        pursuit.recent -= by
        self._before = [start - by for start in self._before]

    def expect(self, row: int, interval: float) -> None:
        """A unit's next discharge is expected so many samples of the detection signal after the last."""
        self._pursuit.expected[row] = interval

    def forget(self, row: int) -> None:
        """The row is no unit's."""
        pursuit = self._pursuit
        pursuit.recent[row] = LONG_AGO
        pursuit.expected[row] = 0.0
        pursuit.let_go(np.flatnonzero(pursuit.placed[: pursuit.n, 0] == row))

    def learn(self, stretch: Stretch, train: Train, discharge: NDArray[np.float32]) -> None:
        """Move a train's shape towards one more aligned discharge, in the bank and on the stretch."""
        train.updates += 1
        self._learn(stretch, train, discharge, min(train.updates, self._settings.memory))

    def relearn(self, stretch: Stretch, train: Train) -> None:
        """Take a train's new shape into the bank, and lay it on the stretch in place of the old one."""
        self._learn(stretch, train, train.shape, 1)

    def _learn(self, stretch: Stretch, train: Train, discharge: NDArray[np.float32], share: int) -> None:
        placed = self._pursuit.placed[: self._pursuit.n]
        self._bank.learn(train.row, train.shape, train.updates, discharge, share, stretch.residual, placed)

    def resolve(
        self, stretch: Stretch, first: int, stop: int, rows: NDArray[np.int64], noise_uv: float
    ) -> None:
        """Lay units from `first` to `stop` (of their peaks) such that as little as can be is left."""
        if not rows.size:
            return
        centre = self._bank.centre
        self._pursuit.resolve(stretch.residual, first - centre, stop - centre, rows, _power(noise_uv))

    def final(self, stop: int, trains: dict[int, Train]) -> list[Placed]:
        """The discharges before `stop`, which no longer change, in order; they are no longer held here."""
        pursuit = self._pursuit
        if not pursuit.n:
            return []
        held, before = pursuit.placed[: pursuit.n].tolist(), stop - self._bank.centre
        done = [j for j, (_, start, _, _) in enumerate(held) if start < before]
        if not done:
            return []
        distances, core = pursuit.distances[: pursuit.n].tolist(), self._bank.core
        places = sorted(self._before + [start for _, start, _, _ in held])
        out: list[Placed] = []
        for j in sorted(done, key=lambda j: held[j][1]):
            row, start, phase, _ = held[j]
            pursuit.remember(row, start)
            superposed = bisect_right(places, start + core) - bisect_left(places, start - core) > 1
            out.append(Placed(trains[row], start, phase, distances[j], superposed))
        self._before = [held[j][1] for j in done]
        pursuit.let_go(done)
        return out

    def search(self, stretch: Stretch, first: int, stop: int, train: Train, noise_uv: float) -> list[Placed]:
        """Discharges of one unit from `first` to `stop`, subtracted now, in order."""
        centre = self._bank.centre
        pursuit = Pursuit(self._bank, self._rate_hz, RECENT, self._settings)
        pursuit.expected[train.row] = self._pursuit.expected[train.row]
        rows = np.array([train.row])
        pursuit.resolve(stretch.residual, first - centre, stop - centre, rows, _power(noise_uv))
        starts, phases = pursuit.placed[: pursuit.n, 1].tolist(), pursuit.placed[: pursuit.n, 2].tolist()
        near = pursuit.distances[: pursuit.n].tolist()
        found = [
            Placed(train, start, phase, distance, superposed=True)
            for start, phase, distance in sorted(zip(starts, phases, near, strict=True))
        ]
        newest = sorted(starts)[-RECENT:]
        self._pursuit.recent[train.row, RECENT - len(newest) :] = newest
        return found

    def candidate(
        self, stretch: Stretch, peak: int, trains: dict[int, Train], index: int, noise_uv: float
    ) -> Placed | None:
        """The shape that is no unit's and fits a peak best; none where none does."""
        self._match(stretch.residual, peak, self._bank.loose, noise_uv)
        best: Placed | None = None
        for row in (self._found[:, 0] < self._settings.distance).nonzero()[0].tolist():
            distance, start, phase = self._found[row].tolist()
            nearer = best is None or distance < best.distance
            if nearer and distance < trains[row].welcome(index):
                best = Placed(trains[row], int(start), int(phase), distance, superposed=False)
        return best

    def nearest(self, stretch: Stretch, placed: Placed, rows: NDArray[np.int64], limit: float) -> int | None:
        """Of these rows the one that is nearest to a discharge that was subtracted, if nearer than `limit`."""
        bank = self._bank
        first = placed.start - bank.length
        there = stretch.residual[first : first + 3 * bank.length].copy()
        there[bank.length : 2 * bank.length] += bank.phases[placed.train.row, placed.phase]
        peak = bank.length + int(bank.anchors[placed.train.row, 0])
        energies = np.zeros_like(bank.energies)
        energies[rows] = bank.energies[rows]
        self._match(there, peak, energies, 0.0)
        row = int(np.argmin(self._found[:, 0]))
        return row if self._found[row, 0] < limit else None

    def _match(
        self, signal: NDArray[np.float32], peak: int, energies: NDArray[np.float64], noise_uv: float
    ) -> None:
        bank = self._bank
        match(
            signal,
            peak,
            bank.phases,
            bank.supports,
            bank.anchors,
            energies,
            self._lag,
            _power(noise_uv),
            self._found,
        )


def _power(noise_uv: float) -> float:
    return noise_uv * noise_uv if math.isfinite(noise_uv) else 0.0
