"""How well motor units are followed, against the truth behind the virtual patient.

Run as `python -m tests.studies.motor_units [seeds]`. One biceps of a person of each class and seed: rest, minimal
and moderate effort at one needle position, played on the bedside recorder.

Truth is when the axon discharges; the potential comes a conduction time later, which differs from unit to unit. So a
followed unit and a true one are compared at the lag at which most of their discharges meet, within TOLERANCE_MS, and
each followed unit is given to one true unit at most, and the reverse, such that most discharges meet. A followed unit
that is nobody's is wrong with all it told. Signal-to-noise is the unit's amplitude, peak to peak, over the standard
deviation of the recording at rest. Judged are the units whose amplitude is more than TOLD times the root mean square
of the signal in that phase, at minimal effort the MOST largest of them; "all" are the MOST largest units at
minimal effort whose ratio is SNR or more, however small beside the others.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from processing.motor_units.tracked import Discharge, TrackingEvent, UnitBorn, UnitMerged
from processing.motor_units.tracking import MotorUnitTracker
from simulators.patient.person import Disorder, Person
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
SNR = 5.0
TOLD = 2.5
FEWEST = 10
"""Discharges in a phase below which a true unit is not judged."""

Indices = NDArray[np.float64]


@dataclass(frozen=True)
class Played:
    """A recording with its truth."""

    signal: NDArray[np.float32]
    rate_hz: float
    phases: dict[str, tuple[int, int]]
    units: dict[int, Indices]
    """Discharges by true unit."""
    amplitudes_uv: dict[int, float]
    noise_uv: float


@dataclass(frozen=True)
class Score:
    """Counts of one phase."""

    effort: str
    judged: int
    followed: int
    met: int
    told: int
    """By the followed units that count against precision."""
    true: int
    """Of the judged units."""
    found: int
    """Of these, those that were met."""
    smallest_snr: float


def played(person: Person, seed: int) -> Played:
    """One muscle of a person, with the truth."""
    muscle = MuscleScript("biceps", sites=1, phases=PHASES, last_phases=(), spontaneous=())
    source = PatientSource(Script(seed=seed, patient=person, muscles=(muscle,)))
    pieces: list[NDArray[np.float32]] = []
    times: dict[int, list[float]] = defaultdict(list)
    sizes: dict[int, list[float]] = defaultdict(list)
    for number in range(source.n_segments):
        made = source.segment(number)
        pieces.append(made.samples)
        told = truth(made)
        for at, unit, amplitude in zip(told.at_sample, told.unit, told.amplitude_uv, strict=True):
            times[int(unit)].append(float(at))
            sizes[int(unit)].append(float(amplitude))
    phases = {phase.kind: (phase.first, phase.stop) for phase in source.stays[0].phases}
    source.close()
    signal = np.concatenate(pieces)
    rest = signal[phases["rest"][0] : phases["rest"][1]]
    units = {unit: np.array(at) for unit, at in times.items()}
    amplitudes = {unit: float(np.median(size)) for unit, size in sizes.items()}
    return Played(signal, source.rate_hz, phases, units, amplitudes, float(np.std(rest)))


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


def score(
    effort: str, it: Played, told: dict[int, Indices], sizes_uv: dict[int, float], everyone: bool = False
) -> Score:
    """What was followed in one phase against what was there. Against precision count all that were followed at
    minimal effort; at moderate effort those that met a judged unit, and those whose template is as large."""
    first, stop = it.phases[effort]
    rms = float(np.std(it.signal[first:stop]))

    def here(of: dict[int, Indices]) -> dict[int, Indices]:
        cut = {unit: at[(at >= first) & (at < stop)] for unit, at in of.items()}
        return {unit: at for unit, at in cut.items() if at.size}

    true, ours = here(it.units), here(told)
    large = sorted(
        (u for u, at in true.items() if at.size >= FEWEST), key=lambda u: it.amplitudes_uv[u], reverse=True
    )
    if everyone:
        judged = [u for u in large if it.amplitudes_uv[u] >= SNR * it.noise_uv][:MOST]
    else:
        judged = [u for u in large if it.amplitudes_uv[u] > TOLD * rms][
            : MOST if effort == "minimal" else None
        ]
    counts = np.array([[met(ours[u], true[v], it.rate_hz) for v in true] for u in ours]).reshape(
        len(ours), len(true)
    )
    rows, columns = linear_sum_assignment(-counts)
    names, true_names = list(ours), list(true)
    pairs = {names[r]: (true_names[c], int(counts[r, c])) for r, c in zip(rows, columns, strict=True)}
    counted = [
        u
        for u in ours
        if pairs.get(u, (-1, 0))[0] in judged or effort == "minimal" or sizes_uv.get(u, 0.0) > TOLD * rms
    ]
    return Score(
        effort=effort,
        judged=len(judged),
        followed=len(counted),
        met=sum(pairs[u][1] for u in counted if u in pairs),
        told=sum(ours[u].size for u in counted),
        true=sum(true[u].size for u in judged),
        found=sum(n for u, n in pairs.values() if u in judged),
        smallest_snr=min((it.amplitudes_uv[u] / it.noise_uv for u in judged), default=float("nan")),
    )


def line(name: str, scores: Sequence[Score]) -> str:
    """Precision and recall of several phases together."""
    told, true = sum(s.told for s in scores), sum(s.true for s in scores)
    precision = sum(s.met for s in scores) / told if told else float("nan")
    recall = sum(s.found for s in scores) / true if true else float("nan")
    judged, ours = sum(s.judged for s in scores), sum(s.followed for s in scores)
    snr = min((s.smallest_snr for s in scores if s.judged), default=float("nan"))
    return f"{name:34s} {precision:9.3f} {recall:7.3f} {judged:7d} {ours:9d} {told:6d} {true:6d} {snr:8.1f}"


def main(seeds: int) -> None:
    """Print the table."""
    everything: dict[str, list[Score]] = defaultdict(list)
    heads = ("precision", "recall", "judged", "followed", "told", "true", "SNR from")
    widths = (9, 7, 7, 9, 6, 6, 8)
    print(f"{'':34s}", *(f"{head:>{width}s}" for head, width in zip(heads, widths, strict=True)))
    for name, person in PEOPLE.items():
        scores: dict[str, list[Score]] = defaultdict(list)
        speeds: list[float] = []
        for seed in range(1, seeds + 1):
            it = played(person, seed)
            MotorUnitTracker(it.rate_hz).feed(it.signal[: round(10 * it.rate_hz)], 0)
            tracker = MotorUnitTracker(it.rate_hz)
            began = time.process_time()
            events = tracker.feed(it.signal, 0)
            speeds.append(it.signal.size / it.rate_hz / (time.process_time() - began))
            sizes = {state.unit: state.amplitude_uv for state in tracker.units()}
            told = followed(events)
            scores["minimal"].append(score("minimal", it, told, sizes))
            scores["minimal, all"].append(score("minimal", it, told, sizes, everyone=True))
            scores["moderate"].append(score("moderate", it, told, sizes))
        for effort, each in scores.items():
            print(line(f"{name}, {effort}", each))
            everything[effort] += each
        print(f"{'':4s}{np.median(speeds):.0f} times faster than real time")
    for effort, each in everything.items():
        print(line(f"all, {effort}", each))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
