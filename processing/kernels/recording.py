"""What an amplifier and its converter make of a signal, and the backgrounds that they add, sample by sample."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def add_coloured(
    white: NDArray[np.float32],
    sections: NDArray[np.float64],
    state: NDArray[np.float64],
    level: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """White noise through second-order sections (direct form II transposed), times a level, added.

    white: f32 (n,), sections: f64 (n_sections, 5) as b0 b1 b2 a1 a2, state: f64 (n_sections, 2) carried from
    stretch to stretch, level: f64 (n,), or (1,) for a constant one -> added to out: f64 (n,).
    """
    varies = level.shape[0] > 1
    for i in range(white.shape[0]):
        x = np.float64(white[i])
        for s in range(sections.shape[0]):
            y = sections[s, 0] * x + state[s, 0]
            state[s, 0] = sections[s, 1] * x - sections[s, 3] * y + state[s, 1]
            state[s, 1] = sections[s, 2] * x - sections[s, 4] * y
            x = y
        out[i] += x * (level[i] if varies else level[0])


@njit(nogil=True, cache=True)
def add_periodic(
    cycle: NDArray[np.float64],
    phase: float,
    step: float,
    level: float,
    slope: float,
    first: int,
    out: NDArray[np.float64],
) -> float:
    """A waveform repeated, its level on a line, added to what is there; returns the phase after it.

    cycle: f64 (n_points + 1,) one period, its first point again at the end, read between points along a line;
    phase (0 to 1) and step: periods; level + slope * i: at sample i, counted from `first` -> added to out:
    f64 (n,).
    """
    n_points = cycle.shape[0] - 1
    for i in range(out.shape[0]):
        at = phase * n_points
        k = int(at)
        value = cycle[k] + (at - k) * (cycle[k + 1] - cycle[k])
        out[i] += (level + slope * (first + i)) * value
        phase += step
        if phase >= 1.0:
            phase -= 1.0
    return phase


@njit(nogil=True, cache=True)
def convert(
    x: NDArray[np.float64],
    sections: NDArray[np.float64],
    state: NDArray[np.float64],
    gain: float,
    offset: float,
    white: NDArray[np.float32],
    noise: float,
    resolution: float,
    full_scale: float,
    out: NDArray[np.float32],
) -> None:
    """The band of an amplifier, its gain and offset, and the noise, the steps and the limits of a converter.

    x: f64 (n,), sections: f64 (n_sections, 5) as b0 b1 b2 a1 a2, state: f64 (n_sections, 2) carried from
    stretch to stretch, white: f32 (n,) and its level `noise` -> out: f32 (n,), multiples of `resolution` (0
    for no steps), at most `full_scale` from 0.
    """
    for i in range(x.shape[0]):
        v = x[i]
        for s in range(sections.shape[0]):
            y = sections[s, 0] * v + state[s, 0]
            state[s, 0] = sections[s, 1] * v - sections[s, 3] * y + state[s, 1]
            state[s, 1] = sections[s, 2] * v - sections[s, 4] * y
            v = y
        v = min(max(v * gain + offset + noise * white[i], -full_scale), full_scale)
        if resolution > 0.0:
            v = math.floor(v / resolution + 0.5) * resolution
        out[i] = v
