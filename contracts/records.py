"""Records that travel inside one process, from the door of acquisition to the publisher.

Indices are integers counted from the first sample of the run and include missing samples: the sample
index, never the time, is the key by which everything is joined. `stop_index` is exclusive. Arrays are
time first, `(n_samples, n_channels)`, C-contiguous.
"""

from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

ScalarT = TypeVar("ScalarT", bound=np.generic)

Role = Literal["emg", "aux", "trigger", "counter"]
"""`emg` is converted to microvolt and analysed; the others pass through unconverted."""

EmgUnit = Literal["uV", "counts"]
"""After the door an EMG channel is in microvolt, or in counts of a converter whose gain nobody states."""

SCENE_CHANGED = "scene changed: "
"""Begins a marker that says that what was gathered before it does not speak of what comes after: `another person`,
`another muscle` or `another needle position` follows."""

SourceState = Literal["waiting", "live", "stalled", "lost", "back"]
"""waiting: no sample yet. live: samples flow. stalled: none for a while, outlet still there. lost: the
outlet is gone. back: the first chunk after an outage was accepted (followed by live)."""

GapCause = Literal["inlet", "outage", "overload", "seam", "recording"]
"""inlet: a jump of stamps or of the device's counter. outage: the outlet was silent or gone. overload: our
own hand-off dropped its oldest. seam: a loop or seek of a replay; nothing is missing, but the signal is not
continuous. recording: a hole that the file itself has."""


class Channel(msgspec.Struct, frozen=True):
    """One channel as it leaves the door."""

    label: str
    unit: str
    """`uV` or `counts` for role `emg`; the stream's own word for the others."""
    role: Role = "emg"


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of the muscle under the needle. No name, no identifier."""

    muscle: str | None = None
    side: Literal["left", "right"] | None = None
    age: int | None = None


class StreamDescription(msgspec.Struct, frozen=True):
    """What is known before the first sample. Carries no host name and no personal data."""

    name: str
    rate_hz: float
    channels: tuple[Channel, ...]
    """EMG channels first, in the order of `Chunk.samples`, then those of `Chunk.aux`."""
    type: str = "EMG"
    source_id: str = ""
    sample_format: str = "float32"
    """Number format of the native samples: float32, double64, int16, int32 ..."""
    subject: Subject = Subject()
    manufacturer: str = ""
    model: str = ""
    replay_speed: float | None = None
    """Set by a replay; at any speed but 1 its stamps are not the time of the push, and latency is n/a."""
    notes: tuple[str, ...] = ()
    """What the door assumed, in sentences: a missing unit, an overridden role."""

    @property
    def emg(self) -> tuple[Channel, ...]:
        """The channels of `Chunk.samples`, in order."""
        return tuple(c for c in self.channels if c.role == "emg")

    @property
    def aux(self) -> tuple[Channel, ...]:
        """The channels of `Chunk.aux`, in order."""
        return tuple(c for c in self.channels if c.role != "emg")

    @property
    def emg_unit(self) -> EmgUnit:
        """`counts` when any EMG channel is in counts: microvolt measures and norms are refused for it."""
        return "counts" if any(c.unit == "counts" for c in self.emg) else "uV"


class Gap(msgspec.Struct, frozen=True):
    """A break in the numbering: state before `at_index` says nothing of what follows."""

    at_index: int
    """Index of the first sample after the break."""
    missing: int
    """Samples lost just before `at_index`; 0 for a seam."""
    cause: GapCause
    exact: bool = True
    """True where a counter or index proves `missing`; False where it is estimated from stamps."""
    uncertainty: int = 0
    """Half-width, in samples, of the estimate; 0 when exact."""
    outage_s: float = 0.0
    """How long nothing arrived, on the reader's clock; 0 when the stream never stopped."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive samples as they came through the door.

    The arrays are shared between threads and are not written again: treat them as read-only.
    """

    first_index: int
    samples: NDArray[np.float32]
    """`(n_samples, n_emg)`, microvolt (or counts), after montage, polarity and gain."""
    stamps: NDArray[np.float64]
    """`(n_samples,)` seconds on the local LSL clock, dejittered where settings ask for it."""
    received_at: float
    """When the pull returned, seconds on the same clock."""
    aux: NDArray[np.float64]
    """`(n_samples, n_aux)` auxiliary, trigger and counter channels, unconverted."""
    native: NDArray[np.generic]
    """`(n_samples, n_native)` as the device sent them, in its own number format: what a recorder writes."""
    raw_stamps: NDArray[np.float64]
    """`(n_samples,)` stamps on the sender's clock, before offset and dejittering."""
    clock_offset_s: float
    """Added to a raw stamp to reach the local clock (before dejittering)."""
    gap_before: Gap | None = None
    """The break just before `first_index`, if there was one. `gap_before.at_index == first_index`."""

    @property
    def stop_index(self) -> int:
        """Index after the last sample."""
        return self.first_index + self.samples.shape[0]


@dataclass(frozen=True, slots=True)
class Marker:
    """One event of an irregular string stream read beside the signal."""

    stamp: float
    """Seconds on the local LSL clock."""
    text: str
    stream: str
    """Name of the marker stream."""


class ContinuityCounts(msgspec.Struct, frozen=True):
    """What the continuity checker has seen since the run began, in samples (outages in number)."""

    received: int = 0
    missing: int = 0
    missing_estimated: int = 0
    """How many of `missing` are an estimate."""
    duplicated: int = 0
    late: int = 0
    backward: int = 0
    """Samples whose raw stamp is earlier than the one before."""
    outages: int = 0


class SourceHealth(msgspec.Struct, frozen=True):
    """The reader's view of its source, replaced as a whole (never mutated) after each pull."""

    state: SourceState = "waiting"
    counts: ContinuityCounts = ContinuityCounts()
    silent_s: float = 0.0
    """Seconds since the last sample arrived."""
    clock_offset_s: float = 0.0
    clock_uncertainty_s: float = 0.0


class HandoffStats(msgspec.Struct, frozen=True):
    """What went through a hand-off. `offered == taken + dropped + waiting`."""

    capacity: int
    waiting: int
    offered: int
    taken: int
    dropped: int
    high_water: int


def frozen(array: NDArray[ScalarT]) -> NDArray[ScalarT]:
    """The same array, marked read-only, so that sharing between threads is safe."""
    array.flags.writeable = False
    return array
