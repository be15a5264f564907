"""The figures that phases and recruitment rest on agree with their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.interference import measure_epoch
from processing.kernels.self_likeness import self_likeness
from processing.phases.blocks import FINE, Bands
from processing.phases.figures import Meter, level
from processing.phases.settings import PhaseSettings
from tests.naive_phases import naive_level, naive_self_likeness


def ten_hops(rate_hz: float) -> Bands:
    """As they are by default: ten are held."""
    bands = Bands(rate_hz, PhaseSettings().bands, PhaseSettings().rest.window_s)
    assert bands.wide == 10
    return bands


SMALL = st.floats(0.0, 1e6, width=32)


@given(powers=st.lists(SMALL, min_size=1, max_size=60), quantile=st.floats(0.0, 1.0))
def test_level(powers: list[float], quantile: float) -> None:
    assert level(np.sort(powers), quantile) == pytest.approx(naive_level(powers, quantile))


@settings(deadline=None)
@given(
    signal=st.lists(st.integers(-500, 500), max_size=120),
    cell=st.integers(1, 5),
    first=st.integers(1, 6),
    more=st.integers(0, 6),
)
def test_self_likeness(signal: list[int], cell: int, first: int, more: int) -> None:
    lags = [[first, first + more], [1, 1]]
    ours = np.full(2, np.nan)
    self_likeness(np.array(signal, np.float32), cell, np.array(lags), ours)
    assert ours == pytest.approx([naive_self_likeness(signal, cell, *each) for each in lags], abs=1e-9)


def test_the_envelope_is_put_beside_itself_at_the_lags_of_the_settings() -> None:
    """One unit at 40 Hz: silent 5 to 12 ms after it discharged, and there again after 25 ms."""
    rate_hz = 24_000.0
    bands = ten_hops(rate_hz)
    x = np.zeros(10 * bands.hop, np.float32)
    for at in range(0, x.size - 24, 600):
        x[at : at + 24] = 1_000.0 * np.sin(np.arange(24) * 2 * np.pi / 24)
    for hop in x.reshape(10, -1):
        bands.take(hop)
    figures = Meter(bands, rate_hz, PhaseSettings()).figures(5)
    fine = bands.lower(FINE).tolist()
    assert figures.soon == pytest.approx(naive_self_likeness(fine, 4, 5, 12), abs=1e-6)
    assert figures.again == pytest.approx(naive_self_likeness(fine, 4, 20, 30), abs=1e-6)
    assert figures.soon < -0.05 < figures.again


def test_turns_and_activity_are_those_of_the_interference_pattern() -> None:
    rate_hz = 12_000.0
    bands = ten_hops(rate_hz)
    rng = np.random.default_rng(4)
    x = np.cumsum(200.0 * rng.standard_normal(10 * bands.hop)).astype(np.float32)
    for hop in x.reshape(10, -1):
        bands.take(hop)
    figures = Meter(bands, rate_hz, PhaseSettings()).figures(5)
    narrow = bands.broad(range(3, 8))
    epoch = measure_epoch(narrow, rate_hz)
    assert figures.turns_per_s == pytest.approx(epoch.turns_per_s)
    assert figures.turn_uv == pytest.approx(epoch.mean_amplitude_uv)
    assert figures.activity == pytest.approx(epoch.activity)
    assert figures.rms_uv == pytest.approx(float(np.sqrt(np.mean(narrow.astype(np.float64) ** 2))))
