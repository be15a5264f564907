"""Phases of an averaged motor unit potential."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


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
