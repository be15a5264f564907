"""The newest samples: as recorded, and what of them no unit has explained yet."""

import numpy as np
from numpy.typing import NDArray


class Stretch:
    """The detection signal of the last `held` samples at least, and the last `recorded` of the recording.

    Places count from the first sample held here; where that moves on, `append` says by how much.
    """

    def __init__(self, held: int, recorded: int) -> None:
        self._held = held
        self.raw = np.zeros(recorded, dtype=np.float32)
        self.clean = np.zeros(recorded, dtype=np.float32)
        """The recording without the potentials whose averages are known."""
        self.residual = np.zeros(2 * held, dtype=np.float32)
        """The detection signal without the potentials that were explained."""
        self.floor = np.full(2 * held, np.inf, dtype=np.float32)
        """What the residual has to exceed for a potential to be looked for."""
        self.stop = held
        self._limits: tuple[float, float] | None = None
        self.origin = 0
        """Place 0, counted in samples of the detection signal since the beginning or the last gap."""

    def reset(self) -> None:
        """Hold nothing; the next sample is the first."""
        self._limits = None
        self.raw.fill(0.0)
        self.clean.fill(0.0)
        self.residual.fill(0.0)
        self.floor.fill(np.inf)
        self.stop = self._held
        self.origin = -self._held

    def append(self, raw: NDArray[np.float32], band: NDArray[np.float32]) -> int:
        """Take the next samples: by how many places everything held before has moved down."""
        self._limits = None
        for recorded in (self.raw, self.clean):
            recorded[: -raw.size] = recorded[raw.size :].copy()
            recorded[-raw.size :] = raw
        moved = 0
        if self.stop + band.size > self.residual.size:
            moved = self.stop - self._held
            for held in (self.residual, self.floor):
                held[: self._held] = held[moved : self.stop].copy()
            self.stop = self._held
            self.origin += moved
        self.residual[self.stop : self.stop + band.size] = band
        self.floor[self.stop : self.stop + band.size] = np.inf
        self.stop += band.size
        return moved

    def limits(self) -> tuple[float, float]:
        """The smallest and the largest sample of the recording that is held."""
        if self._limits is None:
            self._limits = float(self.raw.min()), float(self.raw.max())
        return self._limits
