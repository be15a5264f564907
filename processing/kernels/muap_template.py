"""Templates: laid out between their samples, found in a signal, and learned from what is found there."""

import math
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
def between(
    samples: NDArray[np.float32], start: int, taps: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    """Sum over k of taps[k] samples[start + i + k - n_taps // 2 + 1]; samples outside count as zero.

    samples: f32 (n_samples,), taps: f32 (n_taps,), an even number -> out: f32 (length,). All outputs for one tap
    before the next: so the compiler takes several at a time.
    """
    n_samples = samples.shape[0]
    length = out.shape[0]
    for i in range(length):
        out[i] = 0.0
    for k in range(taps.shape[0]):
        offset = start + k - taps.shape[0] // 2 + 1
        low = min(length, max(0, -offset))
        high = min(length, n_samples - offset)
        if high <= low:
            continue
        weight = taps[k]
        late = samples[offset + low : offset + high]
        sums = out[low:high]
        for i in range(high - low):
            sums[i] += weight * late[i]


@njit(nogil=True, cache=True)
def take_off(
    samples: NDArray[np.float32], first: int, shape: NDArray[np.float32], taps: NDArray[np.float32], late: int
) -> None:
    """Subtract from samples[first:] what `between` reads of a shape f32 (n,) from -`late` on, n + late samples.

    As far as there are samples: a gap may cut a shape off."""
    there = np.empty(shape.shape[0] + late, dtype=np.float32)
    between(shape, -late, taps, there)
    for i in range(max(0, -first), min(there.shape[0], samples.shape[0] - first)):
        samples[first + i] -= there[i]


@njit(nogil=True, cache=True)
def read_about_baseline(
    samples: NDArray[np.float32],
    start: int,
    taps: NDArray[np.float32],
    shape: NDArray[np.float32],
    edge: int,
    out: NDArray[np.float32],
) -> None:
    """What `between` reads, with a shape f32 (n,), n odd or 0, added in the middle, about its baseline.

    That is the median of the first and the last `edge` samples. out: f32 (length,), an odd length."""
    between(samples, start, taps, out)
    length = out.shape[0]
    first = length // 2 - shape.shape[0] // 2
    for k in range(shape.shape[0]):
        out[first + k] += shape[k]
    edges = np.empty(2 * edge, dtype=np.float32)
    edges[:edge] = out[:edge]
    edges[edge:] = out[length - edge :]
    edges.sort()
    baseline = (edges[edge - 1] + edges[edge]) / np.float32(2.0)
    for i in range(length):
        out[i] -= baseline


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
    phases[0] = template
    for q in range(1, phases.shape[0]):
        between(template, -1, taps[phases.shape[0] - q], phases[q])
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


@njit(nogil=True, cache=True)
def left(
    residual: NDArray[np.float32], start: int, shape: NDArray[np.float32], begin: int, end: int, most: float
) -> float:
    """Energy of residual[start + k] - shape[k] over k in [begin, end); the sum is given up where it reaches `most`."""
    total = 0.0
    for k in range(begin, end):
        difference = np.float64(residual[start + k]) - shape[k]
        total += difference * difference
        if total >= most:
            break
    return total


@njit(nogil=True, cache=True)
def match(
    residual: NDArray[np.float32],
    peak: int,
    phases: NDArray[np.float32],
    supports: NDArray[np.int64],
    anchors: NDArray[np.int64],
    energies: NDArray[np.float64],
    most_lag: int,
    noise_power: float,
    out: NDArray[np.float64],
) -> None:
    """Per template the least residual energy over its own (distance), and the place where that is.

    residual: f32 (n_samples,); phases: f32 (n_templates, n_phases, length), row q is the template q / n_phases
    samples later; supports: i64 (n_templates, 2), the columns that are compared; anchors: i64 (n_templates, most),
    columns that may lie on the peak, -1 for none; energies: f64 (n_templates,) over the support, 0 for a row without
    a template -> out: f64 (n_templates, 3) as distance, first sample, phase. Infinity for a distance of 1 or more,
    which is no nearer than nothing at all. The energy of the noise, `noise_power` a sample, is taken off.

    Every other sample first, then those beside the best, then the phases to either side. A sum is given up once it
    is too large. An anchor is tried where the peak is 0.4 to 2.5 times as large: beyond, a distance below one takes
    an accident.
    """
    n_templates, n_phases, _ = phases.shape
    half = most_lag // 2
    for u in range(n_templates):
        out[u, 0] = math.inf
        if energies[u] <= 0.0:
            continue
        begin, end = supports[u, 0], supports[u, 1]
        allowance = noise_power * (end - begin)
        least = energies[u] + allowance
        at = -1
        for a in range(anchors.shape[1]):
            if anchors[u, a] < 0:
                break
            reference = phases[u, 0, anchors[u, a]]
            ratio = residual[peak] / reference if reference != 0.0 else 0.0
            if ratio < 0.4 or ratio > 2.5:
                continue
            middle = peak - anchors[u, a]
            for start in range(middle - 2 * half, middle + 2 * half + 1, 2):
                total = left(residual, start, phases[u, 0], begin, end, least)
                if total < least:
                    least, at = total, start
        if at < 0:
            continue
        middle = at
        for start in range(middle - 1, middle + 2, 2):
            total = left(residual, start, phases[u, 0], begin, end, least)
            if total < least:
                least, at = total, start
        whole = at
        phase = 0
        for q in range(1 - n_phases, n_phases):
            start = whole - 1 if q < 0 else whole
            row = q + n_phases if q < 0 else q
            total = left(residual, start, phases[u, row], begin, end, least)
            if total < least:
                least, at, phase = total, start, row
        out[u, 0] = max(0.0, least - allowance) / energies[u]
        out[u, 1] = at
        out[u, 2] = phase


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
                at = start - length + k
                there[k] = residual[at] if at < residual.shape[0] else np.float32(0.0)
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
