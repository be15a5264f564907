"""The player's rate and stamps, on a clock that only sleeping moves."""

import threading

import numpy as np
import pytest

from simulators.replay import Player, ReplaySettings
from tests.doubles import ArraySource, FakeClock, KeepingOutlet

OVERSHOOTS_S = (0.0001, 0.0, 0.004, 0.0003, 0.011)


def play(source: ArraySource, settings: ReplaySettings, clock: FakeClock) -> KeepingOutlet:
    """The outlet after the source was played to its end."""
    outlet = KeepingOutlet(clock)
    player = Player(source, outlet, settings, clock=clock, sleep=clock.sleep)
    assert player.run(threading.Event()) == "end of recording"
    return outlet


def test_an_hour_does_not_drift_however_badly_the_machine_sleeps():
    rate_hz = 1000.0
    clock = FakeClock(overshoots_s=OVERSHOOTS_S)
    outlet = play(ArraySource(3_600_000, rate_hz), ReplaySettings(chunk_s=0.1), clock)
    late_s = np.array([push.at_s - push.stamp for push in outlet.pushes])
    assert len(outlet.pushes) == 36_000
    assert late_s.min() >= 0
    assert late_s.max() <= max(OVERSHOOTS_S) + 1e-9
    assert outlet.pushes[-1].stamp == pytest.approx(1000.0 + 3_599_999 / rate_hz, abs=1e-6)


def test_stamps_are_due_times_at_speed_one():
    clock = FakeClock(overshoots_s=OVERSHOOTS_S)
    outlet = play(ArraySource(50_000, 23437.5), ReplaySettings(), clock)
    for push in outlet.pushes:
        last = push.first_index + push.samples.shape[0] - 1
        assert push.stamp == 1000.0 + last / 23437.5


@pytest.mark.parametrize("speed", [0.5, 4.0])
def test_at_another_speed_stamps_advance_at_the_nominal_rate(speed: float):
    clock = FakeClock()
    outlet = play(ArraySource(10_000, 1000.0), ReplaySettings(speed=speed), clock)
    assert clock() == pytest.approx(1000.0 + 9.999 / speed, abs=1e-9)
    stamps = np.array([push.stamp for push in outlet.pushes])
    np.testing.assert_allclose(np.diff(stamps), 0.010, atol=1e-9)
    assert stamps[-1] == 1000.0 + 9.999


def test_a_late_push_makes_no_later_one_late():
    clock = FakeClock(overshoots_s=(0.5, *([0.0] * 200)))
    outlet = play(ArraySource(1000, 1000.0), ReplaySettings(), clock)
    late = [push.at_s - push.stamp for push in outlet.pushes]
    assert late[0] == pytest.approx(0.5)
    assert late[-1] == pytest.approx(0.0, abs=1e-9)
    assert outlet.values.tolist() == [10.0 * i for i in range(1000)]


@pytest.mark.parametrize(
    ("rate_hz", "chunk_s", "size"),
    [(23437.5, 0.01, 234), (1000.0, 0.0107, 11), (200.0, 0.01, 2), (200.0, 0.001, 1)],
)
def test_a_chunk_is_rounded_to_samples(rate_hz: float, chunk_s: float, size: int):
    outlet = play(ArraySource(1000, rate_hz), ReplaySettings(chunk_s=chunk_s), FakeClock())
    assert {push.samples.shape[0] for push in outlet.pushes[:-1]} == {size}


def test_it_waits_for_somebody_to_listen():
    clock = FakeClock()
    outlet = KeepingOutlet(clock, consumers_after=10)
    player = Player(
        ArraySource(10), outlet, ReplaySettings(wait_for_consumer=True), clock=clock, sleep=clock.sleep
    )
    player.run(threading.Event())
    assert outlet.pushes[0].stamp > 1000.0 + 10 * 0.019
    assert outlet.pushes[0].first_index == 0
