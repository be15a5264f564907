"""What is held of one channel's examination: phase, units, trains at rest, epochs, the muscle."""

from collections import deque

from contracts.measured import Epoch, MuscleSummary, PhaseChanged, RestTrain, Unit
from dashboard.measured.slots import UnitSlots

N_TRAINS = 48
N_EPOCHS = 120


class ChannelExamination:
    """Takes in what is told of one channel. `version` counts what is new, so that nothing is sent twice."""

    def __init__(self, rate_hz: float) -> None:
        self.version = 0
        self.phase: PhaseChanged | None = None
        self.units = UnitSlots(rate_hz)
        self.trains: dict[int, RestTrain] = {}
        self.epochs: deque[Epoch] = deque(maxlen=N_EPOCHS)
        self.muscle: MuscleSummary | None = None
        self.rest_before = 0
        """Samples of rest that were watched at this site and are over."""
        self.rest_since: int | None = None
        """Where the rest began that is watched now."""

    def take_phase(self, change: PhaseChanged) -> None:
        """Another phase, or another site: rest is counted anew."""
        before = self.phase
        if before == change:
            return
        if self.rest_since is not None and (
            change.phase != "rest" or before is None or before.site != change.site
        ):
            self.rest_before += max(0, change.at_index - self.rest_since)
            self.rest_since = None
        if before is not None and before.site != change.site:
            self.rest_before = 0
        if change.phase == "rest" and self.rest_since is None:
            self.rest_since = change.at_index
        self.phase = change
        self.version += 1

    def begin_from(self, index: int) -> None:
        """Forget what lies before `index`, which is of another muscle or person. The phase is of the moment."""
        self.units.begin_from(index)
        self.trains = {number: train for number, train in self.trains.items() if train.first_index >= index}
        self.epochs = deque((epoch for epoch in self.epochs if epoch.first_index >= index), N_EPOCHS)
        self.muscle = None
        self.rest_before = 0
        if self.rest_since is not None:
            self.rest_since = max(self.rest_since, index)
        self.version += 1

    def take_unit(self, unit: Unit, newest_index: int) -> None:
        """A motor unit as it is known now."""
        self.version += self.units.take(unit, newest_index)

    def take_train(self, train: RestTrain) -> None:
        """A train as it is named now. The log is bounded: of the ended ones the oldest leave, then others."""
        if self.trains.get(train.train) == train:
            return
        self.trains[train.train] = train
        if len(self.trains) > N_TRAINS:
            over = (number for number, held in self.trains.items() if held.ended)
            del self.trains[next(over, next(iter(self.trains)))]
        self.version += 1

    def take_epoch(self, epoch: Epoch) -> None:
        """One more epoch of stable effort; one that is told again is no news."""
        if epoch in self.epochs:
            return
        self.epochs.append(epoch)
        self.version += 1

    def take_muscle(self, summary: MuscleSummary) -> None:
        """All that is known of the muscle."""
        if self.muscle == summary:
            return
        self.muscle = summary
        self.version += 1

    def tidy(self, newest_index: int) -> None:
        """Let go of what is over."""
        self.version += self.units.tidy(newest_index)

    def gap(self, at_index: int, missing: int) -> None:
        """Missing samples were not watched."""
        if self.rest_since is not None and self.rest_since <= at_index - missing:
            self.rest_since += missing
