"""The shape of a mean potential at rest: how long, how many phases, which way it begins."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_ONSET = 0.15
"""Of the amplitude: the first excursion beyond it says which way a potential begins."""
_EDGE = 0.06
_SIGMAS = 3.5
_QUIET_MS = 1.5
_SMOOTH_MS = 0.2


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
    """Of the steepest half of the amplitude between neighbouring extremes."""
    noise_uv: float


def shape(mean: NDArray[np.float32], middle: int, rate_hz: float) -> Shape:
    """The measures of a mean potential f32 `(n,)` whose peak lies near `middle`."""
    per_ms = rate_hz / 1000.0
    width = max(1, round(_SMOOTH_MS * per_ms))
    x = np.convolve(mean.astype(np.float64), np.full(width, 1.0 / width), "same")
    before = x[: middle - round(4.0 * per_ms)]
    x -= np.median(before)
    noise = 1.4826 * float(np.median(np.abs(before - np.median(before))))
    near = slice(max(0, middle - round(3.0 * per_ms)), middle + round(3.0 * per_ms))
    peak = near.start + int(np.argmax(np.abs(x[near])))
    core = x[max(0, peak - round(6.0 * per_ms)) : peak + round(12.0 * per_ms)]
    amplitude = float(max(core.max(), 0.0) - min(core.min(), 0.0))
    level = max(_EDGE * amplitude, _SIGMAS * noise)
    loud = np.abs(x) > level
    quiet = max(1, round(_QUIET_MS * per_ms))
    onset = peak - _reach(loud[peak::-1], quiet)
    offset = peak + _reach(loud[peak:], quiet)
    inside = x[onset : offset + 1]
    high = max(_ONSET * amplitude, (_SIGMAS + 0.5) * noise)
    out = np.flatnonzero(np.abs(inside) > high)
    signs = np.sign(inside[np.abs(inside) > level])
    top = onset + int(np.argmax(inside))
    after = x[top : offset + 1]
    below = np.flatnonzero(after < -level)
    return Shape(
        amplitude_uv=amplitude,
        duration_ms=(offset - onset) / per_ms,
        phases=int(1 + np.count_nonzero(np.diff(signs))) if signs.size else 0,
        onset=int(np.sign(inside[out[0]])) if out.size else 0,
        positive=float(max(inside.max(), 0.0)) / amplitude if amplitude > 0 else 0.0,
        tail_ms=float(below[-1]) / per_ms if below.size else 0.0,
        rise_us=_rise(inside, amplitude) / per_ms * 1000.0,
        noise_uv=noise,
    )


def _reach(loud: NDArray[np.bool_], quiet: int) -> int:
    """Samples to the last loud one before `quiet` others in a row."""
    at = np.flatnonzero(loud)
    if at.size == 0:
        return 0
    breaks = np.flatnonzero(np.diff(at) > quiet)
    return int(at[breaks[0]] if breaks.size else at[-1])


def _rise(inside: NDArray[np.float64], amplitude: float) -> float:
    """Samples that the signal takes for the amplitude at its steepest."""
    if inside.size < 2:
        return 0.0
    return amplitude / max(float(np.abs(np.diff(inside)).max()), 1e-9)
