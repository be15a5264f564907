"""Measures of epochs whose turns are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.refusal import Refusal
from processing.interference import (
    InterferenceMeasures,
    InterferenceSettings,
    measure_epoch,
    measure_epochs,
    nearest_rank,
    peak_ratio,
)

RATE_HZ = 20_000.0


def triangles(n: int, peak_uv: float, half_ms: float = 2.0, duration_s: float = 1.0) -> NDArray[np.float32]:
    """`n` triangular waves from 0 to `peak_uv` and back, `half_ms` each way, then silence."""
    corners = np.arange(2 * n + 1) * half_ms / 1000.0
    t = np.arange(int(duration_s * RATE_HZ)) / RATE_HZ
    values = np.where(np.arange(2 * n + 1) % 2 == 0, 0.0, peak_uv)
    return np.interp(t, corners, values).astype(np.float32)


def test_triangles() -> None:
    # The first zero only opens the sequence, the last one is followed by nothing: 2 n - 1 turns.
    m = measure_epoch(triangles(50, 400.0), RATE_HZ)
    assert m.turns_per_s == 99.0
    assert m.mean_amplitude_uv == pytest.approx(400.0)
    assert m.turns_amplitude_ratio == pytest.approx(99.0 / 400.0)
    assert m.small_segments_per_s == 99.0
    assert m.activity == pytest.approx(99 * 0.002)
    assert m.upper_centile_amplitude_uv == pytest.approx(400.0)
    assert m.envelope_uv == pytest.approx(400.0)


def test_counts_are_per_second() -> None:
    half = measure_epoch(triangles(50, 400.0, duration_s=0.5), RATE_HZ)
    assert half.turns_per_s == half.small_segments_per_s == 198.0


def test_below_the_threshold_there_is_nothing() -> None:
    assert measure_epoch(triangles(50, 99.0), RATE_HZ) == InterferenceMeasures(0, 0, 0, 0, 0, 0, 0)
    assert measure_epoch(triangles(50, 99.0), RATE_HZ, InterferenceSettings(turn_uv=50.0)).turns_per_s == 99.0
    assert measure_epoch(np.zeros(100, dtype=np.float32), RATE_HZ).turns_amplitude_ratio == 0.0


def test_large_or_slow_segments_are_not_small() -> None:
    large = measure_epoch(triangles(50, 2500.0), RATE_HZ)
    assert (large.small_segments_per_s, large.activity) == (0.0, pytest.approx(99 * 0.002))
    slow = measure_epoch(triangles(50, 400.0, half_ms=4.0), RATE_HZ)
    assert (slow.small_segments_per_s, slow.activity, slow.turns_per_s) == (0.0, 0.0, 99.0)


def test_a_lone_giant_is_above_the_centile() -> None:
    x = np.tile(triangles(200, 300.0, half_ms=1.0, duration_s=0.4), 3)
    x[np.argmax(x)] = 9_000.0
    m = measure_epoch(x, RATE_HZ)
    assert m.upper_centile_amplitude_uv == pytest.approx(300.0)
    assert m.envelope_uv == pytest.approx(300.0)


def test_the_peak_ratio_is_the_largest_of_a_ramp() -> None:
    ramp = np.concatenate(
        [triangles(n, amplitude) for n, amplitude in ((20, 200.0), (100, 250.0), (120, 900.0))]
    )
    epochs = measure_epochs(ramp, RATE_HZ)
    assert len(epochs) == 3
    assert peak_ratio(epochs) == epochs[1].turns_amplitude_ratio
    assert peak_ratio([]) is None


def test_what_is_left_of_an_epoch_is_left_out() -> None:
    signal = triangles(50, 400.0, duration_s=2.9)
    assert len(measure_epochs(signal, RATE_HZ)) == 2
    assert len(measure_epochs(signal, RATE_HZ, InterferenceSettings(epoch_s=0.5))) == 5
    assert measure_epochs(signal[:100], RATE_HZ) == []


def test_an_epoch_that_is_none_is_refused() -> None:
    for epoch in (np.zeros(0), np.zeros((2, 50)), np.array([0.0, np.inf])):
        with pytest.raises(Refusal, match="epoch"):
            measure_epoch(epoch.astype(np.float32), RATE_HZ)


def test_the_nearest_rank_reaches_its_part() -> None:
    values = np.arange(1.0, 101.0)
    assert nearest_rank(values, 0.99) == 99.0
    assert nearest_rank(values[:1], 0.99) == 1.0
    assert nearest_rank(values[:50], 0.5) == 25.0
