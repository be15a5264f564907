"""A pool fires as pools do: order, rates, regularity, grouping; and its kernel does what it says."""

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.patient.drive import Profile, Tremor, hold, ramp, voluntary_drive
from simulators.patient.events import Events
from simulators.patient.firing import PoolFiring, pool_firing
from simulators.patient.kernels.firing import discharges
from simulators.patient.tissue import Fibres, Tissue, Units

N_UNITS = 150


def tissue(lost: float = 0.0, effort_factor: float = 1.0) -> Tissue:
    """A pool without fibres; every so-many-th unit lost."""
    nothing = np.zeros(0)
    place = np.zeros(N_UNITS)
    alive = np.floor(np.arange(N_UNITS) * (1 - lost)) != np.floor((np.arange(N_UNITS) + 1) * (1 - lost))
    units = Units(np.geomspace(1, 30, N_UNITS), place, place, place, alive)
    return Tissue(Fibres(nothing.astype(np.int32), *[nothing] * 9), units, 6.0, effort_factor)


def pool(
    profile: Profile, seed: int = 1, tremor: Tremor | None = None, of: Tissue | None = None
) -> PoolFiring:
    of = of or tissue()
    return pool_firing(of, voluntary_drive(of, profile, tremor), np.random.default_rng(seed))


def fired(firing: PoolFiring, duration_s: float, stretch_s: float = 1.0, seed: int = 2) -> Events:
    """The discharges of one stretch after the other as one."""
    rng = np.random.default_rng(seed)
    parts = [firing.events(stretch_s, rng) for _ in range(round(duration_s / stretch_s))]
    at_s = np.concatenate([part.at_s + i * stretch_s for i, part in enumerate(parts)])
    source, gain = (np.concatenate([getattr(part, name) for part in parts]) for name in ("source", "gain"))
    return Events(at_s, source, gain)


def intervals(events: Events, unit: int) -> NDArray[np.float64]:
    return np.diff(events.at_s[events.source == unit])


def rates_at(effort: float, of: Tissue | None = None) -> NDArray[np.float64]:
    """Discharges per second of each unit at a held effort."""
    return np.bincount(fired(pool(hold(effort), of=of), 10).source, minlength=N_UNITS) / 10


def test_rest_is_silent() -> None:
    assert len(fired(pool(hold(0.0)), 5)) == 0


def test_units_join_in_order_of_threshold_and_leave_in_reverse() -> None:
    up = fired(pool(ramp(0.0, 1.0, 20.0)), 20)
    first = np.array([up.at_s[up.source == unit][0] for unit in range(N_UNITS)])
    assert np.corrcoef(first, np.arange(N_UNITS))[0, 1] > 0.97
    down = fired(pool(ramp(1.0, 0.0, 20.0)), 20)
    last = np.array([down.at_s[down.source == unit][-1] for unit in range(N_UNITS)])
    assert np.corrcoef(last, np.arange(N_UNITS))[0, 1] < -0.97


def test_a_unit_leaves_later_than_it_joined() -> None:
    triangle = fired(pool(Profile((0.0, 20.0, 40.0), (0.0, 1.0, 0.0))), 40)
    middle = range(30, 120)
    first = np.array([triangle.at_s[triangle.source == unit][0] for unit in middle])
    last = np.array([triangle.at_s[triangle.source == unit][-1] for unit in middle])
    assert np.mean(40 - last) < np.mean(first) - 0.1


def test_onset_and_the_rate_at_which_the_next_unit_in_reach_of_a_needle_joins() -> None:
    """Petajan and Philip: 132 and 90 ms. A dozen territories overlap: the next in reach is 12 units on."""
    up = fired(pool(ramp(0.0, 0.6, 240.0)), 240)
    onset, next_joins, third_joins = [], [], []
    for unit in range(20, 90, 5):
        own = up.at_s[up.source == unit]
        first = np.diff(own)[:12]
        onset.append(np.median(first[first < 0.25]))
        for later, found in ((12, next_joins), (24, third_joins)):
            joined = up.at_s[up.source == unit + later][10]
            found.append(np.median(np.diff(own[(own > joined - 1.5) & (own < joined + 1.5)])))
    assert 1 / np.mean(onset) == pytest.approx(7.6, abs=0.8)
    assert 1 / np.mean(next_joins) == pytest.approx(11.1, abs=1.0)
    assert 1 / np.mean(third_joins) == pytest.approx(14.6, abs=1.4)


def test_at_maximal_effort_all_fire_at_their_peak_rates() -> None:
    rates = rates_at(1.0)
    assert rates[:10].mean() == pytest.approx(35.0, rel=0.06)
    assert rates[-10:].mean() == pytest.approx(25.0, rel=0.06)
    assert 3_500 < rates.sum() < 5_000


def test_with_units_lost_the_second_in_reach_joins_a_fast_first() -> None:
    lost = tissue(lost=0.7)
    survivors = np.flatnonzero(lost.units.alive)
    up = fired(pool(ramp(0.0, 0.6, 60.0), of=lost), 60)
    assert set(up.source.tolist()) <= set(survivors.tolist())
    fastest = []
    for first, second in zip(survivors[:12], survivors[12:24], strict=True):
        joined = up.at_s[up.source == second][0]
        own = up.at_s[up.source == first]
        fastest.append(1 / np.median(np.diff(own[(own > joined - 1) & (own < joined + 1)])))
    assert np.mean(fastest) > 18


def test_driven_harder_more_units_fire_at_the_same_effort() -> None:
    n_healthy = np.count_nonzero(rates_at(0.1) > 3)
    assert np.count_nonzero(rates_at(0.1, tissue(effort_factor=2.5)) > 3) > 1.7 * n_healthy


def test_intervals_are_as_irregular_as_they_were_asked_to_be() -> None:
    firing = pool(hold(0.2))
    wanted = firing.units[:, 4]
    events = fired(firing, 60)
    found = []
    for unit in range(40):
        interval = intervals(events, unit)
        interval = interval[interval > 0.015]
        found.append(interval.std() / interval.mean() / wanted[unit])
    assert 0.1 <= wanted.min() < wanted.max() <= 0.25
    assert np.mean(found) == pytest.approx(1.0, abs=0.12)


def test_intervals_are_never_short_but_for_rare_doublets() -> None:
    events = fired(pool(hold(0.7)), 20)
    interval = np.concatenate([intervals(events, unit) for unit in range(N_UNITS)])
    doublets = interval < 0.02 - 1e-9
    assert 0.0005 < doublets.mean() < 0.004
    assert interval[doublets].min() >= 0.005 - 1e-9
    assert interval[doublets].max() <= 0.015


def test_units_share_a_fifth_to_two_fifths_of_their_slow_variance() -> None:
    events = fired(pool(hold(0.3)), 60)
    edges_s = np.arange(0, 60, 0.02)
    counts = [np.histogram(events.at_s[events.source == unit], edges_s)[0] for unit in range(20, 60, 4)]
    smooth = [np.convolve(count, np.hanning(21), "valid") for count in counts]
    shared = np.corrcoef(smooth)[np.triu_indices(10, 1)].mean()
    assert 0.15 < shared < 0.45


def test_tremor_groups_discharges() -> None:
    events = fired(pool(hold(0.3), tremor=Tremor(rate_hz=6.0, depth=0.9)), 30)
    counts = np.histogram(events.at_s, np.arange(0, 30, 0.01))[0]
    power = np.abs(np.fft.rfft(counts - counts.mean())) ** 2
    assert np.fft.rfftfreq(counts.size, 0.01)[np.argmax(power)] == pytest.approx(6.0, abs=0.4)
    assert np.quantile(counts, 0.9) > 5 * max(1.0, float(np.quantile(counts, 0.1)))


@pytest.mark.parametrize("stretch_s", [0.03, 0.5, 10.0])
def test_discharges_stay_in_their_stretch_and_statistics_do_not_know_it(stretch_s: float) -> None:
    firing, rng = pool(hold(0.3)), np.random.default_rng(4)
    for _ in range(5):
        part = firing.events(stretch_s, rng)
        assert np.all((part.at_s >= 0) & (part.at_s < stretch_s))
        assert np.all(np.diff(part.at_s) >= 0)
        assert part.at_s.shape == part.source.shape == part.gain.shape
    events = fired(pool(hold(0.3)), 30, stretch_s)
    interval = intervals(events, 20)
    assert len(events) / 30 == pytest.approx(1_490, rel=0.06)
    assert interval.min() > 0.004
    assert interval.std() / interval.mean() < 0.3


def test_a_copy_goes_on_alike_and_apart() -> None:
    firing = pool(hold(0.4))
    fired(firing, 2)
    copy = firing.copy()
    one, other = fired(firing, 3, seed=9), fired(copy, 3, seed=9)
    assert np.array_equal(one.at_s, other.at_s)
    assert np.array_equal(one.source, other.source)


def test_a_second_of_maximal_effort_costs_little() -> None:
    firing, rng = pool(hold(1.0)), np.random.default_rng(1)
    firing.events(1.0, rng)
    took = []
    for _ in range(20):
        before = time.thread_time()
        firing.events(1.0, rng)
        took.append(time.thread_time() - before)
    assert min(took) < 0.003


def naive_unit(
    level: list[float],
    step_s: float,
    unit: tuple[float, float, float, float, float],
    draws: list[tuple[float, float]],
    target: float,
) -> list[float]:
    """Discharge times of one unit, from the definition, in steps of a hundredth of `step_s`."""
    threshold, onset_hz, gain_hz, peak_hz, cv = unit
    times: list[float] = []
    recruited, phase, earliest = False, 0.0, 0.0
    for i in range(100 * len(level)):
        above = level[i // 100] - threshold
        joins = not recruited and above >= 0
        recruited = above >= (-0.03 if recruited else 0)
        if joins:
            phase = 0.75 * target
        if not recruited:
            continue
        rate_hz = min(peak_hz, onset_hz + gain_hz * max(above, 0))
        now = (i + 1) * step_s / 100
        phase += rate_hz * step_s / 100
        if phase >= target and now >= earliest:
            times.append(now)
            normal, uniform = draws.pop(0)
            pause = 0.005 + 0.005 * uniform / 0.1
            target, earliest = (
                (rate_hz * pause, now + pause) if uniform < 0.1 else (1 + cv * normal, now + 0.02)
            )
            phase = 0.0
    return times


def test_the_kernel_does_what_its_naive_twin_does() -> None:
    rng = np.random.default_rng(8)
    level = np.clip(0.4 + 0.5 * np.sin(np.arange(400) / 40), 0, 1)
    units = np.array([[0.0, 8.0, 30.0, 35.0, 0.15], [0.5, 8.0, 30.0, 30.0, 0.25], [np.inf, 8, 30, 30, 0.2]])
    normal, uniform = rng.standard_normal((3, 100)), rng.random((3, 100))
    state = np.zeros((3, 4))
    state[:, 2] = 1.0
    at_s, unit = np.empty(300), np.empty(300, np.int32)
    n = discharges(
        level, np.ones(400), 0.005, units, 0.03, 0.02, 0.1, normal, uniform, state, at_s, unit
    )  # fmt: skip
    assert 2 not in unit[:n]
    for u in range(2):
        draws = list(zip(normal[u].tolist(), uniform[u].tolist(), strict=True))
        twin = naive_unit(level.tolist(), 0.005, tuple(units[u].tolist()), draws, 1.0)
        assert len(twin) > 15
        assert at_s[:n][unit[:n] == u] == pytest.approx(twin, abs=0.005)
