"""The page's memory: what it may claim at each moment, with the clock handed in."""

import pytest

from contracts import wire
from contracts.records import ContinuityCounts, Gap, HandoffStats, SourceState, Subject
from contracts.refusal import Refusal
from dashboard.live_view import LiveView
from dashboard.status import OVERLOAD_SHOWN_S, STALE_AFTER_S
from tests.doubles_messages import BEGAN, Sender, block, described, health, result


def live_view(sender: Sender) -> LiveView:
    view = LiveView("tcp://here:1")
    sender.view = view
    return view


@pytest.fixture
def sender() -> Sender:
    """A run whose messages arrive when the test says so."""
    return Sender()


def test_waiting_says_where_it_listens() -> None:
    status = LiveView("tcp://here:1").snapshot(5.0).status
    assert (status.state, status.severity) == ("waiting", "waiting")
    assert "tcp://here:1" in status.detail
    assert "myoscope live" in status.do


def test_a_run_without_description_is_joining_and_then_quiet_until_a_sample_comes(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, health())
    assert view.snapshot(0.1).status.state == "joining"
    sender.at(0.2, described())
    assert view.snapshot(0.3).status.state == "quiet"
    sender.at(0.4, block(0, 10))
    assert view.snapshot(0.5).status.state == "live"


def test_stale_exactly_after_its_time_and_within_a_second(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(10.0, described(), block(0, 10), health())
    assert view.snapshot(10.0 + STALE_AFTER_S).status.state == "live"
    stale = view.snapshot(10.0 + STALE_AFTER_S + 0.001)
    assert (stale.status.state, stale.status.severity) == ("stale", "fault")
    assert STALE_AFTER_S + 0.1 < 1.0, "a frame and a redraw must fit into the second"


def test_back_from_stale_when_messages_return(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, described(), block(0, 10))
    assert view.snapshot(5.0).status.state == "stale"
    sender.at(5.0, block(10, 10))
    assert view.snapshot(5.1).status.state == "live"


@pytest.mark.parametrize(("source", "state"), [("stalled", "stalled"), ("lost", "lost"), ("back", "live")])
def test_the_state_of_the_source_is_told(sender: Sender, source: SourceState, state: str) -> None:
    view = live_view(sender)
    sender.at(0.0, described(), block(0, 10), health(state=source))
    assert view.snapshot(0.1).status.state == state


def test_health_alone_is_not_live(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, described(), block(0, 10), health())
    sender.at(STALE_AFTER_S + 0.1, health())
    assert view.snapshot(STALE_AFTER_S + 0.2).status.state == "stalled"


@pytest.mark.parametrize(
    ("reason", "severity"),
    [("asked", "ended"), ("end of recording", "ended"), ("source lost", "fault"), ("failed", "fault")],
)
def test_a_stop_tells_why_and_does_not_turn_stale(sender: Sender, reason: str, severity: str) -> None:
    view = live_view(sender)
    sender.at(0.0, described(), block(0, 10), wire.StreamStop(reason, "this one"))  # pyright: ignore[reportArgumentType]
    status = view.snapshot(100.0).status
    assert (status.state, status.severity) == ("stopped", severity)
    assert "this one" in status.detail


def test_overloaded_for_a_while_after_windows_were_skipped(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, described(), block(0, 10), health(skipped=0))
    sender.at(0.5, block(10, 10), health(skipped=4))
    status = view.snapshot(0.6).status
    assert (status.state, status.severity) == ("overloaded", "warning")
    assert "4 windows skipped" in status.detail
    sender.at(0.6 + OVERLOAD_SHOWN_S, block(20, 10), health(skipped=4))
    assert view.snapshot(0.7 + OVERLOAD_SHOWN_S).status.state == "live"


def test_a_late_page_did_not_lose_what_it_never_saw_but_a_hole_counts(sender: Sender) -> None:
    view = live_view(sender)
    sender.seq["signal"] = 700
    sender.at(0.0, described(), block(0, 10))
    assert view.snapshot(0.1).status.state == "live"
    sender.seq["signal"] += 3
    sender.at(0.2, block(40, 10))
    status = view.snapshot(0.3).status
    assert status.state == "overloaded"
    assert "3 messages lost" in status.detail


def test_old_skips_are_not_the_late_pages_business(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, described(), block(0, 10), health(skipped=99))
    assert view.snapshot(0.1).status.state == "live"


def test_a_new_run_begins_anew(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, described(), block(0, 500), result(500), wire.StreamStop("asked"))
    sender.run_id, sender.seq = "second", {}
    sender.at(1.0, described(), block(0, 20))
    frame = view.snapshot(1.1)
    assert (frame.run_id, frame.status.state, frame.newest_index) == ("second", "live", 20)
    assert view.look(1.1, lambda run, _: run is not None and run.result is None)


def test_age_is_the_age_at_publishing_and_the_time_since(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(50.0, described(), block(0, 10, captured=BEGAN + 2.97), published_at=BEGAN + 3.0)
    age = view.snapshot(50.25).age_s
    assert age == pytest.approx(0.28, abs=1e-9)


def test_without_valid_stamps_age_is_the_time_since_arrival(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(50.0, described(latency_valid=False), block(0, 10, captured=0.0), published_at=BEGAN + 3.0)
    assert view.snapshot(50.25).age_s == pytest.approx(0.25)


def test_run_time_goes_on_between_messages_and_stands_after_the_stop(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(7.0, described(), published_at=BEGAN + 60.0)
    assert view.snapshot(7.5).run_s == pytest.approx(60.5)
    sender.at(8.0, wire.StreamStop("asked"), published_at=BEGAN + 61.0)
    assert view.snapshot(99.0).run_s == pytest.approx(61.0)


def test_another_schema_is_refused_in_words(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, described(schema=2))
    status = view.snapshot(0.1).status
    assert status.state == "incompatible"
    assert "schema 2" in status.detail
    assert "schema 1" in status.detail


def test_a_foreign_message_is_shown_while_such_messages_come() -> None:
    view = LiveView("tcp://here:1")
    view.refuse(Refusal(found="3 frames", wanted="2 frames", do="Check the address."), 1.0)
    assert view.snapshot(1.5).status.state == "incompatible"
    assert view.snapshot(9.0).status.state == "waiting"


def test_a_block_that_is_not_what_was_described_is_refused(sender: Sender) -> None:
    live_view(sender)
    sender.at(0.0, described(labels=("a", "b")))
    with pytest.raises(Refusal, match="40 bytes for 10 samples of 1 channels"):
        sender.at(0.1, block(0, 10))


def test_subject_may_change_while_the_run_goes_on(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, described(subject=Subject("deltoid")), wire.SubjectChanged(Subject("vastus", "left"), 5))
    sender.at(0.1, described(subject=Subject("deltoid")))
    assert view.look(0.1, lambda run, _: run.subject if run else None) == Subject("vastus", "left")


def test_gaps_flags_and_markers_become_numbered_notes(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, described(rate_hz=1000.0), block(0, 1000, captured=10.0))
    sender.at(0.1, wire.MarkerNotice(9.9, "flexion", "markers"))
    sender.at(0.2, wire.GapNotice(Gap(1300, 300, "outage", exact=False)), result(2000, flags=("mains",)))
    notes = view.look(0.3, lambda run, _: list(run.notes) if run else [])
    assert [(n.number, n.kind, n.first_index, n.stop_index) for n in notes] == [
        (1, "marker", 900, 900),
        (2, "gap", 1000, 1300),
        (3, "flags", 1950, 2000),
    ]
    assert notes[1].text == "~300 missing (outage)"
    assert not notes[2].accepted


def test_handoff_drops_are_told(sender: Sender) -> None:
    view = live_view(sender)
    sender.at(0.0, described(), block(0, 10), health())
    dropped = HandoffStats(64, 0, 9, 7, 2, 64)
    sender.at(0.1, health(handoff=dropped, counts=ContinuityCounts(received=10)))
    assert "2 chunks dropped" in view.snapshot(0.2).status.detail
