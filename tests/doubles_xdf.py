"""A writer of small XDF files, since no kept library writes them: what the tests need and no more."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

_FORMATS = {"float32": "<f4", "double64": "<f8", "int16": "<i2", "int32": "<i4"}


@dataclass(frozen=True)
class XdfStream:
    """One stream: `values` is an array `(n, channels)`, or a list of texts for a marker stream."""

    name: str
    kind: str
    rate_hz: float
    stamps: Sequence[float] | NDArray[np.float64]
    values: Any
    number_format: str = "float32"
    channels: Sequence[dict[str, str]] = ()
    subject: dict[str, str] = field(default_factory=dict)
    source_id: str = ""
    footer_count: int | None = None
    """What the footer says; the true number where None."""
    clock_offsets: Sequence[tuple[float, float]] = ()


def write_xdf(path: Path, streams: Sequence[XdfStream]) -> Path:
    """The file, with headers first, one piece of samples for each stream, footers last."""
    pieces = [_piece(1, b"<?xml version='1.0'?><info><version>1.0</version></info>")]
    for number, stream in enumerate(streams, 1):
        pieces.append(_piece(2, struct.pack("<I", number) + _header(stream).encode()))
    for number, stream in enumerate(streams, 1):
        if len(stream.stamps):
            pieces.append(_piece(3, struct.pack("<I", number) + _samples(stream)))
        pieces += [_piece(4, struct.pack("<Idd", number, at, value)) for at, value in stream.clock_offsets]
    for number, stream in enumerate(streams, 1):
        count = len(stream.stamps) if stream.footer_count is None else stream.footer_count
        footer = f"<info><sample_count>{count}</sample_count></info>"
        pieces.append(_piece(6, struct.pack("<I", number) + footer.encode()))
    path.write_bytes(b"XDF:" + b"".join(pieces))
    return path


def _piece(tag: int, content: bytes) -> bytes:
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


def _elements(texts: dict[str, str]) -> str:
    return "".join(f"<{key}>{escape(text)}</{key}>" for key, text in texts.items())


def _header(stream: XdfStream) -> str:
    text = stream.number_format == "string"
    n_channels = 1 if text else np.shape(stream.values)[1]
    channels = "".join(f"<channel>{_elements(c)}</channel>" for c in stream.channels)
    info = _elements(
        {
            "name": stream.name,
            "type": stream.kind,
            "channel_count": str(n_channels),
            "nominal_srate": str(stream.rate_hz),
            "channel_format": stream.number_format,
            "source_id": stream.source_id,
        }
    )
    desc = f"<desc><channels>{channels}</channels><subject>{_elements(stream.subject)}</subject></desc>"
    return f"<?xml version='1.0'?><info>{info}{desc}</info>"


def _samples(stream: XdfStream) -> bytes:
    parts = [b"\x04", struct.pack("<I", len(stream.stamps))]
    for stamp, value in zip(stream.stamps, stream.values, strict=True):
        parts += [b"\x08", struct.pack("<d", stamp)]
        if stream.number_format == "string":
            text = str(value).encode()
            parts += [b"\x04", struct.pack("<I", len(text)), text]
        else:
            parts.append(np.asarray(value, _FORMATS[stream.number_format]).tobytes())
    return b"".join(parts)
