"""How the evidence of every reading went during the last two minutes."""

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.5
"""One point of the plot. The evidence has a time constant of seconds: finer would only be heavier."""
N_POINTS = 240


class EvidenceHistory:
    """A bounded store of evidence by pattern, one point for every half second of signal."""

    def __init__(self, n_readings: int, n_patterns: int, rate_hz: float) -> None:
        self._evidence = np.full((n_readings, N_POINTS, n_patterns), np.nan, np.float32)
        self._accepted = np.zeros((n_readings, N_POINTS), np.int32)
        self._seen = np.zeros((n_readings, N_POINTS), np.int32)
        self._step = STEP_S * rate_hz
        self._first_point: int | None = None
        self._newest = -1

    @property
    def n_readings(self) -> int:
        """How many readings each window has."""
        return self._evidence.shape[0]

    def add(self, reading: int, stop_index: int, evidence: tuple[float, ...], accepted: bool) -> None:
        """Take in one window; within a half second the newest evidence stands."""
        point = int(stop_index // self._step)
        self._advance(point)
        at = point % N_POINTS
        self._evidence[reading, at] = evidence
        self._seen[reading, at] += 1
        self._accepted[reading, at] += accepted

    def read(self, reading: int) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Times `(n,)` in seconds of signal, evidence `(n, patterns)`, rejected fraction `(n,)`.

        NaN where no window was judged: a break in the signal is a break in the line.
        """
        if self._first_point is None:
            return np.zeros(0), self._evidence[reading, :0], np.zeros(0, np.float32)
        oldest = max(self._first_point, self._newest - N_POINTS + 1)
        points = np.arange(oldest, self._newest + 1, dtype=np.float64)
        at = points.astype(np.int64) % N_POINTS
        seen = self._seen[reading, at]
        rejected: NDArray[np.float32] = np.full(len(at), np.nan, np.float32)
        np.divide(seen - self._accepted[reading, at], seen, out=rejected, where=seen > 0)
        return (points + 1) * STEP_S, self._evidence[reading, at], rejected

    def _advance(self, point: int) -> None:
        if self._first_point is None:
            self._first_point, self._newest = point, point
            return
        for unseen in range(max(self._newest + 1, point - N_POINTS + 1), point + 1):
            at = unseen % N_POINTS
            self._evidence[:, at] = np.nan
            self._seen[:, at] = self._accepted[:, at] = 0
        self._newest = max(self._newest, point)
