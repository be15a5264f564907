"""Smooth stamps: a line through the stamps seen so far, with forgetting.

Stamps come with the jitter of whoever made them: an application that stamps at arrival adds the delays of
its bus and its scheduler, in steps of a packet. The samples themselves were taken at an even rate, so the
best stamp of sample n is a line a + b n, fitted to all stamps so far. This is what liblsl's `proc_dejitter`
does too; it is done here because liblsl gives either raw or smoothed stamps, and a recorder needs both.
"""

from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray


class StampLine:
    """Recursive weighted least squares of stamp on sample index, causal, one step per block.

    The line is kept as a deviation from the nominal rate, around the newest sample, so that float64 keeps
    its digits however long the run. Each block weighs its samples equally and the past less, by half every
    `half_life_s`; a block's own stamps are part of the line it is judged by. `prior_s` seconds of stamps
    at exactly the nominal rate stand behind the slope, so that the first seconds do not swing with it.
    """

    def __init__(self, rate_hz: float, *, half_life_s: float = 90.0, prior_s: float = 10.0) -> None:
        self._period_s = 1.0 / rate_hz
        self._decay = log(2.0) / (half_life_s * rate_hz)
        self._spread_decay = log(2.0) / rate_hz
        self._prior = (prior_s * rate_hz) ** 3 / 12.0
        self._steps = np.arange(1024, dtype=np.float64)
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next stamps begin a line of their own."""
        self._n_samples = 0
        self._origin_index = 0
        self._origin_s = 0.0
        self._weight = 0.0
        self._sum_x = self._sum_xx = self._sum_d = self._sum_xd = 0.0
        self._intercept_s = self._slope_s = 0.0
        self._variance = 0.0
        self._newest_s = -np.inf

    @property
    def n_samples(self) -> int:
        """How many stamps the line has taken up since it began."""
        return self._n_samples

    @property
    def spread_s(self) -> float:
        """Recent root-mean-square distance of stamps from the line, seconds (time constant about 1 s)."""
        return sqrt(self._variance)

    def predict(self, index: int) -> float:
        """The stamp that the line gives for a sample index, seconds on the sender's clock."""
        ahead = index - self._origin_index
        return self._origin_s + self._intercept_s + ahead * (self._period_s + self._slope_s)

    def move(self, by_s: float) -> None:
        """Carry the line to another clock, `by_s` seconds ahead of the one so far."""
        self._origin_s += by_s
        self._newest_s += by_s

    def smooth(self, first_index: int, stamps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Smoothed stamps of consecutive samples, `(n,)` float64 seconds, never decreasing.

        The line takes up the block first. O(1) state; a handful of vector operations.
        """
        n = stamps.shape[0]
        if not self._n_samples:
            self._origin_index, self._origin_s = first_index, float(stamps[0])
        if n > self._steps.shape[0]:
            self._steps = np.arange(2 * n, dtype=np.float64)
        self._n_samples += n
        steps = self._steps[:n]
        ahead = first_index - self._origin_index
        deviations = stamps - (self._origin_s + ahead * self._period_s)
        deviations -= steps * self._period_s
        sum_d, sum_steps_d = float(np.add.reduce(deviations)), float(steps @ deviations)
        self._forget(exp(-self._decay * n))
        self._take_up(ahead, n, sum_d, sum_steps_d)
        self._judge(ahead, n, sum_d, sum_steps_d, float(deviations @ deviations))
        smoothed = steps * (self._period_s + self._slope_s)
        smoothed += self.predict(first_index)
        if smoothed[0] < self._newest_s:
            np.maximum(smoothed, self._newest_s, out=smoothed)
        self._newest_s = float(smoothed[-1])
        self._move_origin(ahead + n - 1)
        return smoothed

    def _forget(self, kept: float) -> None:
        self._weight *= kept
        self._sum_x *= kept
        self._sum_xx *= kept
        self._sum_d *= kept
        self._sum_xd *= kept

    def _take_up(self, ahead: int, n: int, sum_d: float, sum_steps_d: float) -> None:
        sum_steps, sum_squares = _sums(n)
        self._weight += n
        self._sum_x += n * ahead + sum_steps
        self._sum_xx += n * ahead**2 + 2.0 * ahead * sum_steps + sum_squares
        self._sum_d += sum_d
        self._sum_xd += ahead * sum_d + sum_steps_d
        mean_x, mean_d = self._sum_x / self._weight, self._sum_d / self._weight
        scatter = self._sum_xx - self._weight * mean_x**2
        self._slope_s = (self._sum_xd - self._weight * mean_x * mean_d) / (scatter + self._prior)
        self._intercept_s = mean_d - self._slope_s * mean_x

    def _judge(self, ahead: int, n: int, sum_d: float, sum_steps_d: float, sum_dd: float) -> None:
        """Take up the block's mean square distance from the line, from its sums (no further array)."""
        sum_steps, sum_squares = _sums(n)
        at_first = self._intercept_s + ahead * self._slope_s
        square = (
            sum_dd
            - 2.0 * (at_first * sum_d + self._slope_s * sum_steps_d)
            + n * at_first**2
            + 2.0 * at_first * self._slope_s * sum_steps
            + self._slope_s**2 * sum_squares
        )
        kept = exp(-self._spread_decay * n)
        self._variance = kept * self._variance + (1.0 - kept) * max(0.0, square / n)

    def _move_origin(self, by: int) -> None:
        """Express the same line around a sample `by` further on."""
        self._origin_index += by
        self._origin_s += by * self._period_s
        self._sum_xx -= 2.0 * by * self._sum_x - self._weight * by**2
        self._sum_xd -= by * self._sum_d
        self._sum_x -= by * self._weight
        self._intercept_s += by * self._slope_s


def _sums(n: int) -> tuple[float, float]:
    """Sums of 0 .. n-1 and of their squares."""
    return n * (n - 1) / 2.0, (n - 1) * n * (2 * n - 1) / 6.0
