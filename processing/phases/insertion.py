"""How long an insertion lasts, and how long activity outlasts the needle's movement."""

from typing import Literal

import numpy as np

from processing.phases.blocks import BLOCKS, FINE, SLOW, Bands, Floats
from processing.phases.settings import InsertionSettings

InsertionState = Literal["none", "going on", "moving too long", "just over"]


class InsertionWatch:
    """Follows the hops of one channel through an insertion.

    It begins with a moving needle and is over when the needle has been still and the muscle quiet for a while, or
    the needle still for `outlasting_s`: activity that goes on then is not insertional, and how long that lasted is
    unknown. Where the muscle was tensed before the needle moved, nobody waits for quiet, and nothing is measured.
    """

    def __init__(self, block: int, rate_hz: float, settings: InsertionSettings) -> None:
        self._settings = settings
        self._block_s = block / rate_hz
        hop_s = BLOCKS * self._block_s
        self._settled = max(1, round(settings.settled_s / hop_s))
        self._longest = max(1, round(settings.longest_s / hop_s))
        self._outlasting = max(self._settled, round(settings.outlasting_s / hop_s))
        self.reset()

    def reset(self) -> None:
        """No insertion is going on."""
        self._slow: list[Floats] = []
        self._fine: list[Floats] = []
        self._moving: list[bool] = []
        self._tensed = False
        self.ended_s: float | None = None
        """Of the last that was over."""

    def take(self, bands: Bands, at: int, moving: bool, tensed: bool) -> InsertionState:
        """What the next hop is part of, which is `at` of those that are held; tensed: what was before it is effort."""
        if not self._moving:
            self._tensed = tensed
            if not moving:
                return "none"
        self._moving.append(moving)
        self._slow.append(bands.powers(SLOW, range(at, at + 1)).copy())
        self._fine.append(bands.powers(FINE, range(at, at + 1)).copy())
        still = len(self._moving) - 1 - max(at for at, each in enumerate(self._moving) if each)
        if len(self._moving) > self._longest:
            del self._moving[0], self._slow[0], self._fine[0]
            if moving:
                return "moving too long"
        active = self._active()
        quiet = len(active) - 1 - max((at for at, each in enumerate(active) if each), default=-1)
        enough = self._settled if self._tensed else self._outlasting
        if min(still, quiet) < self._settled and still < enough:
            return "going on"
        outlasted = self._outlasted() if quiet >= self._settled and not self._tensed else None
        self.reset()
        self.ended_s = outlasted
        return "just over"

    def _limit(self) -> float:
        """Power of the fine band from which a block is active."""
        fine = np.concatenate(self._fine)
        return self._settings.active_floors**2 * float(np.sort(fine)[int(0.1 * fine.size)])

    def _active(self) -> list[bool]:
        limit = self._limit()
        return [bool(np.mean(each > limit) >= self._settings.active_fraction) for each in self._fine]

    def _outlasted(self) -> float:
        """Seconds from the end of the movement to the end of activity; 0 where that came first."""
        slow, fine = np.concatenate(self._slow), np.concatenate(self._fine)
        moved = int(np.flatnonzero(slow >= self._settings.moved_fraction * slow.max())[-1])
        hops = np.flatnonzero(self._active())
        if not hops.size:
            return 0.0
        active = np.flatnonzero(fine[: (int(hops[-1]) + 1) * BLOCKS] > self._limit())
        return max(0, int(active[-1]) - moved) * self._block_s
