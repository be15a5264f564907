"""A rational resampler: every output is one phase of the filter times the newest inputs."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def extend(
    history: NDArray[np.float64],
    block: NDArray[np.float32],
    held: NDArray[np.float32],
    out: NDArray[np.float64],
) -> None:
    """History and block as one run of samples; those that are not finite replaced by the one before. Zeros follow.

    history: f64 (n_history, n_channels), block: f32 (n_samples, n_channels), held: f32 (n_channels,) the
    last finite sample, carried from block to block -> out: f64 (n_history + n_samples or more, n_channels).
    """
    n_history, n_channels = history.shape
    n_samples = block.shape[0]
    for c in range(n_channels):
        for i in range(n_history):
            out[i, c] = history[i, c]
        for i in range(n_samples):
            if math.isfinite(block[i, c]):
                held[c] = block[i, c]
            out[n_history + i, c] = held[c]
        for i in range(n_history + n_samples, out.shape[0]):
            out[i, c] = 0.0


@njit(nogil=True, cache=True)
def resample(
    samples: NDArray[np.float64],
    first: int,
    taps: NDArray[np.float64],
    up: int,
    down: int,
    next_output: int,
    out: NDArray[np.float32],
) -> None:
    """Outputs `next_output`, `next_output + 1`, ... of the polyphase filter.

    samples: f64 (n_rows - 1 + n_samples + those that the last group may reach ahead, n_channels), of which row
    `n_rows - 1` is source sample `first`; taps: f64 (n_groups, n_rows, 8) -> out: f32 (n_outputs, n_channels).
    Output m ends at source sample m * down // up. Outputs 8 g to 8 g + 7 are a group: they are taken from the same
    samples, the last of which is that of the last of them, and taps are 0 where an output does not reach. So each
    sample is read once for eight sums that do not wait for each other, which takes little more than half the time of
    four with samples of their own; every sum is in the order of its samples.
    """
    n_outputs, n_channels = out.shape
    n_groups, n_rows, _ = taps.shape
    if n_outputs == 0:
        return
    for group in range(next_output // 8, (next_output + n_outputs + 7) // 8):
        beside = taps[group % n_groups]
        under = samples[(8 * group + 7) * down // up - first :]
        begin = 8 * group - next_output
        for c in range(n_channels):
            t0 = t1 = t2 = t3 = t4 = t5 = t6 = t7 = 0.0
            for k in range(n_rows):
                x = under[k, c]
                t0 += beside[k, 0] * x
                t1 += beside[k, 1] * x
                t2 += beside[k, 2] * x
                t3 += beside[k, 3] * x
                t4 += beside[k, 4] * x
                t5 += beside[k, 5] * x
                t6 += beside[k, 6] * x
                t7 += beside[k, 7] * x
            for i, total in enumerate((t0, t1, t2, t3, t4, t5, t6, t7)):
                if 0 <= begin + i < n_outputs:
                    out[begin + i, c] = total
