"""Loops, seeks, pauses, holes and markers of the player."""

import threading
from collections.abc import Callable

import numpy as np
import pytest

from acquisition.recordings.recording import Annotation
from contracts.records import Gap
from contracts.refusal import Refusal
from simulators.replay import Player, ReplaySettings
from tests.doubles import ArraySource, FakeClock, KeepingOutlet


class Rig:
    """A player on a fake clock, to which things are done at given times."""

    def __init__(self, source: ArraySource, settings: ReplaySettings) -> None:
        self.clock = FakeClock()
        self.outlet = KeepingOutlet(self.clock)
        self.player = Player(source, self.outlet, settings, clock=self.clock, sleep=self._sleep)
        self.stop = threading.Event()
        self._plan: list[tuple[float, Callable[[], None]]] = []

    def at(self, seconds: float, do: Callable[[], None]) -> None:
        """Plan something; in the order of time."""
        self._plan.append((1000.0 + seconds, do))

    def _sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        while self._plan and self.clock() >= self._plan[0][0]:
            self._plan.pop(0)[1]()

    def run(self) -> str:
        """Play until it ends."""
        return self.player.run(self.stop)


def test_a_loop_goes_on_in_number_and_time_and_says_where():
    rig = Rig(ArraySource(25), ReplaySettings(loop=True, start_s=0.005, stop_s=0.020))
    rig.at(0.065, rig.stop.set)
    assert rig.run() == "stopped"
    outlet = rig.outlet
    expected = np.tile(np.arange(5, 20) * 10, 9)[: outlet.values.size]
    np.testing.assert_array_equal(outlet.values, expected)
    np.testing.assert_array_equal(outlet.numbers, np.arange(outlet.values.size))
    assert outlet.values.size >= 50
    seams = [(text, stamp) for text, stamp in outlet.marks if text == "seam loop"]
    assert [stamp for _, stamp in seams[:3]] == [1000.0 + n / 1000.0 for n in (15, 30, 45)]
    assert outlet.events[:5] == ["push 0", "push 10", "mark seam loop", "push 15", "push 25"]


def number_at(outlet: KeepingOutlet, stamp: float) -> int:
    """The number of the sample with this stamp, which begins a push: what follows a seam may be put off."""
    number = 0
    for push in outlet.pushes:
        if push.stamp - (len(push.samples) - 1) / 1000.0 == pytest.approx(stamp, abs=1e-6):
            return number
        number += len(push.samples)
    raise AssertionError(f"no push begins at {stamp}")


def test_a_seek_is_marked_with_the_first_sample_after_it():
    rig = Rig(ArraySource(20_000), ReplaySettings())
    rig.at(0.1, lambda: rig.player.seek(12.5))
    rig.at(0.2, rig.stop.set)
    rig.run()
    (text, stamp), *_ = rig.outlet.marks
    assert text == "seam seek 12.5"
    number = number_at(rig.outlet, stamp)
    assert rig.outlet.values[number - 1] == 10 * (number - 1)
    assert rig.outlet.values[number] == 125_000
    np.testing.assert_array_equal(rig.outlet.numbers, np.arange(rig.outlet.values.size))
    assert rig.outlet.events.index("mark seam seek 12.5") < rig.outlet.events.index(f"push {number}")


@pytest.mark.parametrize(
    ("by_s", "value"), [(-5.0, 2_000), (+5.0, 8_990)], ids=["before the start", "after the stop"]
)
def test_a_relative_seek_stays_within_the_stretch(by_s: float, value: int):
    rig = Rig(ArraySource(1000), ReplaySettings(start_s=0.2, stop_s=0.9))
    rig.at(0.1, lambda: rig.player.seek_by(by_s))
    rig.at(0.2, rig.stop.set)
    rig.run()
    (_, stamp), *_ = rig.outlet.marks
    assert rig.outlet.values[number_at(rig.outlet, stamp)] == value


def test_after_a_pause_the_signal_goes_on_and_the_stamps_are_true():
    rig = Rig(ArraySource(1000), ReplaySettings())
    rig.at(0.1, rig.player.pause)
    rig.at(5.1, rig.player.toggle_pause)
    rig.run()
    assert rig.outlet.values.tolist() == [10.0 * i for i in range(1000)]
    assert rig.outlet.marks[0][0] == "seam pause"
    for push in rig.outlet.pushes:
        assert push.at_s == pytest.approx(push.stamp, abs=1e-9)
    steps = np.diff([push.stamp for push in rig.outlet.pushes])
    assert steps.max() == pytest.approx(5.0, abs=0.1)
    first_after = rig.outlet.pushes[int(np.argmax(steps)) + 1]
    assert rig.outlet.marks[0][1] == pytest.approx(first_after.stamp - 0.009, abs=1e-9)


def test_at_another_speed_a_pause_leaves_no_trace_in_the_stamps():
    rig = Rig(ArraySource(1000), ReplaySettings(speed=2.0))
    rig.at(0.1, rig.player.pause)
    rig.at(5.1, rig.player.resume)
    rig.run()
    stamps = [push.stamp for push in rig.outlet.pushes]
    np.testing.assert_allclose(np.diff(stamps), 0.010, atol=1e-9)


def test_a_seek_while_paused_is_one_seam_stamped_when_it_goes_on():
    rig = Rig(ArraySource(5000), ReplaySettings())
    rig.at(0.1, rig.player.toggle_pause)
    rig.at(1.0, lambda: rig.player.seek(3.0))
    rig.at(2.0, rig.player.toggle_pause)
    rig.at(2.2, rig.stop.set)
    rig.run()
    assert [text for text, _ in rig.outlet.marks] == ["seam seek 3.0"]
    after = next(push for push in rig.outlet.pushes if push.samples[0, 0] == 30_000)
    assert rig.outlet.marks[0][1] == pytest.approx(after.stamp - 0.009, abs=1e-9)


def test_a_hole_is_played_as_a_silence_that_stamps_and_numbers_count():
    hole = Gap(at_index=1015, missing=1000, cause="recording")
    marks = (Annotation(0, 0, "begin"), Annotation(500, 0, "in the hole"), Annotation(1020, 0, "after"))
    rig = Rig(ArraySource(30, gaps=(hole,), annotations=marks), ReplaySettings())
    assert rig.run() == "end of recording"
    np.testing.assert_array_equal(rig.outlet.numbers, [*range(15), *range(1015, 1030)])
    assert rig.outlet.values.tolist() == [10.0 * i for i in range(30)]
    for push in rig.outlet.pushes:
        last = push.first_index + push.samples.shape[0] - 1
        assert push.stamp == 1000.0 + last / 1000.0 == pytest.approx(push.at_s)
    assert rig.outlet.marks == [
        ("begin", 1000.0),
        ("in the hole", 1000.5),
        ("after", 1001.02),
        ("end of recording", 1001.029),
    ]


def test_markers_come_in_step_in_every_round_of_a_loop():
    event = Annotation(7, 0, "insertion")
    rig = Rig(ArraySource(20, annotations=(event,)), ReplaySettings(loop=True))
    rig.at(0.061, rig.stop.set)
    rig.run()
    stamps = [stamp for text, stamp in rig.outlet.marks if text == "insertion"]
    assert stamps == [1000.0 + (7 + 20 * round_) / 1000.0 for round_ in range(3)]


def test_the_end_is_marked_after_the_last_sample_and_drained():
    rig = Rig(ArraySource(25), ReplaySettings(start_s=0.01))
    assert rig.run() == "end of recording"
    assert rig.outlet.events[-2:] == ["push 10", "mark end of recording"]
    assert rig.outlet.marks == [("end of recording", 1000.0 + 14 / 1000.0)]
    assert rig.outlet.drained


def test_ctrl_c_ends_it_quietly():
    def interrupt() -> None:
        raise KeyboardInterrupt

    rig = Rig(ArraySource(1000), ReplaySettings())
    rig.at(0.1, interrupt)
    assert rig.run() == "stopped"


def test_position_counts_holes():
    hole = Gap(at_index=1015, missing=1000, cause="recording")
    rig = Rig(ArraySource(30, gaps=(hole,)), ReplaySettings(start_s=0.5))
    assert rig.player.position_s == 1.015
    rig.run()
    assert rig.player.position_s == 1.030


@pytest.mark.parametrize(
    "settings",
    [
        ReplaySettings(speed=0.0),
        ReplaySettings(speed=float("nan")),
        ReplaySettings(chunk_s=-1.0),
        ReplaySettings(start_s=-1.0),
        ReplaySettings(start_s=3.0),
        ReplaySettings(start_s=0.5, stop_s=0.5),
        ReplaySettings(start_s=float("nan")),
    ],
)
def test_settings_that_leave_nothing_to_play_are_refused(settings: ReplaySettings):
    clock = FakeClock()
    with pytest.raises(Refusal):
        Player(ArraySource(1000), KeepingOutlet(clock), settings, clock=clock, sleep=clock.sleep)


def test_a_seek_to_no_number_is_refused():
    with pytest.raises(Refusal):
        Rig(ArraySource(10), ReplaySettings()).player.seek(float("nan"))
