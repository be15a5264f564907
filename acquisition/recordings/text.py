"""Text files of numbers: decompressed, told from binary ones, and read into an array."""

import gzip
import lzma
import re
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contracts.refusal import Refusal

_COMMENT = ("#", "%")
_SEPARATORS = re.compile(r"[,;\s]+")
_BEGINNING = 2000
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v")) + b"\x7f"


def read_text(path: Path) -> str:
    """The text of a file, `.xz` and `.gz` decompressed.

    UTF-8, else Latin-1 (a header with a micro sign from an older Windows program). Raises Refusal for a
    damaged compressed file and for one that is not text.
    """
    content = _content(path, None)
    if content.translate(None, _CONTROL) != content:
        raise Refusal(
            found=f"binary data in {path.name}",
            wanted="text, numbers in columns",
            do="Check the suffix: it says how the file is read.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def first_line(path: Path) -> str:
    """The beginning of the first line with data, "" where the file is not text or cannot be read."""
    try:
        content = _content(path, 1 << 16)
    except (Refusal, OSError):
        return ""
    if content.translate(None, _CONTROL) != content:
        return ""
    return next(iter(data_lines(content.decode("utf-8-sig", "replace"))), "")


def _content(path: Path, n_bytes: int | None) -> bytes:
    opener = {".xz": lzma.open, ".gz": gzip.open}.get(path.suffix.casefold(), open)
    try:
        with opener(path, "rb") as file:
            return file.read(n_bytes if n_bytes is not None else -1)
    except (lzma.LZMAError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Refusal(
            found=f"{path.name}, whose compressed data is damaged or cut short ({error})",
            wanted="a whole compressed text file",
            do="Copy or download the file again.",
        ) from error


def data_lines(text: str) -> list[str]:
    """The lines that are neither blank nor comments (`#`, `%`)."""
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(_COMMENT)]


def is_numeric(line: str) -> bool:
    """True where every word of a line (of a very long one: of its beginning) is a number."""
    words = [word for word in _SEPARATORS.split(line[:_BEGINNING].strip()) if word]
    if len(line) > _BEGINNING:
        words = words[:-1]
    return bool(words) and all(is_number(word) for word in words)


def is_number(word: str) -> bool:
    """True for what Python reads as a number, nan and inf among them."""
    try:
        float(word)
    except ValueError:
        return False
    return True


def number_columns(lines: list[str], path: Path) -> NDArray[np.float64]:
    """The numbers of all lines, `(n_lines, n_columns)`; a single line is one column.

    Columns are separated by commas, semicolons or white space. Raises Refusal, with the line, for a word
    that is no number and for a line of another length (the last one of a file that was cut short).
    """
    if not lines:
        raise Refusal(
            found=f"no numbers in {path.name}", wanted="at least one line of samples", do="Check the file."
        )
    separator = next((s for s in (";", ",") if s in lines[0]), None)
    one_line = len(lines) == 1
    if one_line:
        lines, separator = [lines[0].replace(",", " ").replace(";", " ")], None
    try:
        values = np.loadtxt(lines, delimiter=separator, comments=None, ndmin=2)
    except ValueError as error:
        reason = str(error).split(";")[0].rstrip(".")
        raise Refusal(
            found=f"columns that cannot be read in {path.name} ({reason}, counted without comments)",
            wanted="the same number of numbers on every line, with a decimal point",
            do="Mend or cut the line; if it is the last one, the file was cut short: copy it again.",
        ) from error
    return values.reshape(-1, 1) if one_line else values
