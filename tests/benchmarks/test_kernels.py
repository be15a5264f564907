"""How long features, filters, resampler and gate take, driven by the registry.

    python -m pytest tests/benchmarks/test_kernels.py --benchmark-columns=median,iqr,rounds

Medians are printed, not judged: another process costs a whole slice. Judged is only the ratio of all features
to a Fourier transform of the same window in the same run.
"""

import statistics
import timeit

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from contracts.settings import FilterSettings, QualitySettings
from processing.feature_registry import FEATURES
from processing.features import FeatureExtractor
from processing.filters import FilterBank
from processing.quality import QualityGate
from processing.resample import Resampler
from processing.ring import RingBuffer

SHAPES = {"needle 1 x 5859": (5859, 1, 23_437.5), "surface 8 x 500": (500, 8, 2000.0)}
"""A quarter of a second: samples, channels, rate."""


def emg(n_samples: int, n_channels: int) -> np.ndarray:
    """Coloured noise with spikes, f32."""
    rng = np.random.default_rng(0)
    x = np.cumsum(rng.standard_normal((n_samples, n_channels)), axis=0) * 20.0
    x[::97] += 400.0
    return (x - x.mean(axis=0)).astype(np.float32)


def prepared(
    names: tuple[str, ...], shape: tuple[int, int, float]
) -> tuple[FeatureExtractor, np.ndarray, np.ndarray]:
    """A warm extractor, a window, and room for its features."""
    n_samples, n_channels, rate_hz = shape
    extractor = FeatureExtractor(names, rate_hz, n_samples, n_channels)
    extractor.warm_up()
    out = np.zeros((n_channels, len(extractor.layout)), dtype=np.float32)
    return extractor, emg(n_samples, n_channels), out


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("name", ["all", *FEATURES])
def test_feature(benchmark: BenchmarkFixture, name: str, shape: tuple[int, int, float]) -> None:
    extractor, window, out = prepared(() if name == "all" else (name,), shape)
    benchmark.pedantic(extractor.compute, (window, out), rounds=40, iterations=5, warmup_rounds=2)
    assert np.isfinite(out).all()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_all_features_cost_a_few_transforms(shape: tuple[int, int, float]) -> None:
    extractor, window, out = prepared((), shape)
    samples = np.ascontiguousarray(window.T, dtype=np.float64)

    def median_s(body: str) -> float:
        times = timeit.repeat(
            body, globals={"e": extractor, "w": window, "o": out, "s": samples, "np": np}, number=20
        )
        return statistics.median(times)

    assert median_s("e.compute(w, o)") < 12.0 * median_s("np.fft.rfft(s, axis=1)")


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_quality_gate(benchmark: BenchmarkFixture, shape: tuple[int, int, float]) -> None:
    n_samples, n_channels, rate_hz = shape
    gate = QualityGate(QualitySettings(), rate_hz, n_samples, n_channels, "uV")
    window = emg(n_samples, n_channels)
    flags = benchmark.pedantic(gate.judge, (window, window), rounds=40, iterations=5, warmup_rounds=2)
    assert len(flags) == n_channels


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_filters_for_a_hop(benchmark: BenchmarkFixture, shape: tuple[int, int, float]) -> None:
    n_samples, n_channels, rate_hz = shape
    bank = FilterBank(FilterSettings(notch="50 Hz"), rate_hz, n_channels)
    hop = emg(n_samples // 5, n_channels)
    out = benchmark.pedantic(bank.apply, (hop,), rounds=40, iterations=5, warmup_rounds=2)
    assert out.shape == hop.shape


def test_resampler_for_a_hop(benchmark: BenchmarkFixture) -> None:
    resampler = Resampler(23_437.5, 20_000.0, 1)
    hop = emg(1172, 1)
    out = benchmark.pedantic(resampler.push, (hop,), rounds=40, iterations=5, warmup_rounds=2)
    assert 999 <= len(out) <= 1001


def test_ring_push_and_window(benchmark: BenchmarkFixture) -> None:
    ring = RingBuffer(1000, 8)
    chunk = emg(40, 8)

    def push_and_look() -> float:
        ring.push(chunk)
        return float(ring.window(ring.stop_index, 40)[-1, 0])

    assert benchmark.pedantic(push_and_look, rounds=40, iterations=20, warmup_rounds=2) == float(chunk[-1, 0])
