"""The normal area of turns and amplitude, and what a muscle's epochs say beside it."""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from contracts.measured import Epoch
from contracts.refusal import Refusal
from contracts.toml_door import as_struct, read_toml
from processing.epochs.settings import CloudSettings

_FILE = Path(__file__).with_name("clouds.toml")
DEFAULTS = CloudSettings()

Side = Literal["inside", "above", "below"]
"""above: larger potentials than these turns go with in health. below: smaller ones."""


class Cloud(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An ellipse in turns per second and the common logarithm of the mean amplitude in microvolt."""

    muscle: str
    source: str
    """Whose epochs, and how many."""
    technique: str
    """Needle, recorder and settings."""
    unverified: bool
    """Not from people: marked wherever it is shown."""
    turns_per_s: float
    """Its centre, ..."""
    log_amplitude: float
    turns_sd: Annotated[float, Meta(gt=0)]
    """... spread ..."""
    log_amplitude_sd: Annotated[float, Meta(gt=0)]
    correlation: Annotated[float, Meta(gt=-1, lt=1)]
    radius: Annotated[float, Meta(gt=0)]
    """... and reach, in standard deviations."""

    def distance(self, turns_per_s: float, amplitude_uv: float) -> float:
        """Mahalanobis distance from the centre; infinite for an amplitude that is not positive."""
        if not amplitude_uv > 0.0:
            return math.inf
        x = (turns_per_s - self.turns_per_s) / self.turns_sd
        y = (math.log10(amplitude_uv) - self.log_amplitude) / self.log_amplitude_sd
        r = self.correlation
        return math.sqrt(max(0.0, (x * x - 2.0 * r * x * y + y * y) / (1.0 - r * r)))

    def holds(self, turns_per_s: float, amplitude_uv: float) -> bool:
        """Whether a point lies within."""
        return self.distance(turns_per_s, amplitude_uv) <= self.radius

    def side(self, turns_per_s: float, amplitude_uv: float) -> Side:
        """Where a point lies; outside, told by the amplitude that these turns have on average in health."""
        if self.holds(turns_per_s, amplitude_uv):
            return "inside"
        slope = self.correlation * self.log_amplitude_sd / self.turns_sd
        expected = self.log_amplitude + slope * (turns_per_s - self.turns_per_s)
        return "above" if amplitude_uv > 0.0 and math.log10(amplitude_uv) > expected else "below"

    def outline(self, points: int = 64) -> NDArray[np.float64]:
        """Its edge for a drawing: f64 `(points, 2)`, turns per second and mean amplitude in microvolt."""
        angle = np.linspace(0.0, 2.0 * np.pi, points)
        x = self.radius * np.cos(angle)
        y = self.correlation * x + math.sqrt(1.0 - self.correlation**2) * self.radius * np.sin(angle)
        turns = self.turns_per_s + self.turns_sd * x
        return np.stack([turns, 10.0 ** (self.log_amplitude + self.log_amplitude_sd * y)], axis=1)


class InterferenceSummary(msgspec.Struct, frozen=True):
    """What the epochs of one muscle say together."""

    epochs: int
    outside: int | None
    """None without a normal area."""
    above: int | None
    below: int | None
    abnormal: bool | None
    """None also with too few epochs."""
    peak_ratio: float | None


def build_cloud(
    epochs: Sequence[Epoch],
    muscle: str,
    source: str,
    technique: str,
    unverified: bool,
    settings: CloudSettings = DEFAULTS,
) -> Cloud:
    """The normal area that holds so many of these epochs of healthy muscles as the settings say.

    Epochs without turns say nothing. Raises Refusal for too few.
    """
    told = [epoch for epoch in epochs if epoch.mean_amplitude_uv > 0.0]
    if len(told) < settings.fewest:
        raise Refusal(
            found=f"{len(told)} epochs of {muscle}",
            wanted=f"at least {settings.fewest}",
            do="Record more healthy people, from little to full effort.",
        )
    x = np.array([epoch.turns_per_s for epoch in told])
    y = np.log10([epoch.mean_amplitude_uv for epoch in told])
    wide = Cloud(
        muscle=muscle,
        source=source,
        technique=technique,
        unverified=unverified,
        turns_per_s=float(x.mean()),
        log_amplitude=float(y.mean()),
        turns_sd=float(x.std()),
        log_amplitude_sd=float(y.std()),
        correlation=float(np.corrcoef(x, y)[0, 1]),
        radius=1.0,
    )
    distances = sorted(wide.distance(e.turns_per_s, e.mean_amplitude_uv) for e in told)
    radius = distances[min(len(distances) - 1, math.ceil(settings.inside * len(distances)) - 1)]
    return msgspec.structs.replace(wide, radius=radius)


def summarise(
    epochs: Sequence[Epoch], cloud: Cloud | None, settings: CloudSettings = DEFAULTS
) -> InterferenceSummary:
    """What the epochs of one muscle, from all its sites and efforts, say together."""
    ratio = max((e.turns_amplitude_ratio for e in epochs if e.mean_amplitude_uv > 0.0), default=None)
    if cloud is None:
        return InterferenceSummary(len(epochs), None, None, None, None, ratio)
    sides = [cloud.side(e.turns_per_s, e.mean_amplitude_uv) for e in epochs]
    outside = len(sides) - sides.count("inside")
    enough = len(sides) >= settings.fewest_judged
    return InterferenceSummary(
        epochs=len(epochs),
        outside=outside,
        above=sides.count("above"),
        below=sides.count("below"),
        abnormal=outside > settings.abnormal * len(sides) if enough else None,
        peak_ratio=ratio,
    )


def cloud_of(muscle: str) -> Cloud | None:
    """The shipped normal area of a muscle, by the name that the virtual patient has for it; None without one."""
    return _clouds().get(muscle)


@cache
def _clouds() -> dict[str, Cloud]:
    tables = read_toml(_FILE, "normal areas") if _FILE.exists() else {}
    return {
        name: as_struct(table, Cloud, f"{_FILE.name}, {name}", "Correct it.")
        for name, table in tables.items()
    }
