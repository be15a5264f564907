"""EDF, EDF+ and BDF, read as they are asked for.

The library reads continuous files only: an EDF+D file with breaks is refused. Of the header's patient only
sex and age are read, never the name, code or date of birth.
"""

import re
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyedflib
from numpy.typing import NDArray

from acquisition.recordings.channels import RawChannel, lay_out
from acquisition.recordings.labels import labels_from
from acquisition.recordings.rate import agreed_rate_hz
from acquisition.recordings.recording import Annotation, Labels
from acquisition.recordings.stored import StoredRecording, description_of
from contracts.refusal import Refusal

PADDING = "Padding: no signal from here on"
"""The annotation that our own files put on the zeros which fill their last record."""
_FACT = re.compile(r"(\w+)=(\S+)")
"""What the subfields after a patient's name may hold: `age=61 muscle=biceps_brachii side=left`."""
_ONE_AT_A_TIME = threading.Lock()
"""The library opens a file once per process at a time. Opening takes 50 us, so that each read opens anew under
this lock, and a replay and an analysis can read one file side by side."""


@dataclass(frozen=True, slots=True)
class EdfHeader:
    """What the fixed header says about the size of the file."""

    n_records: int
    record_s: float
    samples_per_record: tuple[int, ...]
    n_bytes: int
    header_bytes: int
    sample_bytes: int


def open_edf(path: Path, rate_hz: float | None, unit: str | None) -> StoredRecording:
    """A recording from an EDF or BDF file.

    Of several rates in one file that of the EMG channels is taken; where those have several, `rate_hz`
    chooses. Raises Refusal for another kind of file, a truncated or discontinuous one, and an ambiguous rate.
    """
    _check_size(path, read_header(path))
    with _opened(path, pyedflib.READ_ALL_ANNOTATIONS) as reader:
        raw = [
            RawChannel(i, reader.getLabel(i), reader.getPhysicalDimension(i))
            for i in range(reader.signals_in_file)
        ]
        rates = [float(rate) for rate in reader.getSampleFrequencies()]
        counts = [int(n) for n in reader.getNSamples()]
        labels = _labels(reader)
        events = list(zip(*reader.readAnnotations(), strict=True))
        kind = "bdf" if path.suffix.casefold() == ".bdf" else "edf"
    rate = _one_rate(path, raw, rates, rate_hz)
    same = [c for c in raw if abs(rates[c.position] / rate - 1) < 1e-3]
    layout = lay_out(same, unit, path.name)
    left_out = [c.label for c in raw if c not in same]
    notes = [*layout.notes, *([f"Left out for their other rate: {', '.join(left_out)}."] if left_out else [])]
    rate = agreed_rate_hz(path, rate, rate_hz)
    annotations, n_samples = _annotations(events, rate, counts[same[0].position])
    return StoredRecording(
        path=path,
        format=kind,
        description=description_of(path, rate, layout.columns, labels, notes),
        n_samples=n_samples,
        labels=labels,
        annotations=annotations,
        gaps=(),
        columns=layout.columns,
        store=EdfStore(path),
    )


def _check_size(path: Path, header: EdfHeader) -> None:
    record_bytes = sum(header.samples_per_record) * header.sample_bytes
    whole = max(0, header.n_bytes - header.header_bytes) // record_bytes
    if whole < header.n_records:
        per_record = max(header.samples_per_record)
        raise Refusal(
            found=f"{whole * per_record} samples in {path.name}",
            wanted=f"{header.n_records * per_record}, as the header says",
            do="The file was cut short: copy it again.",
        )


def read_header(path: Path) -> EdfHeader:
    """The fixed part of the header. Raises Refusal where the file is no EDF or BDF file."""
    with path.open("rb") as file:
        fixed = file.read(256)
        if fixed[:8] not in (b"0       ", b"\xffBIOSEMI"):
            raise _not_edf(path, f"it begins with {fixed[:16]!r}")
        try:
            n_signals = int(fixed[252:256])
            file.seek(256 + 216 * n_signals)
            counts = tuple(int(file.read(8)) for _ in range(n_signals))
            header = EdfHeader(
                n_records=int(fixed[236:244]),
                record_s=float(fixed[244:252]),
                samples_per_record=counts,
                n_bytes=path.stat().st_size,
                header_bytes=int(fixed[184:192]),
                sample_bytes=3 if fixed[:1] == b"\xff" else 2,
            )
        except (ValueError, OSError) as error:
            raise _not_edf(path, "its header holds no numbers where they belong, or is cut short") from error
    if header.n_records < 1 or not counts or min(counts) < 1 or header.record_s <= 0:
        raise _not_edf(path, f"its header names {header.n_records} records of {header.record_s:g} s")
    return header


def _not_edf(path: Path, reason: str) -> Refusal:
    return Refusal(
        found=f"{path.name}, which is not a finished EDF or BDF file: {reason}",
        wanted="an EDF, EDF+ or BDF header",
        do="Check the suffix, or export the recording again.",
    )


@contextmanager
def _opened(path: Path, annotations_mode: int) -> Generator[pyedflib.EdfReader]:
    with _ONE_AT_A_TIME:
        try:
            reader = pyedflib.EdfReader(str(path), annotations_mode=annotations_mode)
        except OSError as error:
            reason = str(error).split(":")[-1].strip()
            if "discontinuous" in reason:
                raise Refusal(
                    found=f"breaks in {path.name} (EDF+D)",
                    wanted="a continuous EDF, EDF+C or BDF file",
                    do="Export it as continuous, or each part as a file of its own.",
                ) from error
            raise _not_edf(path, reason) from error
        try:
            yield reader
        finally:
            reader.close()


def _labels(reader: pyedflib.EdfReader) -> Labels:
    facts = dict(_FACT.findall(reader.getPatientAdditional()))
    age = _age(reader)
    stated = {key: facts.get(key, "").replace("_", " ") for key in ("muscle", "side", "age")}
    return labels_from(stated | {"sex": reader.getSex()} | ({"age": str(age)} if age is not None else {}))


def _age(reader: pyedflib.EdfReader) -> int | None:
    """Whole years at the time of recording, from the date of birth, which is not kept."""
    try:
        born = datetime.strptime(str(reader.getBirthdate()), "%d %b %Y")
    except ValueError:
        return None
    at = reader.getStartdatetime()
    years = at.year - born.year - ((at.month, at.day) < (born.month, born.day))
    return years if 0 <= years <= 120 else None


def _one_rate(
    path: Path, channels: Sequence[RawChannel], rates: Sequence[float], given: float | None
) -> float:
    named = [c for c in channels if "emg" in c.label.casefold()]
    candidates = {rates[c.position] for c in named or channels}
    if given is not None and any(abs(rate / given - 1) < 1e-3 for rate in candidates):
        return next(rate for rate in candidates if abs(rate / given - 1) < 1e-3)
    if len(candidates) > 1:
        raise Refusal(
            found=f"channels at {', '.join(f'{rate:g} Hz' for rate in sorted(candidates))} in {path.name}",
            wanted="EMG channels of one rate",
            do="Choose one by giving its rate (rate_hz).",
        )
    return next(iter(candidates))


def _annotations(
    events: Sequence[tuple[float, float, str]], rate_hz: float, n_samples: int
) -> tuple[tuple[Annotation, ...], int]:
    """The events, and how many samples there are without padding."""
    found = [
        Annotation(round(onset * rate_hz), max(0, round(duration * rate_hz)), str(text))
        for onset, duration, text in events
    ]
    padding = [a for a in found if a.text == PADDING and 0 < a.index == n_samples - a.n_samples]
    end = min((a.index for a in padding), default=n_samples)
    return tuple(a for a in found if 0 <= a.index <= end and a not in padding), end


class EdfStore:
    """Reads a stretch of some channels through pyedflib."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, columns: Sequence[int], first: int, stop: int) -> NDArray[np.float64]:
        """Samples in the physical unit of each channel."""
        out = np.empty((stop - first, len(columns)))
        if stop > first:
            with _opened(self._path, pyedflib.DO_NOT_READ_ANNOTATIONS) as reader:
                for i, column in enumerate(columns):
                    out[:, i] = reader.readSignal(column, first, stop - first)
        return out

    def close(self) -> None:
        """Nothing is held open between reads."""
