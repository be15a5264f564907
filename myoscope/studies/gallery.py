"""`myoscope study gallery`: pictures to be looked at by somebody who knows the real thing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console

from acquisition.recordings.catalogue import find_recordings
from acquisition.recordings.door import open_recording
from myoscope.studies.data import recordings_folder
from myoscope.studies.examination import RATE_HZ, Potential, examine
from myoscope.studies.traces import (
    FOLDERS,
    RecorderName,
    Sitting,
    common,
    simulated,
)
from simulators.patient.disease import afflicted
from simulators.patient.drive import ramp, voluntary_drive
from simulators.patient.firing import pool_firing
from simulators.patient.muscles import muscle
from simulators.patient.person import CONDITIONS, Condition, Disorder, Person

console = Console()

GROUPS = ("healthy", *CONDITIONS)
SEVERITY = {"myopathy": 0.6, "neuropathy": 0.9, "motor neuron disease": 0.6}
"""Neuropathy reaches the biceps late."""
AGE = 45
PEOPLE = 4
SHOWN = 20
"""Potentials of a class, as many of each person."""
_COLUMNS = 10
_SWEEP_MS = 20.0
_BAR_UV = 500.0
_ROW_UV = 1200.0
"""From one row of potentials to the next."""

RAMP = (0.0, 0.6, 12.0)
STRETCH_S = 1.0
_RECORDER: dict[str, RecorderName] = {"neuropathy": "asc"}
"""Where the recorded traces of a class come from, if not from n2001."""


def run_gallery(seed: int, out: Path, beside: Path) -> None:
    """Draw everything, and say where it is. The picture with recorded traces goes to `beside`."""
    out.mkdir(parents=True, exist_ok=True)
    beside.mkdir(parents=True, exist_ok=True)
    _saved(_potentials(seed), out / "gallery-potentials.png")
    _saved(_rasters(seed), out / "gallery-rasters.png")
    _saved(_beside_recordings(seed), beside / "gallery-traces.png")


def person_with(group: str) -> Person:
    """Somebody of middle age, as ill as SEVERITY says."""
    found: Condition | None = next((kind for kind in CONDITIONS if kind == group), None)
    return Person(AGE, "female", (Disorder(found, SEVERITY[found]),) if found else ())


def _saved(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=110, bbox_inches="tight")
    console.print(str(path), highlight=False)


def _potentials(seed: int) -> Figure:
    figure = Figure(figsize=(13, 12))
    for number, group in enumerate(GROUPS):
        kind = muscle("biceps")
        taken: list[Potential] = []
        for person in range(PEOPLE):
            rng = np.random.default_rng([seed, number, person])
            taken += examine(kind, afflicted(kind, person_with(group), rng), rng).taken[: SHOWN // PEOPLE]
        axes = figure.add_subplot(len(GROUPS), 1, number + 1)
        _grid(axes, taken)
        axes.set_title(
            f"{group}" + (f", severity {SEVERITY[group]}" if number else ""), loc="left", fontsize=10
        )
    figure.suptitle(
        f"Simulated motor unit potentials, biceps, four people each; negative up; a sweep is "
        f"{_SWEEP_MS:.0f} ms, all at one scale.",
        fontsize=11,
        y=0.93,
    )
    return figure


def _grid(axes: Axes, taken: Sequence[Potential]) -> None:
    """Potentials in rows of _COLUMNS, all at one scale."""
    half = round(_SWEEP_MS / 2e3 * RATE_HZ)
    for number, potential in enumerate(taken):
        row, column = divmod(number, _COLUMNS)
        middle = potential.waveform.size // 2
        cut = potential.waveform[middle - half : middle + half]
        at_ms = np.arange(cut.size) / RATE_HZ * 1e3 + column * _SWEEP_MS * 1.1
        axes.plot(at_ms, -cut - row * _ROW_UV, color="#205080", linewidth=0.9)
    axes.set_ylim(-1.8 * _ROW_UV, 1.1 * _ROW_UV)
    axes.plot([-14, -14, -4], [_BAR_UV, 0, 0], color="black", linewidth=1)
    axes.text(-14, -0.2 * _ROW_UV, f"{_BAR_UV:.0f} uV, 10 ms", fontsize=7)
    axes.set_axis_off()


def _rasters(seed: int) -> Figure:
    figure = Figure(figsize=(13, 10), layout="constrained")
    kind = muscle("biceps")
    for number, group in enumerate(GROUPS):
        rng = np.random.default_rng([seed, number])
        tissue = afflicted(kind, person_with(group), rng)
        pool = pool_firing(tissue, voluntary_drive(tissue, ramp(*RAMP)), rng)
        axes = figure.add_subplot(2, 2, number + 1)
        for second in range(int(RAMP[2])):
            events = pool.events(1.0, rng)
            axes.plot(events.at_s + second, events.source, "|", color="#205080", markersize=2.2)
        axes.set_title(f"{group}: {int(tissue.units.alive.sum())} of {len(tissue.units)} units", fontsize=10)
        axes.set_xlim(0, RAMP[2])
        axes.set_ylim(-3, len(tissue.units) + 3)
        axes.set_xlabel("s")
        axes.set_ylabel("unit, in order of threshold")
        effort = axes.twinx()
        effort.plot([0, RAMP[2]], [100 * RAMP[0], 100 * RAMP[1]], color="#c07020", linewidth=1)
        effort.set_ylabel("effort, %")
        effort.set_ylim(0, 100)
    figure.suptitle("Discharges of the pool around the needle under a rising effort", fontsize=11)
    return figure


def _beside_recordings(seed: int) -> Figure:
    figure = Figure(figsize=(15, 14))
    data = recordings_folder()
    for number, group in enumerate(GROUPS):
        name = _RECORDER.get(group, "n2001")
        word = "low" if name == "n2001" else ""
        recorded = _one_recorded(data, name, group, word, seed)
        sitting = Sitting(name, (word,), (seed, number), person_with(group).disorders)
        made = simulated(sitting)[0].signal
        limit = 1.3 * float(max(np.quantile(np.abs(x), 0.9995) for x in (recorded, made)))
        for side, (signal, title) in enumerate(((recorded, "recorded"), (made, "simulated"))):
            axes = figure.add_subplot(len(GROUPS), 2, 2 * number + side + 1)
            n = round(STRETCH_S * RATE_HZ)
            middle = signal.size // 2
            axes.plot(np.arange(n) / RATE_HZ, -signal[middle : middle + n], color="black", linewidth=0.5)
            axes.set_ylim(-limit, limit)
            axes.set_title(f"{group}, {name}, {title}", fontsize=9, loc="left")
            axes.tick_params(labelsize=7)
    figure.suptitle("Slight effort, 20 Hz to 5 kHz, microvolt, negative up", fontsize=11, y=0.92)
    return figure


def _one_recorded(data: Path, name: RecorderName, group: str, effort: str, seed: int) -> np.ndarray:
    """A record of this class, drawn by the seed."""
    found: list[Path] = []
    for path in find_recordings(data / FOLDERS[name]):
        with open_recording(path) as recording:
            labels = recording.labels
        if (
            labels.class_name == group
            and (labels.effort or "") == effort
            and "iceps" in (labels.muscle or "")
        ):
            found.append(path)
    path = found[int(np.random.default_rng(seed).integers(len(found)))]
    with open_recording(path) as recording:
        signal = recording.read(0, recording.n_samples)[:, 0]
        return common(signal, recording.description.rate_hz)
