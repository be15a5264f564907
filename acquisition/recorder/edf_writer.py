"""A recording as EDF+ (16-bit numbers) or BDF+ (24-bit).

The header wants to know what comes: the largest value, how many records, how many annotations. So samples
wait in a file beside it, in bounded memory, and are turned into numbers at the end. The steps are then the
finest that hold the whole signal, nothing is clipped, and the notes say how large they are.
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from acquisition.recorder import edf_layout
from acquisition.recorder.columns import columns_of, nothing_written
from acquisition.recorder.part_file import PartFile
from acquisition.recordings.edf import PADDING
from acquisition.recordings.recording import Annotation, Labels
from contracts.records import StreamDescription
from contracts.refusal import Refusal

_SAMPLES_AT_ONCE = 1 << 18


class EdfRecordingWriter:
    """Numbers `round(value / step)`, one step for each channel, zero as number 0."""

    def __init__(self, path: Path, description: StreamDescription, labels: Labels, *, bdf: bool) -> None:
        self._description = description
        self._labels = labels
        self._numbers = edf_layout.BDF if bdf else edf_layout.EDF
        self._peaks = np.zeros(len(description.channels))
        self._n_samples = 0
        self._annotations: list[Annotation] = []
        self._notes: tuple[str, ...] = ()
        _check_header(description, labels, self._numbers)
        self._part = PartFile(path)
        self._spooled = PartFile(path.with_name(f"{path.name}.samples"))
        self._spool = self._spooled.path.open("wb")

    @property
    def notes(self) -> tuple[str, ...]:
        """Steps and padding, once it is closed."""
        return self._notes

    def write(self, samples: NDArray[np.float32], aux: NDArray[np.float64] | None = None) -> None:
        """Append samples. Raises Refusal for NaN and infinity, for which the format has no number."""
        columns = columns_of(self._description, samples, aux)
        if columns.shape[0] == 0:
            return
        peaks = np.abs(columns).max(axis=0)
        if not np.isfinite(peaks).all():
            row = int(np.flatnonzero(~np.isfinite(columns).all(axis=1))[0])
            raise Refusal(
                found=f"no finite number at sample {self._n_samples + row}",
                wanted="finite numbers, as EDF and BDF know no others",
                do="Choose XDF or Parquet, which keep them.",
            )
        self._peaks = np.maximum(self._peaks, peaks)
        self._spool.write(np.ascontiguousarray(columns).data)
        self._n_samples += columns.shape[0]

    def annotate(self, annotation: Annotation) -> None:
        """Keep an event. Raises Refusal for a text that is empty or longer than readers take."""
        edf_layout.check_text(annotation)
        self._annotations.append(annotation)

    def close(self) -> None:
        """Turn what waits into the file and give it its name. Closing twice is harmless.

        Raises Refusal, and leaves no file, where no sample was written.
        """
        if self._spool.closed:
            return
        try:
            self._spool.close()
            if self._n_samples == 0:
                raise nothing_written()
            self._write_file()
            self._part.complete()
        finally:
            self._discard()

    def abandon(self) -> None:
        """Leave no file."""
        self._spool.close()
        self._discard()

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

    def _discard(self) -> None:
        self._spooled.discard()
        self._part.discard()

    def _write_file(self) -> None:
        numbers, channels = self._numbers, self._description.channels
        records = edf_layout.records_of(self._description.rate_hz, self._n_samples, len(channels), numbers)
        steps = [
            edf_layout.steps_of(float(peak), numbers, channel.label)
            for peak, channel in zip(self._peaks, channels, strict=True)
        ]
        padding = records.n_records * records.n_samples - self._n_samples
        events = sorted(self._annotations, key=lambda a: a.index)
        if padding:
            events.append(Annotation(self._n_samples, padding, PADDING))
        lists, room = edf_layout.tals(events, records, numbers)
        at_once = max(1, _SAMPLES_AT_ONCE // (records.n_samples * len(channels)))
        lsb = np.array([s.lsb for s in steps])
        with self._part.path.open("wb") as file, self._spooled.path.open("rb") as spool:
            file.write(edf_layout.header(self._description, self._labels, records, steps, room, numbers))
            for first in range(0, records.n_records, at_once):
                part = lists[first : first + at_once]
                digital = self._digital(spool, len(part) * records.n_samples, lsb)
                file.write(_interleaved(digital, part, numbers.n_bytes))
        self._notes = _notes(self._description, steps, records, padding)

    def _digital(self, spool: BinaryIO, n: int, lsb: NDArray[np.float64]) -> NDArray[np.int32]:
        """The next `n` samples as numbers, zero after the last: `(n, n_channels)`."""
        kind = np.float64 if self._description.aux else np.float32
        values = np.fromfile(spool, kind, n * lsb.shape[0]).reshape(-1, lsb.shape[0])
        digital = np.zeros((n, lsb.shape[0]), "<i4")
        digital[: values.shape[0]] = np.rint(values / lsb)
        return digital


def _interleaved(digital: NDArray[np.int32], lists: Sequence[bytes], n_bytes: int) -> bytes:
    """Data records: the samples of one channel after those of the other, then the annotations."""
    n_records, n_channels = len(lists), digital.shape[1]
    by_channel = np.ascontiguousarray(digital.reshape(n_records, -1, n_channels).transpose(0, 2, 1))
    signals = by_channel.view(np.uint8).reshape(n_records, -1, 4)[:, :, :n_bytes].reshape(n_records, -1)
    texts = np.frombuffer(b"".join(lists), np.uint8).reshape(n_records, -1)
    return np.concatenate([signals, texts], axis=1).tobytes()


def _notes(
    description: StreamDescription,
    steps: Sequence[edf_layout.Steps],
    records: edf_layout.Records,
    padding: int,
) -> tuple[str, ...]:
    notes = [
        f"Samples are rounded to steps of {s.lsb:.4g} {c.unit} in channel {c.label!r}."
        for c, s in zip(description.channels, steps, strict=True)
    ]
    if padding:
        notes.append(f"The last record is padded with {padding} zeros, which an annotation marks.")
    if abs(records.rate_hz / description.rate_hz - 1) > 1e-12:
        notes.append(f"The header states {records.rate_hz!r} Hz for {description.rate_hz!r} Hz.")
    return tuple(notes)


def _check_header(description: StreamDescription, labels: Labels, numbers: edf_layout.Numbers) -> None:
    """Refuse before the first sample what the header cannot hold."""
    counters = [c.label for c in description.channels if c.role == "counter"]
    if counters:
        raise Refusal(
            found=f"a counter, channel {counters[0]!r}",
            wanted="channels that may be rounded",
            do="Leave it out (a position in the file says the same), or choose XDF or Parquet.",
        )
    steps = [edf_layout.steps_of(1.0, numbers, "")] * len(description.channels)
    edf_layout.header(description, labels, edf_layout.Records(1, 1.0, 1), steps, 0, numbers)
