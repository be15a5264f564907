"""Discharges into signal."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def add_discharges(
    at_ticks: NDArray[np.int64],
    source: NDArray[np.int32],
    gain: NDArray[np.float32],
    delay_draws: NDArray[np.float32],
    block_draws: NDArray[np.float32],
    ticks: int,
    rest: NDArray[np.float32],
    rest_offset: NDArray[np.int64],
    rest_length: NDArray[np.int64],
    near_first: NDArray[np.int64],
    near: NDArray[np.float32],
    near_offset: NDArray[np.int64],
    near_length: NDArray[np.int64],
    near_start: NDArray[np.int64],
    near_jitter: NDArray[np.float32],
    near_blocking: NDArray[np.float32],
    out: NDArray[np.float64],
) -> None:
    """Add the potential of every discharge to `out`.

    at_ticks, source, gain: (n_discharges,); delay_draws (normal) and block_draws (uniform, 0 to 1):
    (n_discharges, n) with n at least the near fibres of any source. `rest` and `near` hold all potentials one
    after the other, each as `ticks` rows of its length, beginning at its offset; the near fibres of source s
    are near_first[s] to near_first[s + 1]. out: f64 (n_samples,), sample 0 at tick 0; what falls outside
    is left out.
    """
    n_out = out.shape[0]
    for e in range(at_ticks.shape[0]):
        s = source[e]
        factor = np.float64(gain[e])
        begin = at_ticks[e] // ticks
        row = at_ticks[e] - begin * ticks
        length = rest_length[s]
        offset = rest_offset[s] + row * length
        low = max(0, -begin)
        high = min(length, n_out - begin)
        if low < high:
            # Through views: numba cannot vectorise indices that might be negative. five times as fast.
            heard = out[begin + low : begin + high]
            potential = rest[offset + low : offset + high]
            for i in range(high - low):
                heard[i] += factor * potential[i]
        for k in range(near_first[s], near_first[s + 1]):
            draw = k - near_first[s]
            if block_draws[e, draw] < near_blocking[k]:
                continue
            at = at_ticks[e] + np.int64(np.floor(near_jitter[k] * delay_draws[e, draw] + 0.5))
            begin_near = at // ticks
            row = at - begin_near * ticks
            begin_near += near_start[k]
            length = near_length[k]
            offset = near_offset[k] + row * length
            low = max(0, -begin_near)
            high = min(length, n_out - begin_near)
            if low < high:
                heard = out[begin_near + low : begin_near + high]
                potential = near[offset + low : offset + high]
                for i in range(high - low):
                    heard[i] += factor * potential[i]
