"""Turns of the interference pattern."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def turns(
    window: NDArray[np.float32],
    rate_hz: float,
    threshold: float,
    segment_samples: int,
    centile: float,
    amplitudes: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Turns per second, mean turn amplitude, upper centile amplitude and activity.

    window: f32 (n_samples, n_channels); threshold in its unit; scratch amplitudes: f32 (n_samples,)
    -> out: f32 (4, n_channels).

    A pivot is an extreme from which the signal then departs by `threshold` or more; pivots alternate between
    maxima and minima. The first of a window only opens it; every later pivot is a turn, and its amplitude
    is the distance from the pivot before. Activity is the part of the window taken by segments (pivot to
    pivot) of at most `segment_samples`.
    """
    n_samples, n_channels = window.shape
    for c in range(n_channels):
        n_turns = 0
        total = 0.0
        busy = 0
        direction = 0
        low = np.float64(window[0, c])
        high = low
        low_at = 0
        high_at = 0
        pivot = 0.0
        pivot_at = 0
        for i in range(n_samples):
            x = np.float64(window[i, c])
            if direction >= 0 and x > high:
                high = x
                high_at = i
            if direction <= 0 and x < low:
                low = x
                low_at = i
            if direction >= 0 and high - x >= threshold:
                if direction > 0:
                    amplitudes[n_turns] = high - pivot
                    n_turns += 1
                    total += high - pivot
                    busy += high_at - pivot_at if high_at - pivot_at <= segment_samples else 0
                pivot = high
                pivot_at = high_at
                direction = -1
                low = x
                low_at = i
            elif direction <= 0 and x - low >= threshold:
                if direction < 0:
                    amplitudes[n_turns] = pivot - low
                    n_turns += 1
                    total += pivot - low
                    busy += low_at - pivot_at if low_at - pivot_at <= segment_samples else 0
                pivot = low
                pivot_at = low_at
                direction = 1
                high = x
                high_at = i
        out[0, c] = n_turns * rate_hz / n_samples
        out[1, c] = total / n_turns if n_turns else 0.0
        out[3, c] = busy / n_samples
        if n_turns == 0:
            out[2, c] = 0.0
            continue
        # Quickselect: the amplitude of rank `wanted` (nearest rank), the others partly ordered around it.
        wanted = min(n_turns - 1, max(0, int(n_turns * centile + 0.999999) - 1))
        left = 0
        right = n_turns - 1
        while left < right:
            middle = amplitudes[(left + right) // 2]
            i = left
            j = right
            while i <= j:
                while amplitudes[i] < middle:
                    i += 1
                while amplitudes[j] > middle:
                    j -= 1
                if i <= j:
                    held = amplitudes[i]
                    amplitudes[i] = amplitudes[j]
                    amplitudes[j] = held
                    i += 1
                    j -= 1
            if wanted <= j:
                right = j
            elif wanted >= i:
                left = i
            else:
                break
        out[2, c] = amplitudes[wanted]
