"""Which shape each potential at rest has."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

DISTANCE = 0
SLOW_GAIN = 1
FAST_GAIN = 2
GAIN_WEIGHT = 3
FAST = 4
MEMORY = 5
REFRACTORY = 6
PEELED = 7
LARGE = 8
KEPT = 9
FORGOTTEN = 10
LOOSE = 11
KNOWN = 12
RESTART_GAIN = 13
"""Places in `limits`: see `settings.SortSettings`; times in samples, the gains as logarithms."""


@njit(nogil=True, cache=True)
def _peak(residual: NDArray[np.float32], floor: NDArray[np.float32], first: int, stop: int, half: int) -> int:
    """The largest dominant sample beyond its floor in [first, stop), -1 for none."""
    found = -1
    largest = 0.0
    for i in range(first, stop):
        size = abs(residual[i])
        if size <= floor[i] or size <= largest:
            continue
        dominant = True
        for j in range(i - half, i + half + 1):
            other = abs(residual[j])
            if other > floor[j] and (other > size or (other == size and j < i)):
                dominant = False
                break
        if dominant:
            found = i
            largest = size
    return found


@njit(nogil=True, cache=True)
def _fit(
    residual: NDArray[np.float32], shape: NDArray[np.float32], energy: float, start: int, noise_power: float
) -> tuple[float, float]:
    """Gain of a shape laid at `start`, and what it leaves beyond the noise, over its energy there."""
    n = shape.shape[0]
    xx = 0.0
    xt = 0.0
    for k in range(n):
        x = np.float64(residual[start + k])
        xx += x * x
        xt += x * shape[k]
    if xt <= 0.0:
        return 0.0, math.inf
    gain = xt / energy
    own = gain * xt
    return gain, max(0.0, xx - own - noise_power * n) / own


@njit(nogil=True, cache=True)
def _nearest(
    residual: NDArray[np.float32],
    peak: int,
    at: int,
    centre: int,
    lag: int,
    noise_power: float,
    limits: NDArray[np.float64],
    shapes: NDArray[np.float32],
    anchors: NDArray[np.int64],
    sizes: NDArray[np.float64],
    counts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    fast: NDArray[np.bool_],
) -> tuple[int, int, float, float]:
    """Row, first sample and gain of the shape that fits best, and what it leaves; row -1 where none does.

    A row of many potentials may leave more than one of few: something else lies upon what it explains.
    """
    best = math.inf
    row = -1
    where = 0
    size = 0.0
    left = math.inf
    for u in range(counts.shape[0]):
        if counts[u] == 0:
            continue
        since = at - lasts[u]
        if abs(since) < limits[REFRACTORY]:
            continue
        widest = limits[RESTART_GAIN] if fast[u] else limits[SLOW_GAIN]
        if since < limits[FAST]:
            widest = limits[FAST_GAIN]
        limit = limits[LOOSE] if counts[u] >= limits[KNOWN] else limits[DISTANCE]
        energy = 0.0
        for a in range(anchors.shape[1]):
            if anchors[u, a] < 0:
                break
            ratio = residual[peak] / (shapes[u, anchors[u, a]] * sizes[u])
            if ratio <= 0.0 or abs(math.log(ratio)) > widest + 0.4:
                continue
            if energy == 0.0:
                for k in range(shapes.shape[1]):
                    energy += np.float64(shapes[u, k]) * shapes[u, k]
                widest += 4.0 * math.sqrt(noise_power / energy) / sizes[u]
            for start in range(peak - anchors[u, a] - lag, peak - anchors[u, a] + lag + 1):
                gain, distance = _fit(residual, shapes[u], energy, start, noise_power)
                if gain <= 0.0:
                    continue
                change = abs(math.log(gain / sizes[u]))
                if change > widest:
                    continue
                score = distance + limits[GAIN_WEIGHT] * change * change
                if distance < limit and score < best:
                    best = score
                    left = distance
                    row = u
                    where = start
                    size = gain
    return row, where, size, left


@njit(nogil=True, cache=True)
def _free_row(
    at: int,
    limits: NDArray[np.float64],
    sizes: NDArray[np.float64],
    counts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    held: NDArray[np.bool_],
) -> int:
    """An empty row, else the one that is to be forgotten first and is not held; -1 for none."""
    row = -1
    soonest = np.inf
    for u in range(counts.shape[0]):
        if counts[u] == 0:
            return u
        if held[u]:
            continue
        keep = limits[KEPT] if sizes[u] > limits[LARGE] else limits[FORGOTTEN]
        left = lasts[u] + keep - at
        if left < soonest:
            soonest = left
            row = u
    return row


@njit(nogil=True, cache=True)
def _anchor(
    shape: NDArray[np.float32], centre: int, reach: int, fraction: float, out: NDArray[np.int64]
) -> None:
    """The extrema of a shape of size one that may be the peak found, the centre first."""
    out[:] = -1
    out[0] = centre
    n = 1
    for k in range(max(1, centre - reach), min(shape.shape[0] - 1, centre + reach + 1)):
        size = abs(shape[k])
        if k == centre or size < fraction or n == out.shape[0]:
            continue
        if size >= abs(shape[k - 1]) and size > abs(shape[k + 1]) and shape[k - 1] * shape[k + 1] > 0.0:
            out[n] = k
            n += 1


@njit(nogil=True, cache=True)
def _learn(
    residual: NDArray[np.float32],
    start: int,
    size: float,
    centre: int,
    reach: int,
    weight: float,
    shape: NDArray[np.float32],
    anchors: NDArray[np.int64],
) -> float:
    """Move a shape towards the potential at `start`; back to size one, and the factor for that."""
    for k in range(shape.shape[0]):
        shape[k] += np.float32(weight * (residual[start + k] / size - shape[k]))
    factor = abs(np.float64(shape[centre]))
    if factor > 0.0:
        for k in range(shape.shape[0]):
            shape[k] = np.float32(shape[k] / factor)
    _anchor(shape, centre, reach, 0.6, anchors)
    return factor


@njit(nogil=True, cache=True)
def average(
    raw: NDArray[np.float32],
    start: int,
    quiet: int,
    noise_power: float,
    most: float,
    mean: NDArray[np.float32],
    weights: NDArray[np.float64],
) -> None:
    """Take the stretch at `start` into a mean, by the inverse of how far it is from it.

    raw: f32 (n_samples,); mean: f32 (length,), about the mean of its first `quiet` samples; weights: f64 (2,): sum,
    and number. The sum stays below `most` times the newest weight, so that old stretches fade.
    """
    n = mean.shape[0]
    base = 0.0
    for k in range(quiet):
        base += raw[start + k]
    base /= quiet
    power = 0.0
    for k in range(n):
        off = np.float64(raw[start + k]) - base - mean[k]
        power += off * off
    weight = 1.0 / (power / n + noise_power + 1e-12)
    weights[0] = min(weights[0], most * weight) + weight
    weights[1] += 1.0
    part = weight / weights[0]
    for k in range(n):
        mean[k] += np.float32(part * (raw[start + k] - base - mean[k]))


@njit(nogil=True, cache=True)
def sort_step(
    residual: NDArray[np.float32],
    raw: NDArray[np.float32],
    floor: NDArray[np.float32],
    origin: int,
    first: int,
    stop: int,
    geometry: NDArray[np.int64],
    noise: NDArray[np.float64],
    limits: NDArray[np.float64],
    shapes: NDArray[np.float32],
    anchors: NDArray[np.int64],
    sizes: NDArray[np.float64],
    counts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    fast: NDArray[np.bool_],
    held: NDArray[np.bool_],
    means: NDArray[np.float32],
    weights: NDArray[np.float64],
    found: NDArray[np.int64],
    found_uv: NDArray[np.float64],
) -> int:
    """Name the row of every potential whose peak lies in [first, stop); returns how many there are.

    residual: f32 (n_samples,) the detection signal, from which what fits is taken off; raw: f32 (n_samples,) as
    recorded; floor: f32 (n_samples,) what a peak has to exceed; origin: run index of the first sample. geometry:
    i64 (6,) as half width of dominance, centre of a shape, lag, centre of a mean, its quiet samples, most found.
    noise: f64 (2,) power in the detection signal and as recorded. Rows: shapes f32 (rows, length) of size one at
    the centre, anchors i64 (rows, most), sizes f64, counts i64, lasts i64 (rows,), fast and held bool (rows,), means
    f32 (rows, width), weights f64 (rows, 2) -> found: i64 (most, 3) as row, run index, 1 for a shape that begins;
    found_uv: f64 (most,), the size of the peak in the detection signal. The largest peak comes first; one that fits no
    shape begins one.
    """
    half, centre, lag, middle, quiet, most = geometry
    length = shapes.shape[1]
    reach = centre - 2
    n_found = 0
    while n_found < most:
        peak = _peak(residual, floor, first, stop, half)
        if peak < 0:
            break
        begins = 0
        row, start, size, distance = _nearest(
            residual,
            peak,
            origin + peak,
            centre,
            lag,
            noise[0],
            limits,
            shapes,
            anchors,
            sizes,
            counts,
            lasts,
            fast,
        )
        if row < 0:
            row = _free_row(origin + peak, limits, sizes, counts, lasts, held)
            start = peak - centre
            size = abs(np.float64(residual[peak]))
            begins = 1
        level = np.float32(limits[PEELED] * abs(residual[peak]))
        if row >= 0 and begins == 1:
            shapes[row] = 0.0
            means[row] = 0.0
            weights[row] = 0.0
            counts[row] = 0
            fast[row] = False
            _learn(residual, start, size, centre, reach, 1.0, shapes[row], anchors[row])
            sizes[row] = size
            for k in range(start, start + length):
                floor[k] = np.inf
        elif row >= 0:
            at = origin + start + centre
            weight = 1.0 / min(counts[row] + 1.0, limits[MEMORY])
            before = shapes[row].copy()
            factor = 1.0
            if distance < limits[DISTANCE]:
                factor = _learn(residual, start, size, centre, reach, weight, shapes[row], anchors[row])
            quick = fast[row] or at - lasts[row] < limits[FAST]
            sizes[row] += (0.5 if quick else max(0.1, weight)) * (size * factor - sizes[row])
            for k in range(length):
                residual[start + k] -= np.float32(size * before[k])
                floor[start + k] = max(floor[start + k], level)
            floor[peak] = np.inf
        else:
            for k in range(start, start + length):
                floor[k] = np.inf
            continue
        counts[row] += 1
        lasts[row] = max(lasts[row], origin + start + centre) if begins == 0 else origin + peak
        if begins == 1 or distance < limits[DISTANCE]:
            average(
                raw, start + centre - middle, quiet, noise[1], limits[MEMORY] * 3.0, means[row], weights[row]
            )
        found[n_found, 0] = row
        found[n_found, 1] = origin + start + centre
        found[n_found, 2] = begins
        found_uv[n_found] = size
        n_found += 1
    return n_found
