"""Whether a user's own model keeps docs/model-contract.md."""

from pathlib import Path

import msgspec
import numpy as np

from contracts.records import Channel, StreamDescription
from contracts.refusal import Refusal
from contracts.settings import Settings
from inference.runtime.model import PROBABILITY_TOLERANCE, OnnxModel
from inference.runtime.pipeline import Pipeline

ROWS = 64


def validate(path: Path) -> list[str]:
    """What is right with the model, a line each. Raises Refusal at the first thing that is not.

    Beyond loading: the columns are this version's, a batch gives each row what it gives alone, random
    rows give probabilities, and the whole pipeline runs on a stream of the model's own rate.
    """
    model = OnnxModel.load(path)
    card = model.card
    lines = [
        f"card: {card.name} {card.version}, {card.task}",
        f"classes {', '.join(card.classes)}; patterns {', '.join(p.name for p in card.patterns)}",
        f"input {card.input} {model.input_shape(1)}, {card.rate_hz:g} Hz, window {card.window}, hop {card.hop}",
    ]
    rows = np.random.default_rng(0).normal(size=model.input_shape(ROWS)).astype(np.float32)
    together = model.predict(rows)
    if not np.isfinite(together).all() or np.abs(together.sum(axis=1) - 1).max() > PROBABILITY_TOLERANCE:
        raise Refusal(
            found=f"rows that are no probabilities from {path}",
            wanted="finite values that sum to 1",
            do="End the graph with a softmax.",
        )
    alone = np.concatenate([model.predict(rows[i : i + 1]) for i in range(ROWS)])
    if np.abs(alone - together).max() > PROBABILITY_TOLERANCE:
        raise Refusal(
            found=f"a row that gets another answer in a batch than alone, by {np.abs(alone - together).max():.2g}",
            wanted="rows that do not know of each other",
            do="Take batch statistics out of the graph (export in evaluation mode).",
        )
    lines.append(f"{ROWS} random rows: probabilities, the same alone and in a batch")
    channels = tuple(Channel(f"EMG{i + 1}", card.unit) for i in range(card.channels or 1))
    pipeline = Pipeline(
        msgspec.convert({}, Settings),
        StreamDescription(card.name, card.rate_hz, channels),
        model,
        lambda: 0.0,
    )
    pipeline.warm_up()
    lines.append("the pipeline runs with it")
    return lines
