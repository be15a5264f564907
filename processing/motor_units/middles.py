"""The middle of several values, as they are sorted."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Real = TypeVar("Real", np.float32, np.float64)


def middles(values: NDArray[Real]) -> tuple[NDArray[Real], NDArray[Real]]:
    """The two middle values of each column `(n, n_columns)`, or of all `(n,)`; the same one twice of an odd number.

    Finite values, one at least. Tried: a kernel that sorts columns side by side by a network, as fast for 25
    discharges and three times as slow for a hundred.
    """
    ordered, n = values.T.copy(), len(values)
    ordered.sort(axis=-1)
    return ordered[..., (n - 1) // 2], ordered[..., n // 2]


def median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median of each column `(n, n_columns)`, or of all `(n,)`: finite values, one at least.

    The bits of NumPy's, which takes two to twenty times as long for so few.
    """
    lower, upper = middles(values)
    return (lower + upper) / 2.0
