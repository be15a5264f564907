"""One open recording over any store of samples: units and roles are settled here, once, for all formats."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.channels import Column
from acquisition.recordings.recording import Annotation, Labels
from contracts.records import Gap, StreamDescription, Subject


class Store(Protocol):
    """What a format has to offer: columns of numbers in the unit of the file."""

    def read(self, columns: Sequence[int], first: int, stop: int) -> NDArray[Any]:
        """Samples `first` to `stop` of some columns: `(stop - first, len(columns))`, any number format."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@dataclass(frozen=True, slots=True)
class ArrayStore:
    """A store that is an array in memory, `(n_samples, n_columns)`."""

    values: NDArray[Any]

    def read(self, columns: Sequence[int], first: int, stop: int) -> NDArray[Any]:
        """Some columns of a slice."""
        return self.values[first:stop, list(columns)]

    def close(self) -> None:
        """Nothing to let go of."""


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """The Recording of every format."""

    path: Path
    format: str
    description: StreamDescription
    n_samples: int
    labels: Labels
    annotations: tuple[Annotation, ...]
    gaps: tuple[Gap, ...]
    columns: tuple[Column, ...]
    store: Store

    def read(self, first: int, stop: int) -> NDArray[np.float32]:
        """Stored EMG samples as `Recording.read` promises."""
        emg = [c for c in self.columns if c.channel.role == "emg"]
        first, stop = self._clipped(first, stop)
        out = np.empty((stop - first, len(emg)), np.float32)
        factors = np.array([c.uv_per_unit for c in emg])
        values = self.store.read([c.position for c in emg], first, stop)
        # A number too large for float32 becomes infinity, which the gate marks; it is not worth a warning.
        with np.errstate(over="ignore", invalid="ignore"):
            np.multiply(values, factors, out=out, casting="unsafe")
        return out

    def read_aux(self, first: int, stop: int) -> NDArray[np.float64]:
        """Stored auxiliary samples as `Recording.read_aux` promises."""
        aux = [c.position for c in self.columns if c.channel.role != "emg"]
        first, stop = self._clipped(first, stop)
        if not aux:
            return np.empty((stop - first, 0))
        return np.ascontiguousarray(self.store.read(aux, first, stop), dtype=np.float64)

    def _clipped(self, first: int, stop: int) -> tuple[int, int]:
        first = min(max(first, 0), self.n_samples)
        return first, min(max(stop, first), self.n_samples)

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def description_of(
    path: Path,
    rate_hz: float,
    columns: Sequence[Column],
    labels: Labels,
    notes: Sequence[str] = (),
    *,
    manufacturer: str = "",
    model: str = "",
) -> StreamDescription:
    """The description of a recording, EMG channels first, subject from the labels.

    The name is the file's own without folder and suffix, so that a page can say what it shows.
    """
    name = path.name.split(".", 1)[0] if path.suffix in (".xz", ".gz") else path.stem
    return StreamDescription(
        name=name,
        rate_hz=rate_hz,
        channels=tuple(c.channel for c in columns),
        subject=Subject(muscle=labels.muscle, side=labels.side, age=labels.age),
        manufacturer=manufacturer,
        model=model,
        notes=tuple(notes),
    )
