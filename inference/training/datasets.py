"""Recordings to windows, through the same pipeline that runs live."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.chunks import recording_chunks
from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Labels
from contracts.refusal import Refusal
from contracts.settings import Settings
from contracts.wire import Result
from inference.runtime.card import TrainingSet
from inference.runtime.fit import Analysis
from inference.runtime.model import sha256_of
from inference.runtime.pipeline import Pipeline
from inference.training.tasks import Task

NUISANCES = ("power at 50 Hz", "power below 15 Hz", "power above 6 kHz", "DC offset")
"""Four numbers that say nothing of muscle: what they alone achieve is printed beside every score."""


@dataclass(frozen=True)
class Windows:
    """All accepted windows of many recordings, a row each."""

    features: NDArray[np.float32]
    """`(n, columns)`."""
    target: NDArray[np.int64]
    """`(n,)` index into the task's classes."""
    person: NDArray[np.str_]
    recording: NDArray[np.str_]
    dataset: NDArray[np.str_]
    effort: NDArray[np.str_]
    block: NDArray[np.int64]
    """`(n,)` block within the recording; -1 for a window purged because it touches the next block."""
    nuisance: NDArray[np.float32]
    """`(n, 4)` in the order of NUISANCES, of the unfiltered recording around the window."""
    layout: tuple[str, ...]
    rejected: dict[str, int]
    """Windows left out, by quality flag."""
    sets: tuple[TrainingSet, ...]

    def only(self, rows: NDArray[np.bool_]) -> "Windows":
        """The rows for which the mask is true."""
        arrays = ("features", "target", "person", "recording", "dataset", "effort", "block", "nuisance")
        return replace(self, **{name: getattr(self, name)[rows] for name in arrays})


@dataclass(frozen=True)
class _One:
    """The windows of one recording."""

    path: Path
    labels: Labels
    target: int
    features: NDArray[np.float32]
    block: NDArray[np.int64]
    nuisance: NDArray[np.float32]
    layout: tuple[str, ...]
    rejected: dict[str, int]
    sha256: str


def load_windows(
    paths: Sequence[Path],
    task: Task,
    *,
    labels: dict[Path, Labels] | None = None,
    workers: int = 2,
    progress: Callable[[int], None] = lambda _: None,
) -> Windows:
    """The windows of all recordings whose class is one of the task's.

    `labels` overrides what a file says of itself. Raises Refusal when nothing is left, or when a recording
    names no person for a task that is split by person.
    """
    jobs = [(path, task, (labels or {}).get(path)) for path in paths]
    found: list[_One] = []
    with ProcessPoolExecutor(workers) as pool:
        for done, one in enumerate(pool.map(_windows_of_job, jobs, chunksize=4), start=1):
            progress(done)
            if one is not None:
                found.append(one)
    if not any(len(one.features) for one in found):
        raise Refusal(
            found=f"{len(paths)} recording(s), none with a usable window of {', '.join(task.classes)}",
            wanted="labelled recordings",
            do="Give a folder of one of the public sets, or --labels FILE.csv with path,class,person.",
        )
    return _together(found, task)


def _windows_of_job(job: tuple[Path, Task, Labels | None]) -> _One | None:
    path, task, given = job
    with open_recording(path) as recording:
        labels = given or recording.labels
        if labels.class_name not in task.classes:
            return None
        stream = recording.description
        if stream.rate_hz < task.rate_hz or stream.emg_unit != task.unit:
            raise Refusal(
                found=f"{path.name} at {stream.rate_hz:g} Hz in {stream.emg_unit}",
                wanted=f"at least {task.rate_hz:g} Hz in {task.unit}, for task {task.name}",
                do="Leave it out of the folder or of --labels.",
            )
        if labels.person is None and not task.blocks:
            raise Refusal(
                found=f"no person for {path}",
                wanted="a person for every recording, so that nobody stands on both sides of a split",
                do="Name it in the `person` column of --labels.",
            )
        analysis = Analysis(task.rate_hz, task.window, task.training_hop, task.filters, task.features)
        pipeline = Pipeline(Settings(), recording.description, None, lambda: 0.0, analysis=analysis)
        rate_hz = recording.description.rate_hz
        rows: list[tuple[float, ...]] = []
        blocks: list[int] = []
        nuisances: list[NDArray[np.float32]] = []
        rejected: Counter[str] = Counter()
        n_blocks = max(1, task.blocks)
        span = recording.n_samples / n_blocks
        for result in _results(pipeline, recording_chunks(recording, round(rate_hz))):
            flags = {flag for r in result.readings for flag in r.flags}
            if not all(r.accepted for r in result.readings):
                rejected.update(flags)
                continue
            inside = int(result.first_index // span)
            purged = int((result.stop_index - 1) // span) != inside
            raw = recording.read(result.first_index, result.stop_index)[:, 0]
            for values in _rows(result, task):
                rows.append(values)
                blocks.append(-1 if purged else inside)
                nuisances.append(nuisance_numbers(raw, rate_hz))
    return _One(
        path,
        labels,
        task.classes.index(labels.class_name),
        np.array(rows, np.float32).reshape(len(rows), len(pipeline.feature_names) * (task.channels or 1)),
        np.array(blocks, np.int64),
        np.array(nuisances, np.float32).reshape(len(rows), len(NUISANCES)),
        pipeline.feature_names,
        dict(rejected),
        sha256_of(path),
    )


def _results(pipeline: Pipeline, chunks: Iterable) -> Iterable[Result]:
    for chunk in chunks:
        for message in pipeline.feed(chunk):
            if isinstance(message, Result):
                yield message


def _rows(result: Result, task: Task) -> Iterable[tuple[float, ...]]:
    """One row a channel, or one row of all channels, channel-major, for a multichannel task."""
    if task.channels is None:
        return [reading.features for reading in result.readings]
    return [tuple(value for reading in result.readings for value in reading.features)]


def nuisance_numbers(raw: NDArray[np.float32], rate_hz: float) -> NDArray[np.float32]:
    """The four nuisance numbers of an unfiltered window `(n,)`: log powers in uV2, and the mean in uV."""
    centred = raw.astype(np.float64) - raw.mean()
    power = np.abs(np.fft.rfft(centred * np.hanning(len(raw)))) ** 2 / len(raw)
    hz = np.fft.rfftfreq(len(raw), 1.0 / rate_hz)
    bands = (np.abs(hz - 50.0) <= 4.0, hz < 15.0, hz > 6000.0)
    logs = [np.log10(power[band].sum() + 1e-9) if band.any() else 0.0 for band in bands]
    return np.array([*logs, raw.mean()], np.float32)


def _together(found: list[_One], task: Task) -> Windows:
    counts = [len(one.features) for one in found]

    def each(values: list[str]) -> NDArray[np.str_]:
        return np.repeat(np.array(values, np.str_), counts)

    rejected: Counter[str] = Counter()
    for one in found:
        rejected.update(one.rejected)
    blocks = np.concatenate([one.block for one in found])
    return Windows(
        features=np.concatenate([one.features for one in found]),
        target=np.repeat(np.array([one.target for one in found]), counts),
        person=each([one.labels.person or one.path.name for one in found]),
        recording=each([one.path.name for one in found]),
        dataset=each([one.labels.dataset for one in found]),
        effort=each([one.labels.effort or "" for one in found]),
        block=blocks,
        nuisance=np.concatenate([one.nuisance for one in found]),
        layout=found[0].layout,
        rejected=dict(rejected),
        sets=_training_sets(found),
    )


def _training_sets(found: list[_One]) -> tuple[TrainingSet, ...]:
    sets: list[TrainingSet] = []
    for name in sorted({one.labels.dataset for one in found}):
        members = sorted((one for one in found if one.labels.dataset == name), key=lambda one: one.path.name)
        text = "".join(f"{one.path.name} {one.sha256}\n" for one in members)
        people = len({one.labels.person for one in members if one.labels.person})
        sets.append(TrainingSet(name, hashlib.sha256(text.encode()).hexdigest(), len(members), people))
    return tuple(sets)
