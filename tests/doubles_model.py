"""A small ONNX model of one's own, made from nothing with the onnx package, as docs/model-contract.md asks."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from contracts.settings import FilterSettings
from contracts.wire import Pattern
from inference.runtime.card import METADATA_KEY, ModelCard

FEATURES = ("root_mean_square", "waveform_length")


def own_card(**changes: Any) -> ModelCard:
    """A card for a two-class model on two features at 1 kHz, with fields changed as asked."""
    card = ModelCard(
        name="own",
        version="1",
        task="quiet against loud",
        classes=("quiet", "loud"),
        patterns=(Pattern("quiet", ("quiet",)), Pattern("loud", ("loud",))),
        input="features",
        channels=None,
        unit="uV",
        rate_hz=1000.0,
        window=200,
        hop=50,
        filters=FilterSettings(highpass_hz=20.0, lowpass_hz=400.0),
        intended_use="tests",
        features=FEATURES,
        layout=FEATURES,
    )
    return msgspec.structs.replace(card, **changes)


def write_model(path: Path, card: ModelCard | None, *, logits: float = 0.01, softmax: bool = True) -> Path:
    """A linear layer and a softmax over the card's inputs; the second class grows with the features."""
    known = card or own_card()
    n_inputs = known.n_inputs if known.input == "features" else known.window * (known.channels or 1)
    weights = np.zeros((n_inputs, len(known.classes)), np.float32)
    weights[:, 1] = logits
    shape = [None, n_inputs] if known.input == "features" else [None, known.window, known.channels or 1]
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"], axis=1),
        helper.make_node("MatMul", ["flat", "w"], ["y"]),
    ]
    if softmax:
        nodes.append(helper.make_node("Softmax", ["y"], ["probabilities"], axis=1))
    else:
        nodes.append(helper.make_node("Identity", ["y"], ["probabilities"]))
    graph = helper.make_graph(
        nodes,
        "own",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(known.classes)])],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if card is not None:
        entry = model.metadata_props.add()
        entry.key, entry.value = METADATA_KEY, msgspec.json.encode(card).decode()
    onnx.save(model, str(path))
    return path
