"""The hiss of an end-plate: named as a whole, and not taken for anything that leans the other way."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.measured import RestTrain
from contracts.settings import FilterSettings
from processing.filters import FilterBank
from processing.spontaneous.endplate import Lean
from processing.spontaneous.settings import NamingSettings
from processing.spontaneous.watcher import RestWatcher

RATE_HZ = 12_000.0
STEP = 240


def hiss(
    seconds: float, sign: float = -1.0, per_s: float = 250.0, width_ms: float = 0.35
) -> NDArray[np.float32]:
    """Small potentials of one phase, at random."""
    rng = np.random.default_rng(4)
    n = round(seconds * RATE_HZ)
    at = np.zeros(n)
    np.add.at(at, rng.integers(0, n, round(seconds * per_s)), rng.uniform(12.0, 40.0, round(seconds * per_s)))
    u = np.arange(round(0.006 * RATE_HZ)) / RATE_HZ * 1000.0 / width_ms
    return (sign * np.convolve(at, u * np.exp(1.0 - u))[:n] + 2.0 * rng.standard_normal(n)).astype(np.float32)


def leaning(signal: NDArray[np.float32]) -> Lean:
    lean = Lean(RATE_HZ, STEP, NamingSettings())
    for first in range(0, signal.size - STEP + 1, STEP):
        lean.take(signal[first : first + STEP])
    return lean


def told(signal: NDArray[np.float32]) -> list[RestTrain]:
    watcher = RestWatcher(RATE_HZ)
    watcher.begin(1, 0)
    return watcher.feed(signal, 0) + watcher.end(signal.size)


def test_it_is_named_and_its_discharges_are_not_counted() -> None:
    named = [each for each in told(hiss(12.0)) if each.kind == "end-plate noise"]
    assert named
    assert {each.discharges for each in named} == {None}
    assert {each.irregularity for each in named} == {None}
    assert all(each.rate_hz is not None and each.rate_hz > 20.0 for each in named)


@pytest.mark.parametrize("signal", [hiss(12.0, sign=1.0), hiss(12.0, width_ms=1.2)], ids=["positive", "slow"])
def test_what_is_positive_or_far_away_is_none(signal: NDArray[np.float32]) -> None:
    assert "end-plate noise" not in {each.kind for each in told(signal)}


def test_skewness_is_that_of_its_definition() -> None:
    x = -np.random.default_rng(1).exponential(10.0, round(2.0 * RATE_HZ)).astype(np.float32)
    low_hz, high_hz = NamingSettings().lean_hz
    band = FilterBank(FilterSettings(highpass_hz=low_hz, lowpass_hz=high_hz, order=2), RATE_HZ, 1)
    passed = band.apply(x[:, None])[:, 0].astype(np.float64)
    ordered = np.sort(passed)
    off = passed - (ordered[x.size // 2 - 1] + ordered[x.size // 2]) / 2.0
    most = 6.0 * 1.4826 * float(np.median(np.abs(off)))
    cut = [min(max(value, -most), most) for value in off.tolist()]
    second, third = sum(v**2 for v in cut) / len(cut), sum(v**3 for v in cut) / len(cut)
    assert leaning(x).skewness == pytest.approx(third / second**1.5, rel=1e-6)
    assert leaning(x).skewness < -0.5


def test_too_little_signal_leans_nowhere_and_silence_has_no_bands() -> None:
    assert leaning(hiss(1.5)).skewness == 0.0
    assert leaning(np.zeros(round(3.0 * RATE_HZ), np.float32)).skewness == 0.0
    assert leaning(np.zeros(round(3.0 * RATE_HZ), np.float32)).fineness == 0.0
