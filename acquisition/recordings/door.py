"""The one door to recordings: whatever the format, a Recording or a Refusal."""

from pathlib import Path

from acquisition.recordings.recording import Recording
from acquisition.recordings.text import data_lines, is_numeric, read_text
from acquisition.recordings.text_columns import open_columns
from contracts.refusal import Refusal

WFDB_SUFFIXES = (".hea", ".dat", ".bin")
EDF_SUFFIXES = (".edf", ".bdf")
XDF_SUFFIXES = (".xdf", ".xdfz", ".xdf.gz")
TEXT_SUFFIXES = tuple(s + z for s in (".csv", ".tsv", ".txt", ".asc") for z in ("", ".xz", ".gz"))
PARQUET_SUFFIXES = (".parquet", ".pq")
KNOWN_SUFFIXES = WFDB_SUFFIXES + EDF_SUFFIXES + XDF_SUFFIXES + TEXT_SUFFIXES + PARQUET_SUFFIXES


def open_recording(
    path: str | Path, *, stream: str | None = None, rate_hz: float | None = None, unit: str | None = None
) -> Recording:
    """An open recording of any known format (WFDB, EDF, BDF, XDF, text columns, CSV, Parquet).

    The suffix tells the format; a WFDB record may also be named by its stem. `stream` picks one of several
    signal streams of an XDF file. `rate_hz` and `unit` are for files that do not carry them. Raises Refusal
    for a file that is missing, unreadable, empty, cut short, damaged, of another or an unknown format, and
    where what was given contradicts what the file says.
    """
    path = Path(path)
    suffix = suffix_of(path)
    if not path.suffix or not suffix:
        header = path.with_name(path.name + ".hea")
        if header.is_file():
            path, suffix = header, ".hea"
    _check_readable(path)
    if stream is not None and suffix not in XDF_SUFFIXES:
        raise Refusal(
            found=f"a choice of stream ({stream!r}) for {path.name}",
            wanted="one for an XDF file only",
            do="Leave it out: this format holds one recording.",
        )
    return _open_as(suffix, path, stream, rate_hz, unit)


def _open_as(
    suffix: str, path: Path, stream: str | None, rate_hz: float | None, unit: str | None
) -> Recording:
    # Formats are imported as they are needed: wfdb alone brings pandas, 3 s and 120 MB to a start, pyarrow 50 MB.
    if suffix in WFDB_SUFFIXES:
        from acquisition.recordings.wfdb_record import open_wfdb

        return open_wfdb(path, rate_hz, unit)
    if suffix in EDF_SUFFIXES:
        from acquisition.recordings.edf import open_edf

        return open_edf(path, rate_hz, unit)
    if suffix in XDF_SUFFIXES:
        from acquisition.recordings.xdf import open_xdf

        return open_xdf(path, stream, rate_hz, unit)
    if suffix in PARQUET_SUFFIXES:
        from acquisition.recordings.parquet import open_parquet

        return open_parquet(path, rate_hz, unit)
    if suffix in TEXT_SUFFIXES:
        return _open_text(path, rate_hz, unit)
    raise Refusal(
        found=f"{path.name}, whose suffix is not known",
        wanted=f"one of {', '.join(KNOWN_SUFFIXES)}",
        do="Convert the recording, or rename the file after its format.",
    )


def suffix_of(path: Path) -> str:
    """The suffix that tells the format (`.csv.gz` counts as one), lower case; "" where none is known."""
    name = path.name.casefold()
    fitting = [suffix for suffix in KNOWN_SUFFIXES if name.endswith(suffix)]
    return max(fitting, key=len, default="")


def _check_readable(path: Path) -> None:
    if path.is_dir():
        raise Refusal(
            found=f"a folder, {path}", wanted="a file with a recording", do="Name one of the files in it."
        )
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise Refusal(
            found=f"no file {path}", wanted="a file with a recording", do="Check the name and the folder."
        ) from error
    except OSError as error:
        raise Refusal(
            found=f"{path}, which cannot be opened ({error.strerror or error})",
            wanted="a file that may be read",
            do="Check the path and its permissions.",
        ) from error
    if empty:
        raise Refusal(
            found=f"an empty file, {path.name} (0 bytes)",
            wanted="a file with samples",
            do="Copy it again, or record again.",
        )


def _open_text(path: Path, rate_hz: float | None, unit: str | None) -> Recording:
    lines = data_lines(read_text(path))
    if lines and not is_numeric(lines[0]):
        from acquisition.recordings.headed_csv import open_headed

        return open_headed(path, lines, rate_hz, unit)
    return open_columns(path, lines, rate_hz, unit)
