"""A rational resampler: every output is one phase of the filter times the newest inputs."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def extend(
    history: NDArray[np.float32],
    block: NDArray[np.float32],
    held: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """History and block as one run of samples; those that are not finite replaced by the one before.

    history: f32 (n_taps - 1, n_channels), block: f32 (n_samples, n_channels), held: f32 (n_channels,) the
    last finite sample, carried from block to block -> out: f32 (n_taps - 1 + n_samples, n_channels).
    """
    n_history, n_channels = history.shape
    for c in range(n_channels):
        for i in range(n_history):
            out[i, c] = history[i, c]
        for i in range(block.shape[0]):
            if math.isfinite(block[i, c]):
                held[c] = block[i, c]
            out[n_history + i, c] = held[c]


@njit(nogil=True, cache=True)
def resample(
    samples: NDArray[np.float32],
    first: int,
    n_taps: int,
    up: int,
    down: int,
    phases: NDArray[np.float64],
    next_output: int,
    out: NDArray[np.float32],
) -> None:
    """Outputs `next_output`, `next_output + 1`, ... of the polyphase filter.

    samples: f32 (n_taps - 1 + n_samples, n_channels), of which row `n_taps - 1` is source sample `first`;
    phases: f64 (up, n_taps) with the tap of the oldest sample first -> out: f32 (n_outputs, n_channels).
    Output m ends at source sample m * down // up, at phase m * down % up. Four at a time, since a sum in order waits
    for each addition before the next.
    """
    n_outputs, n_channels = out.shape
    whole = n_outputs - n_outputs % 4
    for j in range(0, whole, 4):
        a, b = (next_output + j) * down, (next_output + j + 1) * down
        d, e = (next_output + j + 2) * down, (next_output + j + 3) * down
        taps_a, taps_b, taps_d, taps_e = phases[a % up], phases[b % up], phases[d % up], phases[e % up]
        from_a, from_b = samples[a // up - first :], samples[b // up - first :]
        from_d, from_e = samples[d // up - first :], samples[e // up - first :]
        for c in range(n_channels):
            total_a = total_b = total_d = total_e = 0.0
            for k in range(n_taps):
                total_a += taps_a[k] * from_a[k, c]
                total_b += taps_b[k] * from_b[k, c]
                total_d += taps_d[k] * from_d[k, c]
                total_e += taps_e[k] * from_e[k, c]
            out[j, c], out[j + 1, c], out[j + 2, c], out[j + 3, c] = total_a, total_b, total_d, total_e
    for j in range(whole, n_outputs):
        position = (next_output + j) * down
        start = position // up - first
        phase = position % up
        for c in range(n_channels):
            total = 0.0
            for k in range(n_taps):
                total += phases[phase, k] * samples[start + k, c]
            out[j, c] = total
