"""The gate judges each window and each channel by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from contracts.settings import QualitySettings
from processing.kernels.plateaus import plateaus
from processing.kernels.spread import spread
from processing.quality import QualityGate
from tests import naive
from tests.strategies import blocks, signals


@settings(deadline=None)
@given(windows=st.lists(signals(500, 2), min_size=2, max_size=4), at=st.integers(0, 499))
def test_flags_do_not_depend_on_what_came_before_or_on_neighbours(
    windows: list[NDArray[np.float32]], at: int
) -> None:
    windows[0][at, 0] = np.nan
    gate = QualityGate(QualitySettings(), 2000.0, 500, 2, "uV")
    forwards = [gate.judge(window, window) for window in windows]
    backwards = [gate.judge(window, window) for window in reversed(windows)]
    assert forwards == backwards[::-1]
    for window, found in zip(windows, forwards, strict=True):
        for c in range(2):
            alone = window[:, c : c + 1]
            assert QualityGate(QualitySettings(), 2000.0, 500, 1, "uV").judge(alone, alone) == (found[c],)


@settings(deadline=None)
@given(window=blocks(st.integers(1, 40), st.integers(1, 3)), full_scale=st.sampled_from([10.0, 1000.0]))
def test_runs_and_full_scale_are_counted_as_defined(window: NDArray[np.float32], full_scale: float) -> None:
    out = np.zeros((5, window.shape[1]))
    window.flags.writeable = False
    plateaus(window, full_scale, out)
    for c in range(window.shape[1]):
        at_full_scale = np.sum(np.abs(window[:, c]) >= full_scale)
        assert out[4, c] == pytest.approx(float(window[:, c].astype(np.float64).mean()), abs=1e-6)
        assert out[:3, c].tolist() == [1.0, naive.longest_run(window[:, c]), at_full_scale]


@settings(deadline=None)
@given(window=blocks(st.integers(1, 40), st.integers(1, 3)))
def test_sizes_are_as_defined(window: NDArray[np.float32]) -> None:
    out = np.zeros((4, window.shape[1]))
    window.flags.writeable = False
    spread(window, np.inf, np.zeros(window.shape[0], dtype=np.float32), out)
    size = np.abs(window.astype(np.float64))
    np.testing.assert_allclose(
        out[3], window.astype(np.float64).mean(axis=0), rtol=1e-9, atol=1e-9 * size.max()
    )
    np.testing.assert_allclose(out[0], np.sqrt(np.mean(size**2, axis=0)), rtol=1e-12)
    np.testing.assert_array_equal(out[1], size.max(axis=0))
    np.testing.assert_array_equal(out[2], np.sort(size, axis=0)[(len(size) - 1) // 2])
