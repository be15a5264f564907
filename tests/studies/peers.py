"""Side by side with others' work: LibEMG's features, a published table of potentials, turns and amplitude, and an open
decomposition package.

Run as `MYOSCOPE_DATA=... PEERS_PYTHON=... python -m tests.studies.peers`; `--write` writes docs/validation/peers.md.
PEERS_PYTHON is the interpreter of an environment of its own (`python3 -m venv peers`, `peers/bin/pip install libemg`):
LibEMG wants an older numpy. DECOMPOSITION_PYTHON is that of another one. What is not installed there is said.
"""

import argparse
import csv
import json
import os
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import LeaveOneOut, cross_val_predict

from acquisition.recordings.catalogue import find_recordings
from acquisition.recordings.door import open_recording
from contracts.settings import FilterSettings
from myoscope.studies.data import recordings_folder
from processing.feature_registry import FeatureParameters
from processing.features import FeatureExtractor
from processing.filters import FilterBank
from processing.interference import measure_epochs

F64 = NDArray[np.float64]

OUT = Path(__file__).parents[2] / "docs" / "validation" / "peers.md"
THEIRS = Path(__file__).with_name("peers_libemg.py")
WINDOW_S = 0.25
STEP_UV = 50.0
LEAST = 1e-3
"""For thresholds that LibEMG does not have."""
FILTERS = FilterSettings(highpass_hz=20.0, lowpass_hz=5_000.0)
SHARED: tuple[tuple[str, str, str], ...] = (
    ("MAV", "mean_absolute_value", "the same"),
    ("RMS", "root_mean_square", "the same"),
    ("WL", "waveform_length", "the same"),
    ("VAR", "hjorth_activity", "the same"),
    ("SKEW", "skewness", "the same"),
    ("KURT", "kurtosis", "theirs 3 more"),
    ("ZC", "zero_crossings", "theirs a count and without hysteresis, ours per second; ours at 0.001 uV here"),
    ("SSC", "slope_sign_changes", "theirs a count, ours per second; ours at 0.001 uV here"),
    ("WAMP", "willison_amplitude", "theirs a count, ours per second; both at 50 uV"),
    ("MOB", "hjorth_mobility", "theirs per sample, ours per second"),
    ("COMP", "hjorth_complexity", "theirs not over the mobility, and per sample"),
    ("MNF", "mean_frequency", "theirs without a taper, padded to a power of two"),
    ("MDF", "median_frequency", "theirs without a taper, padded to a power of two"),
)
"""Their name, ours, and how they differ."""
CLASSES = ("healthy", "myopathy", "motor neuron disease")


def windows_of(data: Path) -> tuple[F64, float]:
    """One window from the middle of every low-effort record of n2001, `(n, n_samples)` microvolt, and their rate."""
    windows: list[F64] = []
    rate_hz = 0.0
    # LibEMG's spectra keep the offset and the drift: both get what a pipeline would give them.
    for path in find_recordings(data / "n2001"):
        with open_recording(path) as recording:
            rate_hz, middle = recording.description.rate_hz, recording.n_samples // 2
            signal = FilterBank(FILTERS, rate_hz, 1).apply(
                recording.read(0, middle + round(WINDOW_S * rate_hz))
            )
            window = signal[middle:, 0].astype(np.float64)
            # LibEMG has no median frequency for a window without any signal, and one record is flat there.
            if recording.labels.effort == "low" and window.std() > 0.0:
                windows.append(window)
    return np.array(windows), rate_hz


def theirs(windows: F64, rate_hz: float) -> tuple[str, dict[str, F64]]:
    """LibEMG's version and features; an empty version and the reason as the only key where it does not run."""
    python = os.environ.get("PEERS_PYTHON", "")
    if not python:
        return "", {"PEERS_PYTHON is not set": np.empty(0)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "windows.npy"
        np.save(path, windows)
        command = [python, str(THEIRS), str(path), str(rate_hz), str(STEP_UV)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if run.returncode:
        return "", {(run.stderr.strip().splitlines() or ["it does not run"])[-1]: np.empty(0)}
    told = json.loads(run.stdout.strip().splitlines()[-1])
    return str(told["version"]), {name: np.array(values) for name, values in told["features"].items()}


def ours(windows: F64, rate_hz: float) -> dict[str, F64]:
    """Our features of the same windows, by column."""
    parameters = FeatureParameters(zero_threshold=LEAST, slope_threshold=LEAST, step_threshold=STEP_UV)
    extractor = FeatureExtractor((), rate_hz, windows.shape[1], 1, parameters)
    rows = np.empty((len(windows), 1, len(extractor.layout)), np.float32)
    for window, out in zip(windows, rows, strict=True):
        extractor.compute(window.astype(np.float32)[:, np.newaxis], out)
    return {name: rows[:, 0, k].astype(np.float64) for k, name in enumerate(extractor.layout)}


def as_theirs(found: dict[str, F64], rate_hz: float, length_s: float) -> dict[str, F64]:
    """Our features in the unit of theirs."""
    counts = {
        name: found[name] * length_s
        for name in ("zero_crossings", "slope_sign_changes", "willison_amplitude")
    }
    mobility = found["hjorth_mobility"] / rate_hz
    return {
        **found,
        **counts,
        "kurtosis": found["kurtosis"] + 3.0,
        "hjorth_mobility": mobility,
        "hjorth_complexity": found["hjorth_complexity"] * mobility,
    }


def features(data: Path) -> str:
    """The section on LibEMG."""
    windows, rate_hz = windows_of(data)
    version, other = theirs(windows, rate_hz)
    if not version:
        return f"LibEMG: not installed ({next(iter(other))})."
    mine = as_theirs(ours(windows, rate_hz), rate_hz, windows.shape[1] / rate_hz)
    lines = [
        f"LibEMG {version}, {len(windows)} windows of {WINDOW_S:g} s, one from the middle of each low-effort record "
        "of n2001 behind 20 Hz to 5 kHz, ours brought to their unit. Difference relative to the larger of "
        "both, median and largest over windows.",
        "",
        "| LibEMG | here | how they differ | median difference, % | largest, % | correlation |",
        "|" + " --- |" * 6,
    ]
    for name, column, how in SHARED:
        a, b = other[name], mine[column]
        off = 100.0 * np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-12)
        r = float(np.corrcoef(a, b)[0, 1])
        lines.append(f"| {name} | {column} | {how} | {np.median(off):.2g} | {off.max():.2g} | {r:.4f} |")
    return "\n".join(lines)


def table_of_people(path: Path) -> tuple[F64, list[str]]:
    """Mean duration and amplitude of each person of the published table, and the group's code."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(r["DurMn"]), float(r["AmpMn"])] for r in rows]), [r["Cls"].strip() for r in rows]


def told_apart(path: Path) -> tuple[int, int]:
    """How many people of the published table are named right by those who are left, and how many there are."""
    values, groups = table_of_people(path)
    said = cross_val_predict(LinearDiscriminantAnalysis(), values, groups, cv=LeaveOneOut())
    return sum(a == b for a, b in zip(said, groups, strict=True)), len(groups)


def turns(data: Path) -> str:
    """The section on turns and amplitude: by class of n2001."""
    people: dict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
    for path in find_recordings(data / "n2001"):
        with open_recording(path) as recording:
            labels = recording.labels
            if labels.effort == "low" and labels.person and labels.class_name:
                signal = recording.read(0, recording.n_samples)[:, 0].copy()
                people[labels.class_name, labels.person] += [
                    (e.turns_per_s, e.mean_amplitude_uv, e.turns_amplitude_ratio)
                    for e in measure_epochs(signal, recording.description.rate_hz)
                    if e.turns_per_s > 0.0
                ]
    lines = [
        "| class | people | turns/s | mean amplitude, uV | largest turns over amplitude, 1/(s uV) |",
        "|" + " --- |" * 5,
    ]
    ratios: dict[str, float] = {}
    for name in CLASSES:
        mine = [np.array(epochs) for (c, _), epochs in people.items() if c == name and epochs]
        columns = (
            [float(np.median(e[:, 0])) for e in mine],
            [float(np.median(e[:, 1])) for e in mine],
            [float(np.max(e[:, 2])) for e in mine],
        )
        cells = [f"{np.median(c):.3g} ({min(c):.3g} to {max(c):.3g})" for c in columns]
        lines.append(f"| {name} | {len(mine)} | {' | '.join(cells)} |")
        ratios[name] = float(np.median(columns[2]))
    raised = ratios["myopathy"] > ratios["healthy"]
    lowered = ratios["motor neuron disease"] < ratios["healthy"]
    said = ("NO", "yes")
    lines += ["", f"Raised in myopathy: {said[raised]}. Lowered in motor neuron disease: {said[lowered]}."]
    return "\n".join(lines)


def decomposition() -> str:
    """The section on an open decomposition package: whether it is there and can be loaded."""
    python = os.environ.get("DECOMPOSITION_PYTHON", "")
    if not python:
        return "EMGdecomPy: not installed (DECOMPOSITION_PYTHON is not set)."
    asked = "from importlib.metadata import version; print(version('emgdecompy')); import emgdecompy.decomposition"
    run = subprocess.run([python, "-c", asked], capture_output=True, text=True, timeout=300, check=False)
    if not run.stdout:
        return "EMGdecomPy: not installed."
    if run.returncode:
        reason = run.stderr.strip().splitlines()[-1]
        return f"EMGdecomPy {run.stdout.strip()}: installed, and cannot be loaded ({reason})."
    return f"EMGdecomPy {run.stdout.strip()}: installed. It takes grids of electrodes; nothing was run."


ABOUT = """# Beside others' work

Written by `python -m tests.studies.peers --write` with MYOSCOPE_DATA set and PEERS_PYTHON naming the interpreter of
an environment of its own:

    python3 -m venv peers
    peers/bin/pip install libemg
    PEERS_PYTHON=peers/bin/python python -m tests.studies.peers

## Window features

{features}

Autoregressive coefficients are not compared: theirs are by Burg, ours by Yule and Walker.

## Potentials of 34 people

The table of Pattichis and Schizas (12 healthy, 11 with myopathy, 11 with motor neuron disease; means of twenty
potentials each). A linear discriminant on mean duration and mean amplitude alone, each person left out in turn, names
**{right} of {people}** right. It says what two measures are worth, whoever measures them; ours of other people stand in
[real-units.md](real-units.md).

## Turns and amplitude

No published table was found whose figures could be read: of the reference values of Liguori, Dahl and
Fuglsang-Frederiksen (Muscle Nerve 1992;15:1314, biceps and three other muscles) and of the normal areas of 2016
(J Clin Neurophysiol) only the summaries were at hand. So there is no figure to hold ours against, only a direction: the
ratio of turns to amplitude is raised in myopathy and lowered in neurogenic disease. Ours, of the low-effort records of
n2001 in epochs of a second, median over people of each person's median (largest for the ratio), and the range:

{turns}

Efforts of the three groups were not held equal, and low effort is not where the method is meant to be used.

## Decomposition

{decomposition}

EMGdecomPy (the method of Negro et al. 2016) is the one open Python package for decomposition that was found. It is made
for grids of electrodes sampled at 2048 Hz, wants a Python before 3.11, and asks for a package that its index has
withdrawn:

    python3.10 -m venv decomposition
    SKLEARN_ALLOW_DEPRECATED_SKLEARN_PACKAGE_INSTALL=True decomposition/bin/pip install emgdecompy
    decomposition/bin/pip install scikit-learn
    DECOMPOSITION_PYTHON=decomposition/bin/python python -m tests.studies.peers

EMGLAB and its like want MATLAB. So following units has no peer here: it is held against the truth of the virtual
patient instead.
"""


def main() -> None:
    """Print the page, or write it down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    data = recordings_folder()
    right, people = told_apart(data / "muap_table" / "muap.csv")
    text = ABOUT.format(
        features=features(data), right=right, people=people, turns=turns(data), decomposition=decomposition()
    )
    print(text)
    if given.write:
        OUT.parent.mkdir(parents=True, exist_ok=True)
        OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
