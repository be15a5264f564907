"""A needle at one site of a virtual patient at slight effort: the recording, and the truth about every unit.

Truth comes from the model and not from what measures it. Amplitude and phases are those of the unit's noise-free
mean potential: its peak-to-peak over all its length, and its phases counted by the twin in plain Python over all
its length, so that no mark takes part. Duration is the time from first to last activity of its fibres, see
`active_ms`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.settings import FilterSettings
from myoscope.studies.examination import discharging, only
from processing.filters import FilterBank
from processing.motor_units.settings import MuapSettings
from processing.recorders import recorder
from processing.recording_chain import RecordingChain
from simulators.patient.bank import TICKS, Source
from simulators.patient.disease import afflicted
from simulators.patient.drive import hold, voluntary_drive
from simulators.patient.electrode import Needle
from simulators.patient.fibre_wave import seen_from, summed
from simulators.patient.firing import pool_firing
from simulators.patient.muscles import Muscle, muscle
from simulators.patient.performance import Performance, Place
from simulators.patient.person import Disorder, Person
from simulators.patient.potentials import FARTHEST_MM, listen, mean_potential
from simulators.patient.scene import needle_beside_a_fibre
from simulators.patient.tissue import Fibres, Tissue
from tests import naive_muap

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]

RECORDER = "bedside"
RATE_HZ = recorder(RECORDER).rate_hz
EFFORT = 0.05
"""Slight: as much more as somebody needs who discharges no unit at it."""
LENGTH_S = 30.0
HEARD_UV = 50.0
"""Peak to peak; and in the detection band a negative or positive peak of DETECTED_UV."""
DETECTED_UV = 30.0
DETECTION = FilterSettings(highpass_hz=500.0, lowpass_hz=5_000.0)
ACTIVE_UV = 10.0
"""Of the waves of a unit's fibres that come near or leave, added up: from then on a fibre is active."""
FINE_HZ = 48_000.0
TRIES = 6
"""Positions after which an examiner who hears nothing gives up."""

PEOPLE = {
    "healthy": Person(45, "female"),
    "myopathy": Person(45, "female", (Disorder("myopathy", 0.5),)),
    "neuropathy": Person(45, "female", (Disorder("neuropathy", 0.5),)),
    "motor neuron disease": Person(45, "female", (Disorder("motor neuron disease", 0.5),)),
}


@dataclass(frozen=True)
class TrueUnit:
    """What the model knows of one unit."""

    unit: int
    potential: F64
    """Noise-free mean, microvolt at RATE_HZ from the discharge on, through the recorder's band."""
    amplitude_uv: float
    phases: int
    active_ms: tuple[float, float]
    """First and last fibre activity after the discharge."""
    peaks: NDArray[np.int64]
    """Samples at which its potential is largest in the detection band, one for each discharge."""

    @property
    def duration_ms(self) -> float:
        """From first to last fibre activity."""
        return self.active_ms[1] - self.active_ms[0]


@dataclass(frozen=True)
class Sitting:
    """One site, recorded."""

    name: str
    signal: F32
    noise_uv: float
    """Standard deviation of the recording at rest."""
    units: tuple[TrueUnit, ...]
    """Those that stand out, the largest first."""
    others: NDArray[np.int64]
    """Samples of all discharges that stand out, ascending."""


def sitting(name: str, seed: int, site: int) -> Sitting:
    """One site of somebody of that class; the same numbers give the same bits."""
    kind, tissue, active, effort, rng = _somebody(name, seed)
    rng = np.random.default_rng([seed, site, *rng.integers(2**31, size=2).tolist()])
    heard = only(tissue, active)
    needle, sources, standing = _place(kind, tissue, heard, active, rng)
    for _ in range(TRIES - 1):
        if not standing:
            needle, sources, standing = _place(kind, tissue, heard, active, rng)
    signal, at = _played(tissue, sources, effort, rng)
    noise_uv = float(np.std(_recorded(np.zeros(round(5 * RATE_HZ)), 0.0, rng)))
    units = [
        _true_unit(unit, potential, tissue, needle, at.get(unit, np.empty(0)))
        for unit, potential in standing.items()
    ]
    units.sort(key=lambda unit: -unit.amplitude_uv)
    found = np.sort(np.concatenate([np.empty(0, np.int64), *(unit.peaks for unit in units)]))
    return Sitting(name, signal, noise_uv, tuple(units), found)


def active_ms(tissue: Tissue, needle: Needle, unit: int, level_uv: float = ACTIVE_UV) -> tuple[float, float]:
    """First and last fibre activity, in ms after the discharge; NaN where there is none.

    While the wave of a fibre comes near and while it leaves, its potential has the sign that is not that of its
    spike. That part of every fibre's own potential is taken from the model and added up over the fibres of the
    unit (those beside the cannula count against those beside the core, as they do in the amplifier): activity is
    from when this first reaches a level until it last does. Spikes, and with them all that makes phases, take no
    part; there are no noise, no baseline, no slope and no stretch that has to be quiet.
    """
    fibres = tissue.fibres
    near = needle.reaches(fibres.x_mm, fibres.y_mm, FARTHEST_MM) & needle.hears(fibres.x_mm, fibres.y_mm)
    index = np.flatnonzero((fibres.unit == unit) & near)
    mine = Fibres(**{name: getattr(fibres, name)[index] for name in Fibres.__dataclass_fields__})
    seen = seen_from(needle, mine, FINE_HZ)
    own, _ = summed(seen, np.arange(index.size), index.size, round(0.06 * FINE_HZ), needle)
    spike = np.take_along_axis(own, np.abs(own).argmax(axis=1)[:, np.newaxis], axis=1)
    waves = np.where(own * spike < 0.0, own, 0.0).sum(axis=0)
    loud = np.flatnonzero(np.abs(waves) >= level_uv) / FINE_HZ * 1e3
    return (float(loud[0]), float(loud[-1])) if loud.size else (np.nan, np.nan)


def _somebody(name: str, seed: int) -> tuple[Muscle, Tissue, NDArray[np.int64], float, np.random.Generator]:
    """A muscle, the units that discharge in it, and the effort that it takes."""
    rng = np.random.default_rng([seed, list(PEOPLE).index(name)])
    kind = muscle("biceps")
    tissue = afflicted(kind, PEOPLE[name], rng)
    effort = EFFORT
    active = discharging(tissue, effort, rng)
    while active.size == 0 and effort < 1.0:
        effort *= 1.5
        active = discharging(tissue, effort, rng)
    return kind, tissue, active, effort, rng


def _place(
    kind: Muscle, tissue: Tissue, heard: Tissue, active: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Needle, tuple[Source, ...], dict[int, F64]]:
    """A needle, all that it hears, and the noise-free potentials that stand out."""
    needle = needle_beside_a_fibre("concentric 0.07 mm2", kind, tissue, rng)
    sources = listen(heard, needle, RATE_HZ).sources
    potentials = {unit: _in_band(sources[unit]) for unit in active.tolist() if sources[unit].rest.size}
    standing = {unit: p for unit, p in potentials.items() if np.ptp(p) >= HEARD_UV and _sharp(p)[1]}
    return needle, sources, standing


def _played(
    tissue: Tissue, sources: tuple[Source, ...], effort: float, rng: np.random.Generator
) -> tuple[F32, dict[int, F64]]:
    """The recording, and the samples at which each unit discharges."""
    pool = pool_firing(tissue, voluntary_drive(tissue, hold(effort)), rng)
    pool.events(1.0, rng)
    n = round(LENGTH_S * RATE_HZ)
    place = Place.heard(sources)
    clean = np.zeros(n + place.reach)
    discharges, _ = Performance(place, pool, (), RATE_HZ, n).play(n, rng, clean)
    at = discharges.at_ticks / TICKS
    units = np.unique(discharges.source).tolist()
    return _recorded(clean[:n], effort, rng), {unit: at[discharges.source == unit] for unit in units}


def _recorded(clean: F64, effort: float, rng: np.random.Generator) -> F32:
    return RecordingChain(recorder(RECORDER).chain, RATE_HZ, int(rng.integers(2**31))).apply(clean, effort, 0)


def _in_band(source: Source) -> F64:
    """The noise-free potential behind the recorder's high-pass, 30 ms longer than it is."""
    potential = mean_potential(source)
    padded = np.append(potential, np.zeros(round(0.03 * RATE_HZ))).astype(np.float32)
    chain = recorder(RECORDER).chain
    band = FilterSettings(highpass_hz=chain.highpass_hz, lowpass_hz=0.0, order=chain.highpass_order)
    return FilterBank(band, RATE_HZ, 1).apply(padded[:, np.newaxis])[:, 0].astype(np.float64)


def _sharp(potential: F64) -> tuple[int, bool]:
    """Where it is largest in the detection band, and whether it stands out there."""
    lead = round(0.01 * RATE_HZ)
    padded = np.pad(potential, lead).astype(np.float32)
    band = np.abs(FilterBank(DETECTION, RATE_HZ, 1).apply(padded[:, np.newaxis])[:, 0])
    peak = int(np.argmax(band))
    return peak - lead, bool(band[peak] >= DETECTED_UV)


def _true_unit(unit: int, potential: F64, tissue: Tissue, needle: Needle, at: F64) -> TrueUnit:
    settings = MuapSettings()
    return TrueUnit(
        unit=unit,
        potential=potential,
        amplitude_uv=float(np.ptp(potential)),
        phases=naive_muap.phases(potential, RATE_HZ, settings.phase_uv, settings),
        active_ms=active_ms(tissue, needle, unit),
        peaks=np.round(at + _sharp(potential)[0]).astype(np.int64),
    )
