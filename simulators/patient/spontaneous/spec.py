"""What discharges by itself at one needle position, as it stands in a script."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

SpontaneousKind = Literal[
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

RATES_HZ: dict[SpontaneousKind, tuple[float, float]] = {
    "fibrillation potential": (0.5, 30.0),
    "positive sharp wave": (0.5, 30.0),
    "fasciculation potential": (0.01, 10.0),
    "complex repetitive discharge": (5.0, 150.0),
    "myotonic discharge": (20.0, 150.0),
    "myokymic discharge": (5.0, 150.0),
    "neuromyotonic discharge": (100.0, 300.0),
    "end-plate noise": (10.0, 200.0),
    "end-plate spike": (5.0, 50.0),
    "insertional activity": (20.0, 1000.0),
    "cramp discharge": (10.0, 150.0),
}
"""Of one fibre, unit, chain or end-plate within its runs: lowest and highest that bears the name."""

USUAL_HZ: dict[SpontaneousKind, tuple[float, float]] = {
    "fibrillation potential": (1.0, 12.0),
    "positive sharp wave": (1.0, 12.0),
    "fasciculation potential": (0.1, 1.0),
    "complex repetitive discharge": (15.0, 50.0),
    "myotonic discharge": (50.0, 80.0),
    "myokymic discharge": (20.0, 50.0),
    "neuromyotonic discharge": (150.0, 250.0),
    "end-plate noise": (40.0, 120.0),
    "end-plate spike": (8.0, 40.0),
    "insertional activity": (150.0, 350.0),
    "cramp discharge": (30.0, 60.0),
}
"""What is drawn, evenly in the logarithm, where no rate is given; of myotonic discharges and cramps the highest."""

BOUTS_S: dict[SpontaneousKind, tuple[float, float]] = {
    "fibrillation potential": (40.0, 12.0),
    "positive sharp wave": (40.0, 12.0),
    "fasciculation potential": (3600.0, 0.0),
    "complex repetitive discharge": (8.0, 10.0),
    "myotonic discharge": (3.0, 6.0),
    "myokymic discharge": (0.15, 1.2),
    "neuromyotonic discharge": (0.7, 3.0),
    "end-plate noise": (3600.0, 0.0),
    "end-plate spike": (4.0, 1.5),
    "insertional activity": (0.2, 3600.0),
    "cramp discharge": (20.0, 60.0),
}
"""Means of the length of a run and of the pause after it."""

OF_UNITS: tuple[SpontaneousKind, ...] = (
    "fasciculation potential",
    "myokymic discharge",
    "neuromyotonic discharge",
    "cramp discharge",
)
"""Discharges of motor units that the needle hears: these are as large as they are."""


class SpontaneousSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many fibres, units, chains or end-plates that discharge in one way."""

    kind: SpontaneousKind
    count: Annotated[int, Meta(ge=1, le=64)] = 1
    """Each has a clock of its own. Of insertional activity: different fibres in the one burst."""
    rate_hz: Annotated[float, Meta(gt=0)] | None = None
    """Of each, within its runs, see RATES_HZ; drawn where left out. In myotonic discharges and cramps the highest."""
    amplitude_uv: Annotated[float, Meta(ge=1, le=5000)] | None = None
    """Peak to peak; drawn where left out, or what the distance of the fibre makes it. Not for units."""
    bout_s: Annotated[float, Meta(gt=0, le=3600)] | None = None
    """Mean length of a run; of insertional activity its length, above 0.3 s increased."""
    pause_s: Annotated[float, Meta(ge=0, le=3600)] | None = None
    """Mean pause between runs."""
    irregular: Annotated[float, Meta(ge=0, le=1)] = 0.2
    """Probability that a fibrillating fibre is one of the irregular minority."""
    complex: bool = False
    """Only fasciculations: of a reinnervated, unstable unit: with late components that come and go."""

    def __post_init__(self) -> None:
        """Raises ValueError for what a kind cannot have, a rate that does not bear its name; msgspec adds the key."""
        low, high = RATES_HZ[self.kind]
        if self.rate_hz is not None and not low <= self.rate_hz <= high:
            raise ValueError(f"rate_hz {self.rate_hz:g} of a {self.kind}: expected {low:g} to {high:g}")
        if self.amplitude_uv is not None and self.kind in OF_UNITS:
            raise ValueError(f"amplitude_uv of a {self.kind}: expected none, it is that of its unit")
        if self.complex and self.kind != "fasciculation potential":
            raise ValueError(
                f"complex of a {self.kind}: expected false, only fasciculation potentials can be"
            )
