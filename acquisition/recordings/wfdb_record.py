"""WFDB records: PhysioNet's `.hea` and `.dat`, and N2001's `.hea` and `.bin` with format `16+20`.

Samples are read as they are asked for. Annotations are those of an `.atr` file beside the header.
"""

import re
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from acquisition.recordings.channels import Layout, RawChannel, lay_out
from acquisition.recordings.labels import STORED_NEGATIVE_UP, wfdb_labels
from acquisition.recordings.rate import agreed_rate_hz
from acquisition.recordings.recording import Annotation
from acquisition.recordings.stored import StoredRecording, description_of
from contracts.refusal import Refusal


@contextmanager
def _quiet_pandas() -> Generator[None]:
    """wfdb 4.3.1 calls pandas in a way that pandas 3 announces the end of; nothing that we could mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


with _quiet_pandas():
    import wfdb

_HEADER_ERRORS = (ValueError, IndexError, KeyError, TypeError, AttributeError, UnicodeDecodeError, OSError)
"""What wfdb raises for a header that it cannot read: it has no error of its own for all of it."""

_BITS = {
    "8": 8,
    "16": 16,
    "24": 24,
    "32": 32,
    "61": 16,
    "80": 8,
    "160": 16,
    "212": 12,
    "310": 32 / 3,
    "311": 32 / 3,
}
"""Bits per sample in each plain format; the compressed ones (508, 516, 524) have no fixed size."""


def open_wfdb(path: Path, rate_hz: float | None, unit: str | None) -> StoredRecording:
    """A recording from a record's header, data file or stem.

    Raises Refusal for a missing or damaged header, a missing data file and one that is cut short.
    """
    header = path if path.suffix == ".hea" else path.with_suffix(".hea")
    if not header.is_file():
        header = path.with_name(path.name + ".hea")
    if not header.is_file():
        raise Refusal(
            found=f"no header {path.with_suffix('.hea').name} beside {path.name}",
            wanted="the .hea file that describes the data",
            do="Put header and data into one folder.",
        )
    record = _header(header)
    chosen = _one_frame_size(record, header)
    n_samples = _checked_length(record, header) * record.samps_per_frame[chosen[0]]
    labels = wfdb_labels(header.stem, record.comments)
    raw = [RawChannel(i, record.sig_name[i] or f"EMG{i + 1}", record.units[i] or "") for i in chosen]
    layout = lay_out(raw, unit, header.name)
    if labels.dataset in STORED_NEGATIVE_UP:
        layout = _turned_over(layout)
    rate = agreed_rate_hz(header, float(record.fs * record.samps_per_frame[chosen[0]]), rate_hz)
    return StoredRecording(
        path=path,
        format="wfdb",
        description=description_of(header, rate, layout.columns, labels, layout.notes),
        n_samples=n_samples,
        labels=labels,
        annotations=_annotations(header, rate),
        gaps=(),
        columns=layout.columns,
        store=WfdbStore(header, record, keeps_full_scale=labels.dataset == "n2001"),
    )


def _turned_over(layout: Layout) -> Layout:
    """A layout by which every EMG channel is read in true sign from a set that is stored negative up."""
    columns = tuple(
        replace(c, uv_per_unit=-c.uv_per_unit) if c.channel.role == "emg" else c for c in layout.columns
    )
    return Layout(columns, (*layout.notes, "Stored negative up; turned over, so that a spike is negative."))


def _header(path: Path) -> Any:
    try:
        record: Any = wfdb.rdheader(str(path.with_suffix("")))
        several = isinstance(record, wfdb.MultiRecord)
        usable = several or (
            record.n_sig and len(record.file_name or ()) == record.n_sig and _states_rate(path)
        )
    except _HEADER_ERRORS as error:
        raise _wrong_header(path, str(error)) from error
    if several:
        raise Refusal(
            found=f"a record of several segments, {path.name}",
            wanted="a record in one piece",
            do="Open one of its segments.",
        )
    if not usable:
        raise _wrong_header(path, "no signals or no rate, or fewer signal lines than it announces")
    return record


def _states_rate(header: Path) -> bool:
    """True where the record line gives a rate; wfdb takes 250 Hz for a word that is none."""
    lines = header.read_text("utf-8", "replace").splitlines()
    words = next((line.split() for line in lines if line.strip() and not line.startswith("#")), [])
    return len(words) > 2 and re.match(r"\d+(\.\d*)?([eE]\d+)?(/|\(|$)", words[2]) is not None


def _wrong_header(path: Path, reason: str) -> Refusal:
    return Refusal(
        found=f"{path.name}, which is not a WFDB header ({reason.splitlines()[0] if reason else 'unreadable'})",
        wanted="a record line and a line for each signal",
        do="Copy the header again, or check its suffix.",
    )


def _one_frame_size(record: Any, path: Path) -> list[int]:
    """Positions of the signals of one rate; Refusal where signals that could be EMG have several."""
    sizes = record.samps_per_frame
    emg = [i for i, name in enumerate(record.sig_name) if re.search("emg", name or "", re.IGNORECASE)]
    wanted = {sizes[i] for i in emg or range(record.n_sig)}
    if len(wanted) > 1:
        rates = ", ".join(f"{record.fs * size:g} Hz" for size in sorted(wanted))
        raise Refusal(
            found=f"signals at {rates} in {path.name}",
            wanted="EMG signals of one rate",
            do="Export the EMG signals into a record of their own.",
        )
    return [i for i in range(record.n_sig) if sizes[i] in wanted]


def _checked_length(record: Any, header: Path) -> int:
    """Frames of the record, after a look at the size of each data file."""
    lengths: list[int] = []
    for name in dict.fromkeys(record.file_name):
        if Path(name).name != name:
            raise _wrong_header(header, f"the data file {name!r} lies in another folder")
        data = header.with_name(name)
        if not data.is_file():
            raise Refusal(
                found=f"no data file {name} beside {header.name}",
                wanted="the file that the header names",
                do="Put header and data into one folder.",
            )
        signals = [i for i, other in enumerate(record.file_name) if other == name]
        bits = sum(_BITS.get(record.fmt[i], 0) * record.samps_per_frame[i] for i in signals)
        if bits and all(record.fmt[i] in _BITS for i in signals):
            size = data.stat().st_size - (record.byte_offset[signals[0]] or 0)
            lengths.append(max(0, int(size * 8 // bits)))
    wanted = record.sig_len if record.sig_len is not None else min(lengths, default=0)
    if lengths and min(lengths) < wanted:
        raise Refusal(
            found=f"{min(lengths)} samples in the data of {header.name}",
            wanted=f"{wanted}, as the header says",
            do="The file was cut short: copy it again.",
        )
    if wanted == 0:
        raise Refusal(
            found=f"no samples in {header.name}", wanted="at least one", do="Copy the data file again."
        )
    return wanted


def _annotations(header: Path, rate_hz: float) -> tuple[Annotation, ...]:
    if not header.with_suffix(".atr").is_file():
        return ()
    try:
        with _quiet_pandas():
            found: Any = wfdb.rdann(str(header.with_suffix("")), "atr")
    except _HEADER_ERRORS as error:
        raise Refusal(
            found=f"{header.stem}.atr, which cannot be read ({error})",
            wanted="WFDB annotations",
            do="Copy the file again, or take it away.",
        ) from error
    ratio = rate_hz / found.fs if found.fs else 1.0
    texts = [note.rstrip("\x00") or symbol for note, symbol in zip(found.aux_note, found.symbol, strict=True)]
    return tuple(Annotation(round(at * ratio), 0, text) for at, text in zip(found.sample, texts, strict=True))


class WfdbStore:
    """Reads a stretch of a record through wfdb."""

    def __init__(self, header: Path, record: Any, *, keeps_full_scale: bool) -> None:
        self._stem = str(header.with_suffix(""))
        self._record = record
        # The lowest number of a format means "no sample" to WFDB and becomes NaN. N2001 was written by other
        # software, and M02BB61 is clipped at -32768 for 5,643 samples: there it is a voltage.
        self._keeps_full_scale = keeps_full_scale

    def read(self, columns: Sequence[int], first: int, stop: int) -> NDArray[np.float64]:
        """Samples of some signals in their physical unit."""
        if stop <= first:
            return np.empty((0, len(columns)))
        size = self._record.samps_per_frame[columns[0]]
        frame = first // size
        try:
            part: Any = wfdb.rdrecord(
                self._stem,
                sampfrom=frame,
                sampto=-(-stop // size),
                channels=list(columns),
                physical=not self._keeps_full_scale,
                smooth_frames=False,
            )
        except (*_HEADER_ERRORS, EOFError) as error:
            raise Refusal(
                found=f"samples {first} to {stop} of {self._stem} unreadable ({error})",
                wanted="the data that the header promises",
                do="Copy the record again.",
            ) from error
        signals = np.column_stack(part.e_d_signal if self._keeps_full_scale else part.e_p_signal)
        values = signals[first - frame * size : stop - frame * size].astype(np.float64)
        if self._keeps_full_scale:
            values = (values - np.array(part.baseline)) / np.array(part.adc_gain)
        return values

    def close(self) -> None:
        """Nothing is held open between reads."""
