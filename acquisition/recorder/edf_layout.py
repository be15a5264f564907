"""The parts of an EDF+ or BDF+ file as bytes: header, steps of the numbers, annotations.

Layout: https://www.edfplus.info/specs/edfplus.html; BDF is the same with 24-bit numbers.

The library that reads these files was tried for writing them (pyedflib 0.1.42): it keeps one annotation for
each data record and drops the others without a word (6 of 300 arrived), and it rounds their times to 0.1 ms,
which is more than two samples of a needle. Hence this.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from acquisition.recordings.recording import Annotation, Labels
from contracts.records import StreamDescription
from contracts.refusal import Refusal

_RECORD_BYTES = 61_440
"""What the specification recommends for the signals of a data record, at most."""
_TEXT_BYTES = 500
"""The readers that there are keep no more of an annotation."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number format: bytes of a sample, largest number, and what the header calls the file."""

    n_bytes: int
    largest: int
    version: bytes
    kind: str


EDF = Numbers(2, (1 << 15) - 1, b"0       ", "EDF")
BDF = Numbers(3, (1 << 23) - 1, b"\xffBIOSEMI", "BDF")


@dataclass(frozen=True, slots=True)
class Records:
    """How a signal is cut into data records."""

    n_samples: int
    """Samples of each channel in a record."""
    duration_s: float
    """As the header states it."""
    n_records: int

    @property
    def rate_hz(self) -> float:
        """The rate that a reader reckons from the header."""
        return self.n_samples / self.duration_s


def records_of(rate_hz: float, n_samples: int, n_channels: int, numbers: Numbers) -> Records:
    """Records of a second or less that state the rate exactly, where six decimals can, and that the signal
    fills without padding, where a length does that."""
    most = max(1, min(math.floor(rate_hz), _RECORD_BYTES // (numbers.n_bytes * n_channels)))
    lengths = np.arange(most, 0, -1)
    durations = np.round(lengths / rate_hz, 6)
    error = np.abs(lengths / np.maximum(durations, 1e-6) / rate_hz - 1)
    exact = error < 1e-12 if np.any(error < 1e-12) else error == error.min()
    filled = exact & (n_samples % lengths == 0) & (lengths > most // 4)
    best = int(np.argmax(filled if np.any(filled) else exact))
    return Records(int(lengths[best]), float(durations[best]), -(-n_samples // int(lengths[best])))


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one channel's numbers; zero is number 0."""

    largest_text: str
    """What the largest number stands for, in at most seven characters."""
    lsb: float
    """What one step stands for."""


def steps_of(peak: float, numbers: Numbers, label: str) -> Steps:
    """Steps that just hold values up to `peak` on both sides. Raises Refusal beyond seven figures."""
    for decimals in range(6, -1, -1):
        scale = 10**decimals
        largest = math.ceil(peak * scale) / scale or 1.0
        text = f"{largest:.{decimals}f}"
        if len(text) <= 7 and largest >= peak:
            return Steps(text, largest / numbers.largest)
    raise Refusal(
        found=f"a value of {peak:g} in channel {label!r}",
        wanted="values below ten million, for which the header has room",
        do="Choose XDF or Parquet, or check the unit.",
    )


def header(
    description: StreamDescription,
    labels: Labels,
    records: Records,
    steps: Sequence[Steps],
    tal_bytes: int,
    numbers: Numbers,
) -> bytes:
    """The header: `256 * (n_channels + 2)` bytes, without name, code, date of birth and date of recording."""
    channels = description.channels
    most = numbers.largest
    columns: list[tuple[int, list[str]]] = [
        (16, [*(c.label for c in channels), f"{numbers.kind} Annotations"]),
        (80, [""] * (len(channels) + 1)),
        (8, [*(c.unit for c in channels), ""]),
        (8, [*(f"-{s.largest_text}" for s in steps), "-1"]),
        (8, [*(s.largest_text for s in steps), "1"]),
        (8, [*([str(-most)] * len(channels)), str(-most - 1)]),
        (8, [str(most)] * (len(channels) + 1)),
        (80, [""] * (len(channels) + 1)),
        (8, [*([str(records.n_samples)] * len(channels)), str(tal_bytes // numbers.n_bytes)]),
        (32, [""] * (len(channels) + 1)),
    ]
    # The date is the one that the specification gives to files whose date is not to be known.
    fixed = [
        (80, _patient(description, labels)),
        (80, f"Startdate 01-JAN-1985 X X {_word(description.model)}"),
        (16, "01.01.8500.00.00"),
        (8, str(256 * (len(channels) + 2))),
        (44, f"{numbers.kind}+C"),
        (8, str(records.n_records)),
        (8, f"{records.duration_s:.6f}".rstrip("0").rstrip(".")),
        (4, str(len(channels) + 1)),
    ]
    fields = [*fixed, *((width, text) for width, texts in columns for text in texts)]
    return numbers.version + b"".join(_field(text, width) for width, text in fields)


def tals(annotations: Sequence[Annotation], records: Records, numbers: Numbers) -> tuple[list[bytes], int]:
    """The annotation lists of all records, and the bytes that each record has for its own.

    Annotations fill the records in their order, as many as there is room for; the specification does not
    ask that they stand in the record of their time.
    """
    clocks = [_onset(record * records.n_samples / records.rate_hz) for record in range(records.n_records)]
    keepers = [f"{clock}\x14\x14\0".encode() for clock in clocks]
    events = [_event(annotation, records.rate_hz) for annotation in annotations]
    mean = -(-sum(len(e) for e in events) // records.n_records)
    room = max(len(k) for k in keepers) + mean + max((len(e) for e in events), default=0)
    room += -room % (2 * numbers.n_bytes)
    lists: list[bytes] = []
    following = iter(events)
    event = next(following, b"")
    for keeper in keepers:
        content = keeper
        while event and len(content) + len(event) <= room:
            content += event
            event = next(following, b"")
        lists.append(content.ljust(room, b"\0"))
    return lists, room


def check_text(annotation: Annotation) -> None:
    """Nothing. Raises Refusal for a text that readers would cut, or take for none."""
    if not 0 < len(annotation.text.encode()) <= _TEXT_BYTES:
        raise Refusal(
            found=f"an annotation of {len(annotation.text.encode())} bytes at sample {annotation.index}",
            wanted=f"between 1 and {_TEXT_BYTES} bytes",
            do="Shorten it, or choose XDF or Parquet.",
        )


def _event(annotation: Annotation, rate_hz: float) -> bytes:
    text = "".join("\ufffd" if c in "\0\x14\x15" else c for c in annotation.text)
    lasting = f"\x15{annotation.n_samples / rate_hz:.7f}" if annotation.n_samples else ""
    return f"{_onset(annotation.index / rate_hz)}{lasting}\x14{text}\x14\0".encode()


def _onset(at_s: float) -> str:
    return f"{at_s:+.7f}".rstrip("0").rstrip(".")


def _patient(description: StreamDescription, labels: Labels) -> str:
    sex = {"female": "F", "male": "M", None: "X"}[labels.sex]
    subject = description.subject
    facts = {
        "age": labels.age if subject.age is None else subject.age,
        "muscle": subject.muscle or labels.muscle,
        "side": subject.side or labels.side,
    }
    stated = [f"{key}={_word(str(value))}" for key, value in facts.items() if value is not None]
    return " ".join(["X", sex, "X", "X", *stated])


def _word(text: str) -> str:
    return "_".join(text.split()) or "X"


def _field(text: str, width: int) -> bytes:
    if len(text) > width or not (text.isascii() and text.isprintable()):
        raise Refusal(
            found=f"{text!r}, which is to stand in the header of an EDF or BDF file",
            wanted=f"at most {width} plain characters (ASCII)",
            do="Shorten or rename it, or choose XDF or Parquet.",
        )
    return text.encode().ljust(width)
