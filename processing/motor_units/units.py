"""All shapes that are held, and the units among them."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from processing.motor_units.averaging import Averager
from processing.motor_units.detection import Detector
from processing.motor_units.peeling import Peeler
from processing.motor_units.plausibility import Plausibility
from processing.motor_units.splitting import two_groups
from processing.motor_units.stretch import Stretch
from processing.motor_units.templates import TemplateBank
from processing.motor_units.tracked import (
    EndReason,
    TrackingEvent,
    UnitBorn,
    UnitEnded,
    UnitFlag,
    UnitMerged,
    UnitState,
)
from processing.motor_units.tracking_settings import TrackingSettings
from processing.motor_units.train import Train

SPOILS: frozenset[UnitFlag] = frozenset(
    (
        "two units mixed",
        "as regular as a fibrillating fibre",
        "few discharges averaged",
        "noisy average",
        "confused with another",
    )
)
"""With any of these a template is not to be measured."""


class Units:
    """Trains by their row in the bank. They begin as candidates, are born, merge and end."""

    def __init__(
        self,
        bank: TemplateBank,
        peeler: Peeler,
        detector: Detector,
        rate_hz: float,
        settings: TrackingSettings,
    ) -> None:
        self.trains: dict[int, Train] = {}
        self.averagers: dict[int, Averager] = {}
        self._bank = bank
        self._peeler = peeler
        self._factor = detector.factor
        self._rate_hz = rate_hz
        self._settings = settings
        self._plausible = Plausibility(
            rate_hz, detector.rate_hz, detector.impulses(bank.length), settings.train
        )
        self._candidate = round(settings.train.candidate_s * rate_hz)
        self._silent = round(settings.train.ended_s * rate_hz)
        self._born = 0
        self._rows = np.empty(0, dtype=np.int64)
        self._units: list[Train] = []
        """In order of their birth."""
        most = settings.train.most
        self.similar = np.zeros((most, most), dtype=np.bool_)
        """By rows, units whose shapes are so near each other that a discharge may be taken for the other's."""

    def begin(self, shape: NDArray[np.float32], index: int) -> Train | None:
        """A candidate with one discharge, in a free row or that of the candidate with the fewest; none while all rows
        are units', which end only when they are silent."""
        row = next((row for row in range(self._settings.train.most) if row not in self.trains), None)
        if row is None:
            loose = [train for train in self.trains.values() if not train.unit]
            if not loose:
                return None
            weakest = min(loose, key=lambda t: (t.total, t.indices[-1], t.row))
            self._drop(weakest)
            row = weakest.row
        self._bank.put(row, shape, 1, loose=True)
        train = Train(row, self._bank.rows.templates[row], self._rate_hz, self._settings)
        train.add(index)
        self.trains[row] = train
        return train

    def strain(self, strained: bool) -> None:
        """Whether the person does more than tense the muscle slightly, from here on."""
        self._plausible.strained = strained

    def rows(self) -> NDArray[np.int64]:
        """Of the units."""
        return self._rows

    def seen(self, stretch: Stretch, peak: int, index: int, noise_uv: float) -> list[Train]:
        """The unit that is born, if one is, of a potential that is no unit's: one more of a shape, or the first of
        another."""
        centre = self._bank.centre
        placed = self._peeler.candidate(stretch, peak, self.trains, index, noise_uv)
        if placed is None:
            self.begin(stretch.residual[peak - centre : peak + centre + 1], index)
            return []
        train = self.trains[placed.row]
        self._peeler.adopt(stretch, placed)
        late = self._factor * placed.phase // self._settings.match.phases
        train.add(index + self._factor * (placed.start + centre - peak) + late)
        return self._birth(train)

    def _compare_shapes(self) -> None:
        """Note which units are similar."""
        self.similar.fill(False)
        for a, b in combinations(self._units, 2):
            self.similar[a.row, b.row] = self.similar[b.row, a.row] = self._plausible.similar(a, b)

    def _birth(self, train: Train) -> list[Train]:
        """The candidate, if it is a unit now."""
        if len(train.indices) < self._settings.train.born or not self._plausible.voluntary(train):
            return []
        for other in self._units:
            if self._plausible.part_of(train, other):
                self._drop(train)
                return []
            if self._plausible.alike(train, other) and self._plausible.fit_together(train, other):
                other.absorb(train)
                self._remove(train)
                return []
        self._bear(train)
        return [train]

    def review(self, stretch: Stretch, now: int) -> list[TrackingEvent]:
        """Candidates that did not come again are dropped; units that are silent, or one, or a part, end; one that is
        two is split."""
        for train in list(self.trains.values()):
            if not train.unit and now - train.indices[-1] > self._candidate:
                self._drop(train)
        silent = [train for train in self._units if now - train.indices[-1] > self._patience(train)]
        events: list[TrackingEvent] = [self._end(train, now, "silent") for train in silent]
        for train in reversed(self._units):
            events += self._compared(train, now)
        for train in self._units:
            events += self._split(stretch, train)
        self._compare_shapes()
        return events

    def _split(self, stretch: Stretch, train: Train) -> list[TrackingEvent]:
        """The birth of a unit whose discharges were another's until now, if they were two units'."""
        limits = self._settings.train
        if len(train.shapes) < limits.split_of:
            return []
        ordered = sorted(train.shapes, key=lambda each: each[0])
        indices = np.array([index for index, _ in ordered], dtype=np.int64)
        shapes = np.stack([shape for _, shape in ordered])
        second, apart = two_groups(shapes)
        rarer = min(np.count_nonzero(second), np.count_nonzero(~second))
        if apart < limits.split_apart or rarer < limits.split_least:
            return []
        if not self._plausible.better_apart(indices, second):
            return []
        if np.count_nonzero(second) > rarer:
            second = ~second
        leaving = indices[second].tolist()
        other = self.begin(np.median(shapes[second], axis=0).astype(np.float32), leaving[0])
        if other is None:
            return []
        train.part_with(set(leaving))
        self._peeler.relearn(stretch, train.row, np.median(shapes[~second], axis=0).astype(np.float32))
        self.averagers[train.row] = Averager(self._rate_hz, self._settings.averaging)
        for index in leaving[1:]:
            other.add(index)
        self._bank.put(other.row, other.shape, len(leaving))
        self._bear(other)
        return [UnitBorn(other.unit, leaving[-1], tuple(leaving))]

    def _bear(self, train: Train) -> None:
        self._born += 1
        train.unit = self._born
        self._count()
        self._bank.bind(train.row)
        self.averagers[train.row] = Averager(self._rate_hz, self._settings.averaging)

    def states(self, rms_uv: float) -> tuple[UnitState, ...]:
        """All units in order of their birth, in a signal of this root mean square."""
        return tuple(self._state(train, rms_uv) for train in self._units)

    def _compared(self, train: Train, now: int) -> list[TrackingEvent]:
        """A unit beside those that were born before it."""
        for other in self._units:
            if other.unit >= train.unit:
                break
            if self._plausible.part_of(train, other):
                return [self._end(train, now, "part of another unit")]
            if self._are_one(train, other):
                other.absorb(train)
                self._remove(train)
                return [UnitMerged(train.unit, other.unit, now)]
        return []

    def _are_one(self, a: Train, b: Train) -> bool:
        if not self._plausible.similar(a, b) or not self._plausible.fit_together(a, b):
            return False
        return self._plausible.alike(a, b) or self._plausible.better_together(a, b)

    def _patience(self, train: Train) -> int:
        """Samples for which a unit may be silent."""
        return self._silent if train.total >= self._settings.train.established else self._candidate

    def _count(self) -> None:
        """Which trains are units."""
        self._units = sorted((t for t in self.trains.values() if t.unit), key=lambda t: t.unit)
        self._rows = np.array(sorted(train.row for train in self._units), dtype=np.int64)

    def _end(self, train: Train, now: int, reason: EndReason) -> UnitEnded:
        self._drop(train)
        return UnitEnded(train.unit, now, reason)

    def _drop(self, train: Train) -> None:
        train.gone = True
        self._remove(train)

    def _remove(self, train: Train) -> None:
        del self.trains[train.row]
        self._count()
        self.averagers.pop(train.row, None)
        self._peeler.forget(train.row)
        self.similar[train.row] = self.similar[:, train.row] = False
        self._bank.drop(train.row)

    def _state(self, train: Train, rms_uv: float) -> UnitState:
        limits = self._settings.averaging
        average = self.averagers[train.row].average()
        snr = average.amplitude_uv / average.noise_uv if average.noise_uv > 0.0 else float("inf")
        rivals = tuple(
            other.unit for other in self._units if other is not train and self._confused(train, other)
        )
        told: tuple[tuple[UnitFlag, bool], ...] = (
            ("two units mixed", self._plausible.mixed(train)),
            ("as regular as a fibrillating fibre", self._plausible.unwilled(train)),
            ("irregular", self._plausible.irregular(train)),
            ("small for this signal", average.amplitude_uv < limits.told_rms * rms_uv),
            ("few discharges averaged", average.discharges < limits.trusted_discharges),
            ("noisy average", not average.is_clear(limits)),
            ("confused with another", bool(rivals)),
        )
        flags: tuple[UnitFlag, ...] = tuple(flag for flag, is_so in told if is_so)
        return UnitState(
            unit=train.unit,
            discharges=train.total,
            indices=np.array(train.indices, dtype=np.int64),
            breaks=tuple(train.breaks),
            template=average.template,
            aligned=average.aligned,
            averaged=average.discharges,
            amplitude_uv=average.amplitude_uv,
            noise_uv=average.noise_uv,
            template_noise_uv=average.template_noise_uv,
            snr=snr,
            trusted=not SPOILS & set(flags),
            flags=flags,
            not_told_from=rivals,
        )

    def _confused(self, a: Train, b: Train) -> bool:
        """Whether the two are too often confused, or as good as alike."""
        limit = self._settings.train.confused_fraction
        often = (a.rivals.get(b.unit, 0) > limit * a.total, b.rivals.get(a.unit, 0) > limit * b.total)
        return any(often) or self._plausible.alike(a, b)
