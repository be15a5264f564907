"""What a discharge teaches, and where it may as well have been another unit's."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from processing.kernels.muap_match import match
from processing.kernels.muap_shift import between
from processing.kernels.muap_template import Bank, learn


@njit(nogil=True, cache=True)
def take(
    bank: Bank,
    done: NDArray[np.int64],
    distances: NDArray[np.float64],
    residual: NDArray[np.float32],
    floor: NDArray[np.float32],
    placed: NDArray[np.int64],
    similar: NDArray[np.bool_],
    lag: int,
    margin: float,
    peel_fraction: float,
    learn_distance: float,
    aligned: NDArray[np.float32],
    rivals: NDArray[np.int64],
) -> None:
    """Take discharges that no longer change, one after the other, into their templates.

    done: i64 (n, 4) as row, first sample, phase, whether it is superposed, subtracted from residual, with distances
    f64 (n,); placed: i64 (n_held, 4), those that may still change; similar: bool (n_rows, n_rows), with which each is
    compared. Where a discharge was subtracted, `floor` is raised to `peel_fraction` of its template's size ->
    aligned: f32 (n, length), each as it was in the signal, on the samples of its template, if it is not superposed or
    near enough to learn from; rivals: i64 (n,), the row of another that fits but `margin` worse, -1 for none. Those
    with a rival teach nothing, nor do those at `learn_distance` and beyond.
    """
    length = bank.templates.shape[1]
    energies = np.empty(bank.energies.shape[0])
    found = np.empty((energies.shape[0], 3))
    there = np.empty(3 * length, dtype=np.float32)
    for i in range(done.shape[0]):
        row, start, phase = done[i, 0], done[i, 1], done[i, 2]
        rivals[i] = -1
        any_similar = False
        for other in range(energies.shape[0]):
            energies[other] = bank.energies[other] if similar[row, other] else 0.0
            any_similar |= energies[other] > 0.0
        if any_similar:
            for k in range(there.shape[0]):
                there[k] = residual[start - length + k]
            for k in range(length):
                there[length + k] += bank.phases[row, phase, k]
            peak = length + bank.anchors[row, 0]
            match(there, peak, bank.phases, bank.supports, bank.anchors, energies, lag, 0.0, found)
            nearest = int(np.argmin(found[:, 0]))
            if found[nearest, 0] < distances[i] + margin:
                rivals[i] = nearest
        least = np.float32(peel_fraction * bank.sizes[row])
        for k in range(start + bank.supports[row, 0], start + bank.supports[row, 1]):
            floor[k] = max(floor[k], least)
        teaches = distances[i] < learn_distance
        if done[i, 3] and not teaches:
            continue
        between(residual, start, bank.taps[phase], aligned[i])
        for k in range(length):
            aligned[i, k] += bank.phases[row, 0, k]
        if teaches and rivals[i] < 0:
            learn(bank, row, aligned[i], residual, placed)


@njit(nogil=True, cache=True)
def adopt(
    bank: Bank,
    row: int,
    start: int,
    phase: int,
    residual: NDArray[np.float32],
    floor: NDArray[np.float32],
    placed: NDArray[np.int64],
    peel_fraction: float,
) -> None:
    """Take a potential that no unit explains into the shape that it fits, which is no unit's and stays in the residual.

    `floor` is raised by the shape where that lies. For the rest see `take`.
    """
    discharge = np.empty(bank.templates.shape[1], dtype=np.float32)
    between(residual, start, bank.taps[phase], discharge)
    least = np.float32(peel_fraction * bank.sizes[row])
    for k in range(bank.supports[row, 0], bank.supports[row, 1]):
        floor[start + k] = max(floor[start + k], abs(bank.phases[row, phase, k]) + least)
    learn(bank, row, discharge, residual, placed)
