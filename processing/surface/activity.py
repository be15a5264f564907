"""When muscles are active, channel by channel."""

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processing.surface.settings import ActivitySettings

Levels = NDArray[np.float64]
"""`(n_channels,)` mean of the rectified signal over one step."""


class Change(NamedTuple):
    """Activity of one channel began or ended."""

    channel: int
    at_index: int
    active: bool


class Baseline:
    """The quietest stretch that is remembered, for each channel. A gap does not make it another."""

    def __init__(self, n_channels: int, step_s: float, settings: ActivitySettings) -> None:
        self._length = max(2, round(settings.baseline_s / step_s))
        n_stretches = max(1, round(settings.memory_s / (self._length * step_s)))
        self._stretches: deque[tuple[Levels, Levels]] = deque(maxlen=n_stretches)
        self._rows = np.empty((self._length, n_channels))
        self._filled = 0
        self._flat = max(1, round(settings.flat_s / step_s))
        self._unchanged = np.zeros(n_channels, dtype=np.int64)
        self._last = np.full(n_channels, np.nan, dtype=np.float32)
        self.mean = np.full(n_channels, np.inf)
        """Infinite before the first whole stretch; so the next."""
        self.sd = np.full(n_channels, np.inf)

    def add(self, levels: Levels, raw: NDArray[np.float32]) -> None:
        """One more step, with its samples f32 `(n_samples, n_channels)` as they came.

        A stretch with samples that are not finite, or that do not change for long, is no baseline.
        """
        same = (raw == np.concatenate((self._last[None], raw[:-1]))).all(axis=0)
        self._unchanged = np.where(same, self._unchanged + 1, 0)
        self._last = raw[-1].copy()
        usable = np.isfinite(raw).all(axis=0) & (self._unchanged < self._flat)
        self._rows[self._filled] = np.where(usable, levels, np.inf)
        self._filled += 1
        if self._filled < self._length:
            return
        self._filled = 0
        finite = np.isfinite(self._rows).all(axis=0)
        rows = np.where(finite, self._rows, 0.0)
        mean, sd = rows.mean(axis=0), rows.std(axis=0, ddof=1)
        self._stretches.append((np.where(finite, mean, np.inf), sd))
        means = np.stack([mean for mean, _ in self._stretches])
        quietest = means.argmin(axis=0)
        channels = np.arange(mean.size)
        self.mean = means[quietest, channels]
        self.sd = np.stack([sd for _, sd in self._stretches])[quietest, channels]

    def break_off(self) -> None:
        """The next step does not follow the last one."""
        self._filled = 0
        self._unchanged[:] = 0
        self._last[:] = np.nan


class Activity:
    """A double threshold: enough of the newest steps are above a level, or enough are not.

    After Bonato et al., IEEE Trans Biomed Eng 1998;45:287, with a level from the baseline's own spread. Activity
    begins with the first loud step of those, and ends with the first that is not.
    """

    def __init__(self, n_channels: int, step_s: float, settings: ActivitySettings) -> None:
        self.window = max(1, round(settings.window_s / step_s))
        """Steps after which a change is known at the latest."""
        self._enough = max(1, round(settings.fraction * self.window))
        self._settings = settings
        self._recent = np.zeros((self.window, n_channels), dtype=bool)
        self.active = np.zeros(n_channels, dtype=bool)
        self._taken = 0

    def step(self, levels: Levels, baseline: Baseline, stop_index: int, step: int) -> list[Change]:
        """Changes that one more step of `step` samples, ending at `stop_index`, makes known."""
        s = self._settings
        level = np.maximum(baseline.mean + s.sigmas * baseline.sd, s.minimum_uv)
        self._recent[:-1] = self._recent[1:]
        self._recent[-1] = levels > level
        self._taken += 1
        if self._taken < self.window:
            return []
        loud = self._recent.sum(axis=0)
        changed = np.where(self.active, self.window - loud >= self._enough, loud >= self._enough)
        changes: list[Change] = []
        for channel in np.flatnonzero(changed).tolist():
            now = not self.active[channel]
            first = int(np.argmax(self._recent[:, channel] == now))
            changes.append(Change(channel, stop_index - (self.window - first) * step, now))
            self.active[channel] = now
        return changes

    def reset(self) -> None:
        """Nothing is active, and nothing before this counts."""
        self._recent[:] = False
        self.active[:] = False
        self._taken = 0
