"""CSV with a line of column names; see `table` for the names that are known.

Separated by comma, semicolon (then a decimal comma is understood) or tab. An empty cell is a sample without
a number: NaN, as the file has it.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from acquisition.recordings.stored import ArrayStore, StoredRecording
from acquisition.recordings.table import Table, TableColumn, no_rows, open_table
from contracts.refusal import Refusal


def open_headed(path: Path, lines: list[str], rate_hz: float | None, unit: str | None) -> StoredRecording:
    """A recording from lines of which the first holds the column names."""
    if len(lines) == 1:
        raise no_rows(path)
    table = _parsed(path, lines)
    numbers = [is_number_type(field.type) for field in table.schema]
    values = np.full((table.num_rows, table.num_columns), np.nan)
    for i, column in enumerate(table.columns):
        if numbers[i]:
            values[:, i] = as_float(column)
    return open_table(
        Table(
            path=path,
            format="csv",
            columns=[TableColumn(n, number) for n, number in zip(table.column_names, numbers, strict=True)],
            n_rows=table.num_rows,
            store=ArrayStore(values),
            text_of=lambda i: [None if v is None else str(v) for v in table.column(i).to_pylist()],
            metadata={},
        ),
        rate_hz,
        unit,
    )


def delimiter_of(header: str) -> str:
    """Comma, semicolon or tab, whichever a line of names holds most of."""
    return max(",;\t", key=header.count)


def _parsed(path: Path, lines: list[str]) -> pa.Table:
    delimiter = delimiter_of(lines[0])
    decimal = "," if delimiter == ";" and any("," in line for line in lines[1:3]) else "."
    try:
        return csv.read_csv(
            BytesIO("\n".join(lines).encode()),
            parse_options=csv.ParseOptions(delimiter=delimiter),
            convert_options=csv.ConvertOptions(decimal_point=decimal, strings_can_be_null=True),
        )
    except pa.ArrowInvalid as error:
        raise Refusal(
            found=f"rows that do not fit the column names of {path.name} ({error})",
            wanted="one number for each name in every row",
            do="Mend or cut the row; if it is the last one, the file was cut short: copy it again.",
        ) from error


def is_number_type(kind: pa.DataType) -> bool:
    """True for columns that are read as samples: numbers, truth values, times, and empty ones."""
    return (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_null(kind)
        or pa.types.is_timestamp(kind)
    )


def as_float(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Float64, empty cells NaN; times of day in seconds."""
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("ns")).cast(pa.int64()).to_numpy() * 1e-9
    return column.cast(pa.float64(), safe=False).to_numpy()
