"""Moments of a window's amplitudes and of its slope and curvature."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def shape(
    window: NDArray[np.float32], means: NDArray[np.float64], rate_hz: float, out: NDArray[np.float32]
) -> None:
    """Skewness, excess kurtosis, and Hjorth's activity, mobility (1/s) and complexity.

    window: f32 (n_samples, n_channels), means: f64 (n_channels,) of it -> out: f32 (5, n_channels). Population
    moments about the mean. A constant window gives 0 throughout; so does complexity where the slope is constant. At
    least 3 samples.
    """
    n_samples, n_channels = window.shape
    for c in range(n_channels):
        mean = means[c]
        second = 0.0
        third = 0.0
        fourth = 0.0
        for i in range(n_samples):
            x = np.float64(window[i, c]) - mean
            square = x * x
            second += square
            third += square * x
            fourth += square * square
        second /= n_samples
        first_step = np.float64(window[1, c]) - np.float64(window[0, c])
        last_step = np.float64(window[n_samples - 1, c]) - np.float64(window[n_samples - 2, c])
        mean_step = (np.float64(window[n_samples - 1, c]) - np.float64(window[0, c])) / (n_samples - 1)
        mean_bend = (last_step - first_step) / (n_samples - 2)
        slope = 0.0
        curvature = 0.0
        step_before = first_step
        for i in range(1, n_samples):
            step = np.float64(window[i, c]) - np.float64(window[i - 1, c])
            slope += (step - mean_step) * (step - mean_step)
            if i > 1:
                bend = step - step_before - mean_bend
                curvature += bend * bend
            step_before = step
        slope /= n_samples - 1
        curvature /= n_samples - 2
        moves = second > 0.0
        bends = moves and slope > 0.0
        out[0, c] = third / n_samples / (second * math.sqrt(second)) if moves else 0.0
        out[1, c] = fourth / n_samples / (second * second) - 3.0 if moves else 0.0
        out[2, c] = second
        out[3, c] = rate_hz * math.sqrt(slope / second) if moves else 0.0
        out[4, c] = math.sqrt(curvature / slope) / math.sqrt(slope / second) if bends else 0.0
