"""The shape of a mean potential at rest: how long, how many phases, which way it begins."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.kernels.rest_shape import VALUES, mean_shape
from processing.spontaneous.settings import ShapeSettings


class Shape(NamedTuple):
    """Measures of a mean potential."""

    amplitude_uv: float
    """Peak to peak."""
    duration_ms: float
    phases: int
    onset: int
    """1 where it begins positive, -1 where negative, 0 where that cannot be told."""
    positive: float
    """Positive peak over the amplitude."""
    tail_ms: float
    """From the positive peak to the end of what is negative after it."""
    rise_us: float
    """That it takes for its amplitude at its steepest."""
    thickness_ms: float
    """Area over amplitude."""
    noise_uv: float
    """Standard deviation of what is before it."""


class ShapeMeter:
    """Measures mean potentials at one rate whose peak lies near the sample `middle`."""

    def __init__(self, rate_hz: float, middle: int, settings: ShapeSettings) -> None:
        per_ms = rate_hz / 1000.0
        s = settings
        self._ms = 1.0 / per_ms
        self._places = np.array(
            [
                middle,
                round(s.smooth_ms * per_ms / 2.0),
                middle - round(s.ahead_ms * per_ms),
                round(s.away_ms * per_ms),
                round(s.back_ms * per_ms),
                round(s.forth_ms * per_ms),
                round(s.quiet_ms * per_ms),
            ]
        )
        self._limits = np.array([s.edge, s.edge_uv, s.sigmas, s.onset])

    def measure(self, mean: NDArray[np.float32]) -> Shape:
        """The measures of a mean potential f32 `(n,)`."""
        out = np.empty(VALUES)
        mean_shape(mean, self._places, self._limits, out)
        amplitude, duration, phases, onset, positive, tail, rise, thickness, noise = out.tolist()
        ms = self._ms
        return Shape(
            amplitude, duration * ms, round(phases), round(onset), positive, tail * ms, 1000.0 * rise * ms,
            thickness * ms, noise,
        )  # fmt: skip
