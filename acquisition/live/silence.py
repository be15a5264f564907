"""The state of a source, from when its samples arrive and when they do not. Pure."""

from contracts.records import SourceState


class SilenceWatch:
    """waiting -> live -> stalled -> lost -> back -> live; `now` is always seconds on one monotonic clock."""

    def __init__(self, *, stall_s: float, lost_s: float, now: float) -> None:
        self._stall_s = stall_s
        self._lost_s = lost_s
        self._arrived_at = now
        self._looked_at = now
        self._state: SourceState = "waiting"
        self._begun = False
        self._outages = 0

    @property
    def state(self) -> SourceState:
        """The state since the last arrival or silence that was told."""
        return self._state

    @property
    def outages(self) -> int:
        """How many silences have been long enough to be called stalled or lost."""
        return self._outages

    def silent_s(self, now: float) -> float:
        """Seconds since the last sample arrived (since the start, before the first)."""
        return max(0.0, now - self._arrived_at)

    def arrived(self, now: float) -> float:
        """Samples came. The length of the outage that this ends, in seconds; 0 if there was none."""
        ended = self._state in ("stalled", "lost")
        outage_s = now - self._arrived_at if ended and self._begun else 0.0
        self._state = "back" if ended and self._begun else "live"
        self._begun = True
        self._arrived_at = self._looked_at = now
        return outage_s

    def quiet(self, now: float) -> bool:
        """Nothing came. True when it is time to look whether the outlet is still there.

        A stream that has not sent its first sample is left in peace: it is waiting, not silent.
        """
        if self._begun and self._state in ("live", "back") and self.silent_s(now) >= self._stall_s:
            self._begin("stalled")
        due = self._begun and now - self._looked_at >= self._lost_s
        if due:
            self._looked_at = now
        return due

    def gone(self) -> None:
        """The outlet is not there any more."""
        self._begin("lost")

    def found(self, now: float) -> None:
        """The outlet is there again, or still; no sample has come yet."""
        self._looked_at = now
        self._state = "stalled" if self._begun else "waiting"

    def _begin(self, state: SourceState) -> None:
        if self._state in ("live", "back"):
            self._outages += 1
        self._state = state
