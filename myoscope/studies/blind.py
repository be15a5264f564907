"""`myoscope study blind`: can a classifier tell simulated from recorded healthy biceps?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from myoscope.studies.traces import RATE_HZ, RecorderName, Trace
from processing.features import FeatureExtractor

WINDOW = round(RATE_HZ)
"""One second."""
FOLDS = 5
TREES = 300

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of all traces, one row each."""

    features: NDArray[np.float32]
    layout: tuple[str, ...]
    real: NDArray[np.bool_]
    person: NDArray[np.str_]
    record: NDArray[np.str_]
    recorder: NDArray[np.str_]

    def of(self, name: RecorderName) -> "Windows":
        """Those of one recorder."""
        rows = self.recorder == name
        return Windows(
            self.features[rows],
            self.layout,
            self.real[rows],
            self.person[rows],
            self.record[rows],
            self.recorder[rows],
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """How well simulated is told from recorded, by people who were not fitted on."""

    by_window: float
    by_record: float
    by_person: float
    """Balanced accuracies; 0.5 is chance."""
    betrays: tuple[tuple[str, float, float], ...]
    """Features: name, fall of the balanced accuracy when it is shuffled on held-out people, area under the
    curve of the feature alone (above 0.5: larger in simulated windows). The most telling first."""


def windows_of(traces: Sequence[Trace]) -> Windows:
    """All features of every full window of every trace."""
    extractor = FeatureExtractor((), RATE_HZ, WINDOW, 1)
    rows: list[NDArray[np.float32]] = []
    owners: list[Trace] = []
    for trace in traces:
        for first in range(0, trace.signal.size - WINDOW + 1, WINDOW):
            out = np.empty((1, len(extractor.layout)), np.float32)
            extractor.compute(trace.signal[first : first + WINDOW, np.newaxis], out)
            rows.append(out[0])
            owners.append(trace)
    return Windows(
        np.array(rows),
        extractor.layout,
        np.array([t.real for t in owners]),
        np.array([t.person for t in owners]),
        np.array([t.name for t in owners]),
        np.array([t.recorder for t in owners]),
    )


def answer(windows: Windows, seed: int) -> Answer:
    """The answer of a random forest, cross-validated over people, each person weighing the same."""
    score = np.zeros(windows.real.size)
    falls: list[F64] = []
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for fit, test in splitter.split(windows.features, windows.real, groups=windows.person):
        forest = RandomForestClassifier(TREES, min_samples_leaf=3, random_state=seed, n_jobs=2)
        forest.fit(windows.features[fit], windows.real[fit], sample_weight=_weights(windows, fit))
        score[test] = np.asarray(forest.predict_proba(windows.features[test]))[:, 1]
        shuffled = permutation_importance(
            forest,
            windows.features[test],
            windows.real[test],
            scoring="balanced_accuracy",
            n_repeats=3,
            random_state=seed,
        )
        falls.append(np.asarray(shuffled["importances_mean"]))
    alone = [float(roc_auc_score(~windows.real, windows.features[:, k])) for k in range(len(windows.layout))]
    fall = np.mean(falls, axis=0)
    order = np.argsort(-fall)
    return Answer(
        float(balanced_accuracy_score(windows.real, score > 0.5)),
        _together(windows, windows.record, score),
        _together(windows, windows.person, score),
        tuple((windows.layout[k], float(fall[k]), alone[k]) for k in order),
    )


def _weights(windows: Windows, rows: NDArray[np.int64]) -> F64:
    """Both sides count the same, and every person of a side."""
    weights = np.zeros(rows.size)
    for side in (True, False):
        for person in np.unique(windows.person[rows][windows.real[rows] == side]):
            mine = (windows.person[rows] == person) & (windows.real[rows] == side)
            weights[mine] = 1.0 / mine.sum()
        mine = windows.real[rows] == side
        weights[mine] /= weights[mine].sum()
    return weights * rows.size / 2


def _together(windows: Windows, key: NDArray[np.str_], score: F64) -> float:
    """Balanced accuracy of the mean log odds over everything of one key."""
    held = np.clip(score, 0.01, 0.99)
    odds = np.log(held / (1 - held))
    keys = np.unique(key)
    truth = np.array([windows.real[key == k][0] for k in keys])
    said = np.array([odds[key == k].mean() > 0 for k in keys])
    return float(balanced_accuracy_score(truth, said))
