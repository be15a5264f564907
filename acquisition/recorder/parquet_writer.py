"""A recording as a Parquet table: a row for each sample, a column for each channel, annotations in the footer.

Read back by `acquisition.recordings.parquet`, and by anything that reads Parquet.
"""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from acquisition.recorder.columns import columns_of, nothing_written
from acquisition.recorder.part_file import PartFile
from acquisition.recordings.channels import TYPE_OF_ROLE
from acquisition.recordings.parquet import ANNOTATIONS
from acquisition.recordings.recording import Annotation, Labels
from acquisition.recordings.table import INDEX, names_time
from contracts.records import StreamDescription
from contracts.refusal import Refusal

_ROWS_PER_GROUP = 1 << 17
"""What a reader decodes at once: 5.6 s of a needle."""


class ParquetRecordingWriter:
    """Float32 for EMG, float64 for the others, with an int64 column that counts the rows."""

    def __init__(self, path: Path, description: StreamDescription, labels: Labels) -> None:
        _check_labels([c.label for c in description.channels])
        self._description = description
        self._part = PartFile(path)
        self._schema = _schema(description, labels)
        self._writer = parquet.ParquetWriter(
            self._part.path,
            self._schema,
            compression="zstd",
            use_dictionary=False,
            column_encoding={INDEX: "DELTA_BINARY_PACKED"},
        )
        self._blocks: list[NDArray[Any]] = []
        self._n_waiting = 0
        self._n_rows = 0
        self._annotations: list[Annotation] = []
        self._open = True

    @property
    def notes(self) -> tuple[str, ...]:
        """None: the file holds everything as it was given."""
        return ()

    def write(self, samples: NDArray[np.float32], aux: NDArray[np.float64] | None = None) -> None:
        """Append samples, bit by bit as they are; they are copied."""
        self._blocks.append(columns_of(self._description, samples, aux).copy())
        self._n_waiting += samples.shape[0]
        if self._n_waiting >= _ROWS_PER_GROUP:
            self._write_groups(self._n_waiting - self._n_waiting % _ROWS_PER_GROUP)

    def annotate(self, annotation: Annotation) -> None:
        """Keep an event for the footer."""
        self._annotations.append(annotation)

    def close(self) -> None:
        """Write what waits and the footer, and give the file its name. Closing twice is harmless.

        Raises Refusal, and leaves no file, where no sample was written.
        """
        if not self._open:
            return
        if self._n_rows + self._n_waiting == 0:
            self.abandon()
            raise nothing_written()
        try:
            self._write_groups(self._n_waiting)
            kept = sorted(self._annotations, key=lambda a: a.index)
            self._writer.add_key_value_metadata({ANNOTATIONS: msgspec.json.encode(kept).decode()})
            self._writer.close()
            self._part.complete()
        except OSError:
            self.abandon()
            raise
        self._open = False

    def abandon(self) -> None:
        """Leave no file."""
        if self._open:
            self._open = False
            try:
                self._writer.close()
            finally:
                self._part.discard()

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

    def _write_groups(self, n_rows: int) -> None:
        """Write the first of the rows that wait, so that groups do not depend on how samples came."""
        if not n_rows:
            return
        waiting = np.concatenate(self._blocks)
        values, rest = waiting[:n_rows], waiting[n_rows:]
        index = np.arange(self._n_rows, self._n_rows + n_rows)
        types = [field.type.to_pandas_dtype() for field in self._schema][1:]
        columns = [np.ascontiguousarray(values[:, i], dtype=kind) for i, kind in enumerate(types)]
        table = pa.table([index, *columns], schema=self._schema)
        self._writer.write_table(table, row_group_size=_ROWS_PER_GROUP)
        self._n_rows += n_rows
        self._blocks, self._n_waiting = [rest], rest.shape[0]


def _check_labels(labels: list[str]) -> None:
    for label in labels:
        if labels.count(label) > 1 or label == INDEX or names_time(label):
            raise Refusal(
                found=f"a channel called {label!r} among {', '.join(labels)}",
                wanted=f"names of their own, none of them {INDEX!r} or a word for the time",
                do="Rename the channel, or choose another format.",
            )


def _schema(description: StreamDescription, labels: Labels) -> pa.Schema:
    fields = [pa.field(INDEX, pa.int64(), metadata={"type": INDEX, "unit": "samples"})]
    for channel in description.channels:
        kind = pa.float32() if channel.role == "emg" else pa.float64()
        metadata = {"unit": channel.unit, "type": TYPE_OF_ROLE[channel.role]}
        fields.append(pa.field(channel.label, kind, metadata=metadata))
    subject = msgspec.structs.asdict(description.subject)
    about = msgspec.structs.asdict(labels) | {k: v for k, v in subject.items() if v is not None}
    about["class"] = about.pop("class_name")
    about |= {
        "rate_hz": repr(description.rate_hz),
        "name": description.name,
        "manufacturer": description.manufacturer,
        "model": description.model,
        "notes": " ".join(description.notes),
    }
    stated = {key: str(value) for key, value in about.items() if value not in (None, "")}
    return pa.schema(fields, metadata=stated)
