"""Text without a header: plain columns of numbers, and the EMG-4 layout.

Plain columns say nothing about themselves. The public needle set `neuromuscular_asc` is known by its file
names (32768 Hz, microvolt); for any other file the rate has to be given.

An EMG-4 file has 65 columns without a header: eight consecutive readings of eight sensors of an armband at
200 Hz, in counts, and then the class of the gesture, 0 to 3.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.channels import RawChannel, lay_out
from acquisition.recordings.labels import asc_labels
from acquisition.recordings.rate import agreed_rate_hz
from acquisition.recordings.recording import Annotation, Labels
from acquisition.recordings.stored import ArrayStore, StoredRecording, description_of
from acquisition.recordings.text import number_columns

ASC_RATE_HZ = 32768.0
EMG4_RATE_HZ = 200.0
EMG4_CLASSES = ("rock", "scissors", "paper", "ok")
_LEAST_RAMP = 16
"""Rows from which on a column that counts up evenly cannot be a signal by chance."""
_EMG4_READINGS = 8
_EMG4_SENSORS = 8
EMG4_COLUMNS = _EMG4_READINGS * _EMG4_SENSORS + 1


def open_columns(path: Path, lines: list[str], rate_hz: float | None, unit: str | None) -> StoredRecording:
    """A recording from lines of numbers. Raises Refusal where the rate is neither known nor given."""
    values = number_columns(lines, path)
    if _is_emg4(values):
        return _open_emg4(path, values, rate_hz, unit)
    labels = asc_labels(path.name)
    stated_rate, stated_unit = (ASC_RATE_HZ, "uV") if labels else (None, "")
    rate = agreed_rate_hz(path, stated_rate, rate_hz)
    ramp = values.shape[0] >= _LEAST_RAMP and values.shape[1] > 1 and _is_ramp(values[:, 0])
    n_emg = values.shape[1] - ramp
    raw = [RawChannel(0, "time")] * ramp
    raw += [RawChannel(i + ramp, f"EMG{i + 1}", stated_unit) for i in range(n_emg)]
    layout = lay_out(raw, unit, path.name)
    notes = [*layout.notes, *(["The first column counts up evenly: it was taken as time."] if ramp else [])]
    return StoredRecording(
        path=path,
        format="ascii",
        description=description_of(path, rate, layout.columns, labels or Labels(), notes),
        n_samples=values.shape[0],
        labels=labels or Labels(),
        annotations=(),
        gaps=(),
        columns=layout.columns,
        store=ArrayStore(values),
    )


def _is_ramp(column: NDArray[np.float64]) -> bool:
    """True for a column that rises in even steps: a time or a sample number, never a signal."""
    steps = np.diff(column)
    return bool(steps.min() > 0 and steps.max() - steps.min() <= 0.5 * steps.mean())


def _is_emg4(values: NDArray[np.float64]) -> bool:
    if values.shape[1] != EMG4_COLUMNS:
        return False
    return bool(np.isin(values[:, -1], range(len(EMG4_CLASSES))).all())


def _open_emg4(
    path: Path, values: NDArray[np.float64], rate_hz: float | None, unit: str | None
) -> StoredRecording:
    rate = agreed_rate_hz(path, EMG4_RATE_HZ, rate_hz)
    raw = [RawChannel(i, f"EMG{i + 1}", "counts") for i in range(_EMG4_SENSORS)]
    columns = lay_out(raw, unit, path.name).columns
    classes = values[:, -1].astype(int)
    changes = np.flatnonzero(np.diff(classes)) + 1
    starts = [0, *changes.tolist()]
    stops = [*changes.tolist(), len(classes)]
    annotations = tuple(
        Annotation(a * _EMG4_READINGS, (b - a) * _EMG4_READINGS, EMG4_CLASSES[classes[a]])
        for a, b in zip(starts, stops, strict=True)
    )
    single = len(annotations) == 1
    labels = Labels(dataset="emg4", class_name=annotations[0].text if single else None)
    samples = values[:, :-1].reshape(-1, _EMG4_SENSORS)
    return StoredRecording(
        path=path,
        format="emg4",
        description=description_of(path, rate, columns, labels),
        n_samples=samples.shape[0],
        labels=labels,
        annotations=() if single else annotations,
        gaps=(),
        columns=columns,
        store=ArrayStore(samples),
    )
