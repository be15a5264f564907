"""A piece of an examination, made."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.patient.protocol import Stay
from simulators.patient.render import Discharges
from simulators.patient.scene import Scene


@dataclass(frozen=True, slots=True)
class Segment:
    """Consecutive samples of one stay, and what is behind them."""

    first: int
    """Index of the first sample."""
    samples: NDArray[np.float32]
    """`(n,)` microvolt, as recorded."""
    discharges: Discharges
    """Ticks from `first`; none while the needle is out."""
    stay: Stay
    scene: Scene | None
    """None while the needle is out."""
