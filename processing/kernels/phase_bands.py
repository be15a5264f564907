"""A hop of a needle's signal, taken apart into bands."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def through(
    samples: NDArray[np.float64],
    sections: NDArray[np.float64],
    steady: NDArray[np.float64],
    state: NDArray[np.float64],
    held: NDArray[np.float64],
) -> None:
    """Samples f64 (n_samples,) through a cascade of second-order sections, in place, rounded to float32 at the end.

    As `filter_block` in biquads does it, but one section after the other: so its state stays in registers.
    """
    begin = 0
    for i in range(samples.shape[0]):
        x = samples[i]
        if math.isfinite(x):
            if math.isnan(held[0]):
                for s in range(sections.shape[0]):
                    state[s, 0] = steady[s, 0] * x
                    state[s, 1] = steady[s, 1] * x
            held[0] = x
        elif math.isnan(held[0]):
            samples[i] = 0.0
            begin = i + 1
        else:
            samples[i] = held[0]
    for s in range(sections.shape[0]):
        b0, b1, b2, a1, a2 = sections[s]
        z0, z1 = state[s]
        for i in range(begin, samples.shape[0]):
            x = samples[i]
            y = b0 * x + z0
            first = b1 * x - a1 * y + z1
            second = b2 * x - a2 * y
            z0 = first if abs(first) > 1e-30 else 0.0
            z1 = second if abs(second) > 1e-30 else 0.0
            samples[i] = y
        state[s, 0] = z0
        state[s, 1] = z1
    for i in range(begin, samples.shape[0]):
        samples[i] = np.float32(samples[i])


@njit(nogil=True, cache=True)
def mean_squares(signal: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Of each of `len(out)` equal parts of a signal, f64 (n_samples,) -> out: f64 (n_parts,).

    Two sums side by side, eight samples at a time from behind: the order of numpy.einsum, which the limits of the
    phases were set with.
    """
    length = signal.shape[0] // out.shape[0]
    whole = length - length % 8
    for part in range(out.shape[0]):
        inside = signal[part * length : (part + 1) * length]
        even = odd = 0.0
        for i in range(0, whole, 8):
            for k in (6, 4, 2, 0):
                even += inside[i + k] * inside[i + k]
                odd += inside[i + k + 1] * inside[i + k + 1]
        for i in range(whole, length - 1, 2):
            even += inside[i] * inside[i]
            odd += inside[i + 1] * inside[i + 1]
        if length % 2:
            even += inside[length - 1] * inside[length - 1]
        out[part] = (even + odd) / length


@njit(nogil=True, cache=True)
def take_apart(
    samples: NDArray[np.float32],
    slot: int,
    sections: NDArray[np.float64],
    counts: NDArray[np.int64],
    steady: NDArray[np.float64],
    state: NDArray[np.float64],
    held: NDArray[np.float64],
    scratch: NDArray[np.float64],
    raw: NDArray[np.float32],
    broad: NDArray[np.float32],
    lower: NDArray[np.float32],
    powers: NDArray[np.float64],
) -> None:
    """The next hop, its bands, and their mean squares in blocks, in the slot of each storage that it has.

    samples: f32 (hop,). Of the cascades, the last makes the broad band of the samples and the others the lower bands
    of the means of neighbouring samples: sections: f64 (n_cascades, most_sections, 5) as b0 b1 b2 a1 a2, counts: i64
    (n_cascades,) of sections, steady: f64 (n_cascades, most_sections, 2) the state that a constant 1 settles to, state
    of that shape and held: f64 (n_cascades,) carried from hop to hop; scratch: f64 (hop,) -> raw, broad: f32
    (2 n_hops, hop), lower: f32 (n_cascades - 1, 2 n_hops, n_means), powers: f64 (n_cascades, 2 n_hops, n_blocks).
    Every hop is written twice, n_hops apart, so that hops that follow each other are one piece of memory.
    """
    n_lower, n_means = lower.shape[0], lower.shape[2]
    n_samples = samples.shape[0]
    n_hops = raw.shape[0] // 2
    factor = n_samples // n_means
    for band in range(n_lower + 1):
        if band < n_lower:
            inside = scratch[:n_means]
            for i in range(n_means):
                total = 0.0
                for k in range(i * factor, (i + 1) * factor):
                    total += samples[k]
                inside[i] = np.float32(total / factor)
        else:
            inside = scratch[:n_samples]
            for i in range(n_samples):
                inside[i] = samples[i]
        through(inside, sections[band, : counts[band]], steady[band], state[band], held[band:])
        mean_squares(inside, powers[band, slot])
        for at in (slot, slot + n_hops):
            powers[band, at] = powers[band, slot]
            if band < n_lower:
                lower[band, at] = inside
            else:
                broad[at] = inside
                raw[at] = samples
