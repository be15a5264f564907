"""A user's own model: it runs when it keeps the contract, and is refused with the two values when it does not."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
import pytest

from contracts.records import Channel, StreamDescription
from contracts.refusal import Refusal
from contracts.settings import load_settings
from contracts.wire import Pattern, Result
from inference.runtime.card import ModelCard
from inference.runtime.model import OnnxModel
from inference.runtime.pipeline import Pipeline, as_chunk
from inference.runtime.validate import validate
from tests.doubles_model import own_card, write_model


def stream(rate_hz: float = 1000.0, n: int = 1, unit: str = "uV") -> StreamDescription:
    return StreamDescription("s", rate_hz, tuple(Channel(f"EMG{i}", unit) for i in range(n)))


def pipeline(path: Path, about: StreamDescription, *overrides: str) -> Pipeline:
    settings = load_settings(overrides=[f'model.path="{path}"', *overrides])
    return Pipeline(settings, about, OnnxModel.load(path, settings.model.sha256), lambda: 0.0)


def results(of: Pipeline, amplitude: float, n: int = 1, rate_hz: float = 1000.0) -> list[Result]:
    of.warm_up()
    signal = np.random.default_rng(0).normal(0, amplitude, (int(2 * rate_hz), n)).astype(np.float32)
    return [m for m in of.feed(as_chunk(signal, 0, rate_hz)) if isinstance(m, Result)]


def test_it_runs_and_tells_loud_from_quiet(tmp_path: Path) -> None:
    path = write_model(tmp_path / "own.onnx", own_card())
    loud = results(pipeline(path, stream()), 200.0)[-1].readings[0]
    quiet = results(pipeline(path, stream()), 0.1)[-1].readings[0]
    assert loud.probabilities[1] > 0.9 > 0.6 > quiet.probabilities[1]
    assert sum(loud.probabilities) == pytest.approx(1.0, abs=1e-6)


def test_a_one_channel_model_reads_each_channel_and_a_joint_one_all_at_once(tmp_path: Path) -> None:
    each = write_model(tmp_path / "each.onnx", own_card())
    joint = write_model(tmp_path / "joint.onnx", own_card(channels=3))
    assert [r.channel for r in results(pipeline(each, stream(n=3)), 50.0, 3)[0].readings] == [0, 1, 2]
    reading = results(pipeline(joint, stream(n=3)), 50.0, 3)[0].readings
    assert [r.channel for r in reading] == [None]
    assert len(reading[0].features) == 6


def test_a_model_of_the_signal_itself_runs(tmp_path: Path) -> None:
    card = own_card(input="signal", features=("root_mean_square",), layout=())
    path = write_model(tmp_path / "signal.onnx", card)
    assert len(results(pipeline(path, stream(n=2)), 50.0, 2)[0].readings) == 2
    validate(path)


def test_a_faster_stream_is_brought_to_the_models_rate(tmp_path: Path) -> None:
    path = write_model(tmp_path / "own.onnx", own_card())
    subject = pipeline(path, stream(4000.0))
    first, second = results(subject, 50.0, rate_hz=4000.0)[:2]
    assert second.stop_index - first.stop_index == 200
    assert subject.delay_s > 0


def test_the_validator_says_what_is_right(tmp_path: Path) -> None:
    lines = validate(write_model(tmp_path / "own.onnx", own_card()))
    assert any("the pipeline runs" in line for line in lines)


@pytest.mark.parametrize(
    ("about", "overrides", "words"),
    [
        (stream(500.0), (), ["500 Hz", "1000 Hz"]),
        (stream(unit="counts"), (), ["counts", "uV"]),
        (stream(), ("filters.highpass_hz=10",), ["band", "highpass_hz=10", "highpass_hz=20"]),
        (stream(), ("window.length_s=0.5",), ["window", "500", "200"]),
        (stream(), (f'model.sha256="{"0" * 64}"',), ["SHA-256", "0" * 64]),
    ],
    ids=["rate", "unit", "band", "window", "hash"],
)
def test_what_does_not_fit_the_stream_is_refused_with_both_values(
    tmp_path: Path, about: StreamDescription, overrides: tuple[str, ...], words: list[str]
) -> None:
    path = write_model(tmp_path / "own.onnx", own_card())
    with pytest.raises(Refusal) as refused:
        pipeline(path, about, *overrides)
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_a_joint_model_is_refused_another_number_of_channels(tmp_path: Path) -> None:
    path = write_model(tmp_path / "joint.onnx", own_card(channels=3))
    with pytest.raises(Refusal, match=r"channels 2.*channels 3"):
        pipeline(path, stream(n=2))


def test_another_layout_is_refused_with_the_first_column_that_differs(tmp_path: Path) -> None:
    path = write_model(tmp_path / "old.onnx", own_card(layout=("root_mean_square", "wave_length")))
    with pytest.raises(Refusal, match=r"waveform_length.*wave_length"):
        pipeline(path, stream())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"patterns": (Pattern("quiet", ("quiet",)),)}, "every class in exactly one pattern"),
        ({"classes": ("loud",), "patterns": (Pattern("loud", ("loud",)),)}, "at least two"),
        ({"contract": 2}, "model contract 2"),
        ({"hop": 500}, "hop 500"),
        ({"layout": (), "features": ()}, "layout"),
    ],
)
def test_a_card_that_contradicts_itself_is_refused(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    path = write_model(tmp_path / "bad.onnx", own_card())
    _rewrite(path, own_card(**changes))
    with pytest.raises(Refusal, match=words):
        OnnxModel.load(path)


def _rewrite(path: Path, card: ModelCard) -> None:
    model = onnx.load(str(path))
    model.metadata_props[0].value = msgspec.json.encode(card).decode()
    onnx.save(model, str(path))


def test_a_file_without_a_card_no_model_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no `myoscope` entry"):
        OnnxModel.load(write_model(tmp_path / "bare.onnx", None))
    text = tmp_path / "text.onnx"
    text.write_text("this is no model")
    with pytest.raises(Refusal, match="does not read"):
        OnnxModel.load(text)
    with pytest.raises(Refusal, match="shipped models"):
        OnnxModel.load(tmp_path / "absent.onnx")


def test_outputs_that_are_no_probabilities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="probabilities that sum to 1"):
        OnnxModel.load(write_model(tmp_path / "raw.onnx", own_card(), softmax=False))


def test_a_graph_of_another_width_than_its_card_is_refused(tmp_path: Path) -> None:
    path = write_model(tmp_path / "wide.onnx", own_card(channels=2))
    _rewrite(path, own_card())
    with pytest.raises(Refusal, match=r"\[n, 2\]"):
        OnnxModel.load(path)
