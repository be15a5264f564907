"""Recorded and simulated traces of healthy biceps, brought to one rate, one band and one sign."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.catalogue import find_recordings
from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Labels
from contracts.refusal import Refusal
from contracts.settings import FilterSettings
from myoscope.studies.examination import discharging, only
from processing.filters import FilterBank
from processing.recorders import draw, recorder
from processing.recording_chain import Mains, RecordingChain
from processing.resample import Resampler
from simulators.patient.bank import Source
from simulators.patient.disease import afflicted
from simulators.patient.drive import hold, voluntary_drive
from simulators.patient.firing import pool_firing
from simulators.patient.muscles import Muscle, muscle
from simulators.patient.performance import Performance, Place
from simulators.patient.person import Disorder, Person
from simulators.patient.potentials import listen
from simulators.patient.scene import needle_beside_a_fibre
from simulators.patient.tissue import Tissue

F32 = NDArray[np.float32]

RATE_HZ = 20_000.0
BAND = FilterSettings(highpass_hz=20.0, lowpass_hz=5_000.0)

RecorderName = Literal["n2001", "asc"]
FOLDERS: dict[RecorderName, str] = {"n2001": "n2001", "asc": "neuromuscular_asc"}


class Effort(msgspec.Struct, frozen=True):
    """How hard the people of a set contracted: median fraction of the maximum, and the factor of one SD."""

    median: float
    factor: float


EFFORTS: dict[tuple[RecorderName, str], Effort] = {
    ("n2001", "low"): Effort(0.045, 1.4),
    ("n2001", "moderate"): Effort(0.1, 1.4),
    ("asc", ""): Effort(0.22, 1.5),
}
LENGTH_S: dict[RecorderName, float] = {"n2001": 11.18, "asc": 5.0}
AGES: dict[RecorderName, tuple[int, int]] = {"n2001": (21, 37), "asc": (20, 60)}
"""Those of n2001 stand in its headers; asc does not say."""

_STRONGEST = 0.8
_TRIES = 6
_WORTH_STAYING_UV = 60.0
"""Largest potential below which an examiner moves on."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One record, filtered."""

    signal: F32
    """`(n,)` microvolt at RATE_HZ, in the band asked for, in true sign."""
    real: bool
    recorder: RecorderName
    effort: str
    """low or moderate; empty where the set does not say."""
    person: str
    name: str


class Sitting(msgspec.Struct, frozen=True):
    """A simulated person at a recorder: as many records as a real one has there."""

    recorder: RecorderName
    efforts: tuple[str, ...]
    seed: tuple[int, ...]
    disorders: tuple[Disorder, ...] = ()
    band: FilterSettings = BAND


def common(signal: NDArray[np.floating], rate_hz: float, band: FilterSettings = BAND) -> F32:
    """A signal `(n,)` in the common rate and band."""
    column = np.ascontiguousarray(signal, np.float32)[:, np.newaxis]
    resampled = Resampler(rate_hz, RATE_HZ, 1).push(column)
    return FilterBank(band, RATE_HZ, 1).apply(resampled)[:, 0]


def recorded(data: Path, name: RecorderName, band: FilterSettings = BAND) -> list[Trace]:
    """The healthy biceps records of one set, in order of name. Raises Refusal where there are none."""
    traces: list[Trace] = []
    for path in find_recordings(data / FOLDERS[name]):
        with open_recording(path) as recording:
            labels = recording.labels
            if not healthy_biceps(labels):
                continue
            signal = recording.read(0, recording.n_samples)[:, 0]
            trace = common(signal, recording.description.rate_hz, band)
        traces.append(Trace(trace, True, name, labels.effort or "", labels.person or path.name, path.name))
    if not traces:
        raise Refusal(
            found=f"no healthy biceps record in {data / FOLDERS[name]}",
            wanted="the public recordings",
            do="Set MYOSCOPE_DATA to the folder that holds them.",
        )
    return traces


def healthy_biceps(labels: Labels) -> bool:
    """Whether a record is of a healthy biceps."""
    return labels.class_name == "healthy" and "biceps" in (labels.muscle or "").lower()


def simulated(sitting: Sitting) -> list[Trace]:
    """The records of one simulated person; the same sitting gives the same bits."""
    rng = np.random.default_rng(sitting.seed)
    preset, low, high = recorder(sitting.recorder), *AGES[sitting.recorder]
    sex = "female" if rng.random() < 0.5 else "male"
    person = Person(int(rng.integers(low, high + 1)), sex, sitting.disorders)
    kind = muscle("biceps")
    tissue = afflicted(kind, person, rng)
    settings = draw(preset, rng)
    if sitting.disorders:
        # In asc, where mains are strong, it is in the records of healthy people.
        settings = msgspec.structs.replace(settings, mains=Mains())
    who = "simulated/" + "-".join(str(key) for key in sitting.seed)
    traces: list[Trace] = []
    for number, word in enumerate(sitting.efforts):
        about = EFFORTS[sitting.recorder, word]
        effort = min(_STRONGEST, about.median * about.factor ** float(rng.standard_normal()))
        effort = _enough(tissue, effort, rng)
        n = round(LENGTH_S[sitting.recorder] * preset.rate_hz)
        place = _place(kind, tissue, effort, preset.rate_hz, rng)
        pool = pool_firing(tissue, voluntary_drive(tissue, hold(effort)), rng)
        pool.events(1.0, rng)
        clean = np.zeros(n + place.reach)
        Performance(place, pool, (), preset.rate_hz, n).play(n, rng, clean)
        chain = RecordingChain(settings, preset.rate_hz, int(rng.integers(2**31)))
        signal = common(chain.apply(clean[:n], effort, 0), preset.rate_hz, sitting.band)
        traces.append(Trace(signal, False, sitting.recorder, word, who, f"{who}/{number}"))
    return traces


def _enough(tissue: Tissue, effort: float, rng: np.random.Generator) -> float:
    """The effort, or as much more as somebody with few units needs to discharge one."""
    while effort < _STRONGEST and discharging(tissue, effort, rng).size == 0:
        effort *= 1.5
    return min(effort, _STRONGEST)


def _place(kind: Muscle, tissue: Tissue, effort: float, rate_hz: float, rng: np.random.Generator) -> Place:
    """What is heard at the first needle position at which anything is; at the last one tried if there is none."""
    active = only(tissue, discharging(tissue, effort, rng))
    sources: tuple[Source, ...] = ()
    for _ in range(_TRIES):
        needle = needle_beside_a_fibre("concentric 0.07 mm2", kind, tissue, rng)
        heard = listen(active, needle, rate_hz)
        sources = heard.sources
        if heard.units.amplitude_uv.max() >= _WORTH_STAYING_UV:
            break
    return Place.heard(sources)


def sittings(real: Sequence[Trace], times: int, seed: int, band: FilterSettings = BAND) -> list[Sitting]:
    """For each real person `times` simulated ones, with as many records at the same stated efforts."""
    efforts: dict[tuple[RecorderName, str], tuple[str, ...]] = {}
    for trace in real:
        key = (trace.recorder, trace.person)
        efforts[key] = (*efforts.get(key, ()), trace.effort)
    return [
        Sitting(name, words, (seed, number, copy), band=band)
        for number, ((name, _), words) in enumerate(efforts.items())
        for copy in range(times)
    ]


def simulate_all(planned: Sequence[Sitting], workers: int, progress: Callable[[], None]) -> list[Trace]:
    """The records of everybody, in order."""
    traces: list[Trace] = []
    with ProcessPoolExecutor(workers) as pool:
        for records in pool.map(simulated, planned):
            traces += records
            progress()
    return traces
