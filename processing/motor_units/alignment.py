"""How a signal is read between its samples."""

import numpy as np
from numpy.typing import NDArray

TAPS = 16
"""Of the interpolation: at 23.4 kHz a component of 5 kHz keeps its amplitude to a thousandth."""


def interpolation(phases: int) -> NDArray[np.float32]:
    """Weights f32 `(phases + 1, TAPS)`, a sinc under a Hann window: row p reads p / phases of a sample later."""
    places = np.arange(TAPS) - (TAPS // 2 - 1)
    away = places[None, :] - np.arange(phases + 1)[:, None] / phases
    taps = np.sinc(away) * np.cos(np.pi * away / (TAPS + 1)) ** 2
    return np.ascontiguousarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)
