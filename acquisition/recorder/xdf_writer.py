"""XDF 1.0, written as it comes in: any number of streams, crash-safe at every byte.

No kept library writes XDF. The file is valid after every call: see `ChunkFile` for what a kill leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from acquisition.recorder import xdf_chunks, xdf_headers
from acquisition.recorder.chunk_file import ChunkFile
from acquisition.recordings.recording import Labels
from contracts.records import StreamDescription

BOUNDARY_EVERY_BYTES = 1 << 20
"""How much of a damaged file a reader may have to leave out: about 9 s of one needle."""


@dataclass(slots=True)
class _Stream:
    rate_hz: float
    n_channels: int
    number_format: np.dtype[np.generic] | None
    """None for texts."""
    n_samples: int = 0
    first_stamp_s: float = 0.0
    last_stamp_s: float = 0.0
    ended: bool = False


class XdfWriter:
    """An XDF file that grows. Streams are named by the number that opening them gave.

    One thread at a time. Raises OSError where the disk refuses, after which the file is whole up to the
    call before and may be written to again.
    """

    def __init__(self, file: ChunkFile) -> None:
        self._file = file
        self._streams: dict[int, _Stream] = {}
        self._boundary_at = BOUNDARY_EVERY_BYTES
        file.append(xdf_chunks.MAGIC + xdf_chunks.file_header(xdf_headers.file_xml()))

    @classmethod
    def create(cls, path: Path, *, overwrite: bool, sync_every_s: float | None) -> Self:
        """A writer of a new file; `sync_every_s` as `ChunkFile` has it. Raises OSError, FileExistsError too."""
        return cls(ChunkFile(path.open("wb" if overwrite else "xb", buffering=0), sync_every_s=sync_every_s))

    @property
    def n_bytes(self) -> int:
        """Length of the file."""
        return self._file.n_bytes

    def open_signal(self, description: StreamDescription, labels: Labels | None = None) -> int:
        """The number of a new stream with a column for each of `description.channels`, in that order.

        Samples are in `description.sample_format`, values in the unit of each channel; rate 0 is irregular.
        """
        number_format = xdf_chunks.NUMBER_FORMATS[description.sample_format]
        stream = _Stream(description.rate_hz, len(description.channels), number_format)
        return self._open(stream, xdf_headers.signal_xml(description, labels or Labels()))

    def open_markers(self, name: str, source_id: str, *, durations: bool = False) -> int:
        """The number of a new irregular stream of texts of type `Markers`.

        `durations`: texts are made by `xdf_conventions.with_duration`.
        """
        xml = xdf_headers.markers_xml(name, source_id, durations=durations)
        return self._open(_Stream(0.0, 1, None), xml)

    def write_samples(
        self, stream: int, samples: NDArray[np.generic], stamps: float | NDArray[np.float64]
    ) -> None:
        """Append samples `(n, n_channels)` in the number format of the stream.

        stamps: seconds on the clock of the stream, one for each sample, or that of the first sample only,
        from which readers count at the nominal rate.
        """
        entry = self._streams[stream]
        if entry.ended or samples.dtype != entry.number_format or samples.shape[1:] != (entry.n_channels,):
            raise ValueError(f"{samples.dtype} samples of shape {samples.shape} for {entry}")
        stamped = np.atleast_1d(np.asarray(stamps, np.float64))
        n = samples.shape[0]
        if n == 0:
            return
        regular = stamped.shape == (1,) and entry.rate_hz > 0
        if stamped.shape != (n,) and not regular:
            raise ValueError(f"{stamped.shape} stamps for {n} samples of {entry}")
        last = float(stamped[-1]) + (n - stamped.shape[0]) / (entry.rate_hz or 1.0)
        self._append(xdf_chunks.numbers(stream, samples, stamped))
        _count(entry, n, float(stamped[0]), last)

    def write_markers(self, stream: int, texts: Sequence[str], stamps: Sequence[float]) -> None:
        """Append texts, each with its stamp in seconds on the clock of the stream."""
        entry = self._streams[stream]
        if entry.ended or entry.number_format is not None:
            raise ValueError(f"texts for {entry}")
        if texts:
            self._append(xdf_chunks.texts(stream, texts, np.asarray(stamps, np.float64)))
            _count(entry, len(texts), stamps[0], stamps[-1])

    def write_clock_offset(self, stream: int, at_s: float, offset_s: float) -> None:
        """Append a measurement: `offset_s` to add to stamps near `at_s`, both on the clock of the stream,
        to reach the recorder's."""
        self._append(xdf_chunks.clock_offset(stream, at_s, offset_s))

    def end_stream(self, stream: int) -> None:
        """Write the footer of a stream, which takes nothing after it. Ending twice is harmless."""
        entry = self._streams[stream]
        if not entry.ended:
            xml = xdf_headers.footer_xml(entry.first_stamp_s, entry.last_stamp_s, entry.n_samples)
            self._append(xdf_chunks.stream_footer(stream, xml))
            entry.ended = True

    def sync(self) -> None:
        """Force to the disk what was written."""
        self._file.sync()

    def close(self) -> None:
        """End all streams and close the file. Closing twice is harmless."""
        if self._file.closed:
            return
        try:
            for stream in self._streams:
                self.end_stream(stream)
        finally:
            self._file.close()

    def abandon(self) -> None:
        """Close the file without footers, by which a reader sees that the recording was not ended."""
        self._file.close()

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

    def _open(self, stream: _Stream, xml: str) -> int:
        number = len(self._streams) + 1
        self._append(xdf_chunks.stream_header(number, xml))
        self._streams[number] = stream
        return number

    def _append(self, piece: bytes) -> None:
        if self._file.n_bytes >= self._boundary_at:
            self._file.append(xdf_chunks.boundary())
            self._boundary_at = self._file.n_bytes + BOUNDARY_EVERY_BYTES
        self._file.append(piece)


def _count(stream: _Stream, n_samples: int, first_stamp_s: float, last_stamp_s: float) -> None:
    if stream.n_samples == 0:
        stream.first_stamp_s = first_stamp_s
    stream.n_samples += n_samples
    stream.last_stamp_s = last_stamp_s
