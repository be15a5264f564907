"""Which faults an outlet has: settings, as TOML has them."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contracts.settings import Fraction, NotNegative, Positive
from contracts.toml_door import as_struct, read_toml

ChunkFault = Literal["drop", "duplicate", "late", "reorder", "stall", "disconnect"]
PartsPerMillion = Annotated[float, Meta(ge=-100_000, le=100_000)]


class ScheduledFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault at a known place."""

    kind: ChunkFault | Literal["clock jump"]
    """drop: a chunk is not sent. duplicate: it is sent twice. reorder: after its successor. late: after
    `seconds`. stall: nothing is sent for `seconds`, then all at once. disconnect: the outlet goes and comes
    back under the same source id after `seconds`; what falls in between is lost. clock jump: stamps are
    `seconds` later from here on, or earlier if negative."""
    at_s: NotNegative
    """Signal since the first sample: the chunk with this sample is concerned. A fault that falls due while
    another one holds the stream follows it."""
    seconds: Annotated[float, Meta(ge=-3600, le=3600)] = 0.5

    def __post_init__(self) -> None:
        """Raises ValueError for a time below 0 of anything but a jump; msgspec adds the key."""
        if self.seconds < 0 and self.kind != "clock jump":
            raise ValueError(
                f"seconds {self.seconds:g} of a {self.kind}: expected 0 or more; only a clock jump may be negative"
            )


class Misstatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the stream says wrongly of itself; nothing where left out."""

    unit: str | None = None
    """Of the EMG channels; empty for one that is not stated."""
    rate_hz: Positive | None = None
    channels: Annotated[int, Meta(ge=1, le=256)] | None = None
    """Number of EMG channels, and of what is sent: channels are left out, or silent ones added."""
    type: str | None = None


class FaultSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which faults, and how often. Chances are those of a chunk; one chunk has one fault at most."""

    seed: Annotated[int, Meta(ge=0)] = 1
    drop: Fraction = 0.0
    duplicate: Fraction = 0.0
    reorder: Fraction = 0.0
    late: Fraction = 0.0
    late_s: Positive = 0.2
    stall: Fraction = 0.0
    stall_s: Positive = 0.5
    clock_drift_ppm: PartsPerMillion = 0.0
    """The device's clock, and with it every stamp, runs fast by this."""
    rate_error_ppm: PartsPerMillion = 0.0
    """The device samples faster by this than it says."""
    scheduled: tuple[ScheduledFault, ...] = ()
    metadata: Misstatement = Misstatement()
    metadata_on_return: Misstatement | None = None
    """After a disconnection, in place of `metadata`."""


def load_faults(path: Path) -> FaultSettings:
    """The faults in a TOML file, in its table `[faults]` where it has one. Raises Refusal."""
    tree = read_toml(path, "faults", ", or leave --faults out")
    return as_struct(
        tree.get("faults", tree), FaultSettings, str(path), "Correct it; docs/replay.md has every key."
    )
