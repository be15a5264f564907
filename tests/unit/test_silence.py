"""The state of a source over an outage."""

import pytest

from acquisition.live.silence import SilenceWatch


def watch() -> SilenceWatch:
    return SilenceWatch(stall_s=0.5, lost_s=5.0, now=100.0)


def test_waits_until_the_first_sample_however_long() -> None:
    waiting = watch()
    assert waiting.state == "waiting"
    assert not waiting.quiet(200.0)
    assert waiting.state == "waiting"
    assert waiting.arrived(201.0) == 0.0
    assert waiting.state == "live"
    assert waiting.outages == 0


def test_a_short_silence_is_nothing() -> None:
    live = watch()
    live.arrived(100.0)
    assert not live.quiet(100.4)
    assert live.state == "live"
    assert live.arrived(100.45) == 0.0


def test_a_stall_ends_with_its_length_and_is_back_then_live() -> None:
    stalled = watch()
    stalled.arrived(100.0)
    assert not stalled.quiet(100.6)
    assert stalled.state == "stalled"
    assert stalled.silent_s(100.6) == pytest.approx(0.6)
    assert stalled.arrived(101.0) == pytest.approx(1.0)
    assert stalled.state == "back"
    assert stalled.arrived(101.1) == 0.0
    assert stalled.state == "live"
    assert stalled.outages == 1


def test_it_is_time_to_look_after_every_lost_s_of_silence() -> None:
    silent = watch()
    silent.arrived(100.0)
    assert [silent.quiet(100.0 + second) for second in range(1, 13)] == [
        second in (5, 10) for second in range(1, 13)
    ]


def test_lost_and_found_is_one_outage_until_samples_come() -> None:
    source = watch()
    source.arrived(100.0)
    source.quiet(100.7)
    source.gone()
    assert source.state == "lost"
    source.found(103.0)
    assert source.state == "stalled"
    assert source.arrived(103.5) == pytest.approx(3.5)
    assert source.state == "back"
    assert source.outages == 1


def test_an_outlet_that_goes_before_its_first_sample_is_lost_and_then_waited_for() -> None:
    source = watch()
    source.gone()
    assert source.state == "lost"
    source.found(101.0)
    assert source.state == "waiting"
    assert source.arrived(102.0) == 0.0
    assert source.state == "live"
