"""What the page holds of the measures of one run: by channel, bounded, complete for whoever opens it late."""

from collections import deque

import msgspec

from contracts.measured import (
    Discharges,
    Epoch,
    Measured,
    MuscleSummary,
    PhaseChanged,
    RestTrain,
    SurfaceMeasures,
    Unit,
)
from contracts.records import Gap
from dashboard.measured.channel import ChannelExamination

N_TICKS = 8_192
"""At sixty discharges a second on each of eight channels, twice the longest sweep."""
SURFACE_S = 60
"""One message of surface measures comes every second."""


class Tick(msgspec.Struct, frozen=True, array_like=True):
    """A discharge to draw, numbered from 1 so that a page can ask for what is new."""

    number: int
    channel: int
    unit: int
    index: int
    superposed: bool
    instead: int = 0
    """Number of the tick that it replaces: the discharge was taken for another unit's; 0 for none."""


class MeasuredMemory:
    """Takes in the measures of one run. Knows no clock."""

    def __init__(self, rate_hz: float) -> None:
        self.ticks: deque[Tick] = deque(maxlen=N_TICKS)
        self.surface: deque[SurfaceMeasures] = deque(maxlen=SURFACE_S)
        self.any = False
        """Whether this run measures at all."""
        self._rate_hz = rate_hz
        self.begun = 0
        """Index from which on what is measured counts."""
        self._channels: dict[int, ChannelExamination] = {}
        self._n_ticks = 0
        self._told_to: dict[int, int] = {}
        """Index of the latest discharge of each channel."""
        self._n_surface = 0

    def channel(self, number: int) -> ChannelExamination:
        """The examination of one channel, empty before anything was told of it."""
        if number not in self._channels:
            self._channels[number] = ChannelExamination(self._rate_hz)
        return self._channels[number]

    def version(self, channel: int) -> int:
        """Counts what is new of a channel and of the surface measures of all."""
        return self.channel(channel).version + self._n_surface

    def absorb(self, message: Measured, newest_index: int) -> None:
        """Take in one message; `newest_index` is the stop index of the newest sample."""
        self.any = True
        match message:
            case Discharges():
                self._take_discharges(message)
            case PhaseChanged(channel):
                self.channel(channel).take_phase(message)
            case Unit(channel):
                self.channel(channel).take_unit(message, newest_index)
            case RestTrain(channel):
                self.channel(channel).take_train(message)
            case Epoch(channel):
                self.channel(channel).take_epoch(message)
            case MuscleSummary(channel):
                self.channel(channel).take_muscle(message)
            case SurfaceMeasures():
                self.surface.append(message)
                self._n_surface += 1

    def begin_from(self, index: int) -> bool:
        """Forget what lies before `index`, which is of another muscle or person; False where that is known."""
        if index == self.begun:
            return False
        self.begun = index
        for examination in self._channels.values():
            examination.begin_from(index)
        self.ticks = deque((tick for tick in self.ticks if tick.index >= index), N_TICKS)
        self.surface = deque((m for m in self.surface if m.first_index >= index), SURFACE_S)
        return True

    def gap(self, gap: Gap) -> None:
        """Missing samples were watched by nobody."""
        for examination in self._channels.values():
            examination.gap(gap.at_index, gap.missing)

    def ticks_after(self, number: int, channels: set[int], horizon: int) -> tuple[Tick, ...]:
        """Discharges on these channels that came after tick `number`, none before index `horizon`."""
        fresh: list[Tick] = []
        for tick in reversed(self.ticks):
            if tick.number <= number:
                break
            if tick.channel in channels and tick.index >= horizon:
                fresh.append(tick)
        return tuple(reversed(fresh))

    def _take_discharges(self, message: Discharges) -> None:
        before = self._told_before(message)
        for unit, index, superposed in zip(message.units, message.indices, message.superposed, strict=True):
            self._n_ticks += 1
            taken = before.get(index)
            instead = taken.number if taken is not None and taken.unit < unit else 0
            if taken is not None and instead:
                self.ticks.remove(taken)
            self.ticks.append(Tick(self._n_ticks, message.channel, unit, index, superposed, instead))
        self._told_to[message.channel] = max(self._told_to.get(message.channel, -1), *message.indices)

    def _told_before(self, message: Discharges) -> dict[int, Tick]:
        """Discharges that earlier messages told of at these indices, by index.

        One that is told again, of a unit with a higher number, was taken from a unit that turned out to be two.
        """
        again = {at for at in message.indices if at <= self._told_to.get(message.channel, -1)}
        if not again:
            return {}
        return {t.index: t for t in self.ticks if t.channel == message.channel and t.index in again}
