"""The page's memory of what is measured: bounded, by channel, and every unit in its place for life."""

import pytest
from msgspec.structs import replace

from contracts import wire
from contracts.measured import Discharges, PhaseKind
from contracts.records import Gap
from dashboard.measured.channel import N_EPOCHS, N_TRAINS, ChannelExamination
from dashboard.measured.memory import N_TICKS, MeasuredMemory
from dashboard.measured.slots import LEAVES_AFTER_S, N_SLOTS, N_WAITING, UnitSlots
from dashboard.run_view import RunView
from tests.doubles_measured import epoch, muscle, phase, train, unit
from tests.doubles_messages import Sender, block, described, result

RATE_HZ = 1_000.0


def places(slots: UnitSlots) -> dict[int, int | None]:
    """The colour of each unit that is shown."""
    return {held.unit.unit: held.slot for held in slots.shown()}


@pytest.fixture
def slots() -> UnitSlots:
    """No unit yet."""
    return UnitSlots(RATE_HZ)


@pytest.fixture
def channel() -> ChannelExamination:
    """Nothing known yet."""
    return ChannelExamination(RATE_HZ)


def test_a_unit_keeps_its_place_whatever_becomes_of_others(slots: UnitSlots) -> None:
    for number in (1, 2, 3):
        slots.take(unit(number), 0)
    slots.take(unit(2, fate="merged", into=1), 10)
    slots.take(unit(3, discharges=99), 20)
    assert places(slots) == {1: 0, 2: 1, 3: 2}
    slots.tidy(10 + round(LEAVES_AFTER_S * RATE_HZ) + 1)
    assert places(slots) == {1: 0, 3: 2}
    slots.take(unit(4), 40_000)
    assert places(slots) == {1: 0, 4: 1, 3: 2}


def test_who_has_ended_leaves_after_a_while_and_at_once_where_others_wait(slots: UnitSlots) -> None:
    for number in range(1, N_SLOTS + 2):
        slots.take(unit(number), 0)
    assert slots.waiting() == 1
    assert places(slots) == {number: number - 1 for number in range(1, N_SLOTS + 1)}
    slots.take(unit(3, fate="silent"), 100)
    assert places(slots)[N_SLOTS + 1] == 2
    assert slots.waiting() == 0


def test_after_an_effort_its_units_stay_until_others_fire(slots: UnitSlots) -> None:
    long_after = round(LEAVES_AFTER_S * RATE_HZ) + 11
    slots.take(unit(1), 0)
    slots.take(unit(2), 0)
    slots.take(unit(1, fate="silent"), 10)
    slots.take(unit(2, fate="silent"), 10)
    assert not slots.tidy(long_after)
    assert places(slots) == {1: 0, 2: 1}
    slots.take(unit(3), long_after)
    assert places(slots) == {3: 0}
    slots.take(unit(3, fate="silent"), long_after + 10)
    slots.take(unit(4), long_after + 20)
    assert places(slots) == {4: 0}, "another effort makes room at once"


def test_two_rows_become_one_where_it_holds_all_and_colours_stay(slots: UnitSlots) -> None:
    for number in range(1, 7):
        slots.take(unit(number), 0)
    for number in (2, 3):
        slots.take(unit(number, fate="merged", into=1), 10)
    slots.tidy(round(LEAVES_AFTER_S * RATE_HZ) + 11)
    assert places(slots) == {1: 0, 4: 3, 5: 4, 6: 5}
    assert {held.unit.unit: held.place for held in slots.shown()} == {1: 0, 4: 3, 5: 1, 6: 2}
    slots.take(unit(7), 10**6)
    assert {held.unit.unit: (held.slot, held.place) for held in slots.shown()}[7] == (1, 4)


def test_a_unit_that_fires_again_has_not_ended(slots: UnitSlots) -> None:
    slots.take(unit(1), 0)
    slots.take(unit(1, fate="silent"), 10)
    slots.take(unit(1), 20)
    assert not slots.tidy(10**9)
    assert places(slots) == {1: 0}


def test_what_is_known_already_is_no_news_and_an_ending_of_nobody_neither(slots: UnitSlots) -> None:
    assert slots.take(unit(1), 0)
    assert not slots.take(unit(1), 50)
    assert not slots.take(unit(7, fate="merged", into=1), 60)


def test_units_are_bounded(slots: UnitSlots) -> None:
    for number in range(1, 500):
        slots.take(unit(number), number)
    assert len(slots.shown()) == N_SLOTS
    assert slots.waiting() <= N_WAITING


def test_log_and_cloud_are_bounded_and_the_ended_leave_first(channel: ChannelExamination) -> None:
    channel.take_train(train(1))
    for number in range(2, N_TRAINS + 20):
        channel.take_train(train(number, ended=True))
    for n in range(N_EPOCHS + 20):
        channel.take_epoch(epoch(n))
    assert len(channel.trains) == N_TRAINS
    assert 1 in channel.trains, "it goes on"
    assert 2 not in channel.trains
    assert len(channel.epochs) == N_EPOCHS


def test_the_newest_message_of_a_train_holds(channel: ChannelExamination) -> None:
    channel.take_train(train(1, kind="isolated potentials"))
    before = channel.version
    channel.take_train(train(1, kind="fibrillation potentials"))
    assert [held.kind for held in channel.trains.values()] == ["fibrillation potentials"]
    assert channel.version == before + 1
    channel.take_train(train(1, kind="fibrillation potentials"))
    assert channel.version == before + 1, "what is known already is no news"


def test_what_came_before_the_description_and_is_of_somebody_else_is_not_taken() -> None:
    run = run_after(*examined(), replace(described(), examined_from=2_000), block(0, 10))
    assert run.measured is not None
    assert not run.measured.channel(0).trains
    assert not run.measured.channel(0).units.shown()


def examined() -> list[wire.Message]:
    """A person at rest, and everything that is told of one."""
    return [
        phase("rest", at_index=100),
        unit(1, at_index=900),
        Discharges(0, (1, 1), (800, 900), (False, False)),
        train(1, first_index=300),
        epoch(0),
        muscle(),
        result(900),
    ]


def test_nothing_of_another_person_stands_and_who_comes_late_holds_the_same() -> None:
    person = replace(described(), examined_from=2_000)
    after = [
        phase("rest", at_index=2_000),
        unit(2, at_index=2_300),
        Discharges(0, (2,), (2_300,), (False,)),
        train(2, first_index=2_200),
        replace(epoch(0), first_index=2_100, stop_index=3_100),
        muscle(units_accepted=1),
    ]
    there = run_after(described(), block(0, 10), *examined(), person, *after, person)
    late = run_after(person, block(0, 10), *after)
    assert there.measured is not None
    assert late.measured is not None
    held, known = there.measured.channel(0), late.measured.channel(0)
    assert list(held.trains) == list(known.trains) == [2]
    assert list(held.epochs) == list(known.epochs)
    assert [shown.unit for shown in held.units.shown()] == [shown.unit for shown in known.units.shown()]
    assert held.muscle == known.muscle
    assert [tick.index for tick in there.measured.ticks] == [2_300]
    assert watched(held, 3_000) == watched(known, 3_000)


def test_the_history_of_the_evidence_begins_anew_too() -> None:
    run = run_after(described(), block(0, 10), *examined())
    assert run.history is not None
    assert run.history.read(0)[0].size
    run = run_after(described(), block(0, 10), *examined(), replace(described(), examined_from=1_000))
    assert run.history is not None
    assert not run.history.read(0)[0].size


def test_an_epoch_that_is_told_again_is_no_news(channel: ChannelExamination) -> None:
    channel.take_epoch(epoch(1))
    before = channel.version
    channel.take_epoch(epoch(1))
    assert (len(channel.epochs), channel.version) == (1, before)


def watched(channel: ChannelExamination, newest: int) -> int:
    """Samples of rest that were watched at this site."""
    return channel.rest_before + (newest - channel.rest_since if channel.rest_since is not None else 0)


def test_rest_is_counted_by_site_and_goes_on_after_an_effort(channel: ChannelExamination) -> None:
    def at(index: int, name: PhaseKind, site: int = 1) -> None:
        channel.take_phase(phase(name, at_index=index, site=site))

    at(1_000, "rest")
    assert watched(channel, 3_000) == 2_000
    at(4_000, "minimal")
    assert watched(channel, 9_000) == 3_000
    at(10_000, "rest")
    assert watched(channel, 11_000) == 4_000
    at(12_000, "insertion", 2)
    assert watched(channel, 20_000) == 0
    at(20_000, "rest", 2)
    assert watched(channel, 20_500) == 500


def test_the_operators_word_does_not_begin_rest_anew(channel: ChannelExamination) -> None:
    channel.take_phase(phase("rest", at_index=1_000))
    channel.take_phase(phase("rest", at_index=2_000, origin="operator"))
    assert watched(channel, 3_000) == 2_000


def test_missing_samples_were_not_watched(channel: ChannelExamination) -> None:
    channel.take_phase(phase("rest", at_index=1_000))
    channel.gap(3_000, 500)
    assert watched(channel, 4_000) == 2_500


def test_discharges_are_numbered_bounded_and_asked_for_by_what_is_new() -> None:
    memory = MeasuredMemory(RATE_HZ)
    memory.absorb(Discharges(0, (1, 2), (100, 150), (False, True)), 300)
    memory.absorb(Discharges(3, (1,), (160,), (False,)), 300)
    assert [(t.number, t.unit, t.index) for t in memory.ticks_after(0, {0}, 0)] == [(1, 1, 100), (2, 2, 150)]
    assert [t.number for t in memory.ticks_after(1, {0, 3}, 0)] == [2, 3]
    assert [t.number for t in memory.ticks_after(0, {0, 3}, 120)] == [2, 3]
    for n in range(N_TICKS + 50):
        memory.absorb(Discharges(0, (1,), (n,), (False,)), n)
    assert len(memory.ticks) == N_TICKS


def test_a_discharge_that_is_told_again_is_one_of_the_unit_that_was_split_off() -> None:
    memory = MeasuredMemory(RATE_HZ)
    memory.absorb(Discharges(0, (1, 2, 1), (100, 100, 150), (True, True, False)), 300)
    memory.absorb(Discharges(0, (1, 3, 3), (120, 150, 200), (False, False, False)), 400)
    memory.absorb(Discharges(1, (4,), (150,), (False,)), 400)
    fresh = {(t.channel, t.unit, t.index): t.instead for t in memory.ticks_after(0, {0, 1}, 0)}
    assert fresh == {
        (0, 1, 100): 0,
        (0, 2, 100): 0,
        (0, 1, 120): 0,
        (0, 3, 150): 3,
        (0, 3, 200): 0,
        (1, 4, 150): 0,
    }


def run_after(*messages: wire.Message) -> RunView:
    """The run after these messages."""
    sender = Sender()
    sender.at(0.0, *messages)
    run = sender.view.look(0.0, lambda run, _: run)
    assert run is not None
    return run


def test_measures_that_came_before_the_description_are_not_lost() -> None:
    run = run_after(phase("rest"), unit(1), described(), block(0, 10))
    assert run.measured is not None
    held = run.measured.channel(0)
    assert held.phase is not None
    assert held.phase.phase == "rest"
    assert len(held.units.shown()) == 1


def test_channels_are_kept_apart_and_a_gap_reaches_all() -> None:
    second = replace(phase("rest", at_index=100), channel=1)
    run = run_after(described(labels=("a", "b")), second, wire.GapNotice(Gap(1_000, 300, "inlet")))
    assert run.measured is not None
    assert run.measured.channel(0).phase is None
    assert watched(run.measured.channel(1), 1_500) == 1_100
