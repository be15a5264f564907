"""Kernels keep their promises: one signature each after warm-up, nothing from other files, no fast math."""

import ast
import importlib
import pkgutil
from pathlib import Path

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

import processing.features
import processing.filters
import processing.interference
import processing.kernels
import processing.motor_units.measures
import processing.quality
import processing.recording_chain
import processing.resample
from contracts.settings import FilterSettings, QualitySettings
from processing.features import FeatureExtractor
from processing.filters import FilterBank
from processing.interference import measure_epoch
from processing.motor_units.measures import measure
from processing.quality import QualityGate
from processing.recording_chain import ChainSettings, Mains, RecordingChain
from processing.resample import Resampler
from processing.ring import RingBuffer
from tests.doubles_units import potential

OWNERS = (
    processing.features,
    processing.filters,
    processing.interference,
    processing.motor_units.measures,
    processing.quality,
    processing.recording_chain,
    processing.resample,
)
"""Whoever calls the kernels that are tried here."""

ELSEWHERE = (
    "muap_band",
    "muap_evidence",
    "muap_lock",
    "muap_correlation",
    "muap_peaks",
    "muap_power",
    "muap_pursuit",
    "muap_release",
    "muap_spread",
    "muap_template",
    "phase_bands",
    "rest_compare",
    "rest_lock",
    "rest_rhythm",
    "rest_shape",
    "rest_sort",
    "self_likeness",
    "turn_sizes",
)
"""Kernels of following motor units, of rest and of phases: tests/properties/test_motor_unit_kernels.py,
test_rest_kernels.py, test_phase_kernels.py, test_phase_figures.py."""

FOLDER = Path(processing.kernels.__path__[0])

UNIT_RATE_HZ = 12_000.0

interpreted = pytest.mark.skipif(
    not isinstance(processing.features.amplitude, CPUDispatcher),
    reason="NUMBA_DISABLE_JIT is set: kernels are plain Python already",
)


def dispatchers() -> dict[str, CPUDispatcher]:
    """Every compiled function of processing.kernels that is tried here."""
    names = [m.name for m in pkgutil.iter_modules([str(FOLDER)]) if m.name not in ELSEWHERE]
    modules = [importlib.import_module(f"processing.kernels.{name}") for name in names]
    return {
        f"{module.__name__}.{name}": kernel
        for module in modules
        for name, kernel in vars(module).items()
        if isinstance(kernel, CPUDispatcher)
    }


def use_everything(samples: np.ndarray, rate_hz: float) -> tuple[np.ndarray, tuple[tuple[str, ...], ...]]:
    """Resample, filter, window, judge and measure, as the pipeline does: the features and the flags."""
    n_channels = samples.shape[1]
    resampler = Resampler(rate_hz, rate_hz / 1.5, n_channels)
    filters = FilterBank(FilterSettings(), rate_hz / 1.5, n_channels)
    raw, ring = RingBuffer(300, n_channels), RingBuffer(200, n_channels)
    raw.push(samples)
    ring.push(filters.apply(resampler.push(samples)))
    filtered = ring.window(ring.stop_index, 200)
    gate = QualityGate(QualitySettings(), rate_hz, 300, n_channels, "uV")
    flags = gate.judge(raw.window(raw.stop_index, 300), filtered)
    extractor = FeatureExtractor((), rate_hz / 1.5, 200, n_channels)
    features = np.zeros((n_channels, len(extractor.layout)), dtype=np.float32)
    extractor.compute(filtered, features)
    return features, flags


def use_the_rest(samples: np.ndarray) -> tuple[object, ...]:
    """Record and measure the potential in the first channel: all that comes out."""
    settings = ChainSettings(thermal_uv=3.0, drift_uv=10.0, mains=Mains(50.0, 5.0, (0.3,)))
    recorded = RecordingChain(settings, UNIT_RATE_HZ, 1).apply(samples[:, 0], 0.0, 0)
    return recorded.tobytes(), measure(recorded, UNIT_RATE_HZ), measure_epoch(recorded, UNIT_RATE_HZ)


def one_potential() -> np.ndarray:
    """Of a motor unit, with what is quiet around it; `(n, 1)`."""
    return np.pad(potential(UNIT_RATE_HZ, 800.0, 0.3, kind=1), 200)[:, None]


def troubled() -> np.ndarray:
    """Four channels: good, clipped, quiet with an offset, and broken; `(600, 4)`."""
    x = np.random.default_rng(0).standard_normal((600, 4)) * 100.0
    x[:, 1] = np.convolve(x[:, 1], np.ones(6), "same").clip(-120.0, 120.0)
    x[:, 2] = 0.05 * x[:, 2] + 400.0
    x[[0, 40, 550], 3] = [np.nan, np.inf, np.nan]
    return x.astype(np.float32)


@interpreted
def test_plain_python_gives_the_same_bits_as_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    x = troubled()
    features, flags = use_everything(x, 3000.0)
    rest = use_the_rest(one_potential())
    assert flags == ((), ("clipped",), ("noise only",), ("not a number",))
    replaced: set[str] = set()
    for owner in OWNERS:
        for name, kernel in list(vars(owner).items()):
            if isinstance(kernel, CPUDispatcher):
                monkeypatch.setattr(owner, name, kernel.py_func)
                replaced.add(f"{kernel.py_func.__module__}.{name}")
    assert replaced == set(dispatchers())
    plain_features, plain_flags = use_everything(x, 3000.0)
    assert plain_flags == flags
    assert plain_features.tobytes() == features.tobytes()
    assert use_the_rest(one_potential()) == rest


@interpreted
def test_nothing_is_compiled_after_the_first_use() -> None:
    x = troubled()
    use_everything(x, 3000.0)
    use_the_rest(one_potential())
    kernels = dispatchers()
    before = {name: list(kernel.signatures) for name, kernel in kernels.items()}
    assert all(len(signatures) == 1 for signatures in before.values()), before
    frozen = x.copy()
    frozen.flags.writeable = False
    for samples in (frozen, x[:, :1], np.asfortranarray(x), x[:, ::2], x.astype(np.float64)):
        use_everything(samples, 3000.0)
    use_the_rest(np.hstack([one_potential(), one_potential()]).astype(np.float32))
    assert {name: list(kernel.signatures) for name, kernel in kernels.items()} == before


@interpreted
def test_warming_up_the_extractor_compiles_its_kernels() -> None:
    FeatureExtractor((), 2000.0, 200, 1).warm_up()
    used = ("amplitude", "shape", "autoregression", "crossings", "turns", "spectrum")
    for name, kernel in dispatchers().items():
        if name.split(".")[2] in used:
            assert kernel.signatures, name


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_a_kernel_file_imports_numbers_only_and_asks_for_no_fast_math(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= {"math", "numba", "numpy", "typing"}
    for function in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
        assert [ast.unparse(d) for d in function.decorator_list] == ["njit(nogil=True, cache=True)"]
        assert not [node for node in ast.walk(function) if isinstance(node, ast.Raise)]
