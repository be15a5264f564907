"""Messages of an invented run, and a sender that puts them into a LiveView at chosen times."""

import numpy as np
from numpy.typing import NDArray

from contracts import wire
from contracts.records import Channel, ContinuityCounts, HandoffStats, SourceState, Subject
from dashboard.live_view import LiveView

BEGAN = 1_000.0
"""On the publisher's clock, which has nothing to do with the page's."""

PATTERNS = (
    wire.Pattern("healthy", ("healthy",)),
    wire.Pattern("myopathic", ("myopathy",)),
    wire.Pattern("neurogenic", ("neuropathy", "motor_neuron_disease"), decidable=False),
)
CLASSES = ("healthy", "myopathy", "neuropathy", "motor_neuron_disease")
FEATURES = {"mean_absolute_value": "uV", "root_mean_square": "uV", "turns": "1/s", "kurtosis": "1"}


def described(
    *,
    labels: tuple[str, ...] = ("needle",),
    rate_hz: float = 1_000.0,
    patterns: tuple[wire.Pattern, ...] = PATTERNS,
    classes: tuple[str, ...] = CLASSES,
    unit: str = "uV",
    features: dict[str, str] | None = None,
    latency_valid: bool = True,
    subject: Subject | None = None,
    schema: int = wire.SCHEMA,
    started_at: float = BEGAN,
    device: str = "",
) -> wire.StreamStart:
    """The description of an invented run, windows of 250 ms every 50 ms."""
    named = FEATURES if features is None else features
    return wire.StreamStart(
        schema=schema,
        software="test double",
        stream="needle-1",
        source_id="double",
        rate_hz=rate_hz,
        channels=tuple(Channel(label, unit) for label in labels),
        subject=subject or Subject("biceps brachii", "right"),
        analysis_rate_hz=rate_hz,
        window=round(0.25 * rate_hz),
        hop=round(0.05 * rate_hz),
        window_s=0.25,
        hop_s=0.05,
        highpass_hz=20.0,
        lowpass_hz=min(10_000.0, 0.45 * rate_hz),
        notch_hz=0.0,
        analysis_delay_s=0.0,
        features=tuple(named),
        classes=classes,
        patterns=patterns,
        model="patterns-1" if patterns else "",
        model_sha256="3f9c0a11" * 8 if patterns else "",
        latency_valid=latency_valid,
        notes=(),
        started_at=started_at,
        feature_units=tuple(named.values()),
        device=device,
    )


def block(
    first: int, n: int, *, captured: float = BEGAN, samples: NDArray[np.float32] | None = None
) -> wire.SignalBlock:
    """A block of one channel that carries its own sample indices, or of the given samples."""
    data = np.arange(first, first + n, dtype="<f4")[:, None] if samples is None else samples
    return wire.SignalBlock(first, len(data), data.shape[1], data.astype("<f4").tobytes(), captured)


def reading(
    channel: int | None = 0,
    *,
    decision: wire.Decision | None = None,
    flags: tuple[str, ...] = (),
    evidence: tuple[float, ...] = (0.1, 0.1, 0.5, 0.3),
    by_pattern: tuple[float, ...] = (0.1, 0.1, 0.8),
    features: tuple[float, ...] = (38.2, 61.5, 212.0, 12.3),
) -> wire.Reading:
    """A reading that says neurogenic, unless told otherwise."""
    said = decision or wire.Decision("neurogenic", 0.8, "clear", ("neuropathy", "motor_neuron_disease"))
    return wire.Reading(channel, not flags, flags, evidence, by_pattern, evidence, by_pattern, said, features)


def result(stop: int, *readings: wire.Reading, window: int = 250, flags: tuple[str, ...] = ()) -> wire.Result:
    """The result of the window that ends at `stop`."""
    stamps = wire.Stamps(BEGAN, BEGAN, BEGAN, BEGAN, BEGAN, BEGAN)
    return wire.Result(stop - window, stop, readings or (reading(flags=flags),), stamps)


def health(
    *,
    state: SourceState = "live",
    skipped: int = 0,
    counts: ContinuityCounts | None = None,
    handoff: HandoffStats | None = None,
    windows: int = 0,
    accepted: int = 0,
    flag_counts: dict[str, int] | None = None,
    latency: wire.Latency | None = None,
) -> wire.Health:
    """A health message."""
    return wire.Health(
        state=state,
        silent_s=0.0,
        counts=counts or ContinuityCounts(),
        handoff=handoff or HandoffStats(64, 0, 0, 0, 0, 0),
        windows=windows,
        windows_accepted=accepted,
        windows_skipped=skipped,
        flag_counts=flag_counts or {},
        data_age_s=0.0,
        push_to_result=latency,
    )


class Sender:
    """Numbers messages as a publisher does and hands them to `view` at the given times of arrival."""

    def __init__(self, view: LiveView | None = None) -> None:
        self.view = view or LiveView("tcp://here:1")
        self.run_id = "first"
        self.seq: dict[str, int] = {}

    def at(self, arrived_at: float, *messages: wire.Message, published_at: float = BEGAN) -> None:
        """Let messages arrive."""
        for message in messages:
            topic = wire.topic_of(message).decode()
            seq = self.seq.get(topic, 0)
            self.seq[topic] = seq + 1
            self.view.absorb(wire.Envelope(self.run_id, seq, published_at, message), arrived_at)
