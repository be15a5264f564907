"""What a model is for: its classes, patterns, band and window."""

import msgspec

from contracts.records import EmgUnit
from contracts.settings import FilterSettings
from contracts.wire import Pattern

INTENDED_USE = (
    "Research and education only. Not a medical device; not reviewed by any regulator; not to be used to "
    "diagnose, exclude, grade or treat any disease."
)


class Task(msgspec.Struct, frozen=True):
    """Everything about a model that is decided before any data is seen."""

    name: str
    version: str
    title: str
    classes: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    unit: EmgUnit
    rate_hz: float
    window: int
    hop: int
    """Of the live run, in samples at `rate_hz`."""
    training_hop: int
    """Of the windows that are fitted and scored: overlapping windows add cost, not people."""
    filters: FilterSettings
    features: tuple[str, ...] = ()
    channels: int | None = None
    blocks: int = 0
    """For sets without persons: contiguous blocks per recording, purged at the edges. 0: split by person."""


PATTERNS = Task(
    name="patterns",
    version="1",
    title="Healthy, myopathic and neurogenic patterns of needle EMG",
    classes=("healthy", "myopathy", "neuropathy", "motor neuron disease"),
    patterns=(
        Pattern("healthy", ("healthy",)),
        Pattern("myopathic", ("myopathy",)),
        # Neuropathy and motor neuron disease come from different recorders in the only public sets, and
        # clinically one muscle does not tell them apart: the probabilities exist, the decision does not.
        Pattern("neurogenic", ("neuropathy", "motor neuron disease"), decidable=False),
    ),
    unit="uV",
    rate_hz=20_000.0,
    window=5_000,
    hop=1_000,
    training_hop=5_000,
    # To 5 kHz: above it the two public recorders differ more than the patients do (data card).
    filters=FilterSettings(highpass_hz=20.0, lowpass_hz=5_000.0),
)

GESTURES = Task(
    name="gestures",
    version="1",
    title="Four hand gestures from a MYO armband (EMG-4)",
    classes=("rock", "scissors", "paper", "ok"),
    patterns=tuple(Pattern(name, (name,)) for name in ("rock", "scissors", "paper", "ok")),
    unit="counts",
    rate_hz=200.0,
    window=40,
    hop=8,
    training_hop=8,
    filters=FilterSettings(highpass_hz=20.0, lowpass_hz=0.0),
    features=(
        "mean_absolute_value",
        "root_mean_square",
        "waveform_length",
        "zero_crossings",
        "slope_sign_changes",
        "hjorth_mobility",
        "hjorth_complexity",
    ),
    channels=8,
    blocks=10,
)

TASKS = {task.name: task for task in (PATTERNS, GESTURES)}


def own_task(classes: tuple[str, ...], like: Task, name: str) -> Task:
    """A task on a user's own classes, with the analysis of a known one; every class is its own pattern."""
    patterns = tuple(Pattern(c, (c,)) for c in classes)
    return msgspec.structs.replace(
        like,
        name=name,
        version="1",
        title=f"{name}: {', '.join(classes)}",
        classes=classes,
        patterns=patterns,
    )
