"""Firing statistics of trains that are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motor_units.firing import FiringSettings, firing


def regular(n: int, first_s: float = 0.0) -> NDArray[np.float64]:
    """`n` discharges, 0.1 s apart."""
    return np.array([first_s + 0.1 * k for k in range(n)])


def test_a_regular_train() -> None:
    m = firing(regular(21))
    assert (m.discharges, m.intervals, m.missed, m.false) == (21, 20, 0, 0)
    assert m.rate_hz == pytest.approx(10.0)
    assert m.cv == pytest.approx(0.0, abs=1e-9)
    assert m.cv2 == pytest.approx(0.0, abs=1e-9)


def test_alternating_intervals() -> None:
    m = firing(np.cumsum([0.0, *([0.08, 0.12] * 10)]))
    assert m.rate_hz == pytest.approx(10.0)
    assert m.cv2 == pytest.approx(2 * 0.04 / 0.2)
    assert m.cv == pytest.approx(0.02 * np.sqrt(20 / 19) / 0.1)


def test_a_missed_and_a_false_discharge_change_no_statistic() -> None:
    whole = regular(40)
    damaged = np.sort(np.append(np.delete(whole, [10, 11]), 2.53))
    m = firing(damaged)
    assert (m.missed, m.false) == (1, 1)
    assert m.rate_hz == pytest.approx(10.0)
    assert m.cv is not None
    assert m.cv < 0.06


def test_an_interval_over_a_break_is_none() -> None:
    times = np.concatenate([regular(10), regular(10, first_s=1.1)])
    assert firing(times).intervals == 19
    m = firing(times, breaks_s=[1.0])
    assert (m.intervals, m.missed, m.false) == (18, 0, 0)
    assert m.cv == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_discharges(n: int) -> None:
    m = firing(np.arange(n, dtype=np.float64))
    assert (m.discharges, m.intervals, m.rate_hz, m.cv, m.cv2) == (n, 0, None, None, None)


def test_one_interval_has_a_rate_and_no_variability() -> None:
    m = firing(np.array([1.0, 1.125]))
    assert (m.rate_hz, m.cv, m.cv2) == (8.0, None, None)


def test_the_limits_are_settings() -> None:
    times = np.cumsum([0.0, 0.1, 0.1, 0.1, 0.2, 0.1])
    assert firing(times).missed == 0
    assert firing(times, settings=FiringSettings(missed_ratio=1.5)).missed == 1
