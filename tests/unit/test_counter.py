"""A device's own counter, whatever its width: wraps, repeats, losses and lies."""

import numpy as np
import pytest

from acquisition.live.counter import SampleCounter


def counter() -> SampleCounter:
    return SampleCounter(late_limit=1000)


@pytest.mark.parametrize(
    ("before", "now", "width"),
    [(255, 0, 256), (127, 0, 128), (100, 1, 100), (199, 0, 200), (65535, 0, 65536)],
)
def test_the_first_wrap_teaches_the_modulus_exactly(before: int, now: int, width: int) -> None:
    learned = counter()
    assert learned.step(before, now, 1.0, 50.0) == 1
    assert learned.step(before, now, 1.0, 10.0) == 1
    assert learned.step(before - 2, now + 3, 6.0, 10.0) == 6
    assert learned.step(5, 5 + width // 4, width / 4, 10.0) == width // 4


def test_an_int16_counter_wraps_from_its_top_to_its_bottom() -> None:
    assert counter().step(32767, -32768, 1.0, 20.0) == 1


def test_samples_lost_just_at_the_first_wrap_are_counted() -> None:
    assert counter().step(250, 3, 9.0, 4.0) == 9


def test_whole_turns_that_were_lost_are_told_by_the_stamps() -> None:
    learned = counter()
    learned.step(255, 0, 1.0, 10.0)
    assert learned.step(10, 20, 10.0 + 3 * 256 + 40, 60.0) == 10 + 3 * 256


@pytest.mark.parametrize(
    ("before", "now", "step"), [(500, 500, 0), (500, 498, -2), (500, 501, 1), (500, 620, 120)]
)
def test_repeats_and_losses_without_a_wrap(before: int, now: int, step: int) -> None:
    assert counter().step(before, now, 1.0, 10.0) == step


def test_a_repeat_after_the_modulus_is_known_is_no_wrap() -> None:
    learned = counter()
    learned.step(255, 0, 1.0, 10.0)
    assert learned.step(7, 5, 1.0, 10.0) == -2
    assert learned.step(1, 254, 1.0, 10.0) == -3


def test_a_fall_that_no_wrap_explains_is_a_new_beginning() -> None:
    assert counter().step(40_000, 17, 1.0, 10.0) is None


def test_a_counter_of_packets_is_given_up() -> None:
    packets = counter()
    values = np.repeat(np.arange(20), 8)
    assert not packets.judge(np.diff(values))
    assert not packets.trusted


def test_a_counter_with_losses_is_believed() -> None:
    values = np.concatenate((np.arange(30), np.arange(500, 530)))
    assert counter().judge(np.diff(values))


def test_a_counter_is_given_up_where_its_format_has_holes() -> None:
    narrow = SampleCounter(late_limit=1000, largest=2**24)
    assert not narrow.settled(np.arange(2**24 - 50, 2**24))
    assert narrow.judge(np.ones(49, dtype=np.int64))
    assert narrow.settled(np.arange(2**24 - 50, 2**24))
    assert narrow.trusted
    assert narrow.settled(np.arange(2**24 - 5, 2**24 + 45))
    assert not narrow.trusted


def test_across_a_reconnection_the_stamps_must_confirm() -> None:
    assert counter().step_across(1000, 3500, 2480.0, 100.0) == 2500
    assert counter().step_across(1000, 0, 2480.0, 100.0) is None
    assert counter().step_across(1000, 9000, 2480.0, 100.0) is None


def test_across_a_reconnection_a_small_modulus_proves_nothing() -> None:
    learned = counter()
    learned.step(255, 0, 1.0, 10.0)
    assert learned.step_across(10, 20, 2058.0, 100.0) is None
