"""Shape of an averaged motor unit potential between its marks."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def rectified_area(template: NDArray[np.float64]) -> float:
    """Integral of |x| by the trapezoid rule, in unit times samples. template: f64 (n_samples,)."""
    area = 0.0
    for i in range(1, template.shape[0]):
        area += 0.5 * (abs(template[i - 1]) + abs(template[i]))
    return area


@njit(nogil=True, cache=True)
def count_phases(template: NDArray[np.float64], threshold: float, shortest: int) -> int:
    """Phases of a template about its baseline, f64 (n_samples,); threshold in its unit.

    An excursion goes from the first to the last sample that reaches `threshold` on one side of the baseline
    with none between that reaches it on the other. Those of fewer than `shortest` samples are left out;
    what remains on the same side as the one before belongs to the same phase.
    """
    n_phases = 0
    phase = 0
    side = 0
    began = 0
    for i in range(template.shape[0]):
        x = template[i]
        reached = (1 if x >= threshold else 0) - (1 if x <= -threshold else 0)
        if reached == 0:
            continue
        if reached != side:
            side = reached
            began = i
        if i - began + 1 >= shortest and side != phase:
            phase = side
            n_phases += 1
    return n_phases


@njit(nogil=True, cache=True)
def turns_and_spike(template: NDArray[np.float64], threshold: float, out: NDArray[np.int64]) -> None:
    """Turns, where the fall into the lowest sample began, and the first and last positive peak.

    template: f64 (n_samples,); threshold in its unit -> out: i64 (4,), indices, -1 where there is none.

    Extremes alternate; each is one from which the signal then departs by `threshold` or more. The first only
    opens the sequence; every later one is a turn. The fall begins at the maximum before the lowest sample.
    The positive peaks are the maximum before the first turn that is a minimum, and the highest sample after
    the last such turn; of a plateau the end next to that turn.
    """
    n_turns = 0
    direction = 0
    low = template[0]
    high = template[0]
    high_since = 0
    high_until = 0
    maximum_since = -1
    maximum_until = -1
    lowest = template[0]
    fall = -1
    first_positive = -1
    for i in range(template.shape[0]):
        x = template[i]
        if direction >= 0 and x >= high:
            high_since = i if x > high else high_since
            high_until = i
            high = x
        if direction <= 0:
            low = min(low, x)
        if direction >= 0 and high - x >= threshold:
            n_turns += direction > 0
            direction = -1
            maximum_since = high_since
            maximum_until = high_until
            low = x
        elif direction <= 0 and x - low >= threshold:
            if direction < 0:
                n_turns += 1
                first_positive = maximum_until if first_positive < 0 else first_positive
            direction = 1
            high = x
            high_since = i
            high_until = i
        if x < lowest:
            lowest = x
            fall = maximum_until if direction < 0 else -1
    out[0] = n_turns
    out[1] = fall
    out[2] = first_positive
    out[3] = -1 if first_positive < 0 else (high_since if direction > 0 else maximum_since)
