"""The clock of each kind of discharge."""

from collections.abc import Sequence

import numpy as np

from simulators.patient.spontaneous.rhythms import (
    BuildingUp,
    Decrementing,
    DyingAway,
    Exact,
    Grouped,
    Irregular,
    Rhythm,
    Slowing,
    WaxingWaning,
)
from simulators.patient.spontaneous.spec import BOUTS_S, USUAL_HZ, SpontaneousSpec
from simulators.patient.spontaneous.train import Train

Rng = np.random.Generator


def clocks(spec: SpontaneousSpec, sources: Sequence[int], rng: Rng) -> list[Train]:
    """One clock per source, found somewhere in its course.

    Insertional activity is one clock of all sources, from the beginning on; the units of a cramp begin and end it
    together.
    """
    if spec.kind == "insertional activity":
        rhythm, _ = _drawn_rhythm(spec, rng)
        return [Train(rhythm, tuple(sources), 0.005 * rng.random())] if sources else []
    begins_s = 3.0 * rng.random() if spec.kind == "cramp discharge" else None
    return [_clock(spec, source, begins_s, rng) for source in sources]


def _clock(spec: SpontaneousSpec, source: int, begins_s: float | None, rng: Rng) -> Train:
    rhythm, interval_s = _drawn_rhythm(spec, rng)
    wait_s, gain = rhythm.next(rng)
    on_s, off_s = _bouts_s(spec)
    if isinstance(rhythm, BuildingUp) and begins_s is not None:
        first_s = begins_s + rhythm.joins * rhythm.length_s
    elif rng.random() < off_s / (on_s + off_s):
        first_s = rng.exponential(off_s)
    else:
        first_s = rng.random() * min(wait_s, interval_s)
    return Train(rhythm, (source,), first_s, gain)


def _bouts_s(spec: SpontaneousSpec) -> tuple[float, float]:
    """Mean length of a run and of a pause."""
    on_s, off_s = BOUTS_S[spec.kind]
    return on_s if spec.bout_s is None else spec.bout_s, off_s if spec.pause_s is None else spec.pause_s


def _drawn_rhythm(spec: SpontaneousSpec, rng: Rng) -> tuple[Rhythm, float]:
    """The rhythm, and the interval of the rate that was asked for or drawn."""
    low_hz, high_hz = USUAL_HZ[spec.kind]
    drawn_hz = float(np.exp(rng.uniform(np.log(low_hz), np.log(high_hz))))
    rate_hz = drawn_hz if spec.rate_hz is None else spec.rate_hz
    return _rhythm(spec, rate_hz, *_bouts_s(spec), rng), 1 / rate_hz


def _rhythm(spec: SpontaneousSpec, rate_hz: float, on_s: float, off_s: float, rng: Rng) -> Rhythm:
    interval_s = 1 / rate_hz
    left_s = rng.exponential(on_s)
    match spec.kind:
        case "fibrillation potential" | "positive sharp wave":
            if rng.random() < spec.irregular:
                return Irregular(interval_s, 4.0, min(0.03, interval_s / 2), 0.0, on_s, off_s, left_s)
            return Slowing(interval_s, rng.uniform(0.02, 0.05), on_s, off_s, left_s)
        case "fasciculation potential":
            return Irregular(interval_s, 0.8, min(0.3, 0.15 * interval_s), 0.0, on_s, off_s, left_s)
        case "end-plate noise":
            return Irregular(interval_s, 1.0, 0.0, 0.4, on_s, off_s, left_s)
        case "end-plate spike":
            return Irregular(interval_s, 0.8, 0.003, 0.1, on_s, off_s, left_s)
        case "complex repetitive discharge":
            return Exact(interval_s, 0.1, on_s, off_s, left_s)
        case "myotonic discharge":
            rhythm = WaxingWaning(rate_hz, on_s, off_s, on_s, on_s / 3, on_s / 2)
            rhythm.begin(rng)
            return rhythm
        case "myokymic discharge":
            return Grouped(interval_s, on_s, off_s, left=0)
        case "neuromyotonic discharge":
            return Decrementing(rate_hz, on_s, off_s, on_s)
        case "cramp discharge":
            return BuildingUp(rate_hz, on_s, off_s, rng.uniform(0.0, 0.35), on_s)
        case "insertional activity":
            return DyingAway(rate_hz, on_s)
