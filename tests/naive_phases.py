"""What phases and recruitment rest on, from its definition."""

import math
from collections.abc import Sequence


def naive_level(powers: Sequence[float], quantile: float) -> float:
    """Root of the power at this place among all, in order (the lower of two)."""
    return math.sqrt(sorted(powers)[int(quantile * (len(powers) - 1))])


def naive_ratios(turns: Sequence[float], sizes: Sequence[float], window: int) -> list[float]:
    """Mean turns per second over the mean amplitude of all turns, in every window of so many points."""
    found: list[float] = []
    for at in range(len(turns) - window + 1):
        here = range(at, at + window)
        all_turns = sum(turns[k] for k in here)
        if all_turns > 0.0 and sum(turns[k] * sizes[k] for k in here) > 0.0:
            amplitude = sum(turns[k] * sizes[k] for k in here) / all_turns
            found.append(all_turns / window / amplitude)
    return found
