"""From windows to a model file: fit the algorithms, score them on people they did not see, export."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.runtime.card import ModelCard
from inference.training.datasets import Windows
from inference.training.export import export, library_versions
from inference.training.fit import fit
from inference.training.scores import Scores, all_levels, held_out
from inference.training.splits import balanced_weights, folds
from inference.training.tasks import INTENDED_USE, Task


@dataclass(frozen=True)
class Trained:
    """One algorithm, scored and exported."""

    algorithm: str
    path: Path
    levels: dict[str, Scores]
    probabilities: NDArray[np.float64]
    """Held-out probabilities of every window, `(n, classes)`."""
    onnx_difference: float
    """Largest difference between ONNX and native on held-out windows."""
    size_bytes: int


def train_all(
    windows: Windows,
    task: Task,
    algorithms: Sequence[str],
    out: Path,
    seed: int,
    parameters: dict[str, Any],
    say: Callable[[str], None],
) -> list[Trained]:
    """Every algorithm: scored on held-out groups, checked against ONNX, then fitted on all and exported."""
    done: list[Trained] = []
    for algorithm in algorithms:
        say(f"{algorithm}: scoring on people it does not see")
        probabilities = held_out(windows, algorithm, len(task.classes), task.blocks, seed)
        levels = all_levels(probabilities, windows, persons=not task.blocks)
        say(f"{algorithm}: fitting and exporting")
        path = out / f"{task.name}-{algorithm.replace(' ', '-')}.onnx"
        card = card_of(windows, task, algorithm, levels, parameters)
        difference = _export_checked(windows, task, algorithm, card, path, seed)
        done.append(Trained(algorithm, path, levels, probabilities, difference, path.stat().st_size))
    return done


def _export_checked(
    windows: Windows, task: Task, algorithm: str, card: ModelCard, path: Path, seed: int
) -> float:
    """Export a model of one fold and hold it against its native twin on held-out windows; then the real one."""
    n_classes = len(task.classes)
    train, test = next(iter(folds(windows, task.blocks, seed)))
    weights = balanced_weights(windows, train, n_classes)
    of_fold = fit(algorithm, windows.features[train], windows.target[train], weights, seed)
    difference = export(of_fold, card, path, windows.features[test])
    rows = np.flatnonzero(windows.block >= 0)
    weights = balanced_weights(windows, rows, n_classes)
    final = fit(algorithm, windows.features[rows], windows.target[rows], weights, seed)
    export(final, card, path, windows.features[test])
    return difference


def best_of(trained: Sequence[Trained]) -> Trained:
    """The one with the best macro F1 at the highest level that the set allows.

    Chosen on the same held-out scores that are reported, which flatters the winner a little; the report says
    so and shows them all.
    """
    level = "persons" if "persons" in trained[0].levels else "windows"
    return max(trained, key=lambda t: (t.levels[level].macro_f1, t.levels["windows"].macro_f1))


def card_of(
    windows: Windows, task: Task, algorithm: str, levels: dict[str, Scores], parameters: dict[str, Any]
) -> ModelCard:
    """The card that goes into the file."""
    metrics = {
        f"{level}.{name}": round(float(getattr(scores, name)), 4)
        for level, scores in levels.items()
        for name in ("macro_f1", "balanced_accuracy", "auc")
    }
    return ModelCard(
        name=task.name,
        version=task.version,
        task=task.title,
        classes=task.classes,
        patterns=task.patterns,
        input="features",
        channels=task.channels,
        unit=task.unit,
        rate_hz=task.rate_hz,
        window=task.window,
        hop=task.hop,
        filters=task.filters,
        intended_use=INTENDED_USE,
        features=task.features,
        layout=windows.layout,
        parameters=parameters,
        algorithm=algorithm,
        training=windows.sets,
        metrics=metrics,
        libraries=library_versions(),
    )
