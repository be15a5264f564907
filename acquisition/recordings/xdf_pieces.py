"""A walk over the pieces of an XDF file, which shows whether it is whole.

The library reads on after an error and fills what is missing with what its buffer held; whether a file ends
in the middle of a piece has to be asked before. Layout: https://github.com/sccn/xdf/wiki/Specifications
"""

import gzip
import zlib
from dataclasses import dataclass
from io import SEEK_END, BufferedIOBase
from pathlib import Path

from acquisition.recordings.xdf_conventions import WRITER
from contracts.refusal import Refusal

_MAGIC = b"XDF:"
_LENGTH_BYTES = (1, 4, 8)
_LARGEST = 1 << 40
"""More bytes than a recording has; a damaged length may ask for more than a file system can seek."""
_HEADER_BYTES = 256
_OURS = f"<writer>{WRITER}</writer>".encode()


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a file can be read."""

    whole_bytes: int
    """Length of all whole pieces, unpacked."""
    torn_bytes: int
    """What follows them: the beginning of a piece whose writer was killed. Only files of our own have it."""


def extent_of(path: Path) -> Extent:
    """Where the last whole piece of a file ends.

    Raises Refusal where a file is not XDF, or ends in the middle of a piece. A file of our own writer may do
    so, since a kill leaves it with whole pieces and the beginning of the next.
    """
    try:
        with unpacked(path) as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise _not_xdf(path)
            ours = _OURS in file.read(_HEADER_BYTES)
            file.seek(len(_MAGIC))
            return _walked(file, path, ours)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Refusal(
            found=f"{path.name}, whose compressed data is damaged or cut short ({error})",
            wanted="a whole XDF file",
            do="Copy the file again.",
        ) from error


def unpacked(path: Path) -> BufferedIOBase:
    """The file, open at its beginning, unpacked where its suffix says that it is packed."""
    return gzip.open(path, "rb") if path.suffix.casefold() in (".xdfz", ".gz") else path.open("rb")


def _not_xdf(path: Path) -> Refusal:
    return Refusal(
        found=f"{path.name}, which does not begin as an XDF file does",
        wanted="the four characters `XDF:` and a file header",
        do="Check the suffix, or record again.",
    )


def _walked(file: BufferedIOBase, path: Path, ours: bool) -> Extent:
    whole = file.tell()
    while size := file.read(1):
        if size[0] not in _LENGTH_BYTES and not (ours and size[0] == 0):
            raise Refusal(
                found=f"a damaged piece at byte {whole} of {path.name}",
                wanted="pieces of a stated length",
                do="Copy the file again.",
            )
        stated = file.read(size[0])
        length = int.from_bytes(stated, "little")
        got = _skipped(file, length)
        torn = size[0] == 0 or len(stated) < size[0] or got < length
        if torn and ours:
            return Extent(whole, file.seek(0, SEEK_END) - whole)
        if torn:
            raise Refusal(
                found=f"{got} bytes of the last piece of {path.name}",
                wanted=f"{length}" if got < length else "all of them",
                do="The file was cut short: copy it again.",
            )
        whole = file.tell()
    if whole == len(_MAGIC):
        raise _not_xdf(path)
    return Extent(whole, 0)


def _skipped(file: BufferedIOBase, length: int) -> int:
    """Bytes stepped over; fewer than `length` where the file ends before."""
    here = file.tell()
    end_byte = min(here + length, _LARGEST) - 1
    if length > 0:
        file.seek(end_byte)
        if not file.read(1):
            return max(0, file.seek(0, SEEK_END) - here)
    return length
