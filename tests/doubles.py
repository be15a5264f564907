"""Test doubles: named classes that implement our Protocols."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.recording import Annotation
from contracts.records import Channel, Gap, StreamDescription


class FakeClock:
    """A clock that only `sleep` moves, each time by a little more than asked, as a real one does."""

    def __init__(self, now_s: float = 1000.0, overshoots_s: tuple[float, ...] = (0.0,)) -> None:
        self.now_s = now_s
        self.slept = 0
        self._overshoots_s = overshoots_s

    def __call__(self) -> float:
        """Seconds."""
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.now_s += seconds + self._overshoots_s[self.slept % len(self._overshoots_s)]
        self.slept += 1


class ArraySource:
    """A source of stored samples that say where they are: EMG channel `c` of sample `i` is `10 i + c`."""

    def __init__(
        self,
        n_samples: int,
        rate_hz: float = 1000.0,
        n_emg: int = 1,
        n_aux: int = 0,
        gaps: tuple[Gap, ...] = (),
        annotations: tuple[Annotation, ...] = (),
    ) -> None:
        emg = tuple(Channel(label=f"EMG {c + 1}", unit="uV") for c in range(n_emg))
        aux = tuple(Channel(label=f"AUX {c + 1}", unit="V", role="aux") for c in range(n_aux))
        self.description = StreamDescription(name="array", rate_hz=rate_hz, channels=emg + aux)
        self.n_samples: int | None = n_samples
        self.gaps = gaps
        self._annotations = annotations

    def read(self, first: int, stop: int) -> NDArray[np.float32]:
        """Samples `first` to `stop`, clipped at the end."""
        numbers = np.arange(first, max(first, min(stop, self.n_samples or stop)))
        return (10 * numbers[:, None] + np.arange(len(self.description.emg))).astype(np.float32)

    def read_aux(self, first: int, stop: int) -> NDArray[np.float64]:
        """The same numbers, halved."""
        numbers = np.arange(first, max(first, min(stop, self.n_samples or stop)))
        return np.repeat(numbers[:, None] / 2, len(self.description.aux), axis=1)

    def annotations_in(self, first: int, stop: int) -> tuple[Annotation, ...]:
        """Annotations by run index."""
        return tuple(event for event in self._annotations if first <= event.index < stop)


@dataclass(frozen=True)
class Push:
    """What reached the outlet, and when."""

    samples: NDArray[np.float32]
    aux: NDArray[np.float64]
    first_index: int
    stamp: float
    at_s: float


@dataclass
class KeepingOutlet:
    """An outlet that keeps what it is given."""

    clock: FakeClock
    consumers_after: int = 0
    """How many times it answers that nobody listens."""
    pushes: list[Push] = field(default_factory=list)
    marks: list[tuple[str, float]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    """`push <first index>` and `mark <text>`, in order."""
    drained: bool = False

    def push(
        self, samples: NDArray[np.float32], aux: NDArray[np.float64], first_index: int, stamp: float
    ) -> None:
        """Keep the samples."""
        self.pushes.append(Push(samples, aux, first_index, stamp, self.clock()))
        self.events.append(f"push {first_index}")

    def mark(self, text: str, stamp: float) -> None:
        """Keep the marker."""
        self.marks.append((text, stamp))
        self.events.append(f"mark {text}")

    def has_consumer(self) -> bool:
        """True after some asking."""
        self.consumers_after -= 1
        return self.consumers_after < 0

    def drain(self, timeout_s: float) -> None:
        """Nothing is under way here."""
        self.drained = True

    @property
    def values(self) -> NDArray[np.float32]:
        """The first channel of all that was pushed."""
        return np.concatenate([push.samples[:, 0] for push in self.pushes])

    @property
    def numbers(self) -> NDArray[np.int64]:
        """What an index channel would say."""
        parts = [np.arange(p.first_index, p.first_index + p.samples.shape[0]) for p in self.pushes]
        return np.concatenate(parts)
