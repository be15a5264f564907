"""What measuring costs, and how late it is: `python -m tests.benchmarks.examination [HOURS | --write]`.

One needle channel of a virtual patient at 23,437.5 Hz, everything on: the pipeline of windows with the shipped
model, and the examination. Processor time of this process, which is what one core has to give: live in chunks of
10 ms, offline in chunks of a second. Offline the two depend on nothing of each other, and `myoscope classify` and
`myoscope analyse` are two processes: with a core for each, the slower one is how long both take. With HOURS, a stream
of so many hours (a minute of each effort and of rest over and over), and the memory it took. `--write` puts the table
into docs/performance.md.
"""

import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

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
TRIES = 3
"""Offline, of which the shortest counts: what else the machine does only ever adds."""
OUT = Path(__file__).parents[2] / "docs" / "performance.md"
MARKS = ("<!-- examination: begin -->", "<!-- examination: end -->")
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


def speeds() -> Iterator[str]:
    """How fast each part is, line by line."""
    yield "| | windows | measures | both, one core | both, a core each | live, % of a core | latency, ms |"
    yield "|---|---|---|---|---|---|---|"
    for name, person in PEOPLE.items():
        for effort in EFFORTS:
            samples = signal_of(person, effort, EFFORT_S)
            tries = [used_s(samples, OFFLINE_S) for _ in range(TRIES)]
            windows_s, measures_s = min(each[0] for each in tries), min(each[1] for each in tries)
            live = used_s(samples, LIVE_S)
            late = f"{1e3 * np.percentile(live[2], 99) / RATE_HZ:.0f}" if live[2] else "no unit"
            offline = (windows_s, measures_s, windows_s + measures_s, max(windows_s, measures_s))
            times = " | ".join(f"{EFFORT_S / each:.0f}" for each in offline)
            yield f"| {name}, {effort} | {times} | {100 * (live[0] + live[1]) / EFFORT_S:.1f} | {late} |"


def write(table: str) -> None:
    """Put the table between its marks in docs/performance.md."""
    page = OUT.read_text(encoding="utf-8")
    before, after = page.split(MARKS[0])[0], page.split(MARKS[1])[1]
    OUT.write_text(f"{before}{MARKS[0]}\n\n{table}\n{MARKS[1]}{after}", encoding="utf-8")


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


def main(wanted: list[str]) -> None:
    """The command."""
    if wanted and wanted != ["--write"]:
        memory(float(wanted[0]))
        return
    lines: list[str] = []
    for line in speeds():
        print(line, flush=True)
        lines.append(line)
    if wanted:
        write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
