"""One stay of the needle: everything that discharges within its reach, and what it hears of it."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulators.patient.bank import TICKS, Source
from simulators.patient.events import Generator
from simulators.patient.firing import PoolFiring
from simulators.patient.render import Bank, Discharges, drawn


@dataclass(frozen=True, slots=True)
class Place:
    """The potentials of all sources as heard where the needle is, and where it will have crept to.

    Computed once for a position; shared, never changed.
    """

    sources: tuple[Source, ...]
    here: Bank
    later: Bank | None
    """The same sources heard from where the needle ends; None for a needle that keeps still."""

    @classmethod
    def heard(cls, sources: tuple[Source, ...], later: tuple[Source, ...] | None = None) -> "Place":
        """From the sources as heard at the beginning and, if the needle creeps, at the end of the stay."""
        return cls(sources, Bank(sources), Bank(later) if later is not None else None)

    @property
    def reach(self) -> int:
        """Samples after a discharge beyond which nothing of it is left."""
        return max(self.here.reach, self.later.reach if self.later is not None else 0)


@dataclass(slots=True)
class Performance:
    """The clocks of one stay. Asked for one stretch after the other."""

    place: Place
    pool: PoolFiring
    others: tuple[Generator, ...]
    """Whatever discharges without being told to."""
    rate_hz: float
    creep_samples: int
    """How long the needle takes from where it is to where it will have crept to."""
    done: int = 0

    def play(
        self, n_samples: int, rng: np.random.Generator, out: NDArray[np.float64]
    ) -> tuple[Discharges, NDArray[np.float64]]:
        """The discharges of the next `n_samples` samples, and the effort behind them.

        What the needle hears of them is added to out: f64 `(n_samples + reach,)` microvolt.
        """
        effort = self.pool.drive.effort_ahead(n_samples, self.rate_hz)
        discharges = self._drawn(n_samples, rng)
        if self.place.later is None:
            self.place.here.add(discharges, out)
        else:
            along = (self.done + discharges.at_ticks / TICKS) / self.creep_samples
            crept = np.clip(along, 0.0, 1.0).astype(np.float32)
            self.place.here.add(replace(discharges, gain=discharges.gain * (1 - crept)), out)
            self.place.later.add(replace(discharges, gain=discharges.gain * crept), out)
        self.done += n_samples
        return discharges, effort

    def copy(self) -> Self:
        """An independent copy of all clocks."""
        return replace(self, pool=self.pool.copy(), others=tuple(other.copy() for other in self.others))

    def _drawn(self, n_samples: int, rng: np.random.Generator) -> Discharges:
        duration_s = n_samples / self.rate_hz
        parts = [clock.events(duration_s, rng) for clock in (self.pool, *self.others)]
        at_s = np.concatenate([part.at_s for part in parts])
        source = np.concatenate([part.source for part in parts]).astype(np.int32)
        gain = np.concatenate([part.gain for part in parts]).astype(np.float32)
        at = np.minimum(np.round(at_s * self.rate_hz * TICKS), n_samples * TICKS - 1).astype(np.int64)
        order = np.argsort(at, kind="stable")
        return drawn(at[order], source[order], gain[order], rng)
