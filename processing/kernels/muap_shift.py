"""A signal between its samples."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


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
