"""A recording as XDF: the signal in one stream, its annotations in a stream of markers."""

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from acquisition.recorder.columns import columns_of
from acquisition.recorder.xdf_writer import XdfWriter
from acquisition.recordings.recording import Annotation, Labels
from acquisition.recordings.xdf_conventions import with_duration
from contracts.records import StreamDescription

_LARGEST_PIECE = 1 << 16
"""Samples in one piece, at most: what is packed at once, and what a kill may cost."""


class XdfRecordingWriter:
    """Samples stamped from 0 by the nominal rate; a marker's stamp is its index by the same.

    Annotations are written with the next samples, in one piece.
    """

    def __init__(
        self, path: Path, description: StreamDescription, labels: Labels, *, overwrite: bool
    ) -> None:
        wide = bool(description.aux)
        self._description = msgspec.structs.replace(
            description, sample_format="double64" if wide else "float32"
        )
        self._writer = XdfWriter.create(path, overwrite=overwrite, sync_every_s=None)
        self._signal = self._writer.open_signal(self._description, labels)
        source_id = description.source_id and f"{description.source_id}-markers"
        self._markers = self._writer.open_markers(f"{description.name} markers", source_id, durations=True)
        self._pending: list[Annotation] = []
        self._n_samples = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """None: the file holds everything as it was given."""
        return ()

    def write(self, samples: NDArray[np.float32], aux: NDArray[np.float64] | None = None) -> None:
        """Append samples, bit by bit as they are."""
        columns = columns_of(self._description, samples, aux)
        for first in range(0, columns.shape[0], _LARGEST_PIECE):
            part = columns[first : first + _LARGEST_PIECE]
            self._writer.write_samples(self._signal, part, self._n_samples / self._description.rate_hz)
            self._n_samples += part.shape[0]
        self._write_annotations()

    def annotate(self, annotation: Annotation) -> None:
        """Keep an event until the next samples."""
        self._pending.append(annotation)

    def close(self) -> None:
        """Write what is pending and the footers. Closing twice is harmless."""
        self._write_annotations()
        self._writer.close()

    def abandon(self) -> None:
        """Close the file as it is."""
        self._writer.abandon()

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, or abandon it where something went wrong."""
        if error is None:
            self.close()
        else:
            self.abandon()

    def _write_annotations(self) -> None:
        if not self._pending:
            return
        texts = [with_duration(a.text, a.n_samples) for a in self._pending]
        stamps = [a.index / self._description.rate_hz for a in self._pending]
        self._writer.write_markers(self._markers, texts, stamps)
        self._pending.clear()
