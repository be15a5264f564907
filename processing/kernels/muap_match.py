"""How near a stretch of the detection signal is to the templates, wherever they are laid."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def match(
    residual: NDArray[np.float32],
    peak: int,
    phases: NDArray[np.float32],
    supports: NDArray[np.int64],
    anchors: NDArray[np.int64],
    energies: NDArray[np.float64],
    most_lag: int,
    noise_power: float,
    out: NDArray[np.float64],
) -> None:
    """Per template the least residual energy over its own (distance), and the place where that is.

    residual: f32 (n_samples,); phases: f32 (n_templates, n_phases, length), row q is the template q / n_phases
    samples later; supports: i64 (n_templates, 2), the columns that are compared; anchors: i64 (n_templates, most),
    columns that may lie on the peak, -1 for none; energies: f64 (n_templates,) over the support, 0 for a row without
    a template -> out: f64 (n_templates, 3) as distance, first sample, phase. Infinity for a distance of 1 or more,
    which is no nearer than nothing at all. The energy of the noise, `noise_power` a sample, is taken off.

    Every other sample first, then those beside the best, then the phases to either side. A sum is given up once it
    is too large. An anchor is tried where the peak is 0.4 to 2.5 times as large: beyond, a distance below one takes
    an accident.
    """
    n_templates, n_phases, _ = phases.shape
    half = most_lag // 2
    for u in range(n_templates):
        out[u, 0] = math.inf
        if energies[u] <= 0.0:
            continue
        begin = supports[u, 0]
        end = supports[u, 1]
        allowance = noise_power * (end - begin)
        least = energies[u] + allowance
        at = -1
        for a in range(anchors.shape[1]):
            if anchors[u, a] < 0:
                break
            reference = phases[u, 0, anchors[u, a]]
            ratio = residual[peak] / reference if reference != 0.0 else 0.0
            if ratio < 0.4 or ratio > 2.5:
                continue
            middle = peak - anchors[u, a]
            for start in range(middle - 2 * half, middle + 2 * half + 1, 2):
                total = 0.0
                for k in range(begin, end):
                    difference = np.float64(residual[start + k]) - phases[u, 0, k]
                    total += difference * difference
                    if total >= least:
                        break
                if total < least:
                    least = total
                    at = start
        if at < 0:
            continue
        middle = at
        for start in range(middle - 1, middle + 2, 2):
            total = 0.0
            for k in range(begin, end):
                difference = np.float64(residual[start + k]) - phases[u, 0, k]
                total += difference * difference
                if total >= least:
                    break
            if total < least:
                least = total
                at = start
        whole = at
        phase = 0
        for q in range(1 - n_phases, n_phases):
            start = whole - 1 if q < 0 else whole
            row = q + n_phases if q < 0 else q
            total = 0.0
            for k in range(begin, end):
                difference = np.float64(residual[start + k]) - phases[u, row, k]
                total += difference * difference
                if total >= least:
                    break
            if total < least:
                least = total
                at = start
                phase = row
        out[u, 0] = max(0.0, least - allowance) / energies[u]
        out[u, 1] = at
        out[u, 2] = phase


@njit(nogil=True, cache=True)
def best_correlation(a: NDArray[np.float32], b: NDArray[np.float32], most_lag: int) -> float:
    """The largest of sum a[k] b[k + lag] over the root of both energies. a, b: f32 (length,)."""
    length = a.shape[0]
    energy_a = 0.0
    energy_b = 0.0
    for k in range(length):
        energy_a += np.float64(a[k]) * a[k]
        energy_b += np.float64(b[k]) * b[k]
    if energy_a <= 0.0 or energy_b <= 0.0:
        return 0.0
    totals = np.zeros(2 * most_lag + 1)
    for k in range(length):
        for j in range(max(0, k - most_lag), min(length, k + most_lag + 1)):
            totals[j - k + most_lag] += np.float64(a[k]) * b[j]
    best = -1.0
    for total in totals:
        best = max(best, total / math.sqrt(energy_a * energy_b))
    return best


@njit(nogil=True, cache=True)
def span(shape: NDArray[np.float32]) -> float:
    """From the smallest value to the largest. shape: f32 (length,)."""
    low = high = shape[0]
    for x in shape:
        low = min(low, x)
        high = max(high, x)
    return float(high - low)
