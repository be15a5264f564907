"""What makes an epoch."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.settings import Fraction, Positive
from processing.interference import InterferenceSettings


class EpochSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which stretches are measured. Their length is that of the interference pattern's settings."""

    pattern: InterferenceSettings = InterferenceSettings()
    parts: Annotated[int, Meta(ge=2)] = 4
    """Of an epoch, equally long, ..."""
    parts_ratio: Annotated[float, Meta(ge=1)] = 2.0
    """... of which the largest RMS is at most so many times the smallest: more is effort that changes."""
    stride: Annotated[float, Meta(gt=0, le=1)] = 0.25
    """By how much of its length the next epoch is tried later, where effort was not stable."""
    hold_s: Positive = 6.0
    """Signal that waits for its phase. What waits for longer is not measured."""


class CloudSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a normal area is built and used."""

    inside: Fraction = 0.95
    """Part of the healthy epochs that the area holds."""
    abnormal: Fraction = 0.1
    """More of a muscle's epochs outside, and its interference pattern is called abnormal."""
    fewest: Annotated[int, Meta(ge=3)] = 20
    """Epochs from which an area is built."""
    fewest_judged: Annotated[int, Meta(ge=1)] = 10
    """Epochs below which a muscle is not called abnormal or not."""
