"""The four algorithms, as the founding document names them."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from xgboost import XGBClassifier

SVM_ROWS = 6_000
"""Rows that a support vector machine is fitted on at most, drawn with the weights: its cost is quadratic."""


class Classifier(Protocol):
    """What is used of a fitted estimator."""

    def predict_proba(self, X: NDArray[np.float32]) -> NDArray[np.floating[Any]]:  # noqa: N803
        """Probabilities `(n, classes)`."""
        ...


def random_forest(seed: int) -> RandomForestClassifier:
    """A forest without a scaler: scaling moves thresholds on integer features in float32 (facts of ONNX)."""
    return RandomForestClassifier(200, min_samples_leaf=5, max_leaf_nodes=160, n_jobs=2, random_state=seed)


def xgboost(seed: int) -> XGBClassifier:
    """Boosted trees, shallow, with row and column sampling."""
    return XGBClassifier(
        n_estimators=250,
        max_depth=4,
        learning_rate=0.06,
        subsample=0.7,
        colsample_bytree=0.6,
        min_child_weight=5,
        tree_method="hist",
        n_jobs=2,
        random_state=seed,
    )


def svm(seed: int) -> Pipeline:
    """A radial-basis support vector machine with calibrated probabilities."""
    calibration: dict[str, Any] = {"ensemble": False, "cv": 3}
    machine = CalibratedClassifierCV(SVC(C=2.0, gamma="scale", random_state=seed), **calibration)
    return Pipeline([("scale", StandardScaler()), ("classify", machine)])


def neural_network(seed: int) -> Pipeline:
    """Two small hidden layers."""
    network = MLPClassifier((48, 24), alpha=1e-2, early_stopping=True, max_iter=200, random_state=seed)
    return Pipeline([("scale", StandardScaler()), ("classify", network)])


ALGORITHMS: dict[str, Callable[[int], Any]] = {
    "random forest": random_forest,
    "xgboost": xgboost,
    "svm": svm,
    "neural network": neural_network,
}


def fit(
    algorithm: str, x: NDArray[np.float32], y: NDArray[np.int64], weights: NDArray[np.float64], seed: int
) -> Classifier:
    """A fitted classifier. `x (n, columns)` float32, `y (n,)` every class present, `weights (n,)`."""
    estimator: Any = ALGORITHMS[algorithm](seed)
    if algorithm == "svm" and len(x) > SVM_ROWS:
        kept = np.random.default_rng(seed).choice(len(x), SVM_ROWS, replace=False, p=weights / weights.sum())
        x, y, weights = x[kept], y[kept], np.ones(SVM_ROWS)
    weighting = "classify__sample_weight" if isinstance(estimator, Pipeline) else "sample_weight"
    fitted: Any = estimator.fit(x, y, **{weighting: weights})
    return fitted
