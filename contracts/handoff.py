"""A bounded hand-off between two threads: a size, a policy and counters, all at the call site."""

import threading
from collections import deque
from enum import Enum
from typing import Generic, TypeVar

from contracts.records import HandoffStats

T = TypeVar("T")


class WhenFull(Enum):
    """What a full hand-off does with one more item."""

    DROP_OLDEST = "drop oldest"
    """For what is shown or judged now: the newest matters. The hole is counted and becomes a Gap."""
    REFUSE = "refuse"
    """For what must not be lost silently: `offer` returns False and the caller says so."""


class HandoffClosed(Exception):
    """The other side has gone and nothing is waiting."""


class Handoff(Generic[T]):
    """A queue of at most `capacity` items between one producer and one consumer.

    Unlike queue.Queue it never blocks the producer (the reader of a device must not wait for us), it
    counts what it drops, and it can be closed from either side.
    """

    def __init__(self, *, capacity: int, when_full: WhenFull) -> None:
        if capacity < 1:
            raise ValueError(f"capacity {capacity}: at least 1 is wanted")
        self._capacity = capacity
        self._when_full = when_full
        self._items: deque[T] = deque()
        self._ready = threading.Condition()
        self._closed = False
        self._offered = self._taken = self._dropped = self._high_water = 0

    def offer(self, item: T) -> bool:
        """Put an item in; False when it was refused (policy REFUSE, or the hand-off is closed)."""
        with self._ready:
            self._offered += 1
            if self._closed:
                self._dropped += 1
                return False
            if len(self._items) >= self._capacity:
                self._dropped += 1
                if self._when_full is WhenFull.REFUSE:
                    return False
                self._items.popleft()
            self._items.append(item)
            self._high_water = max(self._high_water, len(self._items))
            self._ready.notify()
            return True

    def take(self, timeout_s: float) -> T | None:
        """The oldest item, or None after `timeout_s` seconds. Raises HandoffClosed when none can follow."""
        with self._ready:
            if not self._items and not self._closed:
                self._ready.wait(timeout_s)
            if self._items:
                self._taken += 1
                return self._items.popleft()
            if self._closed:
                raise HandoffClosed
            return None

    def close(self) -> None:
        """No more items: a waiting consumer wakes, empties what is left and then gets HandoffClosed."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def statistics(self) -> HandoffStats:
        """A frozen record of the counters, consistent in itself."""
        with self._ready:
            return HandoffStats(
                capacity=self._capacity,
                waiting=len(self._items),
                offered=self._offered,
                taken=self._taken,
                dropped=self._dropped,
                high_water=self._high_water,
            )
