"""Scores of held-out predictions, by window, by recording and by person."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score, recall_score, roc_auc_score

from inference.training.datasets import Windows
from inference.training.fit import fit
from inference.training.splits import balanced_weights, folds


@dataclass(frozen=True)
class Scores:
    """What held-out predictions are worth at one level."""

    n: int
    macro_f1: float
    balanced_accuracy: float
    auc: float
    """One against the rest, mean over classes; NaN where a class is absent."""
    confusion: NDArray[np.int64]
    """`(true, predicted)`."""


def held_out(
    windows: Windows,
    algorithm: str,
    n_classes: int,
    blocks: int,
    seed: int,
    columns: NDArray[np.float32] | None = None,
) -> NDArray[np.float64]:
    """Probabilities `(n, classes)` for every row from a model that saw nobody of its group; NaN where purged.

    `columns` replaces the features, for probes.
    """
    x = windows.features if columns is None else columns
    out = np.full((len(x), n_classes), np.nan)
    for train, test in folds(windows, blocks, seed):
        weights = balanced_weights(windows, train, n_classes)
        out[test] = fit(algorithm, x[train], windows.target[train], weights, seed).predict_proba(x[test])
    return out


def by_group(
    probabilities: NDArray[np.float64], target: NDArray[np.int64], group: NDArray[np.str_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """One row a group (recording, person): the normalised geometric mean of its windows, and its class."""
    names, inverse = np.unique(group, return_inverse=True)
    logs = np.log(np.maximum(probabilities, 1e-4))
    means = np.stack([logs[inverse == g].mean(axis=0) for g in range(len(names))])
    shares = np.exp(means - means.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True), np.array(
        [target[inverse == g][0] for g in range(len(names))]
    )


def score(probabilities: NDArray[np.float64], target: NDArray[np.int64]) -> Scores:
    """The scores of rows of probabilities `(n, classes)` against their classes `(n,)`."""
    n_classes = probabilities.shape[1]
    labels = list(range(n_classes))
    present = np.unique(target)
    said = probabilities.argmax(axis=1)
    aucs = [
        roc_auc_score(target == c, probabilities[:, c]) if 0 < (target == c).sum() < len(target) else np.nan
        for c in labels
    ]
    # A class that is never said has precision 0; scikit-learn's stubs know only its warning.
    options: Any = {"labels": present, "average": "macro", "zero_division": 0.0}
    return Scores(
        n=len(target),
        macro_f1=float(f1_score(target, said, **options)),
        balanced_accuracy=float(recall_score(target, said, **options)),
        auc=float(np.nanmean(aucs)),
        confusion=confusion_matrix(target, said, labels=labels),
    )


def all_levels(probabilities: NDArray[np.float64], windows: Windows, *, persons: bool) -> dict[str, Scores]:
    """Scores by window, recording and (where the set names them) person."""
    kept = ~np.isnan(probabilities[:, 0])
    p, target = probabilities[kept], windows.target[kept]
    levels = {"windows": score(p, target)}
    if persons:
        for level, group in (("recordings", windows.recording[kept]), ("persons", windows.person[kept])):
            levels[level] = score(*by_group(p, target, group))
    return levels
