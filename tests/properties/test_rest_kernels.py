"""Kernels of rest against their definitions."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.kernels.rest_compare import likeness, longest_flat
from processing.kernels.rest_lock import locked_share, near_share
from processing.kernels.rest_rhythm import VALUES, pattern
from processing.kernels.rest_shape import VALUES as SHAPE_VALUES
from processing.kernels.rest_shape import mean_shape
from processing.spontaneous.rhythm import Rhythm
from processing.spontaneous.settings import NamingSettings
from processing.spontaneous.shape import Shape
from tests import naive_rest

places = st.lists(st.integers(0, 3_000), min_size=1, max_size=30, unique=True).map(sorted)
intervals = st.lists(st.floats(0.002, 3.0), min_size=2, max_size=40)
near = NamingSettings().near


@settings(deadline=None)
@given(own=places, theirs=places, within=st.integers(0, 500))
def test_locked_share(own: list[int], theirs: list[int], within: int) -> None:
    found = locked_share(np.array(own), np.array(theirs), within, 3.0)
    assert found == pytest.approx(naive_rest.locked_share(own, theirs, within, 3.0))


@settings(deadline=None)
@given(own=places, theirs=places, before=st.integers(0, 300), after=st.integers(0, 300))
def test_near_share(own: list[int], theirs: list[int], before: int, after: int) -> None:
    found = near_share(np.array(own), np.array(theirs), before, after)
    assert found == pytest.approx(naive_rest.near_share(own, theirs, before, after))


@settings(deadline=None)
@given(gaps=intervals, first=st.floats(0.0, 10.0))
def test_the_pattern_of_a_train(gaps: list[float], first: float) -> None:
    at = first + np.concatenate([[0.0], np.cumsum(gaps)])
    interval = np.diff(at)
    out = np.empty(VALUES)
    pattern(at, np.ones(at.size), 3.0, near, out)
    found = SimpleNamespace(**dict(zip(Rhythm._fields, out.tolist(), strict=True)))
    middle = float(np.median(interval))
    irregularity, n_near, looked_at = naive_rest.regularity(interval, near)
    assert (found.discharges, found.rate_hz) == (at.size, pytest.approx(1.0 / middle))
    assert found.irregularity == pytest.approx(irregularity)
    assert (found.near, found.looked_at) == (n_near, looked_at)
    assert found.cv == pytest.approx(naive_rest.cv(interval[interval < max(10.0 * middle, 1e-3)]), abs=1e-12)
    groups = naive_rest.groups(at, 3.0)
    inside = np.concatenate([np.diff(group) for group in groups])
    begins = np.diff([group[0] for group in groups])
    assert (found.bursts, found.burst_size) == (len(groups), np.median([g.size for g in groups]))
    assert found.burst_cv == pytest.approx(naive_rest.cv(begins), abs=1e-9)
    assert found.run_hz == pytest.approx(1.0 / np.median(inside) if inside.size else 1.0 / middle)
    assert found.inside_spread == pytest.approx(naive_rest.spread(inside) if inside.size else 0.0, abs=1e-9)
    assert found.burst_spread == pytest.approx(
        naive_rest.spread(begins) if begins.size > 1 else 1.0, abs=1e-9
    )


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), amplitude_uv=st.floats(5.0, 800.0), width=st.integers(2, 30))
def test_the_shape_of_a_mean_potential(seed: int, amplitude_uv: float, width: int) -> None:
    rng = np.random.default_rng(seed)
    t = np.arange(400)
    x = np.exp(-(((t - 130) / width) ** 2)) - 2.0 * np.exp(-(((t - 130 - 2 * width) / width) ** 2))
    mean = (amplitude_uv * x + rng.standard_normal(400)).astype(np.float32)
    out = np.empty(SHAPE_VALUES)
    # Middle, no smoothing, before, away, back, forth, quiet.
    where = np.array([130 + 2 * width, 0, 60, 5, 200, 200, 15])
    mean_shape(mean, where, np.array([0.06, 10.0, 3.5, 0.15]), out)
    found = SimpleNamespace(**dict(zip(Shape._fields, out.tolist(), strict=True)))
    flat = mean.astype(np.float64) - np.median(mean[:60].astype(np.float64))
    noise = naive_rest.noise(flat, 15)
    assert found.noise_uv == pytest.approx(noise)
    assert found.amplitude_uv == pytest.approx(np.ptp(np.append(flat, 0.0)))
    peak = int(where[0]) - 5 + int(np.argmax(np.abs(flat[int(where[0]) - 5 : int(where[0]) + 5])))
    level = max(min(0.06 * found.amplitude_uv, 10.0), 3.5 * noise)
    first, last = naive_rest.edges(flat, peak, level, 15)
    inside = flat[first : last + 1]
    assert found.duration_ms == last - first
    assert found.thickness_ms == pytest.approx(np.abs(inside).sum() / found.amplitude_uv)
    assert found.positive == pytest.approx(max(inside.max(), 0.0) / found.amplitude_uv)
    signs = np.sign(inside[np.abs(inside) > level])
    assert found.phases == (1 + np.count_nonzero(np.diff(signs)) if signs.size else 0)


def test_a_shape_is_like_itself_larger_and_later() -> None:
    x = np.random.default_rng(1).standard_normal(60).astype(np.float32)
    x[:5] = x[-5:] = 0.0
    left, gain = likeness(x, np.roll(np.float32(2.5) * x, 2), 3)
    assert left == pytest.approx(0.0, abs=1e-6)
    assert gain == pytest.approx(2.5)
    assert likeness(x, -x, 0)[0] == np.inf


def test_flat_is_what_a_limit_leaves() -> None:
    x = np.sin(np.arange(200) / 7.0).astype(np.float32)
    assert longest_flat(x) == 1
    assert longest_flat(np.clip(x, -0.8, 0.8)) >= 8
