"""Laws that the measures of the interference pattern keep, and their twins."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins
from numpy.typing import NDArray

from processing.features import FeatureExtractor
from processing.interference import InterferenceSettings, measure_epoch
from tests import naive_muap
from tests.strategies import blocks, signals

RATE_HZ = 2000.0

SAME_AS_FEATURE = {
    "turns_per_s": "turns",
    "mean_amplitude_uv": "mean_turn_amplitude",
    "upper_centile_amplitude_uv": "upper_centile_amplitude",
    "activity": "activity",
}


@settings(deadline=None)
@given(epoch=st.one_of(blocks(st.integers(1, 60), 1, largest=4000.0), signals(200)))
def test_every_measure_is_that_of_the_twin(epoch: NDArray[np.float32]) -> None:
    s = InterferenceSettings()
    measured = to_builtins(measure_epoch(epoch[:, 0], RATE_HZ, s))
    expected = naive_muap.interference(epoch[:, 0].astype(np.float64), RATE_HZ, s)
    assert measured.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(measured[name], value, rtol=1e-9, err_msg=name)


@settings(deadline=None)
@given(epoch=signals(200))
def test_an_epoch_and_a_window_are_measured_alike(epoch: NDArray[np.float32]) -> None:
    names = tuple(SAME_AS_FEATURE.values())
    features = np.zeros((1, len(names)), dtype=np.float32)
    FeatureExtractor(names, RATE_HZ, 200, 1).compute(epoch, features)
    measured = to_builtins(measure_epoch(epoch[:, 0], RATE_HZ))
    np.testing.assert_allclose([measured[name] for name in SAME_AS_FEATURE], features[0], rtol=1e-6)


@settings(deadline=None)
@given(epoch=signals(200), power=st.integers(-6, 6))
def test_a_gain_scales_amplitudes_and_leaves_counts(epoch: NDArray[np.float32], power: int) -> None:
    gain = 2.0**power
    s = InterferenceSettings()
    scaled = InterferenceSettings(turn_uv=s.turn_uv * gain, segment_uv=s.segment_uv * gain)
    expected = to_builtins(measure_epoch(epoch[:, 0], RATE_HZ, s))
    for name in ("mean_amplitude_uv", "upper_centile_amplitude_uv", "envelope_uv"):
        expected[name] *= gain
    expected["turns_amplitude_ratio"] /= gain
    louder = to_builtins(measure_epoch(epoch[:, 0] * np.float32(gain), RATE_HZ, scaled))
    for name, value in expected.items():
        np.testing.assert_allclose(louder[name], value, rtol=1e-9, err_msg=name)


@settings(deadline=None)
@given(epoch=signals(200))
def test_polarity_changes_nothing(epoch: NDArray[np.float32]) -> None:
    assert measure_epoch(epoch[:, 0], RATE_HZ) == measure_epoch(-epoch[:, 0], RATE_HZ)
