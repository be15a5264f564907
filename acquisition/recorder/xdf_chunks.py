"""The pieces that an XDF file is made of, as bytes.

Layout: https://github.com/sccn/xdf/wiki/Specifications (XDF 1.0). All numbers are little-endian.
"""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MAGIC = b"XDF:"
NUMBER_FORMATS = {
    "int8": np.dtype("i1"),
    "int16": np.dtype("<i2"),
    "int32": np.dtype("<i4"),
    "int64": np.dtype("<i8"),
    "float32": np.dtype("<f4"),
    "double64": np.dtype("<f8"),
}
"""Number formats of XDF and what they are to numpy."""

_FILE_HEADER, _STREAM_HEADER, _SAMPLES, _CLOCK_OFFSET, _BOUNDARY, _STREAM_FOOTER = range(1, 7)
_BOUNDARY_MARK = bytes.fromhex("43A546DCCBF5410FB30ED5467383CBE4")
_STAMP_FOLLOWS = 8
_NO_STAMP = 0


def file_header(xml: str) -> bytes:
    """The piece that opens a file."""
    return _piece(_FILE_HEADER, xml.encode())


def stream_header(stream: int, xml: str) -> bytes:
    """The piece that opens a stream."""
    return _piece(_STREAM_HEADER, struct.pack("<I", stream) + xml.encode())


def stream_footer(stream: int, xml: str) -> bytes:
    """The piece that ends a stream."""
    return _piece(_STREAM_FOOTER, struct.pack("<I", stream) + xml.encode())


def clock_offset(stream: int, at_s: float, offset_s: float) -> bytes:
    """One measurement of a stream's clock: what to add to a stamp near `at_s` for the recorder's clock."""
    return _piece(_CLOCK_OFFSET, struct.pack("<Idd", stream, at_s, offset_s))


def boundary() -> bytes:
    """The mark by which a reader finds its way again after a damaged stretch."""
    return _piece(_BOUNDARY, _BOUNDARY_MARK)


def numbers(stream: int, samples: NDArray[np.generic], stamps: NDArray[np.float64]) -> bytes:
    """Samples of a regular or irregular stream of numbers.

    samples: `(n, n_channels)`, n at least 1, in a format of `NUMBER_FORMATS`; stamps: `(n,)` seconds, or
    `(1,)` for the first sample only, from which a reader counts the others at the nominal rate.
    """
    values = (samples.dtype.newbyteorder("<"), (samples.shape[1],))
    stamped = np.empty(stamps.shape[0], [("mark", "u1"), ("stamp", "<f8"), ("values", *values)])
    stamped["mark"] = _STAMP_FOLLOWS
    stamped["stamp"] = stamps
    stamped["values"] = samples[: stamps.shape[0]]
    following = np.empty(samples.shape[0] - stamps.shape[0], [("mark", "u1"), ("values", *values)])
    following["mark"] = _NO_STAMP
    following["values"] = samples[stamps.shape[0] :]
    return _samples(stream, samples.shape[0], [stamped.tobytes(), following.tobytes()])


def texts(stream: int, values: Sequence[str], stamps: NDArray[np.float64]) -> bytes:
    """Samples of a stream of one text channel, each with its stamp."""
    parts: list[bytes] = []
    for value, stamp in zip(values, stamps, strict=True):
        encoded = value.encode()
        parts += [struct.pack("<Bd", _STAMP_FOLLOWS, stamp), length(len(encoded)), encoded]
    return _samples(stream, len(values), parts)


def _samples(stream: int, n_samples: int, parts: Sequence[bytes]) -> bytes:
    return _piece(_SAMPLES, struct.pack("<I", stream) + length(n_samples), *parts)


def _piece(tag: int, *contents: bytes) -> bytes:
    size = 2 + sum(len(content) for content in contents)
    return b"".join((length(size), struct.pack("<H", tag), *contents))


def length(value: int) -> bytes:
    """A number of variable length: how many bytes it takes, then the number."""
    if value < 1 << 8:
        return struct.pack("<BB", 1, value)
    if value < 1 << 32:
        return struct.pack("<BI", 4, value)
    return struct.pack("<BQ", 8, value)
