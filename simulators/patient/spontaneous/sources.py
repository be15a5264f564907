"""From specs to the sources that a needle hears and the clocks that discharge them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulators.patient.bank import N_NEAR, TICKS, NearFibre, Source
from simulators.patient.electrode import Needle
from simulators.patient.events import Generator
from simulators.patient.spontaneous import waveforms
from simulators.patient.spontaneous.clocks import clocks
from simulators.patient.spontaneous.spec import SpontaneousKind, SpontaneousSpec
from simulators.patient.spontaneous.waveforms import Ear
from simulators.patient.tissue import Tissue

F32 = NDArray[np.float32]
Rng = np.random.Generator

_WAVEFORMS: dict[SpontaneousKind, Callable[[Ear, float | None, Rng], F32]] = {
    "fibrillation potential": waveforms.fibrillation,
    "positive sharp wave": waveforms.positive_sharp_wave,
    "complex repetitive discharge": waveforms.chain,
    "myotonic discharge": waveforms.myotonic,
    "end-plate noise": waveforms.miniature,
    "end-plate spike": waveforms.end_plate_spike,
    "insertional activity": waveforms.injured,
}
"""Of the kinds that come from fibres; those of the others are their units'."""

_HEARD_UV = 50.0
"""Units that go less negative than this are only chosen where there is no other."""

_UNSTABLE_JITTER = 3.0
_UNSTABLE_BLOCKING = 0.1


def spontaneous(
    specs: Sequence[SpontaneousSpec],
    tissue: Tissue,
    needle: Needle,
    rate_hz: float,
    unit_sources: Sequence[Source],
    rng: Rng,
) -> tuple[tuple[Source, ...], tuple[Generator, ...]]:
    """The sources of all that the specs ask for, and their clocks.

    unit_sources: those of the motor units, first in the bank; the new ones follow, and the clocks speak of them by
    their place there. Units of fasciculations, myokymia, neuromyotonia and cramps are drawn among those that
    the needle hears, whether voluntarily active or not; without any, the spec gives nothing.
    """
    ear = Ear.of(tissue, needle, rate_hz)
    sources: list[Source] = []
    trains: list[Generator] = []
    for spec in specs:
        new = _sources(spec, tissue, ear, unit_sources, rng)
        first = len(unit_sources) + len(sources)
        sources += new
        trains += clocks(spec, range(first, first + len(new)), rng)
    return tuple(sources), tuple(trains)


def _sources(
    spec: SpontaneousSpec, tissue: Tissue, ear: Ear, unit_sources: Sequence[Source], rng: Rng
) -> list[Source]:
    waveform = _WAVEFORMS.get(spec.kind)
    if waveform is None:
        chosen = [replace(source, kind=spec.kind) for source in _heard(unit_sources, spec.count, rng)]
        return [_unstable(source, ear, rng) for source in chosen] if spec.complex else chosen
    potentials: list[F32] = []
    if spec.kind == "fibrillation potential" and spec.amplitude_uv is None:
        potentials = waveforms.denervated(tissue, ear, spec.count, rng)
    while len(potentials) < spec.count:
        potentials.append(waveform(ear, spec.amplitude_uv, rng))
    return [Source(spec.kind, potential) for potential in potentials]


def _heard(unit_sources: Sequence[Source], count: int, rng: Rng) -> list[Source]:
    """Units at random, those that the needle hears well before the others."""
    depths = np.array([_depth(source) for source in unit_sources])
    order = rng.permutation(depths.size)
    order = order[np.argsort(-np.minimum(depths[order], _HEARD_UV), kind="stable")]
    heard = [unit_sources[unit] for unit in order if unit_sources[unit].rest.size]
    return heard[:count]


def _depth(source: Source) -> float:
    """How far the potential goes negative: what passes the cannula rather than the core goes positive."""
    parts = [(0, source.rest), *((fibre.start, fibre.potential) for fibre in source.near)]
    whole = waveforms.summed(parts)[0]
    return -float(whole.min()) if whole.size else 0.0


def _unstable(source: Source, ear: Ear, rng: Rng) -> Source:
    """A reinnervating unit's: near fibres that come early, late or not at all, and 2 to 4 late components.

    The late ones take the place of the least of the near fibres, which join the rest.
    """
    n_late = int(rng.integers(2, 5))
    by_size = sorted(source.near, key=lambda fibre: -float(np.ptp(fibre.potential)))
    kept, given_up = by_size[: N_NEAR - n_late], by_size[N_NEAR - n_late :]
    near = [
        replace(
            fibre,
            jitter_ticks=fibre.jitter_ticks * _UNSTABLE_JITTER,
            blocking=min(0.5, fibre.blocking + _UNSTABLE_BLOCKING),
        )
        for fibre in kept
    ]
    rest = waveforms.summed([(0, source.rest), *((fibre.start, fibre.potential) for fibre in given_up)])
    return replace(source, rest=rest, near=(*near, *(_late(ear, rng) for _ in range(n_late))))


def _late(ear: Ear, rng: Rng) -> NearFibre:
    """A fibre at the end of a long thin sprout, 8 to 25 ms after the discharge."""
    potential = ear.fibre(rng.uniform(0.4, 0.8), rng.uniform(30.0, 50.0), rng.uniform(3.0, 6.0))
    return NearFibre(
        potential,
        start=int(rng.uniform(0.008, 0.025) * ear.rate_hz),
        jitter_ticks=rng.uniform(80.0, 200.0) * 1e-6 * ear.rate_hz * TICKS,
        blocking=rng.uniform(0.1, 0.4),
    )
