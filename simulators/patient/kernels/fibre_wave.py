"""Potentials of fibres of finite length at an electrode made of straight pieces, summed into rows.

A fibre is a row of nine numbers; lengths in mm, times in samples, the electrode at the origin:

    0 along     of the shaft axis (positive towards the hub) where the fibre passes
    1 aside     distance of the fibre from the shaft axis
    2 end-plate, 3 left end, 4 right end: z
    5 velocity  mm per sample
    6 delay     from the discharge to the start at the end-plate
    7 scale     microvolt for a unit integral
    8 parts     steps per sample

A piece of the electrode is a row of four: start and stop along the shaft, z, weight.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

F64 = NDArray[np.float64]
FADED = 15.0
"""Intracellular wave lengths (`stretch`) behind the front after which nothing is left: 3e-10 of the peak."""


@njit(nogil=True, cache=True, error_model="numpy")
def _weights(first: float, step: float, fibre: F64, pieces: F64, ratio: float, out: F64) -> None:
    """Derivative along the fibre of the electrode's weighting function at equidistant places, 1/mm2.

    The mean of w' over a straight piece at right angles to the fibre has a closed form: neither core nor
    cannula has to be cut into points.
    """
    aside = ratio * fibre[1] * fibre[1]
    out[:] = 0.0
    for k in range(pieces.shape[0]):
        start, stop = pieces[k, 0] - fibre[0], pieces[k, 1] - fibre[0]
        z, share = pieces[k, 2], pieces[k, 3] / (pieces[k, 1] - pieces[k, 0])
        for i in range(out.shape[0]):
            q = first + i * step - z
            near = q * q + aside
            upper = stop / math.sqrt(near + ratio * stop * stop)
            lower = start / math.sqrt(near + ratio * start * start)
            out[i] -= share * q / near * (upper - lower)


@njit(nogil=True, cache=True, error_model="numpy")
def _cell(step: float, decay: float, out: F64) -> None:
    """Integrals of tau^j exp(-decay tau) over a step, j = 0..3, under a falling and under a rising ramp.

    They are what a source density, linear between two nodes, adds to the moments behind the front: row 0
    for the node that has just been reached, row 1 for the one before. Three-point Gauss, 1e-9.
    """
    out[:] = 0.0
    for node in range(3):
        share = 0.5 + 0.5 * (node - 1) * math.sqrt(0.6)
        tau = share * step
        power = (8.0 if node == 1 else 5.0) / 18.0 * step * math.exp(-decay * tau)
        for j in range(4):
            out[0, j] += power * (1.0 - share)
            out[1, j] += power * share
            power *= tau


@njit(nogil=True, cache=True, error_model="numpy")
def _advance(moments: F64, step: float, fade: float, cell: F64, before: float, here: float) -> None:
    """Moves the front by one step and adds the sources between two nodes."""
    s0, s1, s2, s3 = moments[0], moments[1], moments[2], moments[3]
    s3 = fade * (s3 + step * (3.0 * s2 + step * (3.0 * s1 + step * s0)))
    s2 = fade * (s2 + step * (2.0 * s1 + step * s0))
    s1 = fade * (s1 + step * s0)
    moments[0] = fade * s0 + here * cell[0, 0] + before * cell[1, 0]
    moments[1] = s1 + here * cell[0, 1] + before * cell[1, 1]
    moments[2] = s2 + here * cell[0, 2] + before * cell[1, 2]
    moments[3] = s3 + here * cell[0, 3] + before * cell[1, 3]


@njit(nogil=True, cache=True, error_model="numpy")
def _one_way(
    reach: float, length: float, fibre: F64, pieces: F64, ratio: float, stretch: float, weights: F64, out: F64
) -> None:
    """Adds to `out` the wave that runs `length` mm from the end-plate; the electrode is `reach` mm ahead.

    The convolution of V' (a cubic times an exponential) with the weights by four running moments: exact for
    weights that are linear between nodes, and sources end where the fibre does.
    """
    if length <= 0.0:
        return
    parts = int(fibre[8])
    step, decay = fibre[5] / parts, 2.0 / stretch
    square, cube = fibre[7] * 2304.0 / stretch**2, fibre[7] * 1536.0 / stretch**3
    index = math.floor(fibre[6] * parts) + 1
    gap = (index - fibre[6] * parts) * step
    last = out.shape[0] * parts - index
    nodes = max(0, min(last, 1 + math.floor((length - gap) / step)))
    _weights(gap - reach, step, fibre, pieces, ratio, weights[2 : 2 + nodes])
    _weights(-reach, length, fibre, pieces, ratio, weights[:2])
    cell, moments = np.empty((2, 4)), np.zeros(4)
    _cell(gap, decay, cell)
    stride, place, before, fade = gap, 0.0, weights[0], math.exp(-decay * gap)
    for i in range(last):
        if i < nodes:
            here = weights[2 + i]
            _advance(moments, stride, fade, cell, before, here)
            before = here
            place = gap + i * step
        else:
            if i == nodes:
                rest = length - place
                _cell(rest, decay, cell)
                _advance(moments, rest, math.exp(-decay * rest), cell, before, weights[1])
                stride -= rest
                fade = math.exp(-decay * stride)
            _advance(moments, stride, fade, cell, 0.0, 0.0)
        if i == 0 or i >= nodes:
            stride, fade = step, math.exp(-decay * step)
            _cell(step, decay, cell)
        if (index + i) % parts == 0:
            out[(index + i) // parts] += square * moments[2] - cube * moments[3]
        if gap + i * step > length + FADED * stretch:
            break


@njit(nogil=True, cache=True, error_model="numpy")
def add_fibre_waves(
    fibres: F64,
    into: NDArray[np.int64],
    pieces: F64,
    ratio: float,
    stretch: float,
    scratch: F64,
    rows: F64,
    swing: F64,
) -> None:
    """Adds the potential of each fibre to a row, in the unit of `scale`, and writes how far it swings.

    fibres: f64 (n_fibres, 9), into: i64 (n_fibres,), pieces: f64 (n_pieces, 4), ratio: axial over radial
    conductivity, stretch: length scale of the intracellular wave in mm, scratch: f64 of at least
    (1 + most parts) * n + 2, rows: f64 (n_rows, n), added to -> swing: f64 (n_fibres,), peak to peak.
    """
    n = rows.shape[1]
    wave, weights = scratch[:n], scratch[n:]
    for f in range(fibres.shape[0]):
        fibre = fibres[f]
        wave[:] = 0.0
        _one_way(-fibre[2], fibre[4] - fibre[2], fibre, pieces, ratio, stretch, weights, wave)
        _one_way(fibre[2], fibre[2] - fibre[3], fibre, pieces, ratio, stretch, weights, wave)
        row = rows[into[f]]
        low, high = 0.0, 0.0
        for i in range(n):
            row[i] += wave[i]
            low, high = min(low, wave[i]), max(high, wave[i])
        swing[f] = high - low
