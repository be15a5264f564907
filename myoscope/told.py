"""What a live run has told of the muscle under examination, for who comes late."""

from collections import deque

from contracts.measured import Epoch, Measured, RestTrain

N_TRAINS = 48
N_EPOCHS = 120
"""As many as the page has room for."""


class Told:
    """The newest message of each train at rest, and the newest epochs. Bounded: who was told of longest ago leaves."""

    def __init__(self) -> None:
        self._trains: dict[tuple[int, int], RestTrain] = {}
        self._epochs: deque[Epoch] = deque(maxlen=N_EPOCHS)

    def take(self, message: Measured) -> None:
        """Remember a message that is told once."""
        match message:
            case Epoch():
                self._epochs.append(message)
            case RestTrain(channel, train):
                self._trains.pop((channel, train), None)
                self._trains[channel, train] = message
                if len(self._trains) > N_TRAINS:
                    del self._trains[next(iter(self._trains))]
            case _:
                pass

    def begin_anew(self) -> None:
        """Another muscle, or that of another person."""
        self._trains.clear()
        self._epochs.clear()

    def messages(self) -> list[Measured]:
        """Trains, then epochs, those told of longest ago first."""
        return [*self._trains.values(), *self._epochs]
