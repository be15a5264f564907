"""Is the muscle at rest? What is asked before anything is named."""

from collections.abc import Iterable

import numpy as np

from processing.spontaneous.naming import Surroundings, grouped, regular, sharp, unit_like
from processing.spontaneous.settings import EffortSettings, NamingSettings
from processing.spontaneous.trains import Train


def paced(train: Train, chaos: bool, s: EffortSettings, naming: NamingSettings) -> bool:
    """Whether a train discharges as a motor unit does under the will: semi-regularly, and slower than any burst.

    Of what looks like a single fibre more is asked: a fibrillating fibre of which some discharges were taken for
    another's is as uneven. Where an end-plate hisses, small potentials lie upon each other and are not judged.
    """
    r, p = train.pattern, train.potential
    smallest_uv = naming.spikes_uv if chaos else naming.unit_uv
    if r is None or p is None or train.part or p.amplitude_uv < smallest_uv:
        return False
    if sharp(p, naming) or grouped(r, naming):
        return False
    unit = unit_like(p, naming)
    low, high = s.unit if unit else s.fibre
    fewest = s.unit_discharges if unit else s.fibre_discharges
    low_hz, high_hz = s.hz
    in_time = low_hz <= r.rate_hz <= high_hz and low <= r.irregularity <= high
    near = s.near if unit else s.near_fibre
    return in_time and r.discharges >= fewest and r.near >= near * r.looked_at


def crowd(
    trains: Iterable[Train],
    hissing: bool,
    now_index: int,
    rate_hz: float,
    s: EffortSettings,
    naming: NamingSettings,
) -> int:
    """Shapes of large potentials in the newest seconds that have no rhythm and do not lie beside larger ones.

    Where an end-plate hisses, its potentials lie upon each other and make larger ones of all shapes.
    """
    smallest_uv = naming.spikes_uv if hissing else s.crowd_uv
    first = now_index - round(s.newest_s * rate_hz)
    beside = round(s.beside_ms * rate_hz / 1000.0)
    loud = [t for t in trains if t.last_index >= first and _amplitude_uv(t) >= smallest_uv]
    loud.sort(key=lambda t: -t.size_uv)
    taken = np.empty(0, np.int64)
    shapes = 0
    for train in loud:
        index = train.index[train.index >= first]
        free = np.ones(index.size, np.bool_)
        if taken.size:
            at = np.searchsorted(taken, index)
            before = np.abs(index - taken[np.maximum(at - 1, 0)])
            after = np.abs(index - taken[np.minimum(at, taken.size - 1)])
            free = np.minimum(before, after) > beside
        taken = np.sort(np.concatenate([taken, index]))
        r = train.pattern
        rhythmic = r is not None and (grouped(r, naming) or regular(r, Surroundings(), naming))
        shapes += 2 * int(free.sum()) > index.size and not rhythmic
    return shapes


def _amplitude_uv(train: Train) -> float:
    """Peak to peak; of what was seen once or twice, as it is in the detection signal."""
    return train.potential.amplitude_uv if train.potential is not None else 1.5 * train.size_uv
