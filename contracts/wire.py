"""Messages on the wire, and how they become bytes.

A message is two ZeroMQ frames: the topic (the message's tag, ASCII, followed by nothing) and an `Envelope`
in msgpack. Structs are encoded as maps, so that a subscriber in any language finds fields by name and
ignores those it does not know: fields are only ever added. `docs/wire.md` describes every field for someone
who writes a subscriber in another language; tests/golden/ holds the schema and the bytes.

Never pickle; and never zmq.CONFLATE, which keeps only the last frame of a multipart message.
"""

from typing import Literal, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from contracts.measured import (
    Discharges,
    Epoch,
    MuscleSummary,
    PhaseChanged,
    RestTrain,
    SurfaceMeasures,
    Unit,
)
from contracts.records import Channel, ContinuityCounts, Gap, HandoffStats, SourceState, Subject
from contracts.refusal import Refusal

SCHEMA = 1
"""Major version of the wire. A subscriber refuses another major version."""

DecisionReason = Literal["settling", "clear", "uncertain", "rejected windows", "no model", "holding"]


class Stamps(msgspec.Struct, frozen=True):
    """When a result passed each stage, seconds on the publisher's LSL clock; differences are latencies."""

    captured: float
    """Stamp of the window's last sample."""
    received: float
    """When the pull that completed the window returned."""
    taken: float
    """When the main thread took the chunk from the hand-off."""
    filtered: float
    featured: float
    predicted: float


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the evidence so far allows one to say. `label` is None for "cannot tell"."""

    label: str | None
    """A pattern (`healthy`, `myopathic`, `neurogenic` for the shipped model), or a class of the model."""
    confidence: float
    reason: DecisionReason
    undecidable: tuple[str, ...] = ()
    """Classes that may not be told apart here: for `neurogenic` from one muscle, neuropathy and motor
    neuron disease."""


class Reading(msgspec.Struct, frozen=True):
    """What one window says of one channel (or of all channels, for a multichannel model)."""

    channel: int | None
    """Index into the EMG channels; None where the model reads all channels at once."""
    accepted: bool
    """False when quality flags keep this window out of the evidence. It is shown all the same."""
    flags: tuple[str, ...]
    """Quality flags by name, see processing.quality."""
    probabilities: tuple[float, ...]
    """Of this window alone, in the order of StreamStart.classes; empty without a model."""
    patterns: tuple[float, ...]
    """Of this window alone, summed to StreamStart.patterns."""
    evidence: tuple[float, ...]
    """Smoothed over time, in the order of StreamStart.classes."""
    evidence_patterns: tuple[float, ...]
    decision: Decision
    features: tuple[float, ...]
    """In the order of StreamStart.features (per channel; channel-major for a multichannel model)."""


class Pattern(msgspec.Struct, frozen=True):
    """A group of classes that one window can tell from the others."""

    name: str
    classes: tuple[str, ...]
    decidable: bool = True
    """False when the classes inside must not be told apart from one window or one muscle."""


class StreamStart(msgspec.Struct, frozen=True, tag="start"):
    """All that is known before the first sample. Sent once, and again every second for late joiners."""

    schema: int
    software: str
    stream: str
    source_id: str
    rate_hz: float
    channels: tuple[Channel, ...]
    subject: Subject
    analysis_rate_hz: float
    window: int
    """Samples at the analysis rate."""
    hop: int
    window_s: float
    """What settings were rounded to."""
    hop_s: float
    highpass_hz: float
    lowpass_hz: float
    notch_hz: float
    """0 when off."""
    analysis_delay_s: float
    """Group delay of the causal resampler (0 without one); part of no stamp."""
    features: tuple[str, ...]
    classes: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    model: str
    """Name and version; empty without a model."""
    model_sha256: str
    latency_valid: bool
    """False when the source's stamps are not the time of its push (a replay at another speed)."""
    notes: tuple[str, ...]
    started_at: float
    feature_units: tuple[str, ...] = ()
    """One for each of `features`; empty when the publisher does not say."""
    device: str = ""
    """The model of what made the signal, in the stream's own words; empty when it does not say."""
    electrode: str = ""
    """`needle`: motor units are followed and rest is watched. `surface`: see the message of that name. Empty:
    neither, and a note says why."""
    examined: tuple[int, ...] = ()
    """Channels on which motor units are followed."""
    unit_latency_s: float = 0.0
    """From a motor unit's discharge to its announcement, at most; without the time on the way."""
    examined_from: int = 0
    """What is measured counts from this index on: what lies before is of another muscle, or of another person."""


class Result(msgspec.Struct, frozen=True, tag="result"):
    """One window. Sample range in stream samples; `readings` holds one entry per channel, or one for all."""

    first_index: int
    stop_index: int
    readings: tuple[Reading, ...]
    stamps: Stamps


class SignalBlock(msgspec.Struct, frozen=True, tag="signal"):
    """The signal at full rate, as it came through the door: microvolt (or counts), before any filter."""

    first_index: int
    n_samples: int
    n_channels: int
    samples: bytes
    """Little-endian float32, time first: `n_samples * n_channels` values."""
    captured: float
    """Stamp of the last sample, seconds on the publisher's LSL clock."""
    n_aux: int = 0
    aux: bytes = b""
    """Little-endian float64, time first, auxiliary channels unconverted."""

    def array(self) -> NDArray[np.float32]:
        """The samples, `(n_samples, n_channels)` float32, read-only view of the message."""
        return np.frombuffer(self.samples, "<f4").reshape(self.n_samples, self.n_channels)


class GapNotice(msgspec.Struct, frozen=True, tag="gap"):
    """A break in the signal. Filters, windows and evidence of channels begin anew after it."""

    gap: Gap


class WindowsSkipped(msgspec.Struct, frozen=True, tag="skipped"):
    """Windows that were due but not computed, because we were more than a hop behind. By stop index, so
    that an offline run can leave out the same ones."""

    stop_indices: tuple[int, ...]


class MarkerNotice(msgspec.Struct, frozen=True, tag="marker"):
    """A marker from a marker stream, from the control socket, or from the recording."""

    stamp: float
    text: str
    origin: str


class SubjectChanged(msgspec.Struct, frozen=True, tag="subject"):
    """Muscle, side or age were set while the run goes on."""

    subject: Subject
    at_index: int


class Latency(msgspec.Struct, frozen=True):
    """Quantiles over the last 1,200 results, seconds; None on the wire where they cannot be measured."""

    p50_s: float
    p99_s: float
    n: int


class Health(msgspec.Struct, frozen=True, tag="health"):
    """Sent every 0.25 s, whether samples come or not: silence of this message means that we are gone."""

    state: SourceState
    silent_s: float
    counts: ContinuityCounts
    handoff: HandoffStats
    windows: int
    windows_accepted: int
    windows_skipped: int
    flag_counts: dict[str, int]
    """Readings by quality flag since the run began."""
    data_age_s: float
    """Age of the newest sample at the moment of publishing; means nothing where latency is not valid."""
    push_to_result: Latency | None
    """Stamp of the window's last sample to publishing. None when stamps are not the time of a push."""
    clock_offset_s: float = 0.0
    clock_uncertainty_s: float = 0.0


class StreamStop(msgspec.Struct, frozen=True, tag="stop"):
    """The run has ended."""

    reason: Literal["asked", "end of recording", "source changed", "source lost", "failed"]
    detail: str = ""


Message = (
    StreamStart
    | Result
    | SignalBlock
    | GapNotice
    | WindowsSkipped
    | MarkerNotice
    | SubjectChanged
    | PhaseChanged
    | Unit
    | Discharges
    | RestTrain
    | Epoch
    | MuscleSummary
    | SurfaceMeasures
    | Health
    | StreamStop
)


class Envelope(msgspec.Struct, frozen=True):
    """What every message travels in."""

    run_id: str
    seq: int
    """Counts the messages of this topic in this run from 0: a hole is a loss, and is shown."""
    published_at: float
    """Seconds on the publisher's LSL clock."""
    message: Message


_encoder = msgspec.msgpack.Encoder()
_envelopes = msgspec.msgpack.Decoder(Envelope)

KNOWN_TOPICS = frozenset(str(kind.__struct_config__.tag).encode() for kind in get_args(Message))


def topic_of(message: Message) -> bytes:
    """The topic frame for a message: its tag."""
    return str(message.__struct_config__.tag).encode()


def encode(envelope: Envelope) -> list[bytes]:
    """The two frames `[topic, body]` of a message."""
    return [topic_of(envelope.message), _encoder.encode(envelope)]


def decode(frames: list[bytes]) -> Envelope | None:
    """The envelope in two frames; None for a topic that this version does not know.

    Raises Refusal for anything that is not two frames of this wire.
    """
    if len(frames) != 2:
        raise Refusal(
            found=f"a message of {len(frames)} frames",
            wanted="2 frames, topic and body",
            do="Check that the address is that of a Myoscope publisher.",
        )
    topic, body = frames
    if topic not in KNOWN_TOPICS:
        return None
    try:
        return _envelopes.decode(body)
    except msgspec.MsgspecError as error:
        raise Refusal(
            found=f"a {topic.decode('ascii', 'replace')} message that does not decode ({error})",
            wanted=f"wire schema {SCHEMA}",
            do="Run publisher and subscriber from the same version.",
        ) from error
