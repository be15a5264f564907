"""Which units' shapes a stretch of the detection signal is the sum of."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLOCK = 128
"""Places that are correlated at a time."""
SURELY = 1e-3
"""By so much a bound is beyond what it bounds: rounding does not reach it."""
NEAR = 4
"""Samples about a place at which a shape is not laid within which it is not tried either."""


@njit(nogil=True, cache=True)
def sum_squares(residual: NDArray[np.float32], first: int, at: int, out: NDArray[np.float64]) -> None:
    """out[i] becomes the sum of the squares of the first i samples from `first` on, where it has changed since `at`.

    residual: f32 (n_samples,) -> out: f64 (n,), of which those up to at - first hold.
    """
    total = out[at - first]
    for i in range(at - first, out.shape[0] - 1):
        total += np.float64(residual[first + i]) * residual[first + i]
        out[i + 1] = total


@njit(nogil=True, cache=True)
def densest(shape: NDArray[np.float32], begin: int, end: int, width: int) -> tuple[int, float]:
    """Where the `width` columns of a shape with the most energy begin among [begin, end), and the energy of the others.

    shape: f32 (length,); 0 < width <= end - begin."""
    inside = 0.0
    for k in range(begin, begin + width):
        inside += np.float64(shape[k]) * shape[k]
    total, most, first = inside, inside, begin
    for k in range(begin + width, end):
        enters = np.float64(shape[k]) * shape[k]
        total += enters
        inside += enters - np.float64(shape[k - width]) * shape[k - width]
        if inside > most:
            most = inside
            first = k - width + 1
    return first, max(0.0, total - most)


@njit(nogil=True, cache=True)
def correlate(
    residual: NDArray[np.float32], shape: NDArray[np.float32], begin: int, end: int, out: NDArray[np.float32]
) -> None:
    """Sum over k in [begin, end) of shape[k] residual[j + k] -> out: f32 (n,).

    All sums for eight columns before the next: so the compiler takes several at a time."""
    n = out.shape[0]
    for j in range(n):
        out[j] = 0.0
    k = begin
    while k + 8 <= end:
        w0, w1, w2, w3 = shape[k], shape[k + 1], shape[k + 2], shape[k + 3]
        w4, w5, w6, w7 = shape[k + 4], shape[k + 5], shape[k + 6], shape[k + 7]
        x0, x1, x2, x3 = residual[k:], residual[k + 1 :], residual[k + 2 :], residual[k + 3 :]
        x4, x5, x6, x7 = residual[k + 4 :], residual[k + 5 :], residual[k + 6 :], residual[k + 7 :]
        for j in range(n):
            early = w0 * x0[j] + w1 * x1[j] + w2 * x2[j] + w3 * x3[j]
            late = w4 * x4[j] + w5 * x5[j] + w6 * x6[j] + w7 * x7[j]
            out[j] = out[j] + early + late
        k += 8
    while k < end:
        weight, x = shape[k], residual[k:]
        for j in range(n):
            out[j] += weight * x[j]
        k += 1


@njit(nogil=True, cache=True)
def gains(
    residual: NDArray[np.float32], squares: NDArray[np.float64], first: int, stop: int, shape: NDArray[np.float32],
    begin: int, end: int, core: int, width: int, rest: float, energy: float, least: float, most_left: float,
    out: NDArray[np.float32],
) -> None:  # fmt: skip
    """How much energy a shape takes off where it is laid, over its own.

    residual: f32 (n_samples,), squares: f64 (stop - first + end,) at least, see `sum_squares`, for `first`; shape: f32
    (length,), compared over its columns [begin, end), in which it has `energy`, all but `rest` of it in `width` columns
    from `core` on -> out: f32 (stop - first,), for its first sample in [first, stop). Zero where it is less than
    `least`, and where more than `most_left` of its own energy would be left: by Cauchy and Schwarz everywhere in a
    block with too little energy or too much, and where the core fits too badly for the rest to make up for it.
    """
    fewest = (1.0 - SURELY) * energy * (0.5 + 0.5 * least) ** 2
    most = (1.0 + SURELY) * energy * (1.0 + math.sqrt(most_left)) ** 2
    half = 0.5 * (1.0 - SURELY)
    gaining, fitting = half * (1.0 + least) * energy, half * (1.0 - most_left) * energy
    for low in range(0, stop - first, BLOCK):
        n = min(stop - first - low, BLOCK)
        sums = out[low : low + n]
        before, after = squares[low + begin :], squares[low + end :]
        possible = 0
        for j in range(n):
            there = after[j] - before[j]
            possible += (there >= fewest) & (there <= most)
        inside = residual[first + low :]
        if possible and width < end - begin:
            correlate(inside, shape, core, core + width, sums)
            core_before, core_after = squares[low + core :], squares[low + core + width :]
            possible = 0
            for j in range(n):
                there = after[j] - before[j]
                lack = max(gaining, half * there + fitting) - sums[j]
                others = there - (core_after[j] - core_before[j])
                possible += (lack <= 0.0) | (lack * lack <= (1.0 + SURELY) * rest * others)
        if possible:
            correlate(inside, shape, begin, end, sums)
            possible = 0
            for j in range(n):
                gain = 2.0 * np.float64(sums[j]) - energy
                possible += (gain >= least * energy) & (after[j] - before[j] - gain <= most_left * energy)
        if possible == 0:
            for j in range(n):
                sums[j] = 0.0
            continue
        for j in range(n):
            gain = 2.0 * np.float64(sums[j]) - energy
            if gain < least * energy or after[j] - before[j] - gain > most_left * energy:
                sums[j] = 0.0
            else:
                sums[j] = gain / energy


@njit(nogil=True, cache=True)
def left(
    residual: NDArray[np.float32], start: int, shape: NDArray[np.float32], begin: int, end: int, most: float
) -> float:
    """Energy of residual[start + k] - shape[k] over k in [begin, end); the sum is given up beyond `most`."""
    total = 0.0
    for k in range(begin, end):
        difference = np.float64(residual[start + k]) - shape[k]
        total += difference * difference
        if total >= most:
            return math.inf
    return total


@njit(nogil=True, cache=True)
def closest(
    residual: NDArray[np.float32],
    start: int,
    reach: int,
    phases: NDArray[np.float32],
    begin: int,
    end: int,
    out: NDArray[np.float64],
) -> None:
    """Where about `start` a shape leaves least. phases: f32 (n_phases, length), row q being q / n_phases later
    -> out: f64 (3,) as energy left, first sample, phase. Whole samples first, then the phases beside the best."""
    n_phases = phases.shape[0]
    sums = np.zeros(2 * max(n_phases, reach + 1))
    for k in range(begin, end):
        for j in range(2 * reach + 1):
            difference = np.float64(residual[start - reach + j + k]) - phases[0, k]
            sums[j] += difference * difference
    least, whole = math.inf, start
    for j in range(2 * reach + 1):
        if sums[j] < least:
            least = sums[j]
            whole = start - reach + j
    sums[:] = 0.0
    for k in range(begin, end):
        for q in range(1, n_phases):
            early = np.float64(residual[whole - 1 + k]) - phases[q, k]
            late = np.float64(residual[whole + k]) - phases[q, k]
            sums[q] += early * early
            sums[n_phases + q] += late * late
    out[1] = whole
    out[2] = 0
    for j in range(2 * n_phases):
        if j % n_phases and sums[j] < least:
            least = sums[j]
            out[1] = whole - 1 if j < n_phases else whole
            out[2] = j % n_phases
    out[0] = least


@njit(nogil=True, cache=True)
def limit_at(
    row: int, at: int, itself: int, placed: NDArray[np.int64], n_placed: int, recent: NDArray[np.int64],
    expected: NDArray[np.float64], limits: NDArray[np.float64],
) -> float:  # fmt: skip
    """The largest distance at which a discharge of a unit at `at` is its own; 0 within the refractory time.

    placed: i64 (most, 4) as row, first sample, phase, whether it holds; recent: i64 (rows, n) places of earlier
    discharges; limits: f64 (6,) as refractory, early, distance, distance when early, distance at the expected time,
    and what part of the expected interval that time is wide. `itself` is the placing that is left out.
    """
    before = after = np.int64(1) << 40
    for j in range(n_placed):
        if j == itself or placed[j, 0] != row or placed[j, 3] == 0:
            continue
        lag = at - placed[j, 1]
        before = min(before, lag) if lag >= 0 else before
        after = after if lag >= 0 else min(after, -lag)
    for j in range(recent.shape[1]):
        lag = at - recent[row, j]
        before = min(before, lag) if lag >= 0 else before
        after = after if lag >= 0 else min(after, -lag)
    nearest = min(before, after)
    if nearest < limits[0]:
        return 0.0
    if nearest < limits[1]:
        return limits[3]
    interval = expected[row]
    if interval > 0.0 and (
        abs(before - interval) < limits[5] * interval or abs(after - interval) < limits[5] * interval
    ):
        return limits[4]
    return limits[2]


@njit(nogil=True, cache=True)
def largest(values: NDArray[np.float32], low: int, high: int, best: int) -> int:
    """The place of the largest of values[low:high] and values[best]; of equals the one given, then the first."""
    most = values[best]
    for first in range(low, high, BLOCK):
        part = values[first : min(high, first + BLOCK)]
        larger = 0
        for j in range(part.shape[0]):
            larger += part[j] > most
        for j in range(part.shape[0] if larger else 0):
            if part[j] > most:
                most = part[j]
                best = first + j
    return best


@njit(nogil=True, cache=True)
def pursue(
    residual: NDArray[np.float32], first: int, stop: int, phases: NDArray[np.float32], supports: NDArray[np.int64],
    energies: NDArray[np.float64], rows: NDArray[np.int64], least: float, most_left: float, recent: NDArray[np.int64],
    expected: NDArray[np.float64], limits: NDArray[np.float64], refused: NDArray[np.int64], n_refused: int,
    placed: NDArray[np.int64], n_placed: int, work: NDArray[np.float32], tops: NDArray[np.int64],
) -> int:  # fmt: skip
    """Lay shapes where they take most energy off, one after the other, and subtract them: how many are placed then.

    phases: f32 (n_rows, n_phases, length); supports: i64 (n_rows, 2); rows: i64 (n,) those that are tried, with their
    first sample in [first, stop); `least`, `most_left`: where a shape is laid, see `gains`. refused:
    i64 (most, 2) as row and first sample, where it is not laid again. placed: see `limit_at`, grows in place; work:
    f32 (n, stop - first) and tops: i64 (n,) to work in. For the rest see `limit_at`.
    """
    length = phases.shape[2]
    n = stop - first
    found = np.empty(3)
    squares = np.zeros(n + length)
    sum_squares(residual, first, first, squares)
    cores, rests = np.empty((rows.shape[0], 2), dtype=np.int64), np.empty(rows.shape[0])
    for i in range(rows.shape[0]):
        u, there = rows[i], work[i, :n]
        energy, begin, end = float(energies[u]), supports[u, 0], supports[u, 1]
        cores[i, 1] = (end - begin + 1) // 2
        cores[i, 0], rests[i] = densest(phases[u, 0], begin, end, cores[i, 1])
        gains(
            residual, squares, first, stop, phases[u, 0], begin, end, cores[i, 0], cores[i, 1], rests[i], energy, least,
            most_left, there,
        )  # fmt: skip
        tops[i] = largest(work[i], 0, n, 0)
    while n_placed < placed.shape[0]:
        most = 0.0
        best = -1
        for i in range(rows.shape[0]):
            gain = energies[rows[i]] * work[i, tops[i]]
            if gain > most:
                most = gain
                best = i
        if best < 0:
            break
        u = rows[best]
        where = first + tops[best]
        allowed = limit_at(u, where, -1, placed, n_placed, recent, expected, limits) > 0.0
        for r in range(n_refused):
            if refused[r, 0] == u and abs(refused[r, 1] - where) <= NEAR:
                allowed = False
        if not allowed:
            for j in range(max(0, tops[best] - NEAR), min(n, tops[best] + NEAR + 1)):
                work[best, j] = 0.0
            tops[best] = largest(work[best], 0, n, 0)
            continue
        closest(residual, where, 1, phases[u], supports[u, 0], supports[u, 1], found)
        at, phase = int(found[1]), int(found[2])
        for k in range(length):
            residual[at + k] -= phases[u, phase, k]
        sum_squares(residual, first, max(at, first), squares)
        placed[n_placed, 0], placed[n_placed, 1] = u, at
        placed[n_placed, 2], placed[n_placed, 3] = phase, 1
        n_placed += 1
        for i in range(rows.shape[0]):
            v = rows[i]
            energy, begin, end = float(energies[v]), supports[v, 0], supports[v, 1]
            low = max(first, at - end + 1)
            high = min(stop, at + length - begin)
            if low >= high:
                continue
            there, ahead = work[i, low - first : high - first], squares[low - first :]
            gains(
                residual, ahead, low, high, phases[v, 0], begin, end, cores[i, 0], cores[i, 1], rests[i], energy, least,
                most_left, there,
            )  # fmt: skip
            if low - first <= tops[i] < high - first:
                tops[i] = largest(work[i], 0, n, 0)
            else:
                tops[i] = largest(work[i], low - first, high - first, tops[i])
    return n_placed


@njit(nogil=True, cache=True)
def settle(
    residual: NDArray[np.float32], phases: NDArray[np.float32], supports: NDArray[np.int64],
    energies: NDArray[np.float64], noise_power: float, recent: NDArray[np.int64], expected: NDArray[np.float64],
    limits: NDArray[np.float64], placed: NDArray[np.int64], n_placed: int, refused: NDArray[np.int64], n_refused: int,
    distances: NDArray[np.float64], low: int, high: int,
) -> int:  # fmt: skip
    """Lay each placed shape anew in what all others leave, and take back what does not fit: how many are refused then.

    A distance is the energy that is left under a shape, less that of the noise, over the shape's own -> distances:
    f64 (most,). What is taken back no longer holds in `placed`, and is listed in `refused`. First samples stay in
    [low, high).
    """
    length = phases.shape[2]
    found = np.empty(3)
    for j in range(n_placed):
        if placed[j, 3] == 0:
            continue
        u, at, phase = placed[j, 0], placed[j, 1], placed[j, 2]
        for k in range(length):
            residual[at + k] += phases[u, phase, k]
        begin, end = supports[u, 0], supports[u, 1]
        closest(residual, at, 1, phases[u], begin, end, found)
        if low <= found[1] < high:
            at, phase = int(found[1]), int(found[2])
        else:
            found[0] = left(residual, at, phases[u, phase], begin, end, math.inf)
        distance = max(0.0, found[0] - noise_power * (end - begin)) / energies[u]
        allowed = limit_at(u, at, j, placed, n_placed, recent, expected, limits)
        if distance >= allowed:
            placed[j, 3] = 0
            if n_refused < refused.shape[0]:
                refused[n_refused, 0], refused[n_refused, 1] = u, at
                n_refused += 1
            continue
        placed[j, 1], placed[j, 2] = at, phase
        distances[j] = distance
        for k in range(length):
            residual[at + k] -= phases[u, phase, k]
    return n_refused


@njit(nogil=True, cache=True)
def compact(placed: NDArray[np.int64], distances: NDArray[np.float64], n_placed: int) -> int:
    """Close up to those that hold, in order: how many they are. placed: see `limit_at`; distances: f64 (most,)."""
    kept = 0
    for j in range(n_placed):
        if placed[j, 3] == 0:
            continue
        for k in range(4):
            placed[kept, k] = placed[j, k]
        distances[kept] = distances[j]
        kept += 1
    return kept


@njit(nogil=True, cache=True)
def resolve(
    residual: NDArray[np.float32], low: int, high: int, phases: NDArray[np.float32], supports: NDArray[np.int64],
    energies: NDArray[np.float64], rows: NDArray[np.int64], least: float, most_left: float, noise_power: float,
    recent: NDArray[np.int64], expected: NDArray[np.float64], limits: NDArray[np.float64], refused: NDArray[np.int64],
    placed: NDArray[np.int64], n_placed: int, distances: NDArray[np.float64], work: NDArray[np.float32],
    tops: NDArray[np.int64], rounds: int,
) -> int:  # fmt: skip
    """Lay shapes and take back what does not fit, by turns: how many are placed then. See `pursue` and `settle`."""
    n_refused = 0
    for _ in range(rounds):
        before = n_placed
        n_placed = pursue(
            residual, low, high, phases, supports, energies, rows, least, most_left, recent, expected, limits,
            refused, n_refused, placed, before, work, tops,
        )  # fmt: skip
        if n_placed == before and n_refused:
            break
        n_refused = settle(
            residual, phases, supports, energies, noise_power, recent, expected, limits, placed, n_placed, refused,
            n_refused, distances, low, high,
        )  # fmt: skip
    settle(
        residual, phases, supports, energies, noise_power, recent, expected, limits, placed, n_placed, refused,
        n_refused, distances, low, high,
    )  # fmt: skip
    return compact(placed, distances, n_placed)
