"""What an electrode in one position sees of everything that may discharge there.

A discharge of a source adds its `rest` once, and each of its near fibres with a delay and a presence of its
own: the few nearest fibres make the shape vary, as they do in life; the many others average out.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

TICKS = 8
"""Ticks per sample: the resolution of discharge times and of jitter (5.3 us at 23.4 kHz)."""

N_NEAR = 8
"""Near fibres per source, at most."""

SourceKind = Literal[
    "motor unit",
    "fibrillation potential",
    "positive sharp wave",
    "fasciculation potential",
    "complex repetitive discharge",
    "myotonic discharge",
    "myokymic discharge",
    "neuromyotonic discharge",
    "end-plate noise",
    "end-plate spike",
    "insertional activity",
    "cramp discharge",
]


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that discharges as a whole, as this electrode sees it. Time zero is the discharge."""

    kind: SourceKind
    rest: NDArray[np.float32]
    """`(TICKS, n)` microvolt. Row p holds the potential of a discharge that comes p ticks after a sample:
    `rest[p, i]` is its value i - p / TICKS samples after the discharge."""
    near: tuple["NearFibre", ...] = ()
    unit: int | None = None
    """Index into `Units`, where a motor unit of the tissue is behind it."""


@dataclass(frozen=True, slots=True)
class NearFibre:
    """A fibre close enough to be told apart from discharge to discharge."""

    potential: NDArray[np.float32]
    """`(TICKS, n)` microvolt, rows as in `Source.rest`."""
    start: int
    """Samples from the discharge to the first column; the mean delay is contained in both."""
    jitter_ticks: float
    blocking: float
