"""Rhythms of spontaneous discharges: how long until the next, and how large it is.

Each is the state of one clock. `next` gives the wait from the discharge before and the gain of the one to
come; a wait of infinity ends it. Patterns as in the AANEM glossary; numbers where they stand.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

Rng = np.random.Generator


class Rhythm(Protocol):
    """When a generator discharges."""

    def next(self, rng: Rng) -> tuple[float, float]:
        """Seconds from the discharge before to the next, and the gain of that one."""
        ...


@dataclass(slots=True)
class Slowing:
    """Regular and slowly decelerating: fibrillation potentials and positive sharp waves.

    Intervals grow by 0.05 % each, up to half as long again, with a few per cent of noise; after a pause the
    fibre begins afresh at nearly its first rate.
    """

    interval_s: float
    variation: float
    on_s: float
    off_s: float
    left_s: float
    """Of the present run."""
    stretched: float = 1.0

    def next(self, rng: Rng) -> tuple[float, float]:
        """See `Rhythm`."""
        wait_s = self.interval_s * self.stretched * (1 + self.variation * _bounded_normal(rng))
        self.stretched = min(self.stretched * 1.0005, 1.5)
        self.left_s -= wait_s
        if self.left_s < 0:
            wait_s += rng.exponential(self.off_s)
            self.left_s = rng.exponential(self.on_s)
            self.stretched = 1 + 0.05 * rng.random()
        return wait_s, 1.0


@dataclass(slots=True)
class Irregular:
    """Gamma intervals after a shortest one, in runs: fasciculations, end-plates, the irregular fibrillations."""

    interval_s: float
    shape: float
    """Of the gamma: 1 for a Poisson process, below 1 for clusters."""
    shortest_s: float
    gain_variation: float
    on_s: float
    off_s: float
    left_s: float

    def next(self, rng: Rng) -> tuple[float, float]:
        """See `Rhythm`."""
        beyond_s = self.interval_s - self.shortest_s
        wait_s = self.shortest_s + rng.gamma(self.shape, beyond_s / self.shape)
        self.left_s -= wait_s
        if self.left_s < 0:
            wait_s += rng.exponential(self.off_s)
            self.left_s = rng.exponential(self.on_s)
        gain = 1.0 if self.gain_variation == 0 else np.exp(self.gain_variation * _bounded_normal(rng))
        return wait_s, gain


@dataclass(slots=True)
class Exact:
    """Perfectly regular from an abrupt beginning to an abrupt end, now and then at once at another rate: CRD."""

    interval_s: float
    jumps_per_s: float
    on_s: float
    off_s: float
    left_s: float

    def next(self, rng: Rng) -> tuple[float, float]:
        """See `Rhythm`."""
        wait_s = self.interval_s
        if rng.random() < self.jumps_per_s * wait_s:
            faster, slower = self.interval_s / rng.uniform(1.3, 2.0), self.interval_s * rng.uniform(1.3, 2.0)
            self.interval_s = faster if rng.random() < 0.5 and faster > 1 / 150 else min(slower, 1 / 5)
        self.left_s -= wait_s
        if self.left_s < 0:
            wait_s += _at_least_half(self.off_s, rng)
            self.left_s = _at_least_half(self.on_s, rng)
        return wait_s, 1.0


@dataclass(slots=True)
class WaxingWaning:
    """Rate and amplitude swell and die, each in its own time, over a run of some seconds: myotonic.

    rate = 20 Hz + (highest - 20 Hz) exp(-((t - t0) / w)^2 / 2), w a quarter of the run; the gain alike, from 0.15
    to 1, around another t1.
    """

    highest_hz: float
    on_s: float
    off_s: float
    length_s: float
    rate_peak_s: float
    gain_peak_s: float
    now_s: float = 0.0
    """Since the beginning of the run."""

    def next(self, rng: Rng) -> tuple[float, float]:
        """See `Rhythm`."""
        rate_hz = 20 + (self.highest_hz - 20) * self._course(self.rate_peak_s)
        wait_s = (1 + 0.02 * _bounded_normal(rng)) / rate_hz
        self.now_s += wait_s
        if self.now_s > self.length_s:
            wait_s += _at_least_half(self.off_s, rng)
            self.begin(rng)
        return wait_s, 0.15 + 0.85 * self._course(self.gain_peak_s)

    def _course(self, peak_s: float) -> float:
        """A bell around `peak_s`, 0 to 1."""
        return float(np.exp(-8 * ((self.now_s - peak_s) / self.length_s) ** 2))

    def begin(self, rng: Rng) -> None:
        """A new run, of another length and course."""
        self.now_s = 0.0
        self.length_s = _at_least_half(self.on_s, rng)
        self.rate_peak_s = self.length_s * rng.uniform(0.25, 0.45)
        self.gain_peak_s = self.length_s * rng.uniform(0.3, 0.6)


@dataclass(slots=True)
class Grouped:
    """Bursts that come back semi-rhythmically, two to ten or more discharges each: myokymic."""

    interval_s: float
    on_s: float
    off_s: float
    left: int
    """Discharges to come in the present burst."""

    def next(self, rng: Rng) -> tuple[float, float]:
        """See `Rhythm`."""
        if self.left > 0:
            self.left -= 1
            return self.interval_s * max(0.5, 1 + 0.1 * _bounded_normal(rng)), 1.0
        self.left = max(1, rng.poisson(self.on_s / self.interval_s))
        return self.interval_s + self.off_s * max(0.3, 1 + 0.2 * _bounded_normal(rng)), 1.0


@dataclass(slots=True)
class Decrementing:
    """Very fast runs whose amplitude dies away, abrupt at both ends: neuromyotonic."""

    highest_hz: float
    on_s: float
    off_s: float
    length_s: float
    now_s: float = 0.0

    def next(self, rng: Rng) -> tuple[float, float]:
        """See `Rhythm`."""
        rate_hz = self.highest_hz * (1 - 0.2 * self.now_s / self.length_s)
        wait_s = (1 + 0.02 * _bounded_normal(rng)) / rate_hz
        self.now_s += wait_s
        if self.now_s > self.length_s:
            wait_s += _at_least_half(self.off_s, rng)
            self.now_s, self.length_s = 0.0, _at_least_half(self.on_s, rng)
        return wait_s, float(np.exp(-2 * self.now_s / self.length_s))


@dataclass(slots=True)
class BuildingUp:
    """Each unit joins late, quickens, and leaves before the end: one of the units of a cramp."""

    highest_hz: float
    on_s: float
    off_s: float
    joins: float
    """Part of the cramp after which the unit joins, and before whose end it leaves."""
    length_s: float
    now_s: float = 0.0

    def next(self, rng: Rng) -> tuple[float, float]:
        """See `Rhythm`."""
        own_s = self.length_s * (1 - 2 * self.joins)
        course = np.sin(np.pi * min(1.0, self.now_s / own_s))
        rate_hz = 10 + (self.highest_hz - 10) * course
        wait_s = max(0.3, 1 + 0.25 * _bounded_normal(rng)) / rate_hz
        self.now_s += wait_s
        if self.now_s > own_s:
            wait_s += 2 * self.joins * self.length_s + self.off_s
            self.now_s = 0.0
        return wait_s, 1.0


@dataclass(slots=True)
class DyingAway:
    """One burst, densest at its beginning, of discharges of all sizes: insertional activity."""

    highest_hz: float
    length_s: float
    now_s: float = 0.0

    def next(self, rng: Rng) -> tuple[float, float]:
        """See `Rhythm`."""
        rate_hz = self.highest_hz * max(0.1, 1 - self.now_s / self.length_s)
        wait_s = rng.exponential(1 / rate_hz)
        self.now_s += wait_s
        gain = float(np.exp(0.5 * _bounded_normal(rng)))
        return (wait_s, gain) if self.now_s < self.length_s else (np.inf, gain)


def _bounded_normal(rng: Rng) -> float:
    """A normal number within three standard deviations."""
    return min(max(rng.standard_normal(), -3.0), 3.0)


def _at_least_half(mean_s: float, rng: Rng) -> float:
    """A length of this mean, spread exponentially above half of it: no run ends before it can be seen."""
    return 0.5 * mean_s + rng.exponential(0.5 * mean_s)
