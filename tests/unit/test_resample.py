"""The resampler: its band, its delay, its refusals."""

import numpy as np
import pytest

from contracts.refusal import Refusal
from processing.resample import Resampler

PAIRS = [(23_437.5, 20_000.0), (32_768.0, 20_000.0), (48_000.0, 20_000.0), (2000.0, 1000.0)]


def gain_db(from_hz: float, to_hz: float, hz: float) -> float:
    """Level of a sine after resampling, once the filter is full of it."""
    resampler = Resampler(from_hz, to_hz, 1)
    n = round(4000 * from_hz / to_hz)
    sine = np.sin(2.0 * np.pi * hz * np.arange(n) / from_hz) * 1000.0
    out = resampler.push(sine.astype(np.float32)[:, None])[1000:3900, 0]
    return 20.0 * np.log10(np.sqrt(2.0 * np.mean(out.astype(np.float64) ** 2)) / 1000.0)


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
def test_the_pass_band_is_flat(from_hz: float, to_hz: float) -> None:
    for part in (0.01, 0.2, 0.401, 0.45):
        assert abs(gain_db(from_hz, to_hz, part * to_hz)) < 0.01


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
def test_nothing_folds_back(from_hz: float, to_hz: float) -> None:
    for hz in np.linspace(0.5 * to_hz, 0.499 * from_hz, 9):
        assert gain_db(from_hz, to_hz, float(hz)) < -80.0


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
def test_a_sine_arrives_as_late_as_stated(from_hz: float, to_hz: float) -> None:
    resampler = Resampler(from_hz, to_hz, 1)
    hz = 0.03 * to_hz
    sine = np.sin(2.0 * np.pi * hz * np.arange(round(2000 * from_hz / to_hz)) / from_hz)
    out = resampler.push(sine.astype(np.float32)[:, None])[:, 0]
    at = np.arange(len(out)) / to_hz - resampler.delay_s
    np.testing.assert_allclose(out[500:], np.sin(2.0 * np.pi * hz * at)[500:], atol=1e-4)


@pytest.mark.parametrize(
    ("from_hz", "ratio"),
    [(23_437.5, (64, 75)), (32_768.0, (625, 1024)), (48_000.0, (5, 12)), (20_000.0, (1, 1))],
)
def test_outputs_need_the_samples_that_the_ratio_says(from_hz: float, ratio: tuple[int, int]) -> None:
    up, down = ratio
    resampler = Resampler(from_hz, 20_000.0, 1)
    needed = [resampler.needed(n) for n in range(3 * up + 2)]
    assert needed[:2] == [0, 1]
    assert needed[up + 1] == down + 1
    assert all(needed[n + up] == needed[n] + down for n in range(1, 2 * up))


def test_a_rate_written_with_few_digits_finds_its_simple_ratio() -> None:
    resampler = Resampler(2148.1481, 2000.0, 1)
    assert (resampler.up, resampler.down) == (27, 29)


def test_equal_rates_pass_untouched() -> None:
    resampler = Resampler(2000.0, 2000.0, 2)
    x = np.random.default_rng(0).standard_normal((17, 2)).astype(np.float32)
    np.testing.assert_array_equal(resampler.push(x), x)
    assert resampler.delay_s == 0.0
    assert resampler.needed(17) == 17


@pytest.mark.parametrize(
    ("from_hz", "to_hz", "named"),
    [(16_000.0, 20_000.0, "16000 Hz"), (48_000.0, 200.0, "64 times"), (2000.1, 1000.0, "whole numbers")],
)
def test_a_ratio_that_cannot_be_is_refused(from_hz: float, to_hz: float, named: str) -> None:
    with pytest.raises(Refusal, match=named):
        Resampler(from_hz, to_hz, 1)


def test_an_offset_makes_no_step_and_stays_exact() -> None:
    for from_hz, to_hz in PAIRS:
        out = Resampler(from_hz, to_hz, 1).push(np.full((500, 1), 1234.5, dtype=np.float32))
        np.testing.assert_array_equal(out, np.float32(1234.5))


def test_a_sample_that_is_not_finite_is_held() -> None:
    x = np.random.default_rng(0).standard_normal((300, 1)).astype(np.float32)
    x[[0, 50, 51]] = [[np.nan], [np.inf], [np.nan]]
    held = x.copy()
    held[0], held[50:52] = 0.0, held[49]
    np.testing.assert_array_equal(
        Resampler(4000.0, 2000.0, 1).push(x), Resampler(4000.0, 2000.0, 1).push(held)
    )
