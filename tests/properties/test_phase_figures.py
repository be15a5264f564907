"""The figures that phases and recruitment rest on agree with their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.interference import measure_epoch
from processing.phases.blocks import Bands
from processing.phases.figures import Meter, level
from processing.phases.settings import PhaseSettings
from processing.recruitment.pattern import PatternPoint, ratios
from tests.naive_phases import naive_level, naive_ratios

SMALL = st.floats(0.0, 1e6, width=32)


@given(powers=st.lists(SMALL, min_size=1, max_size=60), quantile=st.floats(0.0, 1.0))
def test_level(powers: list[float], quantile: float) -> None:
    assert level(np.array(powers), quantile) == pytest.approx(naive_level(powers, quantile))


@settings(deadline=None)
@given(
    points=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 2_000)), max_size=30),
    window=st.integers(1, 12),
)
def test_peak_ratio(points: list[tuple[int, int]], window: int) -> None:
    strong = [PatternPoint("moderate", float(turns), float(size), 1.0, 0.0, 0.0) for turns, size in points]
    turns, sizes = [p.turns_per_s for p in strong], [p.turn_uv for p in strong]
    assert ratios(strong, window) == pytest.approx(naive_ratios(turns, sizes, window), rel=1e-6)


def test_turns_and_activity_are_those_of_the_interference_pattern() -> None:
    rate_hz = 12_000.0
    bands = Bands(rate_hz, PhaseSettings().bands)
    rng = np.random.default_rng(4)
    x = np.cumsum(200.0 * rng.standard_normal(10 * bands.hop)).astype(np.float32)
    hops = [bands.take(x[at : at + bands.hop], at) for at in range(0, x.size, bands.hop)]
    meter = Meter(bands, rate_hz, PhaseSettings())
    figures = meter.figures(hops, 5)
    narrow = np.concatenate([hop.broad for hop in hops[3:8]])
    epoch = measure_epoch(narrow, rate_hz)
    assert figures.turns_per_s == pytest.approx(epoch.turns_per_s)
    assert figures.turn_uv == pytest.approx(epoch.mean_amplitude_uv)
    assert figures.activity == pytest.approx(epoch.activity)
    assert figures.rms_uv == pytest.approx(float(np.sqrt(np.mean(narrow.astype(np.float64) ** 2))))
