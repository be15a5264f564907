"""Motor units at one needle position after the other, numbered through."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from contracts.measured import Discharges, PhaseKind, RestTrain, Unit, UnitFate
from processing.examination.at_rest import HeardAtRest
from processing.examination.settings import ExaminationSettings
from processing.motor_units.firing import firing
from processing.motor_units.measures import measure
from processing.motor_units.potential import Refused, describe
from processing.motor_units.tracked import (
    Discharge,
    TrackingEvent,
    UnitBorn,
    UnitEnded,
    UnitMerged,
    UnitState,
)
from processing.motor_units.tracking import MotorUnitTracker

SLIGHT: frozenset[PhaseKind] = frozenset(("insertion", "rest", "minimal"))
"""In which no stronger effort lies upon what is measured."""
FIBRE: Refused = "a fibre that discharges at rest as well"
_FATES: dict[str, UnitFate] = {"silent": "silent", "part of another unit": "part of another unit"}


class Followed(NamedTuple):
    """What became known."""

    last: Sequence[Unit]
    """The last words on units that ended or merged."""
    discharges: Discharges | None
    born: Sequence[tuple[int, tuple[int, ...]]]
    """Units and their discharges so far, which may have been told of another that turned out to be two."""
    merged: Sequence[tuple[int, int]]


NOTHING = Followed((), None, (), ())


class Following:
    """Follows the units of a channel while there is voluntary activity.

    A new needle position means a new tracker: a unit is not looked for where it cannot be. Numbers go on.
    """

    def __init__(self, channel: int, rate_hz: float, settings: ExaminationSettings) -> None:
        self._channel = channel
        self._rate_hz = rate_hz
        self._settings = settings
        self._site = 1
        self._given = 0
        self._slight = True
        self._at_rest = HeardAtRest(rate_hz, settings.at_rest)
        self._new_tracker()
        self.latency_s = self._tracker.latency_s
        self.active = False

    def _new_tracker(self) -> None:
        self._tracker = MotorUnitTracker(self._rate_hz, self._settings.tracking)
        self._tracker.strain(not self._slight)
        self._before = self._given
        self._told: dict[int, Unit] = {}
        self._measured: set[int] = set()
        """Units that were accepted at slight effort, since when effort grew."""
        self._strained: set[int] = set()
        """Units that have been followed in more than slight effort."""

    def warm_up(self) -> None:
        """Compile every kernel."""
        self._tracker.warm_up()
        spike = np.zeros(round(0.05 * self._rate_hz), dtype=np.float32)
        spike[spike.size // 2 :][: spike.size // 20] = np.float32(-100.0)
        measure(spike, self._rate_hz, self._settings.muap)

    def begin(self, at_index: int) -> None:
        """Voluntary activity, or signal after a gap, from here on."""
        self._tracker.gap(at_index)
        self.active = True

    def effort(self, phase: PhaseKind) -> None:
        """What the person does from here on.

        The newest discharges make a template, and in stronger effort others lie upon them all: what was accepted
        before stays as it was measured, until it is accepted anew at slight effort.
        """
        if self._slight and phase not in SLIGHT:
            self._measured |= {number for number, unit in self._told.items() if unit.accepted}
            self._strained |= set(self._told)
        self._slight = phase in SLIGHT
        self._tracker.strain(not self._slight)

    def feed(self, samples: NDArray[np.float32], first_index: int) -> Followed:
        """Units that ended or merged, and the discharges that became known."""
        return self._take(self._tracker.feed(samples, first_index))

    def stop(self, at_index: int) -> Followed:
        """What was still held back: here voluntary activity ends, or a gap begins."""
        self.active = False
        return self._take(self._tracker.gap(at_index))

    def next_site(self, site: int) -> list[Unit]:
        """Another needle position; the last words on the units of the one before."""
        last = [replace(unit, fate="silent") for unit in self.changed()]
        told = {unit.unit for unit in last}
        last += [replace(unit, fate="silent") for unit in self._told.values() if unit.unit not in told]
        self._site = site
        self._at_rest.forget()
        self._new_tracker()
        return last

    def rested(self, trains: Sequence[RestTrain]) -> list[Unit]:
        """What discharges at rest, at this needle position; the accepted units that turn out to be that, and those that
        turn out not to be, once a train has another name."""
        for train in trains:
            self._at_rest.take(train)
        news: list[Unit] = []
        for number, unit in self._told.items():
            refused = FIBRE in unit.flags
            if (unit.accepted or refused) and self._at_rest.holds(unit.array()) != refused:
                flags = unit.flags[1:] if refused else (FIBRE, *unit.flags)
                self._told[number] = replace(unit, accepted=refused, flags=flags)
                news.append(self._told[number])
        return news

    def changed(self) -> list[Unit]:
        """The units that discharged since they were last told of, as they are now."""
        units: list[Unit] = []
        for state in self._tracker.units():
            number = self._before + state.unit
            told = self._told.get(number)
            if told is None or told.discharges != state.discharges:
                self._told[number] = self._unit(number, state)
                units.append(self._told[number])
        return units

    def told(self) -> list[Unit]:
        """The units that are followed, as they were told of last."""
        return list(self._told.values())

    def _unit(self, number: int, state: UnitState) -> Unit:
        """The message of a unit."""
        newest = int(state.indices[-1])
        timed = firing(
            state.indices / self._rate_hz,
            tuple(at / self._rate_hz for at in state.breaks),
            self._settings.firing,
        )
        if not self._slight:
            self._strained.add(number)
        before = self._told.get(number)
        slight_hz = timed.rate_hz
        if number in self._strained:
            slight_hz = before.slight_rate_hz if before is not None else None
        held = number in self._measured
        if not held or self._slight:
            aligned = state.aligned if state.aligned.size else None
            measures, accepted, flags = describe(state, aligned, self._rate_hz, self._settings.muap)
            if accepted and self._at_rest.holds(state.template):
                accepted, flags = False, (FIBRE, *flags)
            if not held or accepted or FIBRE in flags:
                self._measured.discard(number)
                return Unit(
                    channel=self._channel,
                    unit=number,
                    site=self._site,
                    at_index=newest,
                    fate="followed",
                    into=0,
                    discharges=state.discharges,
                    rate_hz=timed.rate_hz,
                    interval_cv=timed.cv,
                    averaged=state.averaged,
                    snr=state.snr if np.isfinite(state.snr) else None,
                    trusted=state.trusted,
                    accepted=accepted,
                    flags=flags,
                    not_told_from=tuple(self._before + other for other in state.not_told_from),
                    template_rate_hz=self._rate_hz,
                    template=state.template.astype("<f4").tobytes(),
                    measures=measures,
                    slight_rate_hz=slight_hz,
                )
        return replace(
            self._told[number],
            at_index=newest,
            discharges=state.discharges,
            rate_hz=timed.rate_hz,
            interval_cv=timed.cv,
        )

    def _take(self, events: list[TrackingEvent]) -> Followed:
        if not events:
            return NOTHING
        last: list[Unit] = []
        born: list[tuple[int, tuple[int, ...]]] = []
        merged: list[tuple[int, int]] = []
        found: list[tuple[int, int, bool]] = []
        for event in events:
            number = self._before + event.unit
            match event:
                case UnitBorn():
                    self._given = max(self._given, number)
                    born.append((number, event.discharges))
                    found += [(at, number, False) for at in event.discharges]
                case Discharge():
                    found.append((event.index, number, event.superposed))
                case UnitMerged():
                    into = self._before + event.into
                    merged.append((number, into))
                    last.append(self._last_of(number, event.index, "merged", into))
                case UnitEnded():
                    last.append(self._last_of(number, event.index, _FATES[event.reason], 0))
        if not found:
            return Followed(last, None, born, merged)
        found.sort()
        indices, units, superposed = zip(*found, strict=True)
        return Followed(last, Discharges(self._channel, units, indices, superposed), born, merged)

    def _last_of(self, number: int, at_index: int, fate: UnitFate, into: int) -> Unit:
        """The last word on a unit; bare where it ended before it was told of."""
        told = self._told.pop(number, None) or Unit(
            channel=self._channel,
            unit=number,
            site=self._site,
            at_index=at_index,
            fate=fate,
            into=into,
            discharges=0,
            rate_hz=None,
            interval_cv=None,
            averaged=0,
            snr=None,
            trusted=False,
            accepted=False,
            flags=(),
            not_told_from=(),
        )
        return replace(told, fate=fate, into=into)
