"""When windows are due."""

from processing.windows import WindowClock


def test_the_first_window_ends_a_length_after_the_reset_then_every_hop() -> None:
    clock = WindowClock(length=10, hop=4)
    clock.reset(100)
    assert list(clock.due(109)) == []
    assert list(clock.due(110)) == [110]
    assert list(clock.due(110)) == []
    assert list(clock.due(119)) == [114, 118]


def test_a_hop_longer_than_the_window_leaves_samples_out() -> None:
    clock = WindowClock(length=2, hop=5)
    assert list(clock.due(20)) == [2, 7, 12, 17]


def test_no_window_spans_a_reset() -> None:
    clock = WindowClock(length=10, hop=4)
    assert list(clock.due(12)) == [10]
    clock.reset(13)
    assert list(clock.due(22)) == []
    assert list(clock.due(23)) == [23]
