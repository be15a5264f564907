"""Every feature of the registry against its naive twin; limits and doors."""

import numpy as np
import pytest

from contracts.refusal import Refusal
from processing.feature_registry import COUNTS_PARAMETERS, FEATURES, NEEDLE_PARAMETERS, FeatureParameters
from processing.features import FeatureExtractor, columns_of, fast_length
from tests import naive

SHAPES = [(400, 3, 2000.0), (301, 1, 23_437.5), (40, 2, 200.0)]
"""Samples, channels, rate."""


def emg_like(n_samples: int, n_channels: int) -> np.ndarray:
    """Noise and spikes, f32: turns, crossings and bands all have something to find."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal((n_samples, n_channels)) * 60.0
    x[::17] += rng.uniform(-900.0, 900.0, x[::17].shape)
    return x.astype(np.float32)


def compute(
    names: tuple[str, ...], window: np.ndarray, rate_hz: float, **given: FeatureParameters
) -> np.ndarray:
    extractor = FeatureExtractor(names, rate_hz, *window.shape, **given)
    out = np.full((window.shape[1], len(extractor.layout)), np.nan, dtype=np.float32)
    extractor.compute(window, out)
    return out


def test_every_feature_has_a_twin_a_unit_a_definition_and_a_source() -> None:
    assert set(naive.FEATURE_TWINS) == set(FEATURES)
    for feature in FEATURES.values():
        assert feature.unit
        assert feature.definition
        assert feature.reference
        assert set(feature.depends_on) <= set(FeatureParameters.__struct_fields__)


@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize(("n_samples", "n_channels", "rate_hz"), SHAPES)
def test_a_feature_is_its_definition(name: str, n_samples: int, n_channels: int, rate_hz: float) -> None:
    window = emg_like(n_samples, n_channels)
    expected = naive.features(window, (name,), rate_hz, NEEDLE_PARAMETERS)
    np.testing.assert_allclose(compute((name,), window, rate_hz), expected, rtol=2e-5, atol=1e-6)
    assert expected.shape[1] == len(columns_of(name, NEEDLE_PARAMETERS, rate_hz))


def test_the_layout_names_every_column_once_and_in_the_order_asked_for() -> None:
    extractor = FeatureExtractor(("turns", "autoregressive", "peak"), 2000.0, 400, 1)
    assert extractor.layout == ("turns", "ar_1", "ar_2", "ar_3", "ar_4", "peak")
    window = emg_like(400, 1)
    together = compute(("turns", "autoregressive", "peak"), window, 2000.0)
    everything = FeatureExtractor((), 2000.0, 400, 1)
    assert len(set(everything.layout)) == len(everything.layout)
    values = dict(zip(everything.layout, compute((), window, 2000.0)[0], strict=True))
    assert together[0].tolist() == [values[column] for column in extractor.layout]


def test_the_transform_is_padded_to_a_fast_length() -> None:
    lengths = [6, 7, 27, 40, 301, 500, 5859, 8192]
    assert [fast_length(n) for n in lengths] == [naive.padded_length(n) for n in lengths]
    assert fast_length(5859) == 6000


def test_bands_above_half_the_rate_are_left_out() -> None:
    assert columns_of("band_powers", NEEDLE_PARAMETERS, 2000.0)[-1] == "band_power_500_1000"
    assert columns_of("band_powers", NEEDLE_PARAMETERS, 23_437.5)[-1] == "band_power_5000_10000"
    assert columns_of("band_powers", COUNTS_PARAMETERS, 200.0)[-1] == "band_power_80_100"
    few = FeatureExtractor(("mean_frequency", "band_powers"), 30.0, 40, 1)
    assert few.layout == ("mean_frequency",)
    assert compute(("mean_frequency", "band_powers"), emg_like(40, 1), 30.0).shape == (1, 1)


@pytest.mark.parametrize("level", [0.0, 0.1, -7.3, 1e6])
def test_a_constant_has_the_stated_limits(level: float) -> None:
    window = np.full((100, 2), level, dtype=np.float32)
    extractor = FeatureExtractor((), 2000.0, 100, 2)
    values = dict(zip(extractor.layout, compute((), window, 2000.0)[1], strict=True))
    size = abs(np.float32(level))
    of_size = {name: values.pop(name) for name in ("mean_absolute_value", "root_mean_square", "peak")}
    np.testing.assert_allclose(list(of_size.values()), size, rtol=1e-6)
    assert values == dict.fromkeys(values, 0.0)


def test_a_ramp_has_no_complexity_and_is_finite() -> None:
    window = np.arange(100, dtype=np.float32)[:, None]
    assert compute(("hjorth_complexity",), window, 2000.0)[0, 0] == 0.0
    assert np.isfinite(compute((), window, 2000.0)).all()


def test_a_pure_sine_has_its_frequency_and_its_band() -> None:
    t = np.arange(500) / 2000.0
    window = (100.0 * np.sin(2.0 * np.pi * 152.0 * t)).astype(np.float32)[:, None]
    extractor = FeatureExtractor((), 2000.0, 500, 1)
    values = dict(zip(extractor.layout, compute((), window, 2000.0)[0], strict=True))
    assert values["mean_frequency"] == pytest.approx(152.0, abs=0.5)
    assert values["median_frequency"] == pytest.approx(152.0, abs=2.0)
    assert values["band_power_100_250"] == pytest.approx(1.0, abs=1e-3)
    assert values["spectral_moment_0"] == pytest.approx(5000.0, rel=0.01)
    assert values["turns"] == pytest.approx(2 * 152.0, rel=0.05)
    assert values["mean_turn_amplitude"] == pytest.approx(200.0, rel=0.02)


def test_turns_of_a_drawn_signal() -> None:
    x = [0, 50, 0, 150, 149, 150, 20, 60, 10, 300, 200.5, 301, 100, 90, 95]
    window = np.repeat(np.array(x, dtype=np.float32), 2)[:, None]
    # Pivots: 0 (opens), 150, 10, 301; the steps of 50, 40 and 99.5 back are no turns, the end confirms 301.
    out = compute(("turns", "mean_turn_amplitude", "upper_centile_amplitude"), window, 300.0)[0]
    np.testing.assert_allclose(out, [300.0 / 30 * 3 / 1, (150 + 140 + 291) / 3, 291.0], rtol=1e-6)


def test_a_window_may_come_from_anywhere_in_memory() -> None:
    window = emg_like(400, 2)
    expected = compute((), window, 2000.0)
    frozen = window.copy()
    frozen.flags.writeable = False
    for same in (
        frozen,
        np.asfortranarray(window),
        np.repeat(window, 2, axis=1)[:, ::2],
        window.astype(np.float64),
    ):
        np.testing.assert_array_equal(compute((), same, 2000.0), expected)


@pytest.mark.parametrize(
    ("names", "length", "parameters", "named"),
    [
        (("mean_frequenzy",), 400, NEEDLE_PARAMETERS, "mean_frequenzy"),
        ((), 5, NEEDLE_PARAMETERS, "5 samples for a model of order 4"),
        ((), 400, COUNTS_PARAMETERS, "counts"),
        ((), 400, FeatureParameters(turn_threshold=0.0), "turn_threshold"),
    ],
)
def test_what_cannot_be_computed_is_refused(
    names: tuple[str, ...], length: int, parameters: FeatureParameters, named: str
) -> None:
    with pytest.raises(Refusal, match=named):
        FeatureExtractor(names, 2000.0, length, 1, parameters)


def test_counts_take_thresholds_in_counts() -> None:
    extractor = FeatureExtractor((), 200.0, 40, 8, unit="counts")
    assert extractor.parameters == COUNTS_PARAMETERS
    window = np.round(emg_like(40, 8) / 10.0).astype(np.float32)
    out = np.zeros((8, len(extractor.layout)), dtype=np.float32)
    extractor.compute(window, out)
    expected = naive.features(window, tuple(FEATURES), 200.0, COUNTS_PARAMETERS)
    np.testing.assert_allclose(out, expected, rtol=2e-5, atol=1e-6)
