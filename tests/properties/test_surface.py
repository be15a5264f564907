"""Chunking never changes a report of surface EMG."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.measured import SurfaceMeasures
from processing.surface.meter import SurfaceMeter

RATE_HZ = 500.0


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**31), cuts=st.lists(st.integers(0, 3_000), max_size=12), gap=st.integers(1, 2_999)
)
def test_chunking_changes_nothing(seed: int, cuts: list[int], gap: int) -> None:
    rng = np.random.default_rng(seed)
    loud = np.repeat(rng.choice([1.0, 20.0], size=(60, 2)), 50, axis=0)
    signal = (3.0 * loud * rng.standard_normal((3_000, 2))).astype(np.float32)
    places = sorted({0, gap, 3_000, *cuts})

    def reports(edges: list[int]) -> list[SurfaceMeasures]:
        meter = SurfaceMeter(RATE_HZ, 2)
        found: list[SurfaceMeasures] = []
        for first, stop in pairwise(edges):
            shift = 777 if first >= gap else 0
            if first == gap:
                found += meter.gap(gap + shift)
            found += meter.feed(signal[first:stop], first + shift)
        return found

    assert reports(places) == reports([0, gap, 3_000])
