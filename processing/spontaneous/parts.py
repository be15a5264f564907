"""Which trains are but parts of larger potentials, and which are one and the same."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from processing.kernels.rest_lock import locked_share, near_share
from processing.spontaneous.naming import Surroundings, regular
from processing.spontaneous.rhythm import rhythm
from processing.spontaneous.settings import NamingSettings, SortSettings
from processing.spontaneous.sorting import Sorter
from processing.spontaneous.trains import Train

_FEWEST = 4
_WITHIN_MS = 30.0
_JITTER_MS = 0.4
_SHARE = 0.7
_NEWEST = 60
_LARGER = 1.5
_BUSY = 0.5
_BESIDE = 0.85
_AS_LARGE = 0.7
_FAR = 0.3
_OFTEN, _RUN_HZ, _RUN_EVEN = 1.5, 14.0, 0.06
_SHADOW, _SHADOW_GAIN = 0.3, 0.6


def part_of_another(train: Train, trains: Iterable[Train], rate_hz: float) -> bool:
    """Whether most discharges come at one interval from those of a larger train, or all beside larger potentials."""
    mine = train.index[-_NEWEST:]
    if mine.size < _FEWEST:
        return False
    within, jitter = round(_WITHIN_MS * rate_hz / 1000.0), _JITTER_MS * rate_hz / 1000.0
    first = int(mine[0]) - within
    much_larger: list[NDArray[np.int64]] = []
    for other in trains:
        if other is train:
            continue
        theirs = other.index
        if _overrun(train, other) and near_share(mine, theirs, within, within) >= _BESIDE:
            return True
        if not _before(other, train):
            continue
        if theirs.size < 2 or other.last_index < first:
            continue
        if theirs.size >= _FEWEST and locked_share(mine, theirs, within, jitter) >= _SHARE:
            return True
        if other.size_uv > _LARGER * train.size_uv:
            much_larger.append(theirs[np.searchsorted(theirs, first) :])
    if not much_larger:
        return False
    theirs = np.sort(np.concatenate(much_larger))
    busy = theirs.size * 2 * within > _BUSY * (mine[-1] - mine[0])
    return not busy and near_share(mine, theirs, within // 2, within) >= _BESIDE


def _overrun(train: Train, other: Train) -> bool:
    """Whether the other is a run so fast and even that what comes now and then within it is a part of it."""
    r = other.pattern
    return (
        r is not None
        and other.total >= _OFTEN * train.total
        and r.run_hz > _RUN_HZ
        and r.run_irregularity < _RUN_EVEN
        and other.size_uv > _AS_LARGE * train.size_uv
    )


def alone(train: Train, trains: Iterable[Train], within: int) -> float:
    """Share of a train's potentials that have none as large of another within so many samples."""
    mine = train.index[-_NEWEST:]
    others = [
        t.index[np.searchsorted(t.index, int(mine[0]) - within) :]
        for t in trains
        if t is not train and not t.part and t.size_uv > _AS_LARGE * train.size_uv
    ]
    if not others:
        return 1.0
    return 1.0 - near_share(mine, np.sort(np.concatenate(others)), within, within)


def _before(a: Train, b: Train) -> bool:
    """Whether `a` stands for a potential that both are parts of: with a name, by far larger, or seen earlier."""
    if a.number and b.number:
        return a.number < b.number
    if a.number or b.number:
        return a.number > 0
    if abs(math.log(a.size_uv / b.size_uv)) > _FAR:
        return a.size_uv > b.size_uv
    return (a.first_index, a.row) < (b.first_index, b.row)


def shadow_of(train: Train, trains: Iterable[Train], sorter: Sorter) -> bool:
    """Whether it looks like a train with a name, only worse: potentials of that one upon which others lie."""
    for other in trains:
        if other is train or other.number == 0 or other.total <= train.total:
            continue
        left, change = sorter.likeness(other.row, train.row)
        if left < _SHADOW and change < _SHADOW_GAIN:
            return True
    return False


def same_as(train: Train, trains: Iterable[Train], sorter: Sorter, settings: SortSettings) -> Train | None:
    """An older train that has the same shape and amplitude."""
    for other in trains:
        if other.total <= train.total or other is train:
            continue
        both_fast = bool(sorter.fast[train.row] and sorter.fast[other.row])
        widest = settings.restart_gain if both_fast else settings.merged_gain
        faint = max(other.size_uv, train.size_uv) < settings.faint_sigmas * sorter.noise_uv
        if abs(math.log(other.size_uv / train.size_uv)) > widest + settings.merged_gain and not faint:
            continue
        left, change = sorter.likeness(other.row, train.row)
        if left < settings.merged and change < widest:
            return other
        if faint:
            left, change = sorter.likeness_of_means(other.row, train.row)
            if left < settings.faint and change < settings.faint_gain:
                return other
    return None


def fit_together(a: Train, b: Train, around: Surroundings, rate_hz: float, s: NamingSettings) -> bool:
    """Whether the discharges of both make a regular train, or neither is one."""
    if not any(t.pattern is not None and regular(t.pattern, around, s) for t in (a, b)):
        return True
    index = np.concatenate([a.index, b.index])
    order = np.argsort(index, kind="stable")
    sizes = np.concatenate([a.sizes_uv, b.sizes_uv])[order]
    return regular(rhythm(index[order], sizes, rate_hz, s), around, s)
