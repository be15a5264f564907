"""Laws that features keep for every window."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from processing.feature_registry import FEATURES, NEEDLE_PARAMETERS, FeatureParameters
from processing.features import FeatureExtractor
from tests import naive
from tests.strategies import blocks, signals

RATE_HZ = 2000.0

SCALES_WITH = {"uV": 1, "uV^2": 2, "uV^2 kHz^k": 2, "1": 0, "1/s": 0, "Hz": 0}
"""Power of the gain that a unit takes."""

ODD = {"skewness"}
"""Features whose sign follows the polarity; all others do not see it."""


def compute(
    window: NDArray[np.float32],
    names: tuple[str, ...] = (),
    parameters: FeatureParameters = NEEDLE_PARAMETERS,
) -> NDArray[np.float32]:
    extractor = FeatureExtractor(names, RATE_HZ, window.shape[0], window.shape[1], parameters)
    out = np.full((window.shape[1], len(extractor.layout)), np.nan, dtype=np.float32)
    extractor.compute(window, out)
    return out


@settings(deadline=None)
@given(window=blocks(st.integers(6, 60), st.integers(1, 3)))
def test_counts_and_turns_are_those_of_the_twin_exactly(window: NDArray[np.float32]) -> None:
    names = tuple(name for name, feature in FEATURES.items() if feature.family in ("crossings", "turns"))
    expected = naive.features(window, names, RATE_HZ, NEEDLE_PARAMETERS)
    np.testing.assert_allclose(compute(window, names), expected, rtol=1e-6)


@settings(deadline=None, max_examples=40)
@given(window=signals(120, 2))
def test_every_feature_is_that_of_the_twin(window: NDArray[np.float32]) -> None:
    expected = naive.features(window, tuple(FEATURES), RATE_HZ, NEEDLE_PARAMETERS)
    np.testing.assert_allclose(compute(window), expected, rtol=1e-3, atol=1e-3)


@settings(deadline=None)
@given(window=blocks(st.integers(6, 40), st.integers(1, 2), largest=1e9))
def test_finite_windows_give_finite_features(window: NDArray[np.float32]) -> None:
    assert np.isfinite(compute(window)).all()


@settings(deadline=None)
@given(window=signals(200), power=st.integers(-6, 6))
def test_a_gain_changes_a_feature_as_its_unit_says(window: NDArray[np.float32], power: int) -> None:
    # A power of two, so that the gain itself rounds nothing. Thresholds are scaled with the signal.
    gain = 2.0**power
    p = NEEDLE_PARAMETERS
    scaled = FeatureParameters(
        zero_threshold=gain * p.zero_threshold,
        slope_threshold=gain * p.slope_threshold,
        step_threshold=gain * p.step_threshold,
        turn_threshold=gain * p.turn_threshold,
    )
    for name, feature in FEATURES.items():
        expected = compute(window, (name,)) * np.float32(gain ** SCALES_WITH[feature.unit])
        louder = compute(window * np.float32(gain), (name,), scaled)
        np.testing.assert_allclose(louder, expected, rtol=1e-6, atol=1e-30)


@settings(deadline=None)
@given(window=signals(200))
def test_polarity_changes_the_sign_of_skewness_and_nothing_else(window: NDArray[np.float32]) -> None:
    for name in FEATURES:
        expected = compute(window, (name,)) * (-1.0 if name in ODD else 1.0)
        np.testing.assert_array_equal(compute(-window, (name,)), expected, err_msg=name)


@settings(deadline=None)
@given(window=signals(150, 4))
def test_a_channel_does_not_see_its_neighbours(window: NDArray[np.float32]) -> None:
    together = compute(window)
    for c in range(4):
        np.testing.assert_array_equal(compute(window[:, c : c + 1])[0], together[c])
