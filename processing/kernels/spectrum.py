"""The spectrum of a window, before and after the Fourier transform."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def taper(
    window: NDArray[np.float32],
    means: NDArray[np.float64],
    weights: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """The window minus its mean, times the weights, channel by channel; zeros after it.

    window: f32 (n_samples, n_channels), means: f64 (n_channels,) of it, weights: f64 (n_samples,)
    -> out: f64 (n_channels, n_padded).
    """
    n_samples, n_channels = window.shape
    for c in range(n_channels):
        mean = means[c]
        for i in range(n_samples):
            out[c, i] = (np.float64(window[i, c]) - mean) * weights[i]
        for i in range(n_samples, out.shape[1]):
            out[c, i] = 0.0


@njit(nogil=True, cache=True)
def spectrum(
    transform: NDArray[np.complex128],
    bin_hz: float,
    scale: float,
    band_starts: NDArray[np.int64],
    power: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Mean and median frequency (Hz), moments 0 to 3 (unit^2 kHz^k), and fractions of power in bands.

    transform: c128 (n_channels, n_bins) of the tapered window; scale: makes the squared modulus of an inner
    bin its part of the variance; band_starts: i64 (n_bands + 1,) bins, band b is [b, b + 1); scratch power:
    f64 (n_bins,) -> out: f32 (6 + n_bands, n_channels). The length of the transform is even, so the last bin
    stands for itself alone. Bin 0 is left out: the mean was removed. Without any power everything is 0.
    """
    n_channels, n_bins = transform.shape
    for c in range(n_channels):
        m0 = 0.0
        m1 = 0.0
        m2 = 0.0
        m3 = 0.0
        for k in range(1, n_bins):
            z = transform[c, k]
            p = (z.real * z.real + z.imag * z.imag) * scale
            if k == n_bins - 1:
                p *= 0.5
            khz = k * bin_hz / 1000.0
            power[k] = p
            m0 += p
            m1 += p * khz
            m2 += p * khz * khz
            m3 += p * khz * khz * khz
        median = 0
        reached = 0.0
        while median + 1 < n_bins and reached < 0.5 * m0:
            median += 1
            reached += power[median]
        out[0, c] = 1000.0 * m1 / m0 if m0 > 0.0 else 0.0
        out[1, c] = median * bin_hz
        out[2, c] = m0
        out[3, c] = m1
        out[4, c] = m2
        out[5, c] = m3
        for b in range(band_starts.shape[0] - 1):
            total = 0.0
            for k in range(band_starts[b], band_starts[b + 1]):
                total += power[k]
            out[6 + b, c] = total / m0 if m0 > 0.0 else 0.0
