"""How a simulated person's units fire and what their interference pattern comes to."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from myoscope.studies.examination import RATE_HZ, Examined, banded, discharging, heard, only, sharp
from processing.interference import InterferenceMeasures, measure_epochs
from simulators.patient.drive import hold, ramp, voluntary_drive
from simulators.patient.electrode import Needle
from simulators.patient.firing import pool_firing
from simulators.patient.performance import Performance, Place
from simulators.patient.potentials import listen
from simulators.patient.tissue import Tissue

RAMP = (0.0, 0.15, 30.0)
"""Effort from, to, and how long it takes in seconds: slow enough for an onset rate to show."""
FIRING_SITES = 4
"""Needle positions at which the ramp is listened to."""
MODERATE_EFFORT = 0.3
PATTERN_S = 3.0
NOISE_UV = 8.0
"""Standard deviation of the recording's noise under an interference pattern."""

_FIRST_INTERVALS = 4
_LAST_INTERVALS = 3
_REGULAR_S = 0.3
"""A longer interval is a pause, not a rate."""


def firing_intervals(
    tissue: Tissue, examined: Examined, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    """Onset and recruitment intervals in ms of the units that can be told apart, over one slow ramp.

    Onset: median of a unit's first intervals. Recruitment: median of the last intervals of the first unit
    of a needle position before the second one joins (Petajan and Philip 1969).
    """
    start, stop, duration_s = RAMP
    pool = pool_firing(tissue, voluntary_drive(tissue, ramp(start, stop, duration_s)), rng)
    parts = [pool.events(1.0, rng) for _ in range(int(duration_s))]
    at_s = np.concatenate([part.at_s + second for second, part in enumerate(parts)])
    source = np.concatenate([part.source for part in parts])
    trains = {unit: at_s[source == unit] for unit in np.unique(source).tolist()}
    onset: list[float | None] = []
    recruitment: list[float | None] = []
    for site in examined.sites[:FIRING_SITES]:
        near = heard(tissue, site.needle, np.array(sorted(trains), np.int64))
        told_apart = (trains[unit] for unit, potential in near.items() if sharp(potential))
        joined = sorted(told_apart, key=lambda train: train[0])
        onset += [_onset_ms(train) for train in joined]
        recruitment += [_before_ms(first, second[0]) for first, second in pairwise(joined[:2])]
    return [v for v in onset if v is not None], [v for v in recruitment if v is not None]


def interference(
    tissue: Tissue, needle: Needle, effort: float, rng: np.random.Generator
) -> list[InterferenceMeasures]:
    """The measures of every second of an interference pattern at a held effort."""
    active = discharging(tissue, effort, rng)
    place = Place.heard(listen(only(tissue, active), needle, RATE_HZ).sources)
    pool = pool_firing(tissue, voluntary_drive(tissue, hold(effort)), rng)
    n = round(PATTERN_S * RATE_HZ)
    out = np.zeros(n + place.reach)
    pool.events(1.0, rng)
    Performance(place, pool, (), RATE_HZ, n).play(n, rng, out)
    return measure_epochs(banded(out[:n] + NOISE_UV * rng.standard_normal(n)), RATE_HZ)


def _onset_ms(train: NDArray[np.float64]) -> float | None:
    intervals = np.diff(train[: _FIRST_INTERVALS + 1])
    regular = intervals[intervals < _REGULAR_S]
    return 1e3 * float(np.median(regular)) if regular.size else None


def _before_ms(first: NDArray[np.float64], second_s: float) -> float | None:
    intervals = np.diff(first[first <= second_s][-_LAST_INTERVALS - 1 :])
    regular = intervals[intervals < _REGULAR_S]
    return 1e3 * float(np.median(regular)) if regular.size >= 2 else None
