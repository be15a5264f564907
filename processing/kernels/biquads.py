"""A cascade of second-order sections, sample by sample."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def filter_block(
    block: NDArray[np.float32],
    sections: NDArray[np.float64],
    steady: NDArray[np.float64],
    state: NDArray[np.float64],
    held: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Filtered samples, channel by channel, through all sections (direct form II transposed).

    block: f32 (n_samples, n_channels), sections: f64 (n_sections, 5) as b0 b1 b2 a1 a2,
    steady: f64 (n_sections, 2) the state that a constant 1 settles to, state: f64 (n_channels, n_sections, 2)
    and held: f64 (n_channels,) carried from block to block -> out: f32 (n_samples, n_channels).

    A channel whose `held` is NaN has seen nothing yet: its first finite sample sets the state that it would
    settle to, so that an offset makes no step. A sample that is not finite is replaced by the one held:
    one NaN would otherwise stay in the state for ever. States below 1e-30 become zero, because subnormal
    numbers make a silent channel a hundred times slower.
    """
    n_samples, n_channels = block.shape
    n_sections = sections.shape[0]
    for i in range(n_samples):
        for c in range(n_channels):
            x = np.float64(block[i, c])
            if math.isfinite(x):
                if math.isnan(held[c]):
                    for s in range(n_sections):
                        state[c, s, 0] = steady[s, 0] * x
                        state[c, s, 1] = steady[s, 1] * x
                held[c] = x
            elif math.isnan(held[c]):
                out[i, c] = 0.0
                continue
            else:
                x = held[c]
            for s in range(n_sections):
                y = sections[s, 0] * x + state[c, s, 0]
                first = sections[s, 1] * x - sections[s, 3] * y + state[c, s, 1]
                second = sections[s, 2] * x - sections[s, 4] * y
                state[c, s, 0] = first if abs(first) > 1e-30 else 0.0
                state[c, s, 1] = second if abs(second) > 1e-30 else 0.0
                x = y
            out[i, c] = x
