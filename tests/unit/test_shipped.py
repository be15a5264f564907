"""What ships: models that are what their hashes say and small enough, presets that run on the streams they are for."""

import numpy as np
import pytest

from contracts.records import Channel, StreamDescription
from contracts.settings import load_settings
from contracts.wire import Result
from inference.runtime.model import OnnxModel, load_model, sha256_of, shipped_hashes, shipped_models
from inference.runtime.pipeline import Pipeline, as_chunk
from inference.runtime.validate import validate
from myoscope.doctor import examine
from myoscope.presets import read_preset


@pytest.mark.parametrize("name", ["patterns", "gestures"])
def test_a_shipped_model_is_the_one_that_was_written_down(name: str) -> None:
    path = shipped_models()[name]
    assert sha256_of(path) == shipped_hashes()[path.name]
    assert path.stat().st_size < 5_000_000
    assert validate(path)
    card = path.with_suffix(".md").read_text(encoding="utf-8")
    assert "Research and education only" in card
    assert OnnxModel.load(path).card.algorithm in card


def test_the_patterns_are_hierarchical_and_the_last_two_classes_not_decidable() -> None:
    card = OnnxModel.load(shipped_models()["patterns"]).card
    assert card.classes == ("healthy", "myopathy", "neuropathy", "motor neuron disease")
    assert [p.name for p in card.patterns] == ["healthy", "myopathic", "neurogenic"]
    assert [p.decidable for p in card.patterns] == [True, True, False]


PRESETS = [
    ("needle", 23437.5, 1, "uV"),
    ("needle", 32768.0, 1, "uV"),
    ("needle", 48000.0, 2, "uV"),
    ("needle-measure", 23437.5, 1, "uV"),
    ("needle-measure", 48000.0, 1, "uV"),
    ("surface", 2000.0, 8, "uV"),
    ("surface", 2000.0, 64, "uV"),
    ("myo", 200.0, 8, "counts"),
]


@pytest.mark.parametrize(("preset", "rate_hz", "n", "unit"), PRESETS)
def test_a_preset_runs_on_the_streams_it_is_for(preset: str, rate_hz: float, n: int, unit: str) -> None:
    settings = load_settings(None, (), read_preset(preset))
    stream = StreamDescription("s", rate_hz, tuple(Channel(f"EMG{i + 1}", unit) for i in range(n)))
    pipeline = Pipeline(settings, stream, load_model(settings.model), lambda: 0.0)
    pipeline.warm_up()
    signal = np.round(np.random.default_rng(0).normal(0, 40, (round(rate_hz), n))).astype(np.float32)
    results = [m for m in pipeline.feed(as_chunk(signal, 0, rate_hz)) if isinstance(m, Result)]
    assert results
    readings = results[-1].readings
    assert len(readings) == (1 if preset == "myo" else n)
    assert all(np.isfinite(r.features).all() for r in readings)
    assert all(
        len(r.features) == len(pipeline.feature_names) * (n if r.channel is None else 1) for r in readings
    )
    assert len(pipeline.feature_units) == len(pipeline.feature_names)


def test_the_doctor_finds_a_model_that_is_not_the_one_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {
        f.what: f.good for f in examine(load_settings(overrides=["wire.port=5980", "wire.control_port=5981"]))
    }
    assert good["model"]
    assert good["package names"]
    assert good["liblsl"]
    monkeypatch.setattr("inference.runtime.model.shipped_hashes", lambda: {"patterns.onnx": "0" * 64})
    bad = {f.what: f for f in examine(load_settings())}
    assert not bad["model"].good
    assert "Install" in bad["model"].do
