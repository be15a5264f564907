"""Parquet tables, read by row group.

Columns are named as in a headed CSV; a field's unit may stand in its metadata under `unit` instead of in
brackets. Keys of the file's metadata that are read: `rate_hz` (needed where there is no time column), `unit`
(for columns that state none), and the labels `dataset`, `person`, `class`, `muscle`, `side`, `age`, `sex`,
`effort`, `site`. Empty cells are NaN.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from acquisition.recordings.headed_csv import as_float, is_number_type
from acquisition.recordings.stored import StoredRecording
from acquisition.recordings.table import Table, TableColumn, open_table
from contracts.refusal import Refusal

_ERRORS = (pa.ArrowException, OSError, UnicodeDecodeError)


def open_parquet(path: Path, rate_hz: float | None, unit: str | None) -> StoredRecording:
    """A recording from a Parquet file. Raises Refusal where it is none, or is cut short."""
    try:
        file = parquet.ParquetFile(path)
        schema = file.schema_arrow
        columns = [
            TableColumn(f.name, is_number_type(f.type), _texts(f.metadata).get("unit", "")) for f in schema
        ]
        metadata = _texts(schema.metadata)
    except _ERRORS as error:
        raise Refusal(
            found=f"{path.name}, which does not end as a Parquet file does ({error})",
            wanted="a whole Parquet file",
            do="Copy the file again, or check its suffix.",
        ) from error
    store = RowGroupStore(file, path)
    try:
        return open_table(
            Table(path, "parquet", columns, file.metadata.num_rows, store, store.text_of, metadata),
            rate_hz,
            unit,
        )
    except Refusal:
        store.close()
        raise


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
