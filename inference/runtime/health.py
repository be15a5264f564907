"""Counters of a run, and the quantiles of its latency."""

from collections import Counter, deque

import numpy as np

from contracts.records import HandoffStats, SourceHealth
from contracts.wire import Health, Latency, Result

REMEMBERED = 1_200
"""Results whose latency is kept: a minute at 50 ms."""


class RunHealth:
    """What `Health` says of windows and latency; the reader and the hand-off add their own part."""

    def __init__(self, latency_valid: bool) -> None:
        self._latency_valid = latency_valid
        self._latencies: deque[float] = deque(maxlen=REMEMBERED)
        self._flags: Counter[str] = Counter()
        self._windows = self._accepted = self._skipped = 0
        self._newest_stamp: float | None = None

    def saw_result(self, result: Result, published_at: float) -> None:
        """Count a published result."""
        self._windows += 1
        self._accepted += all(reading.accepted for reading in result.readings)
        for reading in result.readings:
            self._flags.update(reading.flags)
        self._latencies.append(published_at - result.stamps.captured)

    def saw_skipped(self, n: int) -> None:
        """Count windows that were due but not computed."""
        self._skipped += n

    def saw_signal(self, newest_stamp: float) -> None:
        """Note the stamp of the newest sample."""
        self._newest_stamp = newest_stamp

    def report(self, now: float, source: SourceHealth, handoff: HandoffStats) -> Health:
        """The health message for this moment."""
        latency = None
        if self._latency_valid and self._latencies:
            p50, p99 = np.quantile(np.array(self._latencies), (0.5, 0.99)).tolist()
            latency = Latency(p50, p99, len(self._latencies))
        return Health(
            state=source.state,
            silent_s=source.silent_s,
            counts=source.counts,
            handoff=handoff,
            windows=self._windows,
            windows_accepted=self._accepted,
            windows_skipped=self._skipped,
            flag_counts=dict(self._flags),
            data_age_s=0.0 if self._newest_stamp is None else max(0.0, now - self._newest_stamp),
            push_to_result=latency,
            clock_offset_s=source.clock_offset_s,
            clock_uncertainty_s=source.clock_uncertainty_s,
        )
