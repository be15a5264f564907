"""A template made ready to be laid on a signal, and learned from what is found there."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray


class Bank(NamedTuple):
    """Templates and what is made of them, one row each, all arrays of this many rows first."""

    templates: NDArray[np.float32]
    """(n_rows, length)"""
    learned: NDArray[np.int64]
    """(n_rows,): discharges that a template was made of."""
    phases: NDArray[np.float32]
    """(n_rows, n_phases, length), like the next two see `lay_out`."""
    supports: NDArray[np.int64]
    """(n_rows, 2)"""
    anchors: NDArray[np.int64]
    """(n_rows, most)"""
    energies: NDArray[np.float64]
    """(n_rows,) between a template's ends; 0 for a row without a template."""
    loose: NDArray[np.float64]
    """(n_rows,): the same of the shapes that are no units'; 0 for all else."""
    sizes: NDArray[np.float64]
    """(n_rows,): largest absolute value."""
    taps: NDArray[np.float32]
    """(n_phases + 1, n_taps): row p reads p / n_phases of a sample later."""
    layout: NDArray[np.float64]
    """(5,): columns about the middle, discharges up to which a template is young, what part of the largest the support
    and an anchor reach, and of how many discharges a template is the mean at most."""


@njit(nogil=True, cache=True)
def lay_out(
    template: NDArray[np.float32],
    taps: NDArray[np.float32],
    near: int,
    young: bool,
    support_fraction: float,
    anchor_fraction: float,
    phases: NDArray[np.float32],
    support: NDArray[np.int64],
    anchors: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """The template between its samples, where it begins and ends, its extrema, its energy and size.

    template: f32 (length,), an odd number; taps: f32 (n_phases + 1, n_taps), row p reads p / n_phases later -> phases:
    f32 (n_phases, length), row q the template q / n_phases later; support: i64 (2,), the columns from the first to
    after the last that exceed `support_fraction` of the largest, a `young` one's within `near` of the middle; anchors:
    i64 (most,), extrema within `near` that reach `anchor_fraction` of the largest there, the largest first, of equals
    the first, -1 for none; out: f64 (2,) as energy between the ends, and largest within `near`.
    """
    length = template.shape[0]
    n_phases = phases.shape[0]
    n_taps = taps.shape[1]
    for q in range(n_phases):
        row = phases[q]
        if q == 0:
            for i in range(length):
                row[i] = template[i]
            continue
        for i in range(length):
            row[i] = 0.0
        for k in range(n_taps):
            offset = k - n_taps // 2
            low = max(0, -offset)
            high = min(length, length - offset)
            weight = taps[n_phases - q, k]
            late = template[low + offset : high + offset]
            sums = row[low:high]
            for i in range(high - low):
                sums[i] += weight * late[i]
    first = length // 2 - near
    stop = length // 2 + near + 1
    size = np.float32(0.0)
    for i in range(first, stop):
        size = max(size, abs(template[i]))
    begin = first if young else 0
    end = stop if young else length
    while begin < end - 1 and abs(template[begin]) <= support_fraction * size:
        begin += 1
    while end > begin + 1 and abs(template[end - 1]) <= support_fraction * size:
        end -= 1
    energy = 0.0
    for i in range(begin, end):
        energy += np.float64(template[i]) * template[i]
    support[0] = begin
    support[1] = end
    for a in range(anchors.shape[0]):
        anchors[a] = -1
    for i in range(first + 1, stop - 1):
        x = abs(template[i])
        if x < abs(template[i - 1]) or x <= abs(template[i + 1]) or x < anchor_fraction * size:
            continue
        moved = i
        for a in range(anchors.shape[0]):
            if anchors[a] < 0 or abs(template[moved]) > abs(template[anchors[a]]):
                held = anchors[a]
                anchors[a] = moved
                moved = held
                if moved < 0:
                    break
    out[0] = energy
    out[1] = size


@njit(nogil=True, cache=True)
def lift(
    residual: NDArray[np.float32],
    phases: NDArray[np.float32],
    placed: NDArray[np.int64],
    row: int,
    sign: np.float32,
) -> None:
    """Add one unit's shapes, times `sign`, wherever they are placed.

    residual: f32 (n_samples,), phases: f32 (n_phases, length), row q the shape q / n_phases later; placed: i64 (n, 4)
    as row, first sample, phase, and what is not looked at here."""
    for j in range(placed.shape[0]):
        if placed[j, 0] == row:
            there = residual[placed[j, 1] : placed[j, 1] + phases.shape[1]]
            shape = phases[placed[j, 2]]
            for k in range(phases.shape[1]):
                there[k] += sign * shape[k]


@njit(nogil=True, cache=True)
def lay_out_row(bank: Bank, row: int) -> None:
    """Lay out a row anew after its template changed."""
    out = np.empty(2)
    near, young = int(bank.layout[0]), bank.learned[row] <= bank.layout[1]
    lay_out(
        bank.templates[row], bank.taps, near, young, bank.layout[2], bank.layout[3], bank.phases[row],
        bank.supports[row], bank.anchors[row], out,
    )  # fmt: skip
    bank.energies[row] = out[0]
    if bank.loose[row] > 0.0:
        bank.loose[row] = out[0]
    bank.sizes[row] = out[1]


@njit(nogil=True, cache=True)
def put(
    bank: Bank,
    row: int,
    template: NDArray[np.float32],
    learned: int,
    residual: NDArray[np.float32],
    placed: NDArray[np.int64],
) -> None:
    """Set a row to the mean f32 (length,) of so many discharges, also where it is placed; see `lift`."""
    lift(residual, bank.phases[row], placed, row, np.float32(1.0))
    bank.templates[row] = template
    bank.learned[row] = learned
    lay_out_row(bank, row)
    lift(residual, bank.phases[row], placed, row, np.float32(-1.0))


@njit(nogil=True, cache=True)
def learn(
    bank: Bank,
    row: int,
    discharge: NDArray[np.float32],
    residual: NDArray[np.float32],
    placed: NDArray[np.int64],
) -> None:
    """Move a row's template towards one more discharge f32 (length,), also where it is placed; see `lift`."""
    bank.learned[row] += 1
    share = np.float32(min(np.float64(bank.learned[row]), bank.layout[4]))
    lift(residual, bank.phases[row], placed, row, np.float32(1.0))
    template = bank.templates[row]
    for k in range(template.shape[0]):
        template[k] += (discharge[k] - template[k]) / share
    lay_out_row(bank, row)
    lift(residual, bank.phases[row], placed, row, np.float32(-1.0))
