"""A walk over the pieces of an XDF file, which shows whether it is whole.

The library reads on after an error and fills what is missing with what its buffer held; whether a file ends
in the middle of a piece has to be asked before. Layout: https://github.com/sccn/xdf/wiki/Specifications
"""

import gzip
import zlib
from io import SEEK_END, BufferedIOBase
from pathlib import Path

from contracts.refusal import Refusal

_MAGIC = b"XDF:"
_LENGTH_BYTES = (1, 4, 8)
_LARGEST = 1 << 40
"""More bytes than a recording has; a damaged length may ask for more than a file system can seek."""


def check_whole(path: Path) -> None:
    """Nothing. Raises Refusal where a file is not XDF, or ends in the middle of a piece."""
    zipped = path.suffix.casefold() in (".xdfz", ".gz")
    try:
        with gzip.open(path, "rb") if zipped else path.open("rb") as file:
            if file.read(4) != _MAGIC:
                raise _not_xdf(path)
            while _skip_piece(file, path):
                pass
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Refusal(
            found=f"{path.name}, whose compressed data is damaged or cut short ({error})",
            wanted="a whole XDF file",
            do="Copy the file again.",
        ) from error


def _not_xdf(path: Path) -> Refusal:
    return Refusal(
        found=f"{path.name}, which does not begin as an XDF file does",
        wanted="the four characters `XDF:` and a file header",
        do="Check the suffix, or record again.",
    )


def _skip_piece(file: BufferedIOBase, path: Path) -> bool:
    """Step over one piece; False at the end of the file."""
    start = file.tell()
    size = file.read(1)
    if not size:
        if start == len(_MAGIC):
            raise _not_xdf(path)
        return False
    if size[0] not in _LENGTH_BYTES:
        raise Refusal(
            found=f"a damaged piece at byte {start} of {path.name}",
            wanted="pieces of a stated length",
            do="Copy the file again.",
        )
    length = int.from_bytes(file.read(size[0]), "little")
    got = _skipped(file, length)
    if got < length:
        raise Refusal(
            found=f"{got} bytes of the last piece of {path.name}",
            wanted=f"{length}",
            do="The file was cut short: copy it again.",
        )
    return True


def _skipped(file: BufferedIOBase, length: int) -> int:
    """Bytes stepped over; fewer than `length` where the file ends before."""
    here = file.tell()
    end_byte = min(here + length, _LARGEST) - 1
    if length > 0:
        file.seek(end_byte)
        if not file.read(1):
            return max(0, file.seek(0, SEEK_END) - here)
    return length
