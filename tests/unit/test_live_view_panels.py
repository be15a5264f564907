"""The panels: what is said, and what is not."""

from typing import Any

import pytest

from contracts import wire
from contracts.records import ContinuityCounts
from dashboard.evidence_history import N_POINTS, EvidenceHistory
from dashboard.panels.evidence import evidence_figure
from dashboard.panels.features import features_panel
from dashboard.panels.footer import footer_line, subject_line
from dashboard.panels.reading import reading_panel, reading_subject
from dashboard.panels.windows import windows_panel
from dashboard.run_view import RunView
from dashboard.words import unit_word
from tests.doubles_messages import Sender, described, health, reading, result


def words(parts: Any) -> str:
    """Everything that a tree of Dash components says, in order, with single spaces."""
    return " ".join(filter(None, _texts(parts).split(" ")))


def _texts(parts: Any) -> str:
    if parts is None:
        return ""
    if isinstance(parts, list | tuple):
        return " ".join(filter(None, (_texts(part) for part in parts)))
    if hasattr(parts, "to_plotly_json"):
        return _texts(getattr(parts, "children", None))
    return str(parts)


def classes(parts: Any) -> list[str]:
    """The class names in a tree of Dash components, in order."""
    if isinstance(parts, list | tuple):
        return [name for part in parts for name in classes(part)]
    if not hasattr(parts, "to_plotly_json"):
        return []
    own = getattr(parts, "className", None)
    return ([own] if own else []) + classes(getattr(parts, "children", None))


def after(*messages: wire.Message) -> RunView:
    """The run after these messages."""
    sender = Sender()
    sender.at(0.0, *messages)
    run = sender.view.look(0.0, lambda run, _: run)
    assert run is not None
    return run


def test_a_decision_is_named_as_a_pattern_with_what_it_cannot_decide() -> None:
    said = words(reading_panel(after(described(), result(250)), 0, four_classes=False))
    assert said.startswith("Neurogenic pattern")
    assert "Neuropathy against motor neuron disease: not decidable from one muscle." in said
    assert "neuropathy 0" not in said


def test_four_classes_only_on_request_and_hatched() -> None:
    panel = reading_panel(after(described(), result(250)), 0, four_classes=True)
    assert "neuropathy 0.50 motor neuron disease 0.30" in words(panel)
    assert classes(panel).count("fill neurogenic hatched") == 2


def test_cannot_tell_is_an_equal_answer_with_its_reason() -> None:
    open_ = reading(decision=wire.Decision(None, 0.5, "rejected windows"), flags=("mains", "clipped"))
    panel = reading_panel(after(described(), result(250, open_)), 0, four_classes=False)
    assert words(panel).startswith("Cannot tell Most windows are rejected. Now: mains and clipped.")
    assert classes(panel).count("bar said") == 1
    assert classes(panel)[classes(panel).index("bar said") + 1] == "name"


@pytest.mark.parametrize(
    ("label", "headline"), [("healthy", "Healthy pattern"), ("neurogenic", "Neurogenic pattern")]
)
def test_grouped_models_speak_of_patterns(label: str, headline: str) -> None:
    said = reading(decision=wire.Decision(label, 0.9, "clear"))
    panel = reading_panel(after(described(), result(250, said)), 0, four_classes=False)
    assert words(panel[0]) == headline


def test_a_gesture_is_no_pattern_of_disease() -> None:
    names = ("rock", "scissors", "paper", "ok")
    start = described(patterns=tuple(wire.Pattern(n, (n,)) for n in names), classes=names, labels=("a", "b"))
    shares = (0.1, 0.1, 0.7, 0.1)
    joint = reading(None, decision=wire.Decision("paper", 0.7, "clear"), evidence=shares, by_pattern=shares)
    run = after(start, result(250, joint))
    panel = reading_panel(run, 1, four_classes=True)
    assert words(panel).startswith("Paper The evidence is clear. rock 0.10 scissors 0.10 paper 0.70 ok 0.10")
    assert "not decidable" not in words(panel)
    assert reading_subject(run, 1).startswith("all 2 channels")


def test_without_a_model_the_panel_says_so() -> None:
    bare = reading(decision=wire.Decision(None, 0.0, "no model"), evidence=(), by_pattern=())
    run = after(described(patterns=(), classes=()), result(250, bare))
    assert words(reading_panel(run, 0, four_classes=False)).startswith("No model")
    assert "model none" in words(footer_line(run))
    assert evidence_figure(run, 0)["data"] == []


def test_empty_panels_say_what_is_missing() -> None:
    for panel in (
        reading_panel(None, 0, four_classes=False),
        windows_panel(None, 0),
        features_panel(None, 0),
    ):
        assert words(panel)
    assert footer_line(None) == []
    assert subject_line(None) == []


def test_the_selected_channel_is_read() -> None:
    first = reading(0, decision=wire.Decision("healthy", 0.9, "clear"), features=(1.0, 2.0, 3.0, 4.0))
    second = reading(1, features=(5.0, 6.0, 7.0, 8.0))
    run = after(described(labels=("left", "right")), result(250, first, second))
    assert words(reading_panel(run, 0, four_classes=False)).startswith("Healthy pattern")
    assert words(reading_panel(run, 1, four_classes=False)).startswith("Neurogenic pattern")
    assert reading_subject(run, 1).startswith("right")
    assert "5.00" in words(features_panel(run, 1))


def test_features_of_a_joint_reading_are_those_of_the_channel_with_their_units() -> None:
    joint = reading(None, features=(1.0, 2.0, 3.0, 4.0, 51.0, 62.0, 7_300.0, 0.0))
    run = after(described(labels=("a", "b")), result(250, joint))
    said = words(features_panel(run, 1))
    assert "mean absolute value\nroot mean square" in said
    assert "51.0\n62.0" in said
    assert "µV\nµV" in said
    assert "7\u2009300" in said


@pytest.mark.parametrize(
    ("name", "unit", "printed"),
    [
        ("kurtosis", "1", ""),
        ("hjorth_activity", "uV^2", "µV²"),
        ("spectral_moment_0", "uV^2 kHz^k", "µV²"),
        ("spectral_moment_1", "uV^2 kHz^k", "µV² kHz"),
        ("spectral_moment_3", "uV^2 kHz^k", "µV² kHz³"),
    ],
)
def test_units_are_printed_as_a_person_writes_them(name: str, unit: str, printed: str) -> None:
    assert unit_word(unit, name) == printed


def test_latency_is_not_available_with_a_reason() -> None:
    silent = after(described(latency_valid=False), health())
    assert "n/a (replay at another speed)" in words(footer_line(silent))
    assert "n/a (no window yet)" in words(footer_line(after(described(), health())))
    known = after(described(), health(latency=wire.Latency(0.0016, 0.0148, 9)))
    assert "p50 1.6 ms p99 15 ms" in words(footer_line(known))


def test_missing_samples_are_estimates_where_they_are() -> None:
    exact = ContinuityCounts(received=5_912_400, missing=12)
    about = ContinuityCounts(received=5_912_400, missing=1_234, missing_estimated=1)
    assert "missing 12" in words(footer_line(after(described(), health(counts=exact))))
    said = words(footer_line(after(described(), health(counts=about))))
    assert "received 5\u2009912\u2009400" in said
    assert "missing ~1\u2009234" in said


def test_rejected_windows_with_the_main_reason_and_the_models_hash() -> None:
    run = after(described(), health(windows=200, accepted=150, flag_counts={"flat": 3, "mains": 47}))
    said = words(footer_line(run))
    assert "windows rejected 25.0 % (mains)" in said
    assert "model patterns-1 · 3f9c0a11" in said
    table = words(windows_panel(run, 0))
    assert table.index("mains interference 47 23.5 %") < table.index("flat stretch 3 1.5 %")


def test_messages_lost_on_the_way_are_in_the_footer() -> None:
    sender = Sender()
    sender.at(0.0, described(), health())
    sender.seq["health"] += 2
    sender.at(0.1, health())
    run = sender.view.look(0.2, lambda run, _: run)
    assert "messages lost 2" in words(footer_line(run))


def test_evidence_over_time_breaks_where_nothing_was_judged() -> None:
    history = EvidenceHistory(1, 2, 100.0)
    history.add(0, 60, (0.2, 0.8), True)
    history.add(0, 80, (0.3, 0.7), False)
    history.add(0, 260, (0.6, 0.4), True)
    times, evidence, rejected = history.read(0)
    assert times.tolist() == [1.0, 1.5, 2.0, 2.5, 3.0]
    assert evidence[0].tolist() == pytest.approx([0.3, 0.7])
    assert rejected[0] == 0.5
    assert all(value != value for value in evidence[1:4].ravel())
    assert evidence[4].tolist() == pytest.approx([0.6, 0.4])


def test_evidence_is_bounded_and_keeps_the_newest() -> None:
    history = EvidenceHistory(1, 1, 2.0)
    for stop in range(1, N_POINTS + 51):
        history.add(0, stop, (stop / 1_000,), True)
    times, evidence, _ = history.read(0)
    assert len(times) == N_POINTS
    assert evidence[-1, 0] == pytest.approx((N_POINTS + 50) / 1_000)
    assert evidence[0, 0] == pytest.approx(51 / 1_000)


def test_the_figure_is_made_of_lists_and_has_a_line_for_each_pattern() -> None:
    figure = evidence_figure(after(described(), result(250), result(750)), 0)
    assert [trace["name"] for trace in figure["data"]] == ["healthy", "myopathic", "neurogenic", "rejected"]
    assert figure["data"][2]["y"] == [0.8, 0.8]
    assert isinstance(figure["data"][2]["x"], list)
    dashes = {trace["line"]["dash"] for trace in figure["data"][:3]}
    assert len(dashes) == 3, "lines differ in more than hue"
