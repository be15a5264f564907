"""What measuring costs, and how late it is: `python -m tests.benchmarks.examination [HOURS]`.

One needle channel of a virtual patient at 23,437.5 Hz, everything on: the pipeline of windows with the shipped
model, and the examination. Processor time of this process, which is what one core has to give: live in chunks of
10 ms, offline in chunks of a second. With HOURS, a stream of so many hours (a minute of each effort and of rest over
and over), and the memory it took.
"""

import resource
import sys
import time
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from contracts.measured import Discharges
from contracts.records import Channel, StreamDescription, Subject
from contracts.settings import Settings
from inference.runtime.model import load_model
from inference.runtime.pipeline import Pipeline, as_chunk
from processing.examination.examination import Examination
from processing.examination.settings import ExaminationSettings
from processing.norms.lookup import load_norms
from simulators.patient.person import Disorder, Person
from simulators.patient.script import MuscleScript, Phase, PhaseKind, Script
from simulators.patient.source import PatientSource

RATE_HZ = 23_437.5
EFFORT_S = 60.0
LIVE_S, OFFLINE_S = 0.01, 1.0
"""Chunks."""
STREAM = StreamDescription(
    name="virtual patient",
    rate_hz=RATE_HZ,
    channels=(Channel("needle", "uV"),),
    subject=Subject("biceps brachii", "right", 45),
)
EFFORTS: tuple[PhaseKind, ...] = ("rest", "minimal", "moderate", "maximal")
PEOPLE = {"healthy": Person(45), "myopathy": Person(45, disorders=(Disorder("myopathy", 0.5),))}


def signal_of(person: Person, effort: PhaseKind, seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """One stretch of one effort, f32 `(n_samples, 1)`."""
    phases = (Phase(effort, seconds),)
    muscle = MuscleScript("biceps", sites=1, phases=phases, last_phases=())
    source = PatientSource(Script(seed=seed, patient=person, muscles=(muscle,)), rate_hz=RATE_HZ)
    samples = source.read(0, round(seconds * RATE_HZ))
    source.close()
    return np.ascontiguousarray(samples[:, :1])


def peak_mb() -> float:
    """Peak resident memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def used_s(samples: NDArray[np.float32], chunk_s: float) -> tuple[float, float, list[int]]:
    """Processor time of pipeline and examination, and how late discharges were told, in samples."""
    pipeline = Pipeline(Settings(), STREAM, load_model(Settings().model), clock=lambda: 0.0)
    examination = Examination(STREAM, ExaminationSettings(), load_norms(Settings().norms))
    pipeline.warm_up()
    examination.warm_up()
    windows_s, _ = time_of(pipeline, samples, chunk_s)
    measures_s, late = time_of(examination, samples, chunk_s)
    return windows_s, measures_s, late


def time_of(
    run: Pipeline | Examination, samples: NDArray[np.float32], chunk_s: float
) -> tuple[float, list[int]]:
    """Processor time of one of them, and how late it told of discharges."""
    chunk = round(chunk_s * RATE_HZ)
    late: list[int] = []
    began = time.process_time()
    for first in range(0, len(samples), chunk):
        given = as_chunk(samples[first : first + chunk], first, RATE_HZ)
        told = [message for message in run.feed(given) if isinstance(message, Discharges)]
        late += [given.stop_index - message.indices[-1] for message in told]
    return time.process_time() - began, late


def speeds() -> None:
    """Print how fast each part is."""
    print(
        f"{'':24s}{'offline, times real time':>34s}   live, % of a core   latency, ms\n"
        f"{'':24s}{'windows':>12s}{'measures':>12s}{'both':>10s}"
    )
    for name, person in PEOPLE.items():
        for effort in EFFORTS:
            samples = signal_of(person, effort, EFFORT_S)
            windows_s, measures_s, _ = used_s(samples, OFFLINE_S)
            live = used_s(samples, LIVE_S)
            late = f"p99 {1e3 * np.percentile(live[2], 99) / RATE_HZ:.0f}" if live[2] else "no unit"
            print(
                f"{name + ', ' + effort:24s}{EFFORT_S / windows_s:12.0f}{EFFORT_S / measures_s:12.0f}"
                f"{EFFORT_S / (windows_s + measures_s):10.0f}{100 * (live[0] + live[1]) / EFFORT_S:20.1f}   {late}",
                flush=True,
            )


def memory(hours: float) -> None:
    """Print what a long stream takes."""
    minutes = [signal_of(PEOPLE["healthy"], e, 60.0) for e in EFFORTS]
    examination = Examination(STREAM, ExaminationSettings(), load_norms(Settings().norms))
    examination.warm_up()
    counts: Counter[str] = Counter()
    index, began = 0, time.process_time()
    for minute in range(round(60 * hours)):
        samples = minutes[minute % 4]
        for message in examination.feed(as_chunk(samples, index, RATE_HZ)):
            counts[type(message).__name__] += 1
        index += len(samples)
        if minute % 60 in (3, 59):
            print(f"{minute + 1:5d} min: peak {peak_mb():.0f} MB, {dict(counts)}", flush=True)
    print(f"{index / RATE_HZ / (time.process_time() - began):.0f} times real time")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        memory(float(sys.argv[1]))
    else:
        speeds()
