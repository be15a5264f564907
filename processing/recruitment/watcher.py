"""Recruitment of one muscle, as its units and efforts become known."""

from collections import deque
from collections.abc import Sequence

import msgspec
import numpy as np

from contracts.measured import PhaseKind, Recruitment
from processing.phases.finder import Hop
from processing.recruitment.firing import RatePoint, UnitsAgainstRate, units_against_rate
from processing.recruitment.grade import recruitment
from processing.recruitment.pattern import Pattern, Stretch, pattern, point_of
from processing.recruitment.settings import RecruitmentSettings

EFFORTS: tuple[PhaseKind, ...] = ("minimal", "moderate", "maximal")
DEFAULTS = RecruitmentSettings()


class RecruitmentWatcher:
    """Follows one channel in one muscle: discharges and hops in, the recruitment as it is known out.

    Units count in stretches of slight effort, which end with the phase, a gap or a new site; the stretch that says most
    (the first unit's rate as another joins, else most units) is kept. Memory is bounded: the newest discharges of
    a stretch, the newest stretches of effort. Make a new one for another muscle.
    """

    def __init__(self, rate_hz: float, settings: RecruitmentSettings = DEFAULTS) -> None:
        self._settings, self._rate_hz = settings, rate_hz
        self._stretches: deque[Stretch] = deque(maxlen=settings.stretches)
        self._hop_s = 0.0
        self._asked: PhaseKind | None = None
        self._waited = 0
        """Samples since."""
        self._phase: PhaseKind = "unknown"
        self._first = 0
        self._trains: dict[int, deque[int]] = {}
        self._breaks: deque[int] = deque(maxlen=settings.most_breaks)
        self._best = units_against_rate({})
        self._doubted: set[int] = set()

    def add(self, unit: int, *indices: int) -> None:
        """Discharges of a unit, in any order, also of the past."""
        train = self._trains.setdefault(unit, deque(maxlen=self._settings.most_discharges))
        train.extend(indices)

    def doubt(self, unit: int, doubtful: bool) -> None:
        """Whether a train is not one voluntary unit's, as one that holds two: then its rate does not count in the
        present stretch. What earlier stretches said stays."""
        if doubtful:
            self._doubted.add(unit)
        else:
            self._doubted.discard(unit)

    def reassign(self, unit: int, indices: Sequence[int]) -> None:
        """These discharges are this unit's: what was told of another that turned out to be two is taken from it."""
        moved = set(indices)
        for other, train in self._trains.items():
            if other != unit and not moved.isdisjoint(train):
                self._trains[other] = deque((at for at in train if at not in moved), train.maxlen)

    def merge(self, unit: int, into: int) -> None:
        """What one unit discharged another did."""
        self.add(into, *self._trains.pop(unit, ()))

    def gap(self, at_index: int) -> None:
        """No firing spans this index."""
        self._breaks.append(at_index)

    def asked(self, phase: PhaseKind) -> None:
        """The examiner says what effort was asked for; the strongest holds."""
        if phase in EFFORTS and (self._asked is None or EFFORTS.index(phase) > EFFORTS.index(self._asked)):
            self._asked, self._waited = phase, 0

    def phase(self, hop: Hop) -> None:
        """The next hop, under the phase that measures go by."""
        self._waited += hop.stop_index - hop.first_index
        if hop.phase != self._phase:
            self._close(hop.first_index)
            if hop.phase in EFFORTS and self._phase not in EFFORTS:
                self._hop_s = (hop.stop_index - hop.first_index) / self._rate_hz
                self._stretches.append(Stretch(max(1, round(self._settings.stretch_s / self._hop_s))))
            self._phase, self._first = hop.phase, hop.first_index
        if hop.phase in EFFORTS and hop.figures is not None:
            self._stretches[-1].add(point_of(hop.phase, hop.figures))

    def now(self) -> Recruitment:
        """What is known of this muscle's recruitment."""
        firing = max((self._best, self._stretch(None)), key=self._says)
        asked = self._asked if self._waited >= self._settings.answer_s * self._rate_hz else None
        known = recruitment(firing, self.pattern(), asked, self._settings.grade)
        series = tuple((point.at_s, point.units, point.fastest_hz) for point in firing.series)
        return msgspec.structs.replace(known, series=series)

    def pattern(self) -> Pattern:
        """The interference pattern of all efforts so far."""
        said = [stretch.said() for stretch in self._stretches]
        return pattern(said, self._hop_s or 1.0, self._settings.pattern)

    def series(self) -> tuple[RatePoint, ...]:
        """Units against rate of the stretch that counts; seconds from the run's first sample."""
        return max((self._best, self._stretch(None)), key=self._says).series

    def _close(self, stop_index: int) -> None:
        """A stretch has ended."""
        self._best = max((self._best, self._stretch(stop_index)), key=self._says)
        oldest = stop_index - round(self._settings.late_s * self._rate_hz)
        for unit in list(self._trains):
            train = deque((at for at in self._trains[unit] if at >= oldest), self._settings.most_discharges)
            if train:
                self._trains[unit] = train
            else:
                del self._trains[unit]
        self._doubted &= self._trains.keys()

    def _stretch(self, stop_index: int | None) -> UnitsAgainstRate:
        """Units against rate of the present stretch, if it is one of slight effort."""
        if self._phase not in self._settings.phases:
            return units_against_rate({})
        newest = max((train[-1] for train in self._trains.values() if train), default=self._first)
        first = max(self._first, newest - round(self._settings.firing_s * self._rate_hz))
        trains = {
            unit: np.array(
                sorted({at for at in train if first <= at and (stop_index is None or at < stop_index)})
            )
            / self._rate_hz
            for unit, train in self._trains.items()
            if unit not in self._doubted
        }
        kept = {unit: times for unit, times in trains.items() if times.size}
        breaks = sorted(at / self._rate_hz for at in self._breaks)
        return units_against_rate(kept, breaks, self._settings.firing)

    def _says(self, firing: UnitsAgainstRate) -> tuple[bool, bool, int, float]:
        """How much a stretch says."""
        enough = firing.lasted_s >= self._settings.grade.slight_s
        return enough, firing.recruitment_hz is not None, firing.units, firing.fastest_hz or 0.0
