"""The stamp line is the weighted least squares that it says it is, and smooths what devices do."""

import numpy as np
import pytest
from numpy.typing import NDArray

from acquisition.live.stamps import StampLine

RATE_HZ = 2000.0
HALF_LIFE_S = 3.0
PRIOR_S = 2.0


def naive_line(
    blocks: list[tuple[int, NDArray[np.float64]]],
) -> NDArray[np.float64]:
    """Smoothed stamps of the newest block, from the definition: all samples so far, weighted, at once."""
    first = blocks[0][0]
    index = np.concatenate([np.arange(start, start + len(stamps)) for start, stamps in blocks]) - first
    stamps = np.concatenate([stamps for _, stamps in blocks]) - blocks[0][1][0]
    sizes = np.array([len(stamps) for _, stamps in blocks])
    newer = sizes.sum() - np.cumsum(sizes)
    weights = np.repeat(2.0 ** (-newer / (HALF_LIFE_S * RATE_HZ)), sizes)
    deviations = stamps - index / RATE_HZ
    mean_x, mean_d = np.average(index, weights=weights), np.average(deviations, weights=weights)
    prior = (PRIOR_S * RATE_HZ) ** 3 / 12.0
    covariance = np.sum(weights * (index - mean_x) * (deviations - mean_d))
    slope = covariance / (np.sum(weights * (index - mean_x) ** 2) + prior)
    newest = index[-len(blocks[-1][1]) :]
    return blocks[0][1][0] + newest / RATE_HZ + mean_d + slope * (newest - mean_x)


def jittered(rng: np.random.Generator, n: int, true_rate_hz: float = RATE_HZ) -> NDArray[np.float64]:
    """True times with delays of up to 30 ms, some of them running backwards."""
    return 5e5 + np.arange(n) / true_rate_hz + rng.gamma(1.5, 4e-3, n).clip(0.0, 0.03)


def test_is_the_weighted_least_squares_after_every_block() -> None:
    rng = np.random.default_rng(1)
    raw = jittered(rng, 12_000, true_rate_hz=1996.0)
    line = StampLine(RATE_HZ, half_life_s=HALF_LIFE_S, prior_s=PRIOR_S)
    blocks, newest, start = [], -np.inf, 0
    while start < len(raw):
        stop = start + int(rng.integers(1, 700))
        blocks.append((start, raw[start:stop]))
        smoothed = line.smooth(start, raw[start:stop])
        expected = np.maximum(naive_line(blocks), newest)
        np.testing.assert_allclose(smoothed, expected, rtol=0, atol=2e-9)
        newest, start = smoothed[-1], stop


def test_never_decreases_although_raw_stamps_run_backwards() -> None:
    raw = jittered(np.random.default_rng(2), 20_000)
    assert (np.diff(raw) < 0).any()
    line = StampLine(RATE_HZ)
    smoothed = np.concatenate([line.smooth(start, raw[start : start + 40]) for start in range(0, 20_000, 40)])
    assert (np.diff(smoothed) >= 0).all()


def test_takes_most_of_the_jitter_away() -> None:
    raw = jittered(np.random.default_rng(3), 40_000)
    line = StampLine(RATE_HZ)
    smoothed = np.concatenate([line.smooth(start, raw[start : start + 40]) for start in range(0, 40_000, 40)])
    settled = slice(20_000, None)
    ideal = np.arange(40_000)[settled] / RATE_HZ
    assert np.std(smoothed[settled] - ideal) < np.std(raw[settled] - ideal) / 20


def test_follows_a_device_whose_clock_is_off() -> None:
    true_rate_hz = RATE_HZ * 1.0005
    raw = 100.0 + np.arange(120_000) / true_rate_hz
    line = StampLine(RATE_HZ)
    for start in range(0, 120_000, 100):
        line.smooth(start, raw[start : start + 100])
    assert line.predict(120_000) == pytest.approx(100.0 + 120_000 / true_rate_hz, abs=2e-4)


def test_keeps_its_digits_after_a_day() -> None:
    day = int(86_400 * RATE_HZ)
    line = StampLine(RATE_HZ)
    for start in range(day, day + 20_000, 100):
        stamps = 1e6 + np.arange(start, start + 100) / RATE_HZ
        np.testing.assert_allclose(line.smooth(start, stamps), stamps, rtol=0, atol=1e-8)
    assert line.spread_s < 1e-8


def test_a_gap_in_the_index_costs_the_line_nothing() -> None:
    line = StampLine(RATE_HZ)
    for start in (*range(0, 10_000, 100), *range(50_000, 60_000, 100)):
        stamps = 7.0 + np.arange(start, start + 100) / RATE_HZ
        np.testing.assert_allclose(line.smooth(start, stamps), stamps, rtol=0, atol=1e-8)


def test_moves_to_another_clock() -> None:
    line = StampLine(RATE_HZ)
    line.smooth(0, 10.0 + np.arange(100) / RATE_HZ)
    line.move(-4.0)
    assert line.predict(200) == pytest.approx(6.1, abs=1e-9)


def test_spread_is_that_of_the_last_second_or_so() -> None:
    rng = np.random.default_rng(4)
    line = StampLine(RATE_HZ)
    for start in range(0, 40_000, 50):
        noise = rng.normal(0.0, 1e-3 if start > 20_000 else 1e-5, 50)
        line.smooth(start, np.arange(start, start + 50) / RATE_HZ + noise)
    assert line.spread_s == pytest.approx(1e-3, rel=0.1)
