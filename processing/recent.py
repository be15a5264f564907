"""What the newest of many values come to."""

from bisect import bisect_left, insort
from collections import deque


class RecentQuantile:
    """A quantile of the newest `most` values, of two the lower. They are kept in order: no value is sorted twice."""

    def __init__(self, quantile: float, most: int) -> None:
        self._quantile = quantile
        self._newest: deque[float] = deque(maxlen=most)
        self._ascending: list[float] = []

    def clear(self) -> None:
        """Forget all values."""
        self._newest.clear()
        self._ascending.clear()

    def add(self, value: float) -> float:
        """The quantile with one more value."""
        if len(self._newest) == self._newest.maxlen:
            del self._ascending[bisect_left(self._ascending, self._newest[0])]
        self._newest.append(value)
        insort(self._ascending, value)
        return self._ascending[int(self._quantile * (len(self._ascending) - 1))]
