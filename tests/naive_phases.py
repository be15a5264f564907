"""What phases and recruitment rest on, from its definition."""

import math
from collections.abc import Sequence


def naive_level(powers: Sequence[float], quantile: float) -> float:
    """Root of the power at this place among all, in order (the lower of two)."""
    return math.sqrt(sorted(powers)[int(quantile * (len(powers) - 1))])


def naive_self_likeness(signal: Sequence[float], cell: int, first: int, last: int) -> float:
    """Autocorrelation of the mean sizes of cells, averaged over these lags."""
    cells = [
        sum(abs(x) for x in signal[at : at + cell]) / cell for at in range(0, len(signal) - cell + 1, cell)
    ]
    if len(cells) <= last:
        return 0.0
    middle = sum(cells) / len(cells)
    apart = [each - middle for each in cells]
    power = sum(each**2 for each in apart) / len(apart)
    if power <= (1e-9 * middle) ** 2:
        return 0.0
    alike = [
        sum(a * b for a, b in zip(apart, apart[lag:], strict=False)) / (len(apart) - lag) / power
        for lag in range(first, last + 1)
    ]
    return sum(alike) / len(alike)
