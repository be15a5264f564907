"""The shape of a mean potential at rest."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

VALUES = 9
"""Of a shape, in the order of `shape.Shape`."""


@njit(nogil=True, cache=True)
def _smooth(mean: NDArray[np.float32], half: int) -> NDArray[np.float64]:
    """Running mean over 2 `half` + 1 samples, fewer at the ends."""
    n = mean.shape[0]
    out = np.empty(n)
    for i in range(n):
        first = max(0, i - half)
        stop = min(n, i + half + 1)
        total = 0.0
        for k in range(first, stop):
            total += mean[k]
        out[i] = total / (stop - first)
    return out


@njit(nogil=True, cache=True)
def _middle(x: NDArray[np.float64]) -> float:
    """Median; x: f64 (n,), n > 0."""
    ordered = np.sort(x)
    n = x.shape[0]
    return float((ordered[(n - 1) // 2] + ordered[n // 2]) / 2.0)


@njit(nogil=True, cache=True)
def _noise(x: NDArray[np.float64], block: int) -> float:
    """Standard deviation in the quieter quarter of the blocks: most of a mean potential may be potential."""
    n_blocks = x.shape[0] // block
    spread = np.empty(n_blocks)
    for b in range(n_blocks):
        spread[b] = np.std(x[b * block : (b + 1) * block])
    return float(np.sort(spread)[n_blocks // 4])


@njit(nogil=True, cache=True)
def _edge(x: NDArray[np.float64], peak: int, step: int, level: float, quiet: int) -> int:
    """The last sample beyond `level` before `quiet` others in a row, going back (-1) or forth (1)."""
    last = peak
    i = peak
    while 0 <= i < x.shape[0] and (i - last) * step <= quiet:
        if abs(x[i]) > level:
            last = i
        i += step
    return last


@njit(nogil=True, cache=True)
def mean_shape(
    mean: NDArray[np.float32],
    places: NDArray[np.int64],
    limits: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """The measures of a mean potential f32 (n,).

    places: i64 (7,) in samples: its middle, half of the smoothing, the end of what is before it, how far from the
    middle its peak may lie, how far before and behind that its extremes, and a quiet stretch. limits: f64 (4,): a
    potential begins and ends at limits[0] of its amplitude, or at limits[1] microvolt if that is less, or at limits[2]
    standard deviations of the noise if that is more; limits[3] of the amplitude is an onset -> out: f64 (VALUES,) as
    amplitude, duration in samples, phases, sign of the onset, positive share, tail in samples, samples that it takes
    for its amplitude at its steepest, area over amplitude in samples, noise.
    """
    middle, half, before, away, back, forth, quiet = places
    x = _smooth(mean, half)
    base = _middle(x[:before])
    x -= base
    noise = _noise(x, quiet)
    peak = middle
    for i in range(max(0, middle - away), min(x.shape[0], middle + away)):
        if abs(x[i]) > abs(x[peak]):
            peak = i
    high = 0.0
    low = 0.0
    for i in range(max(0, peak - back), min(x.shape[0], peak + forth)):
        high = max(high, x[i])
        low = min(low, x[i])
    amplitude = high - low
    out[:] = 0.0
    out[0] = amplitude
    out[8] = noise
    if amplitude <= 0.0:
        return
    level = max(min(limits[0] * amplitude, limits[1]), limits[2] * noise)
    begin = max(limits[3] * amplitude, (limits[2] + 0.5) * noise)
    onset = _edge(x, peak, -1, level, quiet)
    offset = _edge(x, peak, 1, level, quiet)
    top = onset
    area = 0.0
    steepest = 0.0
    side = 0
    for i in range(onset, offset + 1):
        area += abs(x[i])
        if i > onset:
            steepest = max(steepest, abs(x[i] - x[i - 1]))
        if x[i] > x[top]:
            top = i
        if abs(x[i]) > level:
            now = 1 if x[i] > 0 else -1
            if now != side:
                out[2] += 1
                side = now
        if out[3] == 0.0 and abs(x[i]) > begin:
            out[3] = 1.0 if x[i] > 0 else -1.0
    out[1] = offset - onset
    out[4] = max(x[top], 0.0) / amplitude
    for i in range(top, offset + 1):
        if x[i] < -level:
            out[5] = i - top
    out[6] = amplitude / steepest if steepest > 0.0 else 0.0
    out[7] = area / amplitude
