"""A simulated person, examined as the published groups were: twenty potentials of a muscle at slight effort.

No recorder stands in between: the mean potential of each unit that discharges, through the band of the
published technique, with the noise that averaging leaves. A potential is taken where its marks are found, it
reaches 50 uV and it is sharp enough to be told from others. The rise time limit of the older manual technique
is not asked for: of the potentials that averaging isolates in recordings of healthy people (n2001) two thirds
rise more slowly.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contracts.settings import FilterSettings
from processing.filters import FilterBank
from processing.motor_units.measures import MuapMeasures, TemplateMeter
from processing.motor_units.selection import select
from processing.motor_units.settings import MuapSettings
from simulators.patient.drive import hold, voluntary_drive
from simulators.patient.electrode import Needle
from simulators.patient.firing import pool_firing
from simulators.patient.muscles import Muscle
from simulators.patient.potentials import listen, mean_potential
from simulators.patient.scene import needle_beside_a_fibre
from simulators.patient.tissue import Tissue

F32 = NDArray[np.float32]
Indices = NDArray[np.int64]

RATE_HZ = 20_000.0
BAND = FilterSettings(highpass_hz=3.0, lowpass_hz=8_000.0, order=1)
"""Rate and band of Pattichis, Schizas and Middleton (1995)."""
NOISE_UV = 2.0
"""Standard deviation of what averaging leaves: 10 uV of a good recording over 25 discharges."""

SLIGHT_EFFORT = 0.05
SITES = (6, 24)
"""Needle positions: the least, and the most that an examiner tries until there are enough potentials."""
ENOUGH = 20
"""Potentials of a person."""
PER_SITE = 5
"""Potentials taken at one position, at most, so that a person's come from several."""

_LISTENED_S = 4
_REGULAR_HZ = 4.0
"""A unit that discharges less often than this is not averaged."""
_HALF = round(0.025 * RATE_HZ)
_LEAD = round(0.05 * RATE_HZ)
FAINT_UV = 25.0
"""Peak to peak: what is smaller is lost in noise."""
SHARP_UV = 40.0
"""Negative peak behind the band in which potentials are told apart, from which on one can be triggered on."""
UPRIGHT = 0.3
"""Part of the amplitude that is negative; with less the cannula heard it, and the examiner moves on."""
SHARP_BAND = FilterSettings(highpass_hz=500.0, lowpass_hz=5_000.0)
SETTINGS = MuapSettings()


@dataclass(frozen=True, slots=True)
class Potential:
    """One averaged potential."""

    waveform: F32
    """`(1000,)` microvolt in true sign at RATE_HZ, its negative peak in the middle."""
    measures: MuapMeasures
    site: int


@dataclass(frozen=True, slots=True)
class Site:
    """One position of the needle."""

    needle: Needle
    potentials: tuple[Potential, ...]
    """Of every unit that reaches the smallest amplitude that is taken, taken or not."""


@dataclass(frozen=True, slots=True)
class Examined:
    """All positions of the needle in one muscle, and the potentials that count."""

    sites: tuple[Site, ...]
    taken: tuple[Potential, ...]
    """Accepted (see processing.motor_units.selection), in order of position, ENOUGH at most."""

    @property
    def offered(self) -> int:
        """Potentials of at least the smallest amplitude that is taken, whatever their rise."""
        return sum(len(site.potentials) for site in self.sites)


def examine(kind: Muscle, tissue: Tissue, rng: np.random.Generator) -> Examined:
    """The potentials of one muscle at slight effort, from as many needle positions as it takes."""
    active = discharging(tissue, SLIGHT_EFFORT, rng)
    sites: list[Site] = []
    taken: list[Potential] = []
    for number in range(SITES[1]):
        if number >= SITES[0] and len(taken) >= ENOUGH:
            break
        needle = needle_beside_a_fibre("concentric 0.07 mm2", kind, tissue, rng)
        site = _site(tissue, needle, active, number, rng)
        sites.append(site)
        taken += [p for p in site.potentials if accepted(p)][:PER_SITE]
    return Examined(tuple(sites), tuple(taken[:ENOUGH]))


def accepted(potential: Potential) -> bool:
    """Whether a potential counts: marks found, large enough, sharp enough."""
    return bool(select([potential.measures], SETTINGS).for_duration) and sharp(potential.waveform)


def sharp(waveform: NDArray[np.floating]) -> bool:
    """Whether a potential can be told from others and from noise."""
    upright = -float(waveform.min()) >= UPRIGHT * float(np.ptp(waveform))
    return upright and -float(banded(waveform, SHARP_BAND).min()) >= SHARP_UV


def discharging(tissue: Tissue, effort: float, rng: np.random.Generator) -> Indices:
    """Units that discharge regularly at an effort, in order of threshold."""
    pool = pool_firing(tissue, voluntary_drive(tissue, hold(effort)), rng)
    pool.events(1.0, rng)
    source = np.concatenate([pool.events(1.0, rng).source for _ in range(_LISTENED_S)])
    counts = np.bincount(source, minlength=len(tissue.units))
    return np.flatnonzero(counts >= _LISTENED_S * _REGULAR_HZ)


def only(tissue: Tissue, units: Indices) -> Tissue:
    """The tissue as if no other units were alive: what they do not say need not be computed."""
    alive = np.zeros(len(tissue.units), np.bool_)
    alive[units] = True
    return replace(tissue, units=replace(tissue.units, alive=alive & tissue.units.alive))


def banded(signal: NDArray[np.floating], band: FilterSettings = BAND) -> F32:
    """The signal `(n,)` at RATE_HZ as the published technique's amplifier, or another band, passes it on."""
    bank = FilterBank(band, RATE_HZ, 1)
    return bank.apply(signal.astype(np.float32)[:, np.newaxis])[:, 0]


def heard(tissue: Tissue, needle: Needle, units: Indices) -> dict[int, NDArray[np.float64]]:
    """The mean potential of each of these units that reaches FAINT_UV peak to peak, by unit."""
    sources = listen(only(tissue, units), needle, RATE_HZ).sources
    potentials = {unit: mean_potential(sources[unit]) for unit in units.tolist()}
    return {unit: found for unit, found in potentials.items() if found.size and np.ptp(found) >= FAINT_UV}


def _site(tissue: Tissue, needle: Needle, active: Indices, number: int, rng: np.random.Generator) -> Site:
    meter = TemplateMeter(RATE_HZ, SETTINGS)
    potentials: list[Potential] = []
    for potential in heard(tissue, needle, active).values():
        template = _template(potential, rng)
        measures = meter.measure(template, NOISE_UV)
        if measures.amplitude_uv >= SETTINGS.minimum_amplitude_uv:
            potentials.append(Potential(template, measures, number))
    return Site(needle, tuple(potentials))


def _template(potential: NDArray[np.float64], rng: np.random.Generator) -> F32:
    """The averaged potential about its negative peak, with noise."""
    padded = np.zeros(2 * _LEAD + potential.size)
    padded[_LEAD : _LEAD + potential.size] = potential
    through = banded(padded)
    peak = int(np.argmin(through))
    middle = min(max(peak, _HALF), through.size - _HALF)
    cut = through[middle - _HALF : middle + _HALF]
    return (cut + NOISE_UV * rng.standard_normal(cut.size)).astype(np.float32)
