"""From discharges to the signal that an ideal amplifier would give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.patient.bank import N_NEAR, TICKS, Source
from simulators.patient.kernels.discharges import add_discharges


@dataclass(frozen=True, slots=True)
class Discharges:
    """Discharges of one stretch as they are rendered, in order of time, with all that chance decides."""

    at_ticks: NDArray[np.int64]
    """From the first sample of the stretch."""
    source: NDArray[np.int32]
    gain: NDArray[np.float32]
    delay_draws: NDArray[np.float32]
    """`(n, N_NEAR)`, normal: scales each near fibre's jitter."""
    block_draws: NDArray[np.float32]
    """`(n, N_NEAR)`, uniform: below a fibre's blocking, it stays silent."""

    def __len__(self) -> int:
        """How many there are."""
        return self.at_ticks.shape[0]


class Bank:
    """The potentials of all sources at one electrode position, laid out for the kernel."""

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self.sources = sources
        near = [fibre for source in sources for fibre in source.near]
        self._rest, self._rest_offset, self._rest_length = _laid_out([source.rest for source in sources])
        self._near, self._near_offset, self._near_length = _laid_out([fibre.potential for fibre in near])
        ends = [source.rest.shape[1] for source in sources]
        ends += [fibre.start + fibre.potential.shape[1] + _JITTER_SAMPLES for fibre in near]
        self.reach = max(ends, default=0) + 1
        """Samples after a discharge beyond which nothing of it is left."""
        self._near_first = np.cumsum([0, *(len(source.near) for source in sources)], dtype=np.int64)
        self._near_start = np.array([fibre.start for fibre in near], np.int64)
        self._near_jitter = np.array([fibre.jitter_ticks for fibre in near], np.float32)
        self._near_blocking = np.array([fibre.blocking for fibre in near], np.float32)

    def add(self, discharges: Discharges, out: NDArray[np.float64]) -> None:
        """Add the discharges to `out`: f64 `(n_samples,)` microvolt; what falls beyond its end is lost."""
        add_discharges(
            discharges.at_ticks,
            discharges.source,
            discharges.gain,
            discharges.delay_draws,
            discharges.block_draws,
            TICKS,
            self._rest,
            self._rest_offset,
            self._rest_length,
            self._near_first,
            self._near,
            self._near_offset,
            self._near_length,
            self._near_start,
            self._near_jitter,
            self._near_blocking,
            out,
        )


_JITTER_SAMPLES = 64
"""Room for the longest jitter that is drawn."""


def drawn(
    at_ticks: NDArray[np.int64],
    source: NDArray[np.int32],
    gain: NDArray[np.float32],
    rng: np.random.Generator,
) -> Discharges:
    """The discharges, with the draws that decide each near fibre's delay and presence."""
    shape = (at_ticks.shape[0], N_NEAR)
    return Discharges(
        at_ticks,
        source,
        gain,
        rng.standard_normal(shape, np.float32),
        rng.random(shape, np.float32),
    )


def _laid_out(
    potentials: list[NDArray[np.float32]],
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    lengths = np.array([potential.shape[1] for potential in potentials], np.int64)
    offsets = np.concatenate(([0], np.cumsum(TICKS * lengths)[:-1])) if potentials else np.empty(0)
    flat = np.concatenate([potential.ravel() for potential in potentials]) if potentials else np.empty(0)
    return flat.astype(np.float32), offsets.astype(np.int64), lengths


def nothing() -> Discharges:
    """No discharge."""
    none = np.empty((0, N_NEAR), np.float32)
    return Discharges(
        np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.float32), none, none.copy()
    )
