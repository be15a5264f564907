"""Fasciculation potentials of units so unstable that no two look alike."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.kernels.rest_lock import near_share
from processing.spontaneous.naming import unit_like
from processing.spontaneous.rhythm import Rhythm, rhythm
from processing.spontaneous.settings import NamingSettings
from processing.spontaneous.trains import Train


class Twitches(NamedTuple):
    """Large potentials of motor units that come by themselves, whatever shape each has."""

    at: NDArray[np.int64]
    """Index of the first peak of each, i64 `(n,)`, ascending."""
    pattern: Rhythm
    alone: float
    """Share of them that have nothing else as large beside them."""
    train: Train
    """The shape that was seen most often: its mean potential stands for all."""


def twitches(trains: Iterable[Train], first: int, rate_hz: float, s: NamingSettings) -> Twitches | None:
    """What shapes without a name have in common from index `first` on; None where that is too little.

    A reinnervating unit's fibres come early, late or not at all: its potential falls apart into peaks of many shapes,
    each of them seldom. Peaks within `alone_ms` are of one discharge.
    """
    held = list(trains)
    pool = [t for t in held if _of_unit(t, s)]
    if not pool:
        return None
    index = np.sort(np.concatenate([t.index for t in pool]))
    index = index[np.searchsorted(index, first) :]
    within = round(s.alone_ms * rate_hz / 1000.0)
    index = index[np.diff(index, prepend=first - within - 1) > within]
    if index.size < s.unstable_discharges:
        return None
    most = max(pool, key=lambda t: (t.total, -t.row))
    largest = max(t.size_uv for t in pool)
    others = [
        t.index for t in held if t not in pool and not t.part and t.total >= 3 and t.size_uv > largest / 2
    ]
    near = near_share(index, np.sort(np.concatenate(others)), within, within) if others else 0.0
    return Twitches(index, rhythm(index, np.full(index.size, largest), rate_hz, s), 1.0 - near, most)


def _of_unit(train: Train, s: NamingSettings) -> bool:
    """Large, a motor unit's by its shape, and not known for anything else."""
    p = train.potential
    known = train.named is not None and train.named.kind != "not named"
    return p is not None and not known and p.amplitude_uv >= s.unit_uv and unit_like(p, s)
