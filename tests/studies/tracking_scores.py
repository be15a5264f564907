"""Followed motor units against true ones: how many discharges meet.

Truth is when the axon discharges; the potential comes a conduction time later, which differs from unit to unit. So a
followed unit and a true one are compared at the lag at which most of their discharges meet, within TOLERANCE_MS, and
each followed unit is given to one true unit at most, and the reverse, such that most discharges meet. A followed unit
that is nobody's is wrong with all it told.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from contracts.settings import FilterSettings
from processing.filters import FilterBank
from processing.motor_units.tracked import Discharge, TrackingEvent, UnitBorn, UnitMerged
from processing.motor_units.tracking_settings import DetectionSettings
from simulators.patient.person import Disorder, Person
from simulators.patient.potentials import mean_potential
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource
from simulators.patient.truth import truth

PEOPLE = {
    "healthy": Person(45, "female"),
    "myopathy": Person(45, "female", (Disorder("myopathy", 0.5),)),
    "neuropathy": Person(45, "female", (Disorder("neuropathy", 0.5),)),
    "motor neuron disease": Person(45, "female", (Disorder("motor neuron disease", 0.5),)),
}
PHASES = (Phase("rest", 3.0), Phase("minimal", 30.0), Phase("moderate", 20.0))
TOLERANCE_MS = 1.0
LAGS_MS = (-2.0, 25.0)
MOST = 5
BAND = FilterSettings(highpass_hz=250.0, lowpass_hz=5_000.0)
"""In which potentials are looked for."""
FEWEST = 10
"""Discharges in a phase below which a true unit is not judged."""

Indices = NDArray[np.float64]
By = Literal["peak to peak", "peak in the band"]
"""What of a unit is held against the noise: its potential as it is recorded, or what of it a detector sees."""
BOTH: tuple[By, ...] = ("peak in the band", "peak to peak")


@dataclass(frozen=True)
class Standing:
    """How large units are beside the noise."""

    sizes_uv: dict[int, float]
    """By true unit: its potential from peak to peak, or the larger of its peaks in the band."""
    noise_uv: float
    """Standard deviation at rest, of the recording or in the band."""
    passes: float
    """Standard deviation of white noise of 1 uV there."""

    def louder(self, noise_uv: float) -> "Standing":
        """In so much more white noise."""
        return replace(self, noise_uv=float(np.hypot(self.noise_uv, self.passes * noise_uv)))


@dataclass(frozen=True)
class Played:
    """A recording with its truth."""

    signal: NDArray[np.float32]
    rate_hz: float
    phases: dict[str, tuple[int, int]]
    units: dict[int, Indices]
    """Discharges by true unit."""
    standing: dict[By, Standing]


@dataclass(frozen=True)
class Score:
    """Counts of one phase of one recording."""

    judged: int
    told: int
    """Discharges of the followed units that count against precision."""
    met: int
    """Of these, those that are the true unit's."""
    true: int
    """Discharges of the judged units."""
    found: int
    """Of these, those that were met."""
    by_unit: tuple[tuple[int, int, int], ...] = ()
    """Of each judged unit: its name, its discharges, and those that were met."""


def played(person: Person, seed: int) -> Played:
    """One muscle of a person, with the truth."""
    muscle = MuscleScript("biceps", sites=1, phases=PHASES, last_phases=(), spontaneous=())
    source = PatientSource(Script(seed=seed, patient=person, muscles=(muscle,)))
    pieces: list[NDArray[np.float32]] = []
    times: dict[int, list[float]] = defaultdict(list)
    sizes: dict[int, list[float]] = defaultdict(list)
    peaks: dict[int, float] = {}
    for number in range(source.n_segments):
        made = source.segment(number)
        pieces.append(made.samples)
        told = truth(made)
        for at, unit, amplitude in zip(told.at_sample, told.unit, told.amplitude_uv, strict=True):
            times[int(unit)].append(float(at))
            sizes[int(unit)].append(float(amplitude))
        for each in made.scene.place.sources if made.scene else ():
            if each.unit is not None and each.unit not in peaks:
                peaks[each.unit] = peak_in_band(mean_potential(each), source.rate_hz)
    phases = {phase.kind: (phase.first, phase.stop) for phase in source.stays[0].phases}
    source.close()
    signal = np.concatenate(pieces)
    first, stop = phases["rest"]
    units = {unit: np.array(at) for unit, at in times.items()}
    amplitudes = {unit: float(np.median(size)) for unit, size in sizes.items()}
    band_uv = float(np.std(in_band(signal, source.rate_hz)[first:stop]))
    white = np.random.default_rng(0).standard_normal(round(10 * source.rate_hz))
    return Played(
        signal=signal,
        rate_hz=source.rate_hz,
        phases=phases,
        units=units,
        standing={
            "peak to peak": Standing(amplitudes, float(np.std(signal[first:stop])), 1.0),
            "peak in the band": Standing(peaks, band_uv, float(np.std(in_band(white, source.rate_hz)))),
        },
    )


def in_band(signal: NDArray[np.floating], rate_hz: float) -> NDArray[np.float32]:
    """What of a signal is in the band in which potentials are looked for."""
    return FilterBank(BAND, rate_hz, 1).apply(signal.astype(np.float32)[:, np.newaxis])[:, 0]


def peak_in_band(potential: NDArray[np.float64], rate_hz: float) -> float:
    """The larger of a potential's peaks there."""
    lead = round(0.01 * rate_hz)
    return float(np.abs(in_band(np.pad(potential, lead), rate_hz)).max()) if potential.size else 0.0


def followed(events: Sequence[TrackingEvent]) -> dict[int, Indices]:
    """Discharges by followed unit as they were told; those of merged units under the one they are."""
    told: dict[int, list[int]] = defaultdict(list)
    for event in events:
        if isinstance(event, UnitBorn):
            told[event.unit] += event.discharges
        elif isinstance(event, Discharge):
            told[event.unit].append(event.index)
        elif isinstance(event, UnitMerged):
            told[event.into] += told.pop(event.unit)
    return {unit: np.unique(np.array(at, dtype=np.float64)) for unit, at in told.items()}


def met(told: Indices, true: Indices, rate_hz: float) -> int:
    """How many discharges meet, one to one, at the lag at which most do."""
    if not told.size or not true.size:
        return 0
    low, high = (ms * rate_hz / 1000.0 for ms in LAGS_MS)
    tolerance = TOLERANCE_MS * rate_hz / 1000.0
    first, last = np.searchsorted(true, told - high), np.searchsorted(true, told - low)
    lags = np.concatenate([at - true[a:b] for at, a, b in zip(told, first, last, strict=True)])
    if not lags.size:
        return 0
    lags.sort()
    within = np.searchsorted(lags, lags + 2 * tolerance, side="right") - np.arange(lags.size)
    at = int(np.argmax(within))
    lag = float(np.median(lags[at : at + within[at]]))
    nearest = np.clip(np.searchsorted(true, told - lag), 1, max(1, true.size - 1))
    before = np.abs(true[nearest - 1] - (told - lag))
    after = np.abs(true[np.minimum(nearest, true.size - 1)] - (told - lag))
    whose = np.where(before <= after, nearest - 1, np.minimum(nearest, true.size - 1))
    return int(np.unique(whose[np.minimum(before, after) <= tolerance]).size)


def judged(it: Played, effort: str, snr: float, by: By, over_rms: float = 0.0) -> list[int]:
    """The units that are to be found: those that discharge FEWEST times, that stand at `snr` times the noise, and
    whose amplitude is `over_rms` times the root mean square of the phase; at minimal effort the MOST largest."""
    first, stop = it.phases[effort]
    sizes, amplitudes = it.standing[by].sizes_uv, it.standing["peak to peak"].sizes_uv
    least_uv, least_amplitude_uv = (
        snr * it.standing[by].noise_uv,
        over_rms * float(np.std(it.signal[first:stop])),
    )
    there = {unit: at for unit, at in within(it.units, first, stop).items() if at.size >= FEWEST}
    large = sorted(there, key=lambda unit: sizes[unit], reverse=True)
    return [unit for unit in large if sizes[unit] >= least_uv and amplitudes[unit] >= least_amplitude_uv][
        : MOST if effort == "minimal" else None
    ]


def in_noise(it: Played, units: Sequence[int], snr: float, by: By, seed: int) -> Played:
    """The recording in so much more white noise that the smallest of these units stands at `snr` times it."""
    if not units:
        return it
    standing = it.standing[by]
    wanted = min(standing.sizes_uv[unit] for unit in units) / snr
    added = float(np.sqrt(max(0.0, wanted**2 - standing.noise_uv**2))) / standing.passes
    noise = np.random.default_rng(seed).standard_normal(it.signal.size).astype(np.float32)
    return replace(
        it,
        signal=it.signal + np.float32(added) * noise,
        standing={by: each.louder(added) for by, each in it.standing.items()},
    )


def standing_out(it: Played, detection: DetectionSettings = DetectionSettings()) -> dict[int, float]:
    """By true unit: its peak in the band in which potentials are looked for, over what a peak has to exceed there."""
    band = it.standing["peak in the band"]
    threshold_uv = max(detection.sigmas * band.noise_uv, detection.minimum_uv)
    return {unit: peak_uv / threshold_uv for unit, peak_uv in band.sizes_uv.items()}


def within(units: dict[int, Indices], first: int, stop: int) -> dict[int, Indices]:
    """Those that discharge there, with what they discharge there."""
    cut = {unit: at[(at >= first) & (at < stop)] for unit, at in units.items()}
    return {unit: at for unit, at in cut.items() if at.size}


def score(
    it: Played,
    effort: str,
    units: Sequence[int],
    told: dict[int, Indices],
    large: frozenset[int] | None = None,
) -> Score:
    """What was followed in one phase against what was there. Against precision count all followed units; with `large`
    given only those of them and those that were given to a judged one."""
    first, stop = it.phases[effort]
    true, ours = within(it.units, first, stop), within(told, first, stop)
    counts = np.array([[met(ours[u], true[v], it.rate_hz) for v in true] for u in ours])
    rows, columns = linear_sum_assignment(-counts.reshape(len(ours), len(true)))
    names, true_names = list(ours), list(true)
    pairs = {names[r]: (true_names[c], int(counts[r, c])) for r, c in zip(rows, columns, strict=True)}
    counted = [u for u in ours if large is None or u in large or pairs.get(u, (-1, 0))[0] in units]
    return Score(
        judged=len(units),
        told=sum(ours[u].size for u in counted),
        met=sum(pairs[u][1] for u in counted if u in pairs),
        true=sum(true[u].size for u in units),
        found=sum(n for u, n in pairs.values() if u in units),
        by_unit=tuple((u, true[u].size, dict(pairs.values()).get(u, 0)) for u in units),
    )
