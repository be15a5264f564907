"""Potentials of fibres of finite length at an electrode made of straight pieces, summed into rows.

The intracellular wave has the slope V'(x) = (a x + b x^2 + c x^3) exp(-d x), x mm behind its front, and
comes as a row of four: d, a, b, c.

A fibre is a row of nine numbers; lengths in mm, times in samples, the electrode at the origin:

    0 along     of the shaft axis (positive towards the hub) where the fibre passes
    1 aside     distance of the fibre from the shaft axis
    2 end-plate, 3 left end, 4 right end: z
    5 velocity  mm per sample
    6 delay     from the discharge to the start at the end-plate
    7 scale     microvolt for a unit integral
    8 parts     steps per sample

A piece of the electrode is a row of four: start and stop along the shaft, z, weight. Pieces are symmetric in z,
so that the waves to both sides see the same electrode.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

F64 = NDArray[np.float64]
FADED = 20.0
"""How far behind the front, in units of 1 / d, the intracellular wave is over: 2e-5 of its peak slope or less."""


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
def _advance(step: float, wave: F64, before: float, state: F64, trace: F64) -> None:
    """Moves the front from node to node, `step` apart, and turns the weights there into the potential there.

    before: weight where the front is; state: f64 (3, 4), row 0 the moments, the others scratch; trace: the
    weights at the nodes, overwritten. Spelt out: moments in an array took twice as long.
    """
    decay, linear, square, cube = wave
    _cell(step, decay, state[1:])
    fade = math.exp(-decay * step)
    one, two, three = fade * step, fade * step * step, fade * step * step * step
    here0, here1, here2, here3 = state[1]
    last0, last1, last2, last3 = state[2]
    s0, s1, s2, s3 = state[0]
    for i in range(trace.shape[0]):
        here = trace[i]
        s3 = fade * s3 + (3.0 * one * s2 + 3.0 * two * s1 + three * s0 + (here * here3 + before * last3))
        s2 = fade * s2 + (2.0 * one * s1 + two * s0 + (here * here2 + before * last2))
        s1 = fade * s1 + (one * s0 + (here * here1 + before * last1))
        s0 = fade * s0 + (here * here0 + before * last0)
        before = here
        trace[i] = linear * s1 + square * s2 + cube * s3
    state[0, 0], state[0, 1], state[0, 2], state[0, 3] = s0, s1, s2, s3


@njit(nogil=True, cache=True, error_model="numpy")
def _one_way(
    reach: float, length: float, fibre: F64, pieces: F64, ratio: float, wave: F64, scratch: F64, out: F64
) -> None:
    """Adds to `out` the wave that runs `length` mm from the end-plate; the electrode is `reach` mm ahead.

    The convolution of V' (a polynomial times an exponential) with the weights by four running moments: exact
    for weights that are linear between nodes. Sources begin at the end-plate and end where the fibre does, so
    that the steps there are fractions of the others.
    """
    parts = int(fibre[8])
    step = fibre[5] / parts
    index = math.floor(fibre[6] * parts) + 1
    gap = (index - fibre[6] * parts) * step
    last = min(out.shape[0] * parts - index, 2 + int((length + FADED / wave[0]) / step))
    nodes = min(last, 1 + math.floor((length - gap) / step))
    if last <= 0 or length <= 0.0:
        return
    state, ends, trace = scratch[:12].reshape((3, 4)), scratch[12:14], scratch[14 : 14 + last]
    _weights(-reach, length, fibre, pieces, ratio, ends)
    _weights(gap - reach, step, fibre, pieces, ratio, trace[:nodes])
    trace[nodes:] = 0.0
    state[0] = 0.0
    before, stride, place = float(ends[0]), gap, 0.0
    if nodes > 0:
        first, before = float(trace[0]), float(trace[nodes - 1])
        stride, place = step, gap + (nodes - 1) * step
        _advance(gap, wave, float(ends[0]), state, trace[:1])
        _advance(step, wave, first, state, trace[1:nodes])
    if nodes < last:
        _advance(length - place, wave, before, state, ends[1:])
        _advance(stride - (length - place), wave, 0.0, state, trace[nodes : nodes + 1])
        _advance(step, wave, 0.0, state, trace[nodes + 1 :])
    for i in range(-index % parts, last, parts):
        out[(index + i) // parts] += fibre[7] * trace[i]


@njit(nogil=True, cache=True, error_model="numpy")
def add_fibre_waves(
    fibres: F64,
    into: NDArray[np.int64],
    pieces: F64,
    ratio: float,
    wave: F64,
    scratch: F64,
    rows: F64,
    swing: F64,
) -> None:
    """Adds the potential of each fibre to a row, in the unit of `scale`, and writes how far it swings.

    fibres: f64 (n_fibres, 9), into: i64 (n_fibres,), pieces: f64 (n_pieces, 4), ratio: axial over radial
    conductivity, wave: f64 (4,), scratch: f64 of at least (1 + most parts) * n + 14, rows: f64 (n_rows, n),
    added to -> swing: f64 (n_fibres,), peak to peak.
    """
    n = rows.shape[1]
    heard, rest = scratch[:n], scratch[n:]
    for f in range(fibres.shape[0]):
        fibre = fibres[f]
        heard[:] = 0.0
        _one_way(-fibre[2], fibre[4] - fibre[2], fibre, pieces, ratio, wave, rest, heard)
        _one_way(fibre[2], fibre[2] - fibre[3], fibre, pieces, ratio, wave, rest, heard)
        row = rows[into[f]]
        low, high = 0.0, 0.0
        for i in range(n):
            row[i] += heard[i]
            low, high = min(low, heard[i]), max(high, heard[i])
        swing[f] = high - low
