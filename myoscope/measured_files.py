"""What was measured, as files: JSON, CSV or Parquet, as the suffix says."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from acquisition.recorder.part_file import PartFile
from contracts.measured import Measured
from contracts.refusal import Refusal
from contracts.wire import StreamStart, SubjectChanged
from myoscope.measured_rows import Columns, Row, kinds, rows_of

NOTICE = "Research use only, not a diagnosis."

SUFFIXES = (".json", ".csv", ".parquet")


def check_path(path: Path, *, overwrite: bool = False) -> None:
    """Refuse a suffix that is not known, and files that are there: to be called before hours of work."""
    if path.suffix not in SUFFIXES:
        raise Refusal(
            found=f"the file name {path.name!r}",
            wanted=f"one that ends in {', '.join(SUFFIXES)}",
            do="Correct what follows --out.",
        )
    if not path.parent.is_dir():
        raise Refusal(found=f"no folder {path.parent}", wanted="a folder that is there", do="Make it first.")
    there = [file for file in _files(path).values() if file.exists()]
    if there and not overwrite:
        raise Refusal(
            found=f"{there[0]}, which is there already",
            wanted="a file that is not there",
            do="Choose another name, or add --overwrite.",
        )


def write_measured(
    messages: Sequence[Measured | SubjectChanged],
    start: StreamStart,
    path: Path,
    *,
    overwrite: bool = False,
    wanted: Sequence[str] = (),
) -> tuple[Path, ...]:
    """The files that were written: everything measured in a run, from its messages.

    JSON: one document, a list of rows for each kind. CSV and Parquet: a file for each kind that has rows,
    `NAME.units.csv` and so on beside each other, those of an older run removed. Templates and snippets are lists
    of microvolts in JSON and Parquet; CSV leaves them out, and has other lists as JSON in a cell. Every file
    carries the notice and the version of the software. `wanted` names the kinds to write; all when empty.
    Raises Refusal for a suffix that is not known and, without `overwrite`, for a file that is there.
    """
    check_path(path, overwrite=overwrite)
    rows = {kind: made for kind, made in rows_of(messages, start).items() if not wanted or kind in wanted}
    about = {"notice": NOTICE, "software": start.software}
    if path.suffix == ".json":
        _complete(path, _json(rows, start, about))
        return (path,)
    encode: Callable[[Columns, Sequence[Row], Mapping[str, str]], bytes]
    encode = _csv if path.suffix == ".csv" else _parquet
    columns, written = kinds(), []
    for kind, file in _files(path).items():
        if rows.get(kind):
            _complete(file, encode(columns[kind], rows[kind], about))
            written.append(file)
        else:
            file.unlink(missing_ok=True)
    return tuple(written)


def json_document(messages: Sequence[Measured | SubjectChanged], start: StreamStart) -> str:
    """Everything measured in a run as one JSON document: what a .json file would hold."""
    about = {"notice": NOTICE, "software": start.software}
    return _json(rows_of(messages, start), start, about).decode()


def _files(path: Path) -> dict[str, Path]:
    """The files that a run may be written to, by kind; one for all in JSON."""
    if path.suffix == ".json":
        return {"": path}
    return {kind: path.with_name(f"{path.stem}.{kind}{path.suffix}") for kind in kinds()}


def _complete(path: Path, content: bytes) -> None:
    part = PartFile(path)
    try:
        part.path.write_bytes(content)
        part.complete()
    except OSError as error:
        part.discard()
        raise Refusal(
            found=f"that {path} cannot be written ({error.strerror})",
            wanted="a place for the results",
            do="Check the disk and the path after --out.",
        ) from error


def _json(rows: Mapping[str, Sequence[Row]], start: StreamStart, about: Mapping[str, str]) -> bytes:
    stream = {
        "name": start.stream,
        "rate_hz": start.rate_hz,
        "channels": [channel.label for channel in start.channels if channel.role == "emg"],
        "subject": start.subject,
        "notes": start.notes,
    }
    encoded = msgspec.json.encode({**about, "stream": stream, **rows})
    return msgspec.json.format(encoded, indent=1) + b"\n"


def _csv(columns: Columns, rows: Sequence[Row], about: Mapping[str, str]) -> bytes:
    names = [name for name in columns if name not in ("template", "snippet")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, *about])
    for row in rows:
        writer.writerow([*(_cell(row[name]) for name in names), *about.values()])
    return text.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, list | tuple | dict):
        return msgspec.json.encode(value).decode()
    return str(value).lower() if isinstance(value, bool) else value


def _parquet(columns: Columns, rows: Sequence[Row], about: Mapping[str, str]) -> bytes:
    schema = pa.schema([(name, arrow_type(kind)) for name, kind in columns.items()], metadata=dict(about))
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(list(rows), schema), sink, compression="zstd")
    return sink.getvalue()


def arrow_type(kind: Any) -> pa.DataType:
    """The type of a column for values annotated with `kind`; what may be None has the type of the rest."""
    origin, inner = get_origin(kind), [option for option in get_args(kind) if option is not NoneType]
    if origin in (Union, UnionType):
        return arrow_type(inner[0])
    if origin is Literal:
        return pa.string()
    if origin is tuple:
        return pa.list_(arrow_type(inner[0]))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return pa.struct([(f.name, arrow_type(f.type)) for f in msgspec.structs.fields(kind)])
    plain = {
        bool: pa.bool_(),
        int: pa.int64(),
        float: pa.float64(),
        np.float32: pa.float32(),
        str: pa.string(),
    }
    return plain[kind]
