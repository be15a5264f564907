"""The recordings in a folder."""

from pathlib import Path

from acquisition.recordings.door import (
    EDF_SUFFIXES,
    PARQUET_SUFFIXES,
    TEXT_SUFFIXES,
    XDF_SUFFIXES,
    suffix_of,
)
from acquisition.recordings.headed_csv import delimiter_of
from acquisition.recordings.labels import asc_labels
from acquisition.recordings.table import names_time
from acquisition.recordings.text import first_line, is_numeric
from acquisition.recordings.text_columns import EMG4_COLUMNS
from contracts.refusal import Refusal

TRUTH_SUFFIX = ".truth.parquet"
"""Of the table of events beside a simulated recording, which is no recording."""


def find_recordings(folder: str | Path) -> list[Path]:
    """Every recording below a folder that opens without being told its rate, sorted; one entry per record.

    A WFDB record is named by its header. Text is looked into: a needle recording of a known set, the EMG-4
    layout and a table with a time column count, a read-me and a table of results do not. Hidden files and
    folders are passed over. A damaged recording is listed too, so that opening it can say what is wrong.
    Raises Refusal where there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise Refusal(found=f"no folder {folder}", wanted="a folder of recordings", do="Check the path.")
    below = (
        p for p in folder.rglob("*") if not any(part.startswith(".") for part in p.relative_to(folder).parts)
    )
    return sorted(p for p in below if p.is_file() and _is_recording(p))


def _is_recording(path: Path) -> bool:
    if path.name.endswith(TRUTH_SUFFIX):
        return False
    suffix = suffix_of(path)
    if suffix in TEXT_SUFFIXES:
        return asc_labels(path.name) is not None or _text_states_rate(path)
    return suffix == ".hea" or suffix in EDF_SUFFIXES + XDF_SUFFIXES + PARQUET_SUFFIXES


def _text_states_rate(path: Path) -> bool:
    line = first_line(path)
    if is_numeric(line):
        return len(line.replace(";", ",").split(",")) == EMG4_COLUMNS
    return any(names_time(name) for name in line.split(delimiter_of(line)))
