"""Discharges of a pool of motoneurones."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def discharges(
    level: NDArray[np.float64],
    rate_factor: NDArray[np.float64],
    step_s: float,
    units: NDArray[np.float64],
    hysteresis: float,
    shortest_s: float,
    doublet_probability: float,
    normal: NDArray[np.float64],
    uniform: NDArray[np.float64],
    state: NDArray[np.float64],
    at_s: NDArray[np.float64],
    unit: NDArray[np.int32],
) -> int:
    """How many discharges there are in the next level.size steps; they are in at_s and unit, unit by unit.

    level: f64 (n_steps,), recruitment drive; rate_factor: f64 (n_steps,); units: f64 (n_units, 5), per row
    threshold, rate at the threshold (Hz), gain (Hz per unit of drive), peak rate (Hz), coefficient of
    variation; normal, uniform: f64 (n_units, n_draws), one of each per discharge; state: f64 (n_units, 4),
    per row recruited (0 or 1), phase, phase of the next discharge, earliest time of the next discharge;
    at_s, unit: scratch of n_units * n_draws.

    The phase of a recruited unit advances with its present rate; a discharge comes when it reaches
    1 + CV * normal, so that rates follow the drive within an interval. A unit that has joined goes on at
    its lowest rate until the drive is `hysteresis` below its threshold. Now and then the next discharge
    follows after 5 to 10 ms (a doublet), otherwise never earlier than `shortest_s`.
    """
    n_units, n_draws = normal.shape
    n = 0
    for u in range(n_units):
        threshold, onset_hz, gain_hz, peak_hz, cv = units[u]
        recruited, phase, target, earliest_s = state[u]
        drawn = 0
        for i in range(level.shape[0]):
            above = level[i] - threshold
            if recruited > 0 and above < -hysteresis:
                recruited = 0.0
            elif recruited == 0 and above >= 0:
                recruited = 1.0
                phase = 0.75 * target
            if recruited == 0:
                continue
            rate_hz = min(peak_hz, onset_hz + gain_hz * max(above, 0.0)) * rate_factor[i]
            end_s = (i + 1) * step_s
            phase += rate_hz * step_s
            while phase >= target and earliest_s < end_s and drawn < n_draws:
                moment_s = max(end_s - (phase - target) / rate_hz, i * step_s, earliest_s)
                at_s[n] = moment_s
                unit[n] = u
                n += 1
                phase = rate_hz * (end_s - moment_s)
                if uniform[u, drawn] < doublet_probability:
                    pause_s = 0.005 + 0.005 * uniform[u, drawn] / doublet_probability
                    target = rate_hz * pause_s
                    earliest_s = moment_s + pause_s
                else:
                    target = 1.0 + cv * min(max(normal[u, drawn], -3.9), 3.9)
                    earliest_s = moment_s + shortest_s
                drawn += 1
        state[u, 0] = recruited
        state[u, 1] = phase
        state[u, 2] = target
        state[u, 3] = max(earliest_s - level.shape[0] * step_s, 0.0)
    return n
