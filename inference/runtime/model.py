"""The ONNX model: the only module that imports onnxruntime."""

import hashlib
from importlib import resources
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from contracts.refusal import Refusal
from contracts.settings import ModelSettings
from inference.runtime.card import ModelCard, read_card

PROBABILITY_TOLERANCE = 1e-3
"""A model whose probabilities sum to anything further from 1 is not one of probabilities."""


def shipped_models() -> dict[str, Path]:
    """The models in the package, by name."""
    folder = Path(str(resources.files("inference"))) / "models"
    return {path.stem: path for path in sorted(folder.glob("*.onnx"))}


def shipped_hashes() -> dict[str, str]:
    """The SHA-256 of each shipped model by file name, as they were written down when it was made."""
    text = (Path(str(resources.files("inference"))) / "models" / "SHA256SUMS").read_text(encoding="ascii")
    return {name: sha256 for sha256, name in (line.split() for line in text.splitlines())}


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class OnnxModel:
    """A loaded, checked and warmed model.

    One thread, CPU: a row takes tens of microseconds, a thread pool would cost more than it gives, and the
    result does not depend on how work was divided.
    """

    def __init__(self, path: Path, sha256: str, card: ModelCard, session: ort.InferenceSession) -> None:
        self.path = path
        self.sha256 = sha256
        self.card = card
        self._session = session
        self._input: str = session.get_inputs()[0].name
        self._output = _probability_output(session, card, path)

    @classmethod
    def load(cls, path: Path, expected_sha256: str | None = None) -> "OnnxModel":
        """The model in a file, checked against its card and run once.

        Raises Refusal when the file is absent, is not a model, has another hash than expected, carries no
        card, or does not give probabilities for the shapes that its card promises.
        """
        if not path.is_file():
            raise Refusal(
                found=f"no file at {path}",
                wanted="an ONNX model",
                do=f"Give a path, or one of the shipped models: {', '.join(shipped_models()) or 'none'}.",
            )
        sha256 = sha256_of(path)
        if expected_sha256 is not None and sha256 != expected_sha256.lower():
            raise Refusal(
                found=f"a model with SHA-256 {sha256} at {path}",
                wanted=f"SHA-256 {expected_sha256}",
                do="Install the model that the settings name, or correct model.sha256.",
            )
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise Refusal(
                found=f"a file that ONNX Runtime does not read ({_first_line(error)}) at {path}",
                wanted="an ONNX model",
                do="Export it again.",
            ) from error
        card = read_card(cast("dict[str, str]", session.get_modelmeta().custom_metadata_map), str(path))
        _check_input(session, card, path)
        model = cls(path, sha256, card, session)
        model.warm_up()
        return model

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities `(n, classes)` for a batch: `(n, k)` features, or `(n, window, channels)` signal."""
        result = self._session.run([self._output], {self._input: batch})[0]
        return np.asarray(result, dtype=np.float32)

    def warm_up(self) -> None:
        """Run once on zeros, and refuse a model that gives no probabilities."""
        probabilities = self.predict(np.zeros(self.input_shape(1), np.float32))
        wanted = (1, len(self.card.classes))
        if probabilities.shape != wanted:
            raise Refusal(
                found=f"an output of shape {probabilities.shape} from {self.path}",
                wanted=f"{wanted}: one probability per class",
                do="See docs/model-contract.md.",
            )
        total = float(probabilities.sum())
        if (
            not np.isfinite(probabilities).all()
            or abs(total - 1) > PROBABILITY_TOLERANCE
            or probabilities.min() < 0
        ):
            raise Refusal(
                found=f"outputs {probabilities[0].tolist()} that sum to {total:.4f} from {self.path}",
                wanted="probabilities that sum to 1",
                do="End the graph with a softmax, or export with zipmap off.",
            )

    def input_shape(self, n: int) -> tuple[int, ...]:
        """The shape of a batch of `n`."""
        if self.card.input == "features":
            return (n, self.card.n_inputs)
        return (n, self.card.window, self.card.channels or 1)


def load_model(settings: ModelSettings) -> OnnxModel | None:
    """The model that the settings name: a shipped one, a file, or None for `none`."""
    if settings.path == "none":
        return None
    path = shipped_models().get(settings.path, Path(settings.path))
    return OnnxModel.load(path, settings.sha256)


def _check_input(session: ort.InferenceSession, card: ModelCard, path: Path) -> None:
    inputs = session.get_inputs()
    wanted = [card.n_inputs] if card.input == "features" else [card.window, card.channels or 1]
    found: list[Any] = list(inputs[0].shape)[1:]
    if isinstance(inputs[0].shape[0], int):
        raise Refusal(
            found=f"a batch of exactly {inputs[0].shape[0]} in {path}",
            wanted="a batch axis that takes any number of rows",
            do="Export with a dynamic first axis.",
        )
    fits = len(inputs) == 1 and inputs[0].type == "tensor(float)" and len(found) == len(wanted)
    if not fits or any(isinstance(f, int) and f != w for f, w in zip(found, wanted, strict=True)):
        raise Refusal(
            found=f"{len(inputs)} input(s), the first {inputs[0].type} of shape {inputs[0].shape}, in {path}",
            wanted=f"one float input of shape [n, {', '.join(map(str, wanted))}], as its card says",
            do="See docs/model-contract.md.",
        )


def _probability_output(session: ort.InferenceSession, card: ModelCard, path: Path) -> str:
    floats = [o for o in session.get_outputs() if o.type == "tensor(float)"]
    named = [o for o in floats if o.name in ("probabilities", "output_probability")]
    chosen = named or floats
    if len(chosen) != 1:
        raise Refusal(
            found=f"outputs {[o.name for o in session.get_outputs()]} in {path}",
            wanted=f"one float output named `probabilities` with {len(card.classes)} columns",
            do="Export with zipmap off, or name the output.",
        )
    return str(chosen[0].name)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
