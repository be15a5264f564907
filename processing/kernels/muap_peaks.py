"""Where in the detection signal the next potential is looked for."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def next_peak(
    residual: NDArray[np.float32], floor: NDArray[np.float32], first: int, stop: int, half: int
) -> int:
    """The largest dominant peak in [first, stop), -1 for none.

    residual, floor: f32 (n_samples,), with `half` samples on either side of the range. A peak is a sample farther
    from zero than its `floor` and no nearer than any other such sample within `half`; of equals the first counts.
    """
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
def longest_flat(samples: NDArray[np.float32], first: int, stop: int) -> int:
    """The longest run of equal samples in [first, stop), of those at the largest or smallest value there.

    samples: f32 (n_samples,). What a converter at its limit looks like.
    """
    low = samples[first]
    high = low
    for i in range(first, stop):
        low = min(low, samples[i])
        high = max(high, samples[i])
    longest = 0
    run = 0
    for i in range(first, stop):
        x = samples[i]
        if x != low and x != high:
            run = 0
        elif run > 0 and x == samples[i - 1]:
            run += 1
        else:
            run = 1
        longest = max(longest, run)
    return longest


@njit(nogil=True, cache=True)
def most_at(samples: NDArray[np.float32], first: int, stop: int, low: float, high: float) -> int:
    """How many of samples[first:stop] are `low`, or how many are `high`, whichever are more. samples: f32 (n,)."""
    lows = 0
    highs = 0
    for i in range(first, stop):
        lows += samples[i] == low
        highs += samples[i] == high
    return max(lows, highs)


@njit(nogil=True, cache=True)
def next_potential(
    residual: NDArray[np.float32],
    floor: NDArray[np.float32],
    first: int,
    stop: int,
    half: int,
    raw: NDArray[np.float32],
    factor: int,
    ahead: int,
    delay: int,
    most_flat: int,
    low: float,
    high: float,
) -> int:
    """The largest dominant peak in [first, stop) that is not the converter's limit, -1 for none; see `next_peak`.

    Place p of residual is sample `factor * p + ahead` of raw: f32 (n_recorded,). At its limit is a peak beside which,
    within `half` and the `delay` of the filter in samples of raw, a run of `most_flat` equal samples or as many in all
    lie at the largest or smallest value there, or at `low` or `high`. No place about the peak, and about those that
    were passed over, is a peak again: their floor becomes infinite.
    """
    near = factor * half + delay
    while True:
        peak = next_peak(residual, floor, first, stop, half)
        if peak < 0:
            return -1
        floor[peak - half : peak + half + 1] = np.inf
        begin, end = factor * peak + ahead - near, factor * peak + ahead + near + 1
        if longest_flat(raw, begin, end) < most_flat and most_at(raw, begin, end, low, high) < most_flat:
            return peak
