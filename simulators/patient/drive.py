"""From effort to the excitation of a motoneurone pool: profile, common drive, tremor, fatigue."""

from dataclasses import dataclass, replace
from typing import Annotated, Self

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray
from scipy.signal import lfilter

from simulators.patient.tissue import Tissue

STEP_S = 0.005
"""Excitation is constant for at most this long: a 25th of a period of the fastest tremor."""

COMMON_DRIVE_HZ = 2.0
"""Both poles of the low-pass that makes the common drive (De Luca and Erim 1994: below 2 Hz)."""

COMMON_DRIVE = 0.025
"""Standard deviation of the common drive at full effort; it goes with the root of effort and is nothing at rest.

Chosen so that the drive which all units share makes 20 to 40 % of the slow variance of their rates.
"""

FATIGUE_PER_S = 0.1 / 60
"""What a pool loses of its rates at full effort: 10 % per minute; nothing at half effort or less."""

RECOVERY_S = 120.0
LOWEST_RATE_FACTOR = 0.5


@dataclass(frozen=True, slots=True)
class Profile:
    """Effort over time: linear between the points, level before the first and after the last."""

    times_s: tuple[float, ...]
    efforts: tuple[float, ...]
    """0 to 1 of what the person can do at most."""

    def effort(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Effort at these times, f64 of their shape."""
        return np.interp(times_s, self.times_s, self.efforts)


def hold(effort: float) -> Profile:
    """Always the same effort."""
    return Profile((0.0,), (effort,))


def ramp(start: float, stop: float, duration_s: float) -> Profile:
    """From one effort to another in `duration_s`, held from then on."""
    return Profile((0.0, duration_s), (start, stop))


class Tremor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rhythmic drive that gathers the discharges of all units into groups."""

    rate_hz: Annotated[float, Meta(ge=3, le=12)] = 6.0
    depth: Annotated[float, Meta(ge=0, le=1)] = 0.6
    """1: between two groups the drive is gone."""


@dataclass(frozen=True, slots=True)
class Excitation:
    """What a pool receives, step after step."""

    level: NDArray[np.float64]
    """`(n_steps,)`, 0 to 1 of the drive at which every unit of a healthy pool has reached its highest rate."""
    rate_factor: NDArray[np.float64]
    """`(n_steps,)`, below 1 with fatigue."""
    step_s: float


@dataclass(slots=True)
class Drive:
    """The voluntary drive of one pool. Stateful: asked for one stretch after the other."""

    profile: Profile
    excitation_per_effort: float = 1.0
    highest_excitation: float = 1.0
    tremor: Tremor | None = None
    now_s: float = 0.0
    """Since the beginning of the profile."""
    tremor_phase: float = 0.0
    rate_factor: float = 1.0
    common: tuple[float, float] = (0.0, 0.0)
    """The two stages of the common drive's low-pass."""

    def aim(self, effort: float, within_s: float = 0.5) -> None:
        """Forget the profile: go from the present effort to this one, and stay."""
        present = float(self.profile.effort(np.array([self.now_s]))[0])
        self.profile = ramp(present, effort, within_s)
        self.now_s = 0.0

    def stretch(self, duration_s: float, rng: np.random.Generator) -> Excitation:
        """The excitation of the next `duration_s` seconds, in equal steps of at most STEP_S."""
        n_steps = max(1, int(np.ceil(duration_s / STEP_S - 1e-9)))
        step_s = duration_s / n_steps
        effort = self.profile.effort(np.linspace(0.5, n_steps - 0.5, n_steps) * step_s + self.now_s)
        rate_factor = self._tire(effort, step_s)
        level = effort * self.excitation_per_effort
        if self.tremor is not None:
            level = level * (1 + self.tremor.depth * self._rhythm(self.tremor.rate_hz, n_steps, step_s, rng))
        level = level + COMMON_DRIVE * np.sqrt(effort) * self._common(n_steps, step_s, rng)
        self.now_s += duration_s
        return Excitation(np.clip(level, 0.0, self.highest_excitation), rate_factor, step_s)

    def effort_ahead(self, n_samples: int, rate_hz: float) -> NDArray[np.float64]:
        """Effort at the next samples, f64 `(n_samples,)`."""
        return self.profile.effort(self.now_s + np.arange(n_samples) / rate_hz)

    def copy(self) -> Self:
        """An independent copy of its state."""
        return replace(self)

    def _common(self, n_steps: int, step_s: float, rng: np.random.Generator) -> NDArray[np.float64]:
        """Gaussian noise of unit variance through two equal poles, exact for any step."""
        keep = float(np.exp(-step_s * 2 * np.pi * COMMON_DRIVE_HZ))
        first, last = self.common
        noise = rng.standard_normal(n_steps) * np.sqrt(1 - keep**2)
        once, _ = lfilter([1.0], [1.0, -keep], noise, zi=[keep * first])
        twice, _ = lfilter([1.0 - keep], [1.0, -keep], once, zi=[keep * last])
        self.common = (float(once[-1]), float(twice[-1]))
        return np.asarray(twice) * np.sqrt(2.0)

    def _rhythm(
        self, rate_hz: float, n_steps: int, step_s: float, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """A sine whose period wanders by a few per cent."""
        turns = 2 * np.pi * rate_hz * step_s + 0.5 * np.sqrt(step_s) * rng.standard_normal(n_steps)
        phase = self.tremor_phase + np.cumsum(turns)
        self.tremor_phase = float(phase[-1] % (2 * np.pi))
        return np.sin(phase)

    def _tire(self, effort: NDArray[np.float64], step_s: float) -> NDArray[np.float64]:
        """The factor of all rates: falls above half effort, recovers below. Per step, as one stretch is short."""
        factors = np.empty_like(effort)
        factor = self.rate_factor
        for i, strain in enumerate((2 * effort - 1).tolist()):
            change = -FATIGUE_PER_S * strain if strain > 0 else (1 - factor) / RECOVERY_S
            factor = max(LOWEST_RATE_FACTOR, factor + change * step_s)
            factors[i] = factor
        self.rate_factor = factor
        return factors


def voluntary_drive(tissue: Tissue, profile: Profile, tremor: Tremor | None = None) -> Drive:
    """The drive of this person's pool under an effort: harder for weak units, limited with poor activation."""
    return Drive(profile, tissue.excitation_per_effort, tissue.highest_excitation, tremor)
