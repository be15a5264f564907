"""Kernels of the phases against what they stand for: the filter bank, the turning points, and plain numpy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.registry import CPUDispatcher

import processing.kernels.phase_bands
import processing.kernels.self_likeness
import processing.kernels.turn_sizes
from contracts.settings import FilterSettings
from processing.filters import FilterBank
from processing.kernels.phase_bands import mean_squares
from processing.kernels.turn_sizes import turn_sizes
from processing.kernels.turning_points import turning_points
from processing.phases.blocks import BLOCKS, BROAD, FINE, HUM, MIDDLE, SLOW, Bands
from processing.phases.finder import PhaseFinder
from processing.phases.settings import BandSettings

RATES_HZ = (4_000.0, 10_000.0, 24_000.0, 48_000.0)
SETTINGS = BandSettings()


def bank(band_hz: tuple[float, float], rate_hz: float) -> FilterBank:
    return FilterBank(FilterSettings(highpass_hz=band_hz[0], lowpass_hz=band_hz[1], order=2), rate_hz, 1)


@settings(deadline=None, max_examples=30)
@given(
    rate_hz=st.sampled_from(RATES_HZ),
    n=st.integers(3, 6),
    size=st.sampled_from([1e-3, 1.0, 1e3]),
    missing=st.lists(st.tuples(st.integers(0, 3_000), st.integers(1, 900)), max_size=3),
    seed=st.integers(0, 99),
)
def test_hops_are_taken_apart_as_by_filter_banks(
    rate_hz: float, n: int, size: float, missing: list[tuple[int, int]], seed: int
) -> None:
    bands = Bands(rate_hz, SETTINGS, 0.3)
    x = (size * np.random.default_rng(seed).standard_normal(n * bands.hop) + size).astype(np.float32)
    for first, length in missing:
        x[first : first + length] = np.nan
    for hop in x.reshape(n, -1):
        bands.take(hop)
    means = x.reshape(-1, bands.factor).mean(axis=1, dtype=np.float64).astype(np.float32)
    lower = {SLOW: SETTINGS.slow_hz, HUM: SETTINGS.hum_hz, MIDDLE: SETTINGS.middle_hz, FINE: SETTINGS.fine_hz}
    theirs = {
        band: bank(hz, bands.low_rate_hz).apply(means[:, None])[:, 0].reshape(n, -1)[n - 3 :]
        for band, hz in lower.items()
    }
    theirs[BROAD] = bank((SETTINGS.broad_hz, 0.0), rate_hz).apply(x[:, None])[:, 0].reshape(n, -1)[n - 3 :]
    assert bands.full
    np.testing.assert_array_equal(bands.raw(range(3)), x[-3 * bands.hop :])
    np.testing.assert_array_equal(bands.broad(range(1, 3)), theirs[BROAD][1:].ravel())
    for band, signal in theirs.items():
        if band != BROAD:
            np.testing.assert_array_equal(bands.lower(band), signal.ravel())
        powers = np.mean(signal.reshape(3 * BLOCKS, -1).astype(np.float64) ** 2, axis=1)
        np.testing.assert_allclose(bands.powers(band, range(3)), powers, rtol=1e-12)


@settings(deadline=None)
@given(length=st.integers(1, 40), parts=st.integers(1, 4), seed=st.integers(0, 99))
def test_mean_squares(length: int, parts: int, seed: int) -> None:
    x = np.random.default_rng(seed).standard_normal(length * parts)
    out = np.full(parts, np.nan)
    mean_squares(x, out)
    np.testing.assert_allclose(out, np.mean(x.reshape(parts, -1) ** 2, axis=1), rtol=1e-12)


@settings(deadline=None)
@given(
    signal=st.lists(st.integers(-300, 300), min_size=1, max_size=80),
    threshold=st.floats(1.0, 200.0),
    brief=st.integers(0, 5),
)
def test_turns_are_between_turning_points(signal: list[int], threshold: float, brief: int) -> None:
    x = np.array(signal, np.float32)
    points = np.zeros(x.size, np.int64)
    points = points[: turning_points(x.astype(np.float64), threshold, points)]
    sizes = np.zeros(x.size)
    n, on_brief = turn_sizes(x, threshold, brief, sizes)
    np.testing.assert_array_equal(sizes[:n], np.abs(np.diff(x[points])))
    ways = np.diff(points)
    assert on_brief == ways[ways <= brief].sum()


def test_nothing_is_compiled_after_warming_up() -> None:
    modules = (
        processing.kernels.phase_bands,
        processing.kernels.self_likeness,
        processing.kernels.turn_sizes,
    )
    kernels = [k for module in modules for k in vars(module).values() if isinstance(k, CPUDispatcher)]
    finder = PhaseFinder(10_000.0)
    finder.warm_up()
    before = [len(kernel.signatures) for kernel in kernels]
    x = np.random.default_rng(1).standard_normal(20_000).astype(np.float32)
    x[7_000:7_100] = np.nan
    x.flags.writeable = False
    assert finder.feed(x, 0)
    assert [len(kernel.signatures) for kernel in kernels] == before
