"""The normal area from its definition."""

import numpy as np
from numpy.typing import NDArray


def inside_ellipse(points: NDArray[np.float64], point: NDArray[np.float64], inside: float) -> bool:
    """Whether a point's Mahalanobis distance from all points f64 `(n, 2)` is no more than that of so many of them."""
    centre = points.mean(axis=0)
    inverse = np.linalg.inv(np.cov(points.T, bias=True))
    squares = sorted(float((p - centre) @ inverse @ (p - centre)) for p in points)
    limit = squares[int(np.ceil(inside * len(squares))) - 1]
    return bool((point - centre) @ inverse @ (point - centre) <= limit * (1 + 1e-9))
