"""The card inside every model file: what it was made for, and what a stream must be to run it.

The card is JSON under the key `myoscope` of the ONNX metadata. docs/model-contract.md describes it for
someone who brings their own model.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from contracts.records import EmgUnit
from contracts.refusal import Refusal
from contracts.settings import FilterSettings
from contracts.wire import Pattern

CONTRACT = 1
METADATA_KEY = "myoscope"

Count = Annotated[int, Meta(ge=1)]
Rate = Annotated[float, Meta(gt=0)]


class TrainingSet(msgspec.Struct, frozen=True):
    """One data set that the model was fitted on."""

    name: str
    sha256: str
    """Over the sorted names and hashes of its files."""
    recordings: int
    people: int


class ModelCard(msgspec.Struct, frozen=True):
    """What is inside the file beside the graph."""

    name: str
    version: str
    task: str
    classes: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    input: Literal["features", "signal"]
    """features: `(n, k)` float32, k = layout (times channels). signal: `(n, window, channels)` float32."""
    channels: int | None
    """None: a one-channel model, run on each channel. Otherwise the number of channels it reads at once."""
    unit: EmgUnit
    rate_hz: Rate
    """The analysis rate. Faster streams are resampled to it; slower ones are refused."""
    window: Count
    hop: Count
    filters: FilterSettings
    intended_use: str
    features: tuple[str, ...] = ()
    """Names from the registry, in order."""
    layout: tuple[str, ...] = ()
    """The columns per channel that those names stood for when the model was fitted."""
    parameters: dict[str, Any] = {}
    """Thresholds of the features (turns, zero crossings ...), in the unit of the signal."""
    contract: int = CONTRACT
    algorithm: str = ""
    training: tuple[TrainingSet, ...] = ()
    metrics: dict[str, float] = {}
    """Scores by name, from splits that share no person (or, where persons are unknown, no block)."""
    libraries: dict[str, str] = {}

    @property
    def n_inputs(self) -> int:
        """Columns that the graph expects for input `features`."""
        return len(self.layout) * (self.channels or 1)


def read_card(metadata: dict[str, str], where: str) -> ModelCard:
    """The card in an ONNX file's metadata. Raises Refusal when it is absent or damaged."""
    text = metadata.get(METADATA_KEY)
    if text is None:
        raise Refusal(
            found=f"no `{METADATA_KEY}` entry in the metadata of {where}",
            wanted="a model that carries its card",
            do="See docs/model-contract.md for the card that a model needs.",
        )
    try:
        card = msgspec.json.decode(text, type=ModelCard)
    except msgspec.MsgspecError as error:
        raise Refusal(
            found=f"a model card in {where} that does not read ({error})",
            wanted=f"model contract {CONTRACT}",
            do="See docs/model-contract.md.",
        ) from error
    if card.contract != CONTRACT:
        raise Refusal(
            found=f"model contract {card.contract} in {where}",
            wanted=f"model contract {CONTRACT}",
            do="Export the model again with this version.",
        )
    _consistent(card, where)
    return card


def _consistent(card: ModelCard, where: str) -> None:
    grouped = [name for pattern in card.patterns for name in pattern.classes]
    if sorted(grouped) != sorted(card.classes) or len(set(card.classes)) != len(card.classes):
        raise Refusal(
            found=f"patterns {grouped} over classes {list(card.classes)} in {where}",
            wanted="every class in exactly one pattern",
            do="Correct the card's `patterns`.",
        )
    if len(card.classes) < 2:
        raise Refusal(
            found=f"{len(card.classes)} class in {where}",
            wanted="at least two",
            do="Correct the card's `classes`.",
        )
    if card.input == "features" and not card.layout:
        raise Refusal(
            found=f"a feature model without a layout in {where}",
            wanted="the names of its columns",
            do="Correct the card's `features` and `layout`.",
        )
    if card.hop > card.window:
        raise Refusal(
            found=f"hop {card.hop} beyond window {card.window} in {where}",
            wanted="a hop of at most a window",
            do="Correct the card.",
        )
