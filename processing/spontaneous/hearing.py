"""What is heard at a site as a whole: whether it hisses, and whether the muscle is at rest at all."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from processing.spontaneous.effort import crowd, paced
from processing.spontaneous.endplate import Hiss, Lean, hiss, named_noise
from processing.spontaneous.naming import Named, Surroundings
from processing.spontaneous.settings import RestSettings
from processing.spontaneous.trains import Train


class Hearing:
    """Listens to the signal and, at every review, to all trains together."""

    def __init__(self, rate_hz: float, step: int, settings: RestSettings) -> None:
        self._rate_hz = rate_hz
        self._settings = settings
        self._lean = Lean(rate_hz, step, settings.naming)
        self._relax = round(settings.effort.relaxed_s * rate_hz)
        self._hold = round(settings.effort.hold_s * rate_hz)
        self.reset(0)

    def reset(self, at_index: int) -> None:
        """Nothing was heard; the next sample has index `at_index`."""
        self._lean.reset()
        self.around = Surroundings()
        """Of every train that is not under the will itself."""
        self.paced: set[int] = set()
        """Rows of units that discharge as voluntary ones do."""
        self.hiss = Hiss(0.0, 0.0, None)
        self.noise: Named | None = None
        """The name of the hiss, if it is an end-plate's."""
        self._crowds = 0
        """Reviews in a row that found the muscle contracting, and no end-plate."""
        self._strained: int | None = None
        """The last time that voluntary units were heard."""
        self._obeyed: int | None = None
        """The last sign of effort."""
        self._crowd_until = at_index
        """Until then the muscle counts as contracting."""

    def take(self, samples: NDArray[np.float32]) -> None:
        """The next step of the signal, f32 `(step,)` microvolt."""
        self._lean.take(samples)

    def relaxed(self, now: int) -> bool:
        """False while units discharge as under the will; as of the newest review."""
        return self._strained is None or now - self._strained > self._relax

    def review(self, trains: Mapping[int, Train], now: int) -> None:
        """Hear all trains by their rows, as they are at index `now`."""
        s = self._settings
        newest = now - round(s.evidence.told_s * self._rate_hz)
        heard = [t for t in trains.values() if t.last_index > newest]
        self.paced = {t.row for t in heard if paced(t, self.around.chaos, s.effort, s.naming)}
        for row in self.paced:
            trains[row].paced_until = now + self._hold
        self.hiss = hiss([t for t in heard if t.pattern is not None], now, self._rate_hz, s.naming)
        self.noise = named_noise(self.hiss, self._lean, s.naming)
        hissing = self.noise is not None
        crowded = crowd(heard, hissing, now, self._rate_hz, s.effort, s.naming) >= s.effort.crowd
        self._crowds = self._crowds + 1 if crowded and not self.around.chaos else 0
        if crowded:
            self._crowd_until = now + self._hold
        if self._crowds >= s.effort.crowds or any(
            now - trains[row].last_index < self._relax for row in self.paced
        ):
            self._strained = now
        if self.paced or now < self._crowd_until:
            self._obeyed = now
        chaos = self.hiss.rate_hz > s.naming.noise_hz
        since_s = math.inf if self._obeyed is None else (now - self._obeyed) / self._rate_hz
        self.around = Surroundings(chaos, hissing, now < self._crowd_until, obeyed_s=since_s)
