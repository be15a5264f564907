"""Voluntary discharges of all motor units of a pool.

Size-ordered recruitment and rate coding after Fuglevand, Winter and Patla (1993), with one change. Their
rate rises linearly with excitation and their thresholds are spread exponentially; the drive here is the
logarithm of their excitation, in which thresholds lie evenly and rates again rise linearly. Then the gain
follows from what is measured at any point of a muscle: a dozen or so of the pool's territories overlap there,
so the next unit that a needle sees joins after a twelfth or so of the range of thresholds, when the one before
has gone from 7.6 to 11 Hz (Petajan and Philip 1969); the third comes at about 15: the rule of fives. In linear
excitation no single gain does that for early and late units alike.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulators.patient.drive import Drive
from simulators.patient.events import Events
from simulators.patient.kernels.firing import discharges
from simulators.patient.tissue import Tissue

GAIN = 6.0
"""Rise of a rate, in onset rates, over the whole range of thresholds: 11.1 / 7.6 - 1 over a thirteenth of it."""

SKEW = 0.75
"""Recruitment goes with this power of excitation: steeper where effort is small, as with Fuglevand's many
early units, so that 5 % effort brings one or two units near a needle and about 60 % the last of the pool."""

REST_MARGIN = 0.08
"""How far below the first threshold the pool rests, of the range: the first unit joins at 2 % effort."""

HYSTERESIS = 0.05
"""A unit leaves this far below the threshold at which it joined."""

ONSET_SPREAD = 0.15
"""Coefficient of variation of onset rates between units: with that of the intervals, 132 +- 32 ms."""

CV_SPREAD = 0.2
CV_RANGE = (0.1, 0.25)
SHORTEST_S = 0.02
DOUBLETS = 0.002
"""Of all discharges, those followed by a second one within 10 ms."""

HIGHEST_RATE_HZ = 60.0
"""Room for the draws of a stretch: above any rate of a unit."""


@dataclass(slots=True)
class PoolFiring:
    """All living units of a tissue under a drive. `Events.source` is the row in `Units`."""

    drive: Drive
    units: NDArray[np.float64]
    """`(n_units, 5)`: threshold, onset rate, gain, peak rate, coefficient of variation. Never changed."""
    full_drive: float
    """Recruitment drive at excitation 1: the last unit reaches its peak rate there."""
    state: NDArray[np.float64]
    """`(n_units, 4)`, see the kernel."""

    def events(self, duration_s: float, rng: np.random.Generator) -> Events:
        """The discharges of the next `duration_s` seconds."""
        excitation = self.drive.stretch(duration_s, rng)
        level = (self.full_drive + REST_MARGIN) * excitation.level**SKEW - REST_MARGIN
        shape = (self.units.shape[0], int(duration_s * HIGHEST_RATE_HZ) + 4)
        normal = rng.standard_normal(shape)
        uniform = rng.random(shape)
        at_s = np.empty(normal.size)
        unit = np.empty(normal.size, np.int32)
        n = discharges(
            level,
            excitation.rate_factor,
            excitation.step_s,
            self.units,
            HYSTERESIS,
            SHORTEST_S,
            DOUBLETS,
            normal,
            uniform,
            self.state,
            at_s,
            unit,
        )
        # The last step ends at duration_s but for rounding: a discharge on that edge still is of this stretch.
        within = np.minimum(at_s[:n], np.nextafter(duration_s, 0.0))
        order = np.argsort(within, kind="stable")
        return Events(within[order], unit[:n][order], np.ones(n, np.float32))

    def copy(self) -> Self:
        """An independent copy of its state."""
        return replace(self, drive=self.drive.copy(), state=self.state.copy())


def pool_firing(tissue: Tissue, drive: Drive, rng: np.random.Generator) -> PoolFiring:
    """The pool of this tissue at rest, with an onset rate and a regularity of its own for each unit."""
    thresholds = np.log(tissue.units.threshold)
    thresholds = thresholds / max(float(thresholds.max()), np.finfo(float).tiny)
    n = thresholds.size
    onset_hz = tissue.first_rate_hz * np.clip(1 + ONSET_SPREAD * rng.standard_normal(n), 0.6, 1.4)
    cv = np.clip(tissue.interval_cv * (1 + CV_SPREAD * rng.standard_normal(n)), *CV_RANGE)
    first_peak_hz, last_peak_hz = tissue.peak_rates_hz
    peak_hz = first_peak_hz + (last_peak_hz - first_peak_hz) * thresholds
    gain_hz = np.full(n, GAIN * tissue.first_rate_hz)
    full_drive = 1 + (last_peak_hz / tissue.first_rate_hz - 1) / GAIN
    alive = tissue.units.alive
    units = np.column_stack([np.where(alive, thresholds, np.inf), onset_hz, gain_hz, peak_hz, cv])
    state = np.zeros((n, 4))
    state[:, 2] = 1 + cv * rng.standard_normal(n)
    return PoolFiring(drive, units, full_drive, state)
