"""What following motor units tells: events as they happen, and the state of each unit."""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

UnitFlag = Literal[
    "two units mixed",
    "as regular as a fibrillating fibre",
    "irregular",
    "small for this signal",
    "few discharges averaged",
    "noisy average",
    "confused with another",
]
EndReason = Literal["silent", "part of another unit"]


class UnitBorn(msgspec.Struct, frozen=True, tag="born"):
    """A shape came often enough, and as a unit discharges."""

    unit: int
    """From 1; no number is given twice."""
    index: int
    """Of the discharge at which it was known."""
    discharges: tuple[int, ...]
    """Indices of all so far, that one included: for these no event of their own follows."""


class Discharge(msgspec.Struct, frozen=True, tag="discharge"):
    """A unit that was born before discharged."""

    unit: int
    index: int
    """Of its peak in the detection signal."""
    superposed: bool
    """Told apart from another potential that lies upon it."""
    rival: int
    """Another unit that fits nearly as well; 0 for none."""


class UnitMerged(msgspec.Struct, frozen=True, tag="merged"):
    """Two units turned out to be one: what `unit` discharged, `into` did."""

    unit: int
    into: int
    index: int


class UnitEnded(msgspec.Struct, frozen=True, tag="ended"):
    """A unit is no longer looked for."""

    unit: int
    index: int
    reason: EndReason


TrackingEvent = UnitBorn | Discharge | UnitMerged | UnitEnded


class UnitState(msgspec.Struct, frozen=True):
    """One unit as it is known now."""

    unit: int
    discharges: int
    """Since the beginning."""
    indices: NDArray[np.int64]
    """Of those that are kept, ascending."""
    breaks: tuple[int, ...]
    """Indices of gaps that no interval spans."""
    template: NDArray[np.float32]
    """Averaged, unfiltered, microvolt about its baseline, other units' potentials subtracted; `(0,)` while there is
    nothing to average."""
    averaged: int
    amplitude_uv: float
    """Of the template, peak to peak."""
    noise_uv: float
    """Standard deviation of what one discharge has besides; infinite while unknown."""
    template_noise_uv: float
    """Of what the averaging left of it: what `measure` wants."""
    snr: float
    """Amplitude over `noise_uv`."""
    trusted: bool
    """Whether the template may be measured."""
    flags: tuple[UnitFlag, ...]
    not_told_from: tuple[int, ...]
    """Units that this one cannot be told apart from."""
    aligned: NDArray[np.float32] = msgspec.field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    """The discharges that were averaged, `(averaged, n_samples)`, in the order in which they came."""
