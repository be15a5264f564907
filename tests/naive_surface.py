"""The measures of surface EMG from their definitions, over a whole recording without a gap."""

import numpy as np
from numpy.typing import NDArray

from processing.filters import FilterBank
from processing.surface.settings import SurfaceSettings

Signal = NDArray[np.float64]


def naive_steps(
    raw: NDArray[np.float32], rate_hz: float, s: SurfaceSettings
) -> tuple[Signal, Signal, int, int]:
    """The filtered signal, the mean rectified value of each step, the step, and the steps of settling."""
    bank = FilterBank(s.filters, rate_hz, raw.shape[1])
    filtered = bank.apply(raw).astype(np.float64)
    step = round(s.step_s * rate_hz)
    n = len(raw) // step
    levels = np.array(
        [[np.mean(np.abs(channel[k * step : (k + 1) * step])) for channel in filtered.T] for k in range(n)]
    )
    return filtered, levels, step, -(-bank.settle_samples // step)


def naive_activity(levels: Signal, settled: int, step_s: float, s: SurfaceSettings) -> list[tuple[int, bool]]:
    """Changes of one channel as (step, active): levels `(n_steps,)`, of which the first `settled` do not count."""
    a = s.activity
    length, window = round(a.baseline_s / step_s), round(a.window_s / step_s)
    enough = round(a.fraction * window)
    counted = levels[settled:]
    changes: list[tuple[int, bool]] = []
    active = False
    loud: list[bool] = []
    for k in range(len(counted)):
        stretches = [counted[i : i + length] for i in range(0, k + 2 - length, length)][
            -round(a.memory_s / a.baseline_s) :
        ]
        level = np.inf
        if stretches:
            quietest = min(stretches, key=np.mean)
            level = max(float(np.mean(quietest) + a.sigmas * np.std(quietest, ddof=1)), a.minimum_uv)
        loud.append(bool(counted[k] > level))
        newest = loud[-window:]
        if len(newest) == window and sum(state != active for state in newest) >= enough:
            active = not active
            changes.append((settled + k - window + 1 + newest.index(active), active))
    return changes


def naive_median_frequency(segment: Signal, rate_hz: float) -> float:
    """Below it lies half of the power: on the line between the sums up to two neighbouring bins."""
    n = len(segment)
    taper = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(n) / n)
    power = np.abs(np.fft.rfft((segment - segment.mean()) * taper)) ** 2
    power[0] = 0.0
    frequencies = np.arange(power.size) * rate_hz / n
    return float(np.interp(0.5 * power.sum(), np.cumsum(power), frequencies))


def naive_cocontraction(a: Signal, b: Signal) -> float:
    """Twice the common area over the sum of areas of two envelopes `(n_steps,)`."""
    common = sum(min(x, y) for x, y in zip(a, b, strict=True))
    return 2.0 * common / (sum(a) + sum(b))
