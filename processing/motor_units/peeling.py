"""What a potential consists of: one unit's, or two at a time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_match import match
from processing.motor_units.stretch import Stretch
from processing.motor_units.templates import TemplateBank
from processing.motor_units.tracking_settings import MatchSettings
from processing.motor_units.train import Train


class Placed(NamedTuple):
    """One train's shape laid on the stretch."""

    train: Train
    start: int
    """In the stretch."""
    phase: int
    rival: Train | None
    """A unit that fits nearly as well."""
    alone: bool
    """Found without a second one beneath it."""


class Peeler:
    """Finds which shapes a peak of the residual is made of."""

    def __init__(self, bank: TemplateBank, rate_hz: float, settings: MatchSettings) -> None:
        self._bank = bank
        self._settings = settings
        self._lag = max(1, round(settings.lag_ms * rate_hz / 1000.0))
        self._reach = round(settings.peel_ms * rate_hz / 1000.0)
        self._first = np.empty((bank.energies.size, 3))
        self._second = np.empty((bank.energies.size, 3))

    @property
    def reach(self) -> int:
        """Samples to either side of a peak that are looked at."""
        return self._bank.core + self._bank.centre + self._reach + self._lag + 2

    def explain(
        self, stretch: Stretch, peak: int, trains: dict[int, Train], noise_uv: float
    ) -> tuple[Placed, ...]:
        """The shapes that make up a peak: none, one or two. The stretch is as it was afterwards."""
        self._match(stretch, peak, noise_uv, self._bank.energies, self._first)
        fitting = self._fitting(stretch, self._first, trains)
        if not fitting:
            return self._superposed(stretch, peak, trains, noise_uv)
        score, train = fitting[0]
        _, start, phase = self._first[train.row]
        rivals = [other for near, other in fitting[1:] if other.unit and near - score < self._settings.margin]
        rival = rivals[0] if rivals and train.unit else None
        return (Placed(train, int(start), int(phase), rival, alone=True),)

    def template(self, placed: Placed) -> NDArray[np.float32]:
        """The shape as it lies on the samples."""
        return self._bank.phases[placed.train.row, placed.phase]

    def _match(
        self,
        stretch: Stretch,
        peak: int,
        noise_uv: float,
        energies: NDArray[np.float64],
        out: NDArray[np.float64],
    ) -> None:
        bank = self._bank
        match(
            stretch.residual,
            peak,
            bank.phases,
            bank.supports,
            bank.anchors,
            energies,
            self._lag,
            noise_uv * noise_uv,
            out,
        )

    def _fitting(
        self, stretch: Stretch, found: NDArray[np.float64], trains: dict[int, Train]
    ) -> list[tuple[float, Train]]:
        """Trains that a place found may be a discharge of, with the distance and what timing adds; best first."""
        fitting: list[tuple[float, Train]] = []
        for row in np.flatnonzero(found[:, 0] < self._settings.distance).tolist():
            distance, start, _ = found[row].tolist()
            limit, timing = trains[row].welcome(stretch.origin + int(start) + self._bank.centre)
            if distance < limit:
                fitting.append((distance + timing, trains[row]))
        return sorted(fitting, key=lambda each: (each[0], each[1].row))

    def _superposed(
        self, stretch: Stretch, peak: int, trains: dict[int, Train], noise_uv: float
    ) -> tuple[Placed, ...]:
        """Two units of which the one was laid first that explains most, and the other fits what it leaves; none
        where no two do."""
        near = np.flatnonzero(self._first[:, 0] < 1.0)
        explained = self._bank.energies[near] * (1.0 - self._first[near, 0])
        rows = near[np.argsort(-explained, kind="stable")].tolist()
        rows = [row for row in rows if trains[row].unit]
        if len(rows) == 0:
            return ()
        units = np.zeros_like(self._bank.energies)
        for row, train in trains.items():
            units[row] = self._bank.energies[row] if train.unit else 0.0
        for row in rows[: self._settings.peel_best]:
            _, start, phase = self._first[row].tolist()
            first = Placed(trains[row], int(start), int(phase), None, alone=False)
            limit, _ = first.train.welcome(stretch.origin + first.start + self._bank.centre)
            second = (
                self._second_beneath(stretch, first, peak, trains, units, noise_uv, limit) if limit else None
            )
            if second is not None:
                return first, second
        return ()

    def _second_beneath(
        self,
        stretch: Stretch,
        first: Placed,
        peak: int,
        trains: dict[int, Train],
        units: NDArray[np.float64],
        noise_uv: float,
        limit: float,
    ) -> Placed | None:
        """A unit that fits what `first` leaves, such that nothing much is left of either."""
        residual = stretch.residual
        saved = residual.copy()
        residual[first.start : first.start + self._bank.length] -= self.template(first)
        around = np.abs(residual[peak - self._reach : peak + self._reach + 1])
        next_peak = peak - self._reach + int(np.argmax(around))
        found: Placed | None = None
        if abs(residual[next_peak]) > stretch.floor[next_peak]:
            self._match(stretch, next_peak, noise_uv, units, self._second)
            for _, train in self._fitting(stretch, self._second, trains):
                if train is first.train:
                    continue
                _, start, phase = self._second[train.row].tolist()
                found = Placed(train, int(start), int(phase), None, alone=False)
                residual[found.start : found.start + self._bank.length] -= self.template(found)
                if self._left(stretch, first, noise_uv) >= limit:
                    found = None
                break
        residual[:] = saved
        return found

    def _left(self, stretch: Stretch, placed: Placed, noise_uv: float) -> float:
        """Energy that is left where a shape was taken off, beyond that of the noise, over its own."""
        row = placed.train.row
        begin, end = self._bank.supports[row].tolist()
        left = stretch.residual[placed.start + begin : placed.start + end].astype(np.float64)
        excess = float(np.sum(left * left)) - noise_uv * noise_uv * (end - begin)
        return max(0.0, excess) / float(self._bank.energies[row])
