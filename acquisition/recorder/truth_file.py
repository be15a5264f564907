"""The truth beside a simulated recording: a table of events and what they were made from.

For `patient.xdf` these are `patient.truth.parquet`, a row for each event, and `patient.truth.json`: script,
seed, versions, and the unit of every column. A table, since there are hundreds of events in each second, which
no marker stream is meant for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from acquisition.recorder.part_file import PartFile
from acquisition.recordings.catalogue import TRUTH_SUFFIX
from contracts.refusal import Refusal

Column = NDArray[Any] | Sequence[str]


@dataclass(frozen=True, slots=True)
class Truth:
    """A table of events as it was written, and what was written about it."""

    events: dict[str, NDArray[Any]]
    """Columns of equal length; texts as arrays of objects."""
    about: dict[str, Any]


def truth_paths(recording: Path) -> tuple[Path, Path]:
    """Table and description that belong to a recording."""
    table = recording.with_name(recording.stem + TRUTH_SUFFIX)
    return table, table.with_suffix(".json")


def write_truth(recording: Path, events: Mapping[str, Column], about: Mapping[str, object]) -> None:
    """Write both files beside a recording, over older ones.

    events: columns of equal length, among them `index`, the run index of the sample that an event begins at;
    arrays of numbers or sequences of texts. about: anything that JSON holds; `about["units"]` has the unit
    of every column, "" where it has none.
    """
    with TruthWriter(recording, about) as writer:
        writer.add(events)


class TruthWriter:
    """The same for events that come piece by piece. Both files get their names when it is closed."""

    def __init__(self, recording: Path, about: Mapping[str, object]) -> None:
        table, described = truth_paths(recording)
        self._table, self._described = PartFile(table), PartFile(described)
        self._about = dict(about)
        self._writer: parquet.ParquetWriter | None = None
        self._open = True

    def add(self, events: Mapping[str, Column]) -> None:
        """Append events, in the columns and types of the first ones."""
        arrays = {name: _array(column) for name, column in events.items()}
        if self._writer is None:
            self._writer = parquet.ParquetWriter(
                self._table.path, _schema(arrays, self._about), compression="zstd"
            )
        self._writer.write_table(pa.table(arrays, schema=self._writer.schema))

    def tell(self, key: str, value: object) -> None:
        """Add to what is told about the recording, at any time before the end."""
        self._about[key] = value

    def close(self) -> None:
        """Finish both files. Closing twice is harmless.

        Raises ValueError where nothing was added, since nobody knows then which columns there are: without
        events, add empty ones.
        """
        if not self._open:
            return
        self._open = False
        if self._writer is None:
            raise ValueError("no columns were added")
        self._writer.close()
        encoded = msgspec.json.encode(self._about, enc_hook=_plain)
        self._described.path.write_bytes(msgspec.json.format(encoded, indent=2) + b"\n")
        self._table.complete()
        self._described.complete()

    def abandon(self) -> None:
        """Leave no files."""
        self._open = False
        if self._writer is not None:
            self._writer.close()
        self._table.discard()
        self._described.discard()

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


def read_truth(recording: Path) -> Truth:
    """The truth beside a recording. Raises Refusal where one of its files is missing or damaged."""
    table, described = truth_paths(recording)
    try:
        columns = parquet.read_table(table)
        about = msgspec.json.decode(described.read_bytes(), type=dict[str, Any])
    except (pa.ArrowException, OSError, msgspec.DecodeError) as error:
        raise Refusal(
            found=f"no truth to read beside {recording.name} ({error})",
            wanted=f"{table.name} and {described.name}, as a simulated recording has them",
            do="Simulate it again, or copy the files along with it.",
        ) from error
    names = columns.column_names
    return Truth({name: columns.column(name).to_numpy() for name in names}, about)


def _array(column: Column) -> pa.Array:
    return pa.array(column) if isinstance(column, np.ndarray) else pa.array(column, pa.string())


def _schema(arrays: Mapping[str, pa.Array], about: Mapping[str, object]) -> pa.Schema:
    units = about.get("units")
    if "index" not in arrays or not isinstance(units, Mapping) or set(arrays) - set(units):
        raise ValueError(f"columns {list(arrays)}, an index among them, want units; given {units}")
    return pa.schema(
        [pa.field(name, a.type, metadata={"unit": str(units[name])}) for name, a in arrays.items()]
    )


def _plain(value: object) -> object:
    """What JSON holds of a value of numpy, or of a path."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return value.name
    raise NotImplementedError(f"{type(value)} in what is said about the truth")
