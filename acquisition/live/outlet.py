"""Results as a stream of their own, so that any LSL recorder keeps them beside the signal."""

from collections.abc import Iterable
from types import TracebackType
from typing import NamedTuple, Self

import pylsl

from contracts.wire import Reading, Result, StreamStart

_ABSENT = float("nan")


class _Column(NamedTuple):
    label: str
    unit: str
    type: str


class ResultOutlet:
    """An outlet of one row per window: `<stream> patterns`, type `Patterns`, source id `<source id>-patterns`.

    Columns: `stop_index`, then for each reading (one per EMG channel, or one for all where the model reads
    them together) the probability of each class in this window, its evidence over time, and `accepted` (1 or
    0). Labels, units and the model's name and hash stand in the description.

    double64, because float32 holds sample indices to 16,777,216 only: 12 minutes at 23.4 kHz. Irregular,
    because gaps and skipped windows make it so: a reader of XDF draws an even line through the stamps
    of a regular stream. On the air from the first result on, which is what tells how many readings there are.
    """

    def __init__(self, start: StreamStart) -> None:
        self._start = start
        self._outlet: pylsl.StreamOutlet | None = None

    @classmethod
    def open(cls, start: StreamStart) -> Self:
        """The outlet for the results of one run."""
        return cls(start)

    def push(self, result: Result) -> None:
        """Send one window, stamped with its last sample."""
        if self._outlet is None:
            self._outlet = pylsl.StreamOutlet(_info(self._start, result.readings))
        row = [float(result.stop_index)]
        for reading in result.readings:
            row += self._values(reading)
        self._outlet.push_sample(row, result.stamps.captured)

    def close(self) -> None:
        """Take the stream off the air."""
        self._outlet = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _values(self, reading: Reading) -> list[float]:
        absent = (_ABSENT,) * len(self._start.classes)
        accepted = 1.0 if reading.accepted else 0.0
        return [*(reading.probabilities or absent), *(reading.evidence or absent), accepted]


def _info(start: StreamStart, readings: tuple[Reading, ...]) -> pylsl.StreamInfo:
    emg = [channel.label for channel in start.channels if channel.role == "emg"]
    columns = [_Column("stop_index", "samples", "Index")]
    for reading in readings:
        of = "" if reading.channel is None else f"{emg[reading.channel]} "
        columns += _columns(of, start.classes)
    info = pylsl.StreamInfo(
        name=f"{start.stream} patterns",
        type="Patterns",
        channel_count=len(columns),
        nominal_srate=pylsl.IRREGULAR_RATE,
        channel_format=pylsl.cf_double64,
        source_id=f"{start.source_id or start.stream}-patterns",
    )
    desc = info.desc()
    channels = desc.append_child("channels")
    for column in columns:
        node = channels.append_child("channel")
        for word, text in column._asdict().items():
            node.append_child_value(word, text)
    model = desc.append_child("model")
    model.append_child_value("name", start.model)
    model.append_child_value("sha256", start.model_sha256)
    desc.append_child_value("notice", "Research use only, not a diagnosis")
    return info


def _columns(of: str, classes: Iterable[str]) -> list[_Column]:
    names = tuple(classes)
    return [
        *(_Column(f"{of}{name}", "probability", "Probability") for name in names),
        *(_Column(f"{of}{name} evidence", "probability", "Evidence") for name in names),
        _Column(f"{of}accepted", "1", "Flag"),
    ]
