"""Parquet tables, read by row group.

Columns are named as in a headed CSV; a field's unit may stand in its metadata under `unit` instead of in
brackets. Keys of the file's metadata that are read: `rate_hz` (needed where there is no time column), `unit`
(for columns that state none), and the labels `dataset`, `person`, `class`, `muscle`, `side`, `age`, `sex`,
`effort`, `site`; `manufacturer`, `model` and `notes`; `annotations`, a JSON list of objects with `index`,
`n_samples` and `text`. A field's metadata may also state the `type` of its channel, or `index` for a column
that counts the rows. Empty cells are NaN.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from acquisition.recordings.headed_csv import as_float, is_number_type
from acquisition.recordings.recording import Annotation
from acquisition.recordings.stored import StoredRecording
from acquisition.recordings.table import Table, TableColumn, open_table
from contracts.refusal import Refusal

ANNOTATIONS = "annotations"
_ERRORS = (pa.ArrowException, OSError, UnicodeDecodeError)


def open_parquet(path: Path, rate_hz: float | None, unit: str | None) -> StoredRecording:
    """A recording from a Parquet file. Raises Refusal where it is none, or is cut short."""
    try:
        file = parquet.ParquetFile(path)
        schema = file.schema_arrow
        columns = [
            TableColumn(f.name, is_number_type(f.type), stated.get("unit", ""), stated.get("type", ""))
            for f in schema
            for stated in [_texts(f.metadata)]
        ]
        # Taken from the file: the schema has only what was known when the first row was written.
        metadata = _texts(file.metadata.metadata)
    except _ERRORS as error:
        raise Refusal(
            found=f"{path.name}, which does not end as a Parquet file does ({error})",
            wanted="a whole Parquet file",
            do="Copy the file again, or check its suffix.",
        ) from error
    store = RowGroupStore(file, path)
    try:
        return open_table(
            Table(
                path=path,
                format="parquet",
                columns=columns,
                n_rows=file.metadata.num_rows,
                store=store,
                text_of=store.text_of,
                metadata=metadata,
                annotations=_annotations(metadata.get(ANNOTATIONS, "[]"), path),
            ),
            rate_hz,
            unit,
        )
    except Refusal:
        store.close()
        raise


def _annotations(text: str, path: Path) -> tuple[Annotation, ...]:
    try:
        return msgspec.json.decode(text, type=tuple[Annotation, ...])
    except msgspec.DecodeError as error:
        raise Refusal(
            found=f"annotations in {path.name} that cannot be read ({error})",
            wanted="a JSON list of objects with index, n_samples and text",
            do="Copy the file again, or correct its metadata.",
        ) from error


def _texts(metadata: Mapping[bytes, bytes] | None) -> dict[str, str]:
    return {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in (metadata or {}).items()}


class RowGroupStore:
    """Row groups as they are asked for; the last one of each choice of columns stays decoded, since
    a replay reads forward in small steps, signal and auxiliary channels in turn."""

    def __init__(self, file: parquet.ParquetFile, path: Path) -> None:
        self._file = file
        self._path = path
        rows = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
        self._edges = [0, *accumulate(rows)]
        self._kept: dict[tuple[int, ...], tuple[int, NDArray[np.float64]]] = {}

    def read(self, columns: Sequence[int], first: int, stop: int) -> NDArray[np.float64]:
        """Rows `first` to `stop` of some columns."""
        out = np.empty((stop - first, len(columns)))
        for group, (begin, end) in enumerate(zip(self._edges[:-1], self._edges[1:], strict=True)):
            low, high = max(begin, first), min(end, stop)
            if low < high:
                out[low - first : high - first] = self._group(group, tuple(columns))[
                    low - begin : high - begin
                ]
        return out

    def _group(self, group: int, columns: tuple[int, ...]) -> NDArray[np.float64]:
        kept = self._kept.get(columns)
        if kept is None or kept[0] != group:
            table = self._decoded(group, columns)
            kept = group, np.column_stack([as_float(column) for column in table.columns])
            self._kept[columns] = kept
        return kept[1]

    def _decoded(self, group: int, columns: Sequence[int]) -> pa.Table:
        names = [self._file.schema_arrow.names[i] for i in columns]
        try:
            table = self._file.read_row_group(group, columns=names).select(names)
        except _ERRORS as error:
            raise self._damaged(group, str(error)) from error
        rows = self._edges[group + 1] - self._edges[group]
        if table.num_rows != rows:
            raise self._damaged(group, f"{table.num_rows} rows of {rows}")
        return table

    def _damaged(self, group: int, reason: str) -> Refusal:
        return Refusal(
            found=f"row group {group} of {self._path.name} damaged ({reason})",
            wanted="a whole Parquet file",
            do="Copy the file again.",
        )

    def text_of(self, column: int) -> list[str | None]:
        """The cells of one column as text."""
        groups = range(len(self._edges) - 1)
        cells = [v for g in groups for v in self._decoded(g, [column]).column(0).to_pylist()]
        return [None if cell is None else str(cell) for cell in cells]

    def close(self) -> None:
        """Close the file."""
        self._file.close()
