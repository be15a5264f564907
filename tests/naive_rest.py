"""The measures of rest, from their definitions and as slowly as that is."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def locked_share(own: list[int], theirs: list[int], within: int, jitter: float) -> float:
    """Share of discharges whose nearest of the others lies at the median interval."""
    nearest = [
        min(((abs(b - a), i) for i, b in enumerate(theirs)), key=lambda each: (each[0], -each[1]))
        for a in own
    ]
    offsets = [a - theirs[i] for a, (away, i) in zip(own, nearest, strict=True) if away <= within]
    if not offsets:
        return 0.0
    return sum(abs(each - float(np.median(offsets))) <= jitter for each in offsets) / len(own)


def near_share(own: list[int], theirs: list[int], before: int, after: int) -> float:
    """Share of discharges with one of the others at most `before` later or `after` earlier."""
    return sum(any(-after <= b - a <= before for b in theirs) for a in own) / len(own)


def running_median(x: Floats) -> Floats:
    """Of five, at the ends that of the first or last five; of fewer, that of all."""
    n = x.size
    if n < 5:
        return np.full(n, np.median(x))
    return np.array([np.median(x[min(max(i, 2), n - 3) - 2 :][:5]) for i in range(n)])


def regularity(interval: Floats, near: float) -> tuple[float, int, int]:
    """Irregularity, near intervals, of how many; up to three periods count for one."""
    middle = float(np.median(interval))
    folded = interval / np.array([min(max(1.0, np.rint(i / middle)), 3.0) for i in interval])
    off = np.abs(folded / running_median(folded) - 1.0)[interval < 3.5 * middle]
    return 1.1 * 1.4826 * float(np.median(off)), int((off < near).sum()), off.size


def groups(at: Floats, pause: float) -> list[Floats]:
    """Discharges between pauses: intervals longer than so many lower quartiles."""
    interval = np.diff(at)
    quarter = sorted(interval)[(interval.size - 1) // 4]
    cuts = np.flatnonzero(interval > max(pause * quarter, 1e-3)) + 1
    return np.split(at, cuts)


def cv(x: Floats) -> float:
    """Standard deviation over mean."""
    return float(np.std(x) / np.mean(x)) if x.size > 1 else 0.0


def spread(x: Floats) -> float:
    """Robust standard deviation about the median, over it."""
    middle = float(np.median(x))
    return 1.4826 * float(np.median(np.abs(x / middle - 1.0)))


def noise(x: Floats, block: int) -> float:
    """Standard deviation in the quieter quarter of the blocks."""
    spreads = sorted(float(np.std(x[i : i + block])) for i in range(0, x.size - block + 1, block))
    return spreads[(x.size // block) // 4]


def edges(x: Floats, peak: int, level: float, quiet: int) -> tuple[int, int]:
    """First and last sample of a potential: beyond them, more than `quiet` others in a row are within the level."""
    first = last = peak
    for i in range(peak, -1, -1):
        if first - i > quiet:
            break
        first = i if abs(x[i]) > level else first
    for i in range(peak, x.size):
        if i - last > quiet:
            break
        last = i if abs(x[i]) > level else last
    return first, last
