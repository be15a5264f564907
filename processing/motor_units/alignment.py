"""Where a potential lies between two samples, and what it looks like on the samples of its template."""

import numpy as np
from numpy.typing import NDArray

from processing.kernels.muap_shift import between

TAPS = 16
"""Of the interpolation: at 23.4 kHz a component of 5 kHz keeps its amplitude to a thousandth."""


class Interpolator:
    """Reads a signal at `phases` places between two samples: a sinc under a Hann window."""

    def __init__(self, phases: int) -> None:
        self.phases = phases
        places = np.arange(TAPS) - (TAPS // 2 - 1)
        away = places[None, :] - np.arange(phases + 1)[:, None] / phases
        taps = np.sinc(away) * np.cos(np.pi * away / (TAPS + 1)) ** 2
        self.taps = np.ascontiguousarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)
        """Row p reads p / phases of a sample later."""

    def read(self, samples: NDArray[np.float32], start: int, phase: int, length: int) -> NDArray[np.float32]:
        """The signal at `start + phase / phases` and the samples after it, f32 `(length,)`; zero beyond its ends."""
        out = np.empty(length, dtype=np.float32)
        between(samples, start, self.taps[phase], out)
        return out
