"""The bounded hand-off: its policy, its counters, its end."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.handoff import Handoff, HandoffClosed, WhenFull


def test_drop_oldest_keeps_the_newest_in_order_and_counts_the_rest() -> None:
    handoff: Handoff[int] = Handoff(capacity=3, when_full=WhenFull.DROP_OLDEST)
    assert all(handoff.offer(i) for i in range(5))
    assert [handoff.take(0.0) for _ in range(4)] == [2, 3, 4, None]
    assert handoff.statistics().dropped == 2


def test_refuse_keeps_the_oldest_and_says_no() -> None:
    handoff: Handoff[int] = Handoff(capacity=2, when_full=WhenFull.REFUSE)
    assert [handoff.offer(i) for i in range(3)] == [True, True, False]
    assert [handoff.take(0.0) for _ in range(2)] == [0, 1]


def test_close_wakes_a_waiting_consumer_after_what_is_left() -> None:
    handoff: Handoff[int] = Handoff(capacity=2, when_full=WhenFull.REFUSE)
    handoff.offer(7)
    handoff.close()
    assert handoff.take(10.0) == 7
    with pytest.raises(HandoffClosed):
        handoff.take(10.0)
    assert not handoff.offer(8)


def test_close_ends_a_take_that_is_already_waiting() -> None:
    handoff: Handoff[int] = Handoff(capacity=1, when_full=WhenFull.REFUSE)
    ended = threading.Event()

    def consume() -> None:
        with pytest.raises(HandoffClosed):
            handoff.take(60.0)
        ended.set()

    consumer = threading.Thread(target=consume)
    consumer.start()
    handoff.close()
    consumer.join(10.0)
    assert ended.is_set()


@given(
    capacity=st.integers(1, 5),
    policy=st.sampled_from(WhenFull),
    offers=st.lists(st.booleans(), max_size=60),
)
def test_every_item_is_taken_dropped_or_waiting(capacity: int, policy: WhenFull, offers: list[bool]) -> None:
    handoff: Handoff[int] = Handoff(capacity=capacity, when_full=policy)
    taken: list[int] = []
    for n, is_offer in enumerate(offers):
        if is_offer:
            handoff.offer(n)
        elif (item := handoff.take(0.0)) is not None:
            taken.append(item)
    s = handoff.statistics()
    assert s.offered == s.taken + s.dropped + s.waiting
    assert s.high_water <= capacity
    assert taken == sorted(taken)


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_capacity_below_one_is_refused(capacity: int) -> None:
    with pytest.raises(ValueError, match="capacity"):
        Handoff(capacity=capacity, when_full=WhenFull.REFUSE)
