"""A fitted classifier as an ONNX file with its card inside, checked against the original."""

from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
from numpy.typing import NDArray
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as XgbFloat
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from xgboost import XGBClassifier

from contracts.refusal import Refusal
from inference.runtime.card import METADATA_KEY, ModelCard
from inference.runtime.model import OnnxModel
from inference.training.fit import Classifier

AGREES_WITHIN = 1e-5
OPSET = 15
"""The highest that the converter for XGBoost writes."""
LIBRARIES = ("numpy", "scikit-learn", "xgboost-cpu", "skl2onnx", "onnxmltools", "onnx", "onnxruntime")


def library_versions() -> dict[str, str]:
    """The versions that a model was made with."""
    return {name: metadata.version(name) for name in LIBRARIES}


def export(classifier: Classifier, card: ModelCard, path: Path, held_out: NDArray[np.float32]) -> float:
    """Write the model; returns the largest difference of a probability between ONNX and the original.

    `held_out (n, columns)` are windows that it was not fitted on. Raises Refusal, and removes the file,
    when the two differ by more than 1e-5.
    """
    graph = _convert(classifier, card.n_inputs)
    entry = graph.metadata_props.add()
    entry.key = METADATA_KEY
    entry.value = msgspec.json.encode(card).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(graph, str(path))
    difference = disagreement(classifier, OnnxModel.load(path), held_out)
    if difference > AGREES_WITHIN:
        path.unlink()
        raise Refusal(
            found=f"probabilities that differ by {difference:.1e} between ONNX and {card.algorithm}",
            wanted=f"at most {AGREES_WITHIN:g}",
            do="Another version of the converter, or another algorithm.",
        )
    return difference


def disagreement(classifier: Classifier, model: OnnxModel, rows: NDArray[np.float32]) -> float:
    """The largest absolute difference of a probability over all rows and classes."""
    return float(np.abs(model.predict(rows) - classifier.predict_proba(rows)).max())


def _convert(classifier: Any, n_inputs: int) -> onnx.ModelProto:
    if isinstance(classifier, XGBClassifier):
        inputs: Any = [("features", XgbFloat([None, n_inputs]))]
        graph: Any = convert_xgboost(classifier, initial_types=inputs, target_opset=OPSET)
    else:
        inputs = [("features", FloatTensorType([None, n_inputs]))]
        plain = {id(classifier): {"zipmap": False}}
        graph = to_onnx(classifier, initial_types=inputs, options=plain, target_opset=OPSET)
    return graph
