"""What every recording looks like once it is open, whatever its file format."""

from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from contracts.records import Gap, StreamDescription


class Labels(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the file or its name says of the recording. None where nothing is said.

    Only what training, grouping and the norms need is kept: a pseudonymous person, never a name, an
    address or a path that a header may also hold.
    """

    dataset: str = ""
    """Short name of the public set, "" for a file of one's own."""
    person: str | None = None
    """Key by which records are grouped, unique across sets: `n2001/A01`, `neuromuscular_asc/Hea/13`."""
    class_name: str | None = None
    """healthy, myopathy, neuropathy or motor neuron disease; rock, scissors, paper or ok for gestures."""
    muscle: str | None = None
    side: Literal["left", "right"] | None = None
    age: int | None = None
    sex: Literal["female", "male"] | None = None
    effort: str | None = None
    """The file's own word for the level of contraction."""
    site: str | None = None
    """Where the needle was, as the set numbers it."""


class Annotation(msgspec.Struct, frozen=True):
    """An event that the file itself holds."""

    index: int
    """Run index (missing samples counted) of the sample that it begins at."""
    n_samples: int
    """How long it lasts; 0 for a moment."""
    text: str


class Recording(Protocol):
    """An open recording. Positions are stored samples, from 0; run indices also count missing ones."""

    @property
    def path(self) -> Path:
        """The file as it was asked for."""
        ...

    @property
    def format(self) -> str:
        """Short name of the format: wfdb, edf, bdf, xdf, ascii, emg4, csv, parquet."""
        ...

    @property
    def description(self) -> StreamDescription:
        """Rate, channels (EMG in `uV` or `counts`, the others unconverted) and subject."""
        ...

    @property
    def n_samples(self) -> int:
        """How many samples the file holds, per channel."""
        ...

    @property
    def labels(self) -> Labels:
        """Person, class and circumstances, as far as the file or its name tells."""
        ...

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """Events that the file holds, by index."""
        ...

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Holes that the file itself has, by run index, cause `recording`."""
        ...

    def read(self, first: int, stop: int) -> NDArray[np.float32]:
        """Stored EMG samples `first` to `stop` (exclusive): `(n, n_emg)`, C-contiguous, microvolt or counts.

        The range is clipped at the end of the file. NaN and infinity are given as the file has them.
        Raises Refusal where the file turns out to be damaged.
        """
        ...

    def read_aux(self, first: int, stop: int) -> NDArray[np.float64]:
        """The same stored samples of the auxiliary channels: `(n, n_aux)`, unconverted."""
        ...

    def close(self) -> None:
        """Let go of the file. Closing twice is harmless."""
        ...

    def __enter__(self) -> Self:
        """The recording itself."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        ...
