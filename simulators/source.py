"""What can be played: a recording, the synthetic source, and whatever else keeps this protocol."""

from bisect import bisect_left
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.recording import Annotation, Recording
from contracts.records import Gap, StreamDescription


class SampleSource(Protocol):
    """A signal that a player can read by position.

    Positions count stored samples from 0; run indices also count those that a hole swallowed (as in
    `Recording`). A player reads one range after the other and jumps only at a loop or a seek, so a source
    that generates its signal may do so as it is read.
    """

    @property
    def description(self) -> StreamDescription:
        """Rate, channels and subject: what the outlet declares."""
        ...

    @property
    def n_samples(self) -> int | None:
        """How many samples there are; None for a source without an end."""
        ...

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Holes that the source itself has, by run index, in order."""
        ...

    def read(self, first: int, stop: int) -> NDArray[np.float32]:
        """EMG samples `first` to `stop` (exclusive): `(n, n_emg)`, C-contiguous, microvolt or counts."""
        ...

    def read_aux(self, first: int, stop: int) -> NDArray[np.float64]:
        """The same samples of the auxiliary channels: `(n, n_aux)`, unconverted."""
        ...

    def annotations_in(self, first: int, stop: int) -> tuple[Annotation, ...]:
        """Events that begin at run indices `first` to `stop` (exclusive), in order."""
        ...


class RecordingSource:
    """An open recording as a source. The recording stays the caller's, who also closes it."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._annotations = tuple(sorted(recording.annotations, key=lambda event: event.index))
        self._indices = [event.index for event in self._annotations]

    @property
    def description(self) -> StreamDescription:
        """That of the recording."""
        return self._recording.description

    @property
    def n_samples(self) -> int | None:
        """How many samples the file holds."""
        return self._recording.n_samples

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Holes that the file itself has."""
        return self._recording.gaps

    def read(self, first: int, stop: int) -> NDArray[np.float32]:
        """EMG samples of the file. Raises Refusal where the file turns out to be damaged."""
        return self._recording.read(first, stop)

    def read_aux(self, first: int, stop: int) -> NDArray[np.float64]:
        """Auxiliary samples of the file."""
        return self._recording.read_aux(first, stop)

    def annotations_in(self, first: int, stop: int) -> tuple[Annotation, ...]:
        """Events of the file that begin in this range of run indices."""
        return self._annotations[bisect_left(self._indices, first) : bisect_left(self._indices, stop)]
