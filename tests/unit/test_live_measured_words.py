"""What the page says of the measures, and what it refrains from saying."""

import json
import struct
from typing import Any

import pytest
from msgspec.structs import replace

from contracts import commands, wire
from contracts.measured import MeasureRow, Recruitment, RestTrain
from contracts.records import Subject
from contracts.refusal import Refusal
from dashboard.examiner import decode_phase, decode_subject
from dashboard.measured.look import phase_shown
from dashboard.measured.muscle_words import grade_shown, interference_shown, muscle_shown, watched_words
from dashboard.measured.slots import HeldUnit
from dashboard.measured.unit_words import train_shown, unit_shown
from dashboard.wave import WaveRequest, wave_frame
from tests.doubles_measured import epoch, muscle, phase, surface, train, unit
from tests.doubles_messages import Sender, described

RATE_HZ = 20_000.0


def header(sender: Sender, *, measured: int | None = -1, run: str = "") -> dict[str, Any]:
    """The header of the frame that a page gets now, as it takes it apart."""
    request = WaveRequest(100, 1.0, (0,), run=run, have=0 if run else -1, measured=measured)
    frame = wave_frame(sender.view, request, 0.0, 1, "server")
    (length,) = struct.unpack("<I", frame[:4])
    return json.loads(frame[4 : 4 + length])


def picture(*messages: wire.Message, start: wire.StreamStart | None = None) -> dict[str, Any]:
    """The measures that a page gets after these messages."""
    sender = Sender()
    sender.at(0.0, start or described(rate_hz=RATE_HZ), *messages)
    return header(sender)["measured"]


def rows(*given: MeasureRow) -> dict[str, Any]:
    """Rows of the muscle's table by their names."""
    return {row.name: row for row in muscle_shown(muscle(rows=given)).rows}


def test_measures_travel_when_they_are_asked_for_and_new() -> None:
    sender = Sender()
    sender.at(0.0, described(rate_hz=RATE_HZ), phase("rest"), unit(1))
    first = header(sender)
    held = first["measured"]["version"]
    assert header(sender, measured=None, run=first["run"])["measured"] is None
    assert header(sender, measured=held, run=first["run"])["measured"] is None
    sender.at(0.1, unit(2))
    newer = header(sender, measured=held, run=first["run"])["measured"]
    assert [shown["unit"] for shown in newer["units"]] == [1, 2]


def test_a_unit_shows_its_measures_marks_and_satellites() -> None:
    shown = unit_shown(HeldUnit(unit(3, rate_hz=RATE_HZ), 4))
    assert shown.quality == "accepted"
    assert shown.lines == ("8.1 Hz", "369 µV · 7.8 ms", "3 phases · satellite", "accepted")
    assert (shown.slot, shown.peak - (shown.onset or 0), (shown.offset or 0) - shown.peak) == (4, 72, 84)
    assert shown.satellites == (shown.peak + round(0.013 * RATE_HZ),)
    assert "rise time 420 µs" in shown.title


@pytest.mark.parametrize(
    ("other", "quality", "says"),
    [
        ({"not_told_from": (2, 5)}, "accepted", "or unit 2 and 5?"),
        ({"accepted": False, "flags": ("rises too slowly",)}, "trusted", "rises too slowly"),
        ({"accepted": False, "trusted": False, "measures": None}, "doubtful", "not yet trusted"),
        ({"fate": "merged", "into": 2}, "ended", "is unit 2"),
        ({"fate": "silent"}, "ended", "silent"),
    ],
)
def test_what_keeps_a_unit_from_counting_is_said(other: dict[str, Any], quality: str, says: str) -> None:
    shown = unit_shown(HeldUnit(unit(1, **other), 0))
    assert shown.quality == quality
    assert says in shown.lines
    if "not_told_from" in other:
        assert "cannot be told from unit 2 and 5" in shown.title


def test_without_measures_there_are_no_marks_and_the_flags_say_why() -> None:
    bare = unit(1, trusted=False, accepted=False, measures=None, flags=("6 discharges of 10 alone",))
    shown = unit_shown(HeldUnit(bare, 0))
    assert (shown.onset, shown.offset, shown.satellites) == (None, None, ())
    assert "6 discharges of 10 alone" in shown.lines
    assert shown.peak == int(bare.array().argmin())
    assert unit_shown(HeldUnit(replace(bare, template=b""), 0)).peak == 0


def test_every_train_carries_what_its_name_rests_on() -> None:
    shown = train_shown(train(1), RATE_HZ)
    assert shown.figures == "7.4 Hz · irregularity 3 % · 82 µV · 3.1 ms · 52 discharges"
    assert (shown.when, shown.named, shown.evidence) == ("0:01 – 0:08", True, "validated on simulation only")
    few: RestTrain = train(
        2, kind="isolated potentials", discharges=1, rate_hz=None, irregularity=None, interval_cv=None
    )
    assert not train_shown(few, RATE_HZ).named
    assert train_shown(few, RATE_HZ).figures == "82 µV · 3.1 ms · 1 discharge"


def test_those_that_go_on_stand_above_those_that_ended() -> None:
    shown = picture(
        train(1, ended=True),
        train(2),
        train(3, kind="not named"),
        train(4),
        train(5, ended=True, kind="artefact"),
    )
    assert [t["train"] for t in shown["trains"]] == [4, 2, 3, 1, 5]


def test_outside_the_norm_from_two_standard_deviations_on_and_never_without_a_z() -> None:
    told = rows(
        MeasureRow("duration_ms", "ms", 20, 12.9, 2.1, 9.9, 1.4, 2.14, 0, 5, True, "a source"),
        MeasureRow("phases", "1", 20, 2.7, 0.6, 2.6, 0.27, -1.99),
        MeasureRow("turns", "1", 20, 2.2, 0.9, 3.06, 0.35, -2.46),
        MeasureRow(
            "amplitude_uv", "uV", 5, 2_000.0, 90.0, 436.0, 115.0, None, note="no z-score below 10 units"
        ),
    )
    assert [told[name].side for name in ("Duration", "Phases", "Turns", "Amplitude")] == [
        "above",
        "",
        "below",
        "",
    ]
    assert (told["Duration"].z, told["Turns"].z, told["Amplitude"].z) == ("+2.1", "\u22122.5", "")
    assert told["Duration"].unverified
    assert told["Duration"].note == "a source; outliers: 0 low, 5 high"
    assert "no z-score below 10 units" in told["Amplitude"].note


def test_unverified_norms_and_missing_z_scores_are_explained_below_the_table() -> None:
    assert muscle_shown(muscle()).foot == "Norms: Bischoff 1994, Pattichis 1995. † unverified norm."
    bare = muscle(rows=(), reason="age not given: no z-scores", norms="")
    assert muscle_shown(bare).foot == "Age not given: no z-scores."


def test_polyphasia_of_too_few_units_is_not_available() -> None:
    told = rows(MeasureRow("polyphasic_percent", "%", 4, None, None, note="n/a below 5 units"))
    assert (told["Polyphasic"].mean, told["Polyphasic"].note) == ("n/a", "n/a below 5 units")
    assert rows(MeasureRow("polyphasic_percent", "%", 0, None, None))["Polyphasic"].mean == "–"


@pytest.mark.parametrize(
    ("grade", "outside"), [("reduced", True), ("early", True), ("normal", False), ("poor activation", False)]
)
def test_recruitment_has_its_reason_and_poor_effort_is_no_finding(grade: Any, outside: bool) -> None:
    told = muscle(recruitment=Recruitment(grade, "2 units, the fastest at 18 Hz", 2))
    line = next(line for line in muscle_shown(told).lines if line.name == "Recruitment")
    assert (line.said, line.why, line.outside) == (grade, "2 units, the fastest at 18 Hz", outside)


def test_a_grade_of_none_needs_time_enough() -> None:
    found, none, short = (grade_shown(grade) for grade in muscle().spontaneous)
    assert (found.grade, found.found, found.words) == ("2+", True, "2 of 4 sites")
    assert (none.grade, none.found, none.words) == ("0", False, "none")
    assert (short.grade, short.found, short.words) == ("–", False, "too short to say")
    assert watched_words(muscle().spontaneous) == "48 s watched at 4 sites"
    line = next(line for line in muscle_shown(muscle()).lines if line.name == "At rest")
    assert (line.said, line.why) == ("2+ fibrillation potentials", "validated on simulation only")


def test_what_was_found_without_a_grade_is_not_passed_over() -> None:
    once = replace(muscle().spontaneous[0], grade=0, sites=1, watched_sites=1)
    line = next(line for line in muscle_shown(muscle(spontaneous=(once,))).lines if line.name == "At rest")
    assert (line.said, line.outside) == ("fibrillation potentials at 1 of 1 site", False)


def test_interference_has_its_newest_epoch_beside_the_muscle() -> None:
    shown = {row.name: row for row in interference_shown(muscle(), epoch(2))}
    assert shown["Turns"].now == "167"
    assert shown["Turns"].mean == "260 ± 120"
    assert shown["Peak ratio"].now == ""
    assert "Activity" in shown, "measured now, and not yet in the table"
    assert interference_shown(None, None) == ()


def test_points_are_judged_only_where_there_is_a_normal_area() -> None:
    judged = picture(phase("moderate", site=2), epoch(1, in_cloud=False, site=2), epoch(2, site=1), muscle())
    assert [point[2:] for point in judged["points"]] == [[False, True], [True, False]]
    assert judged["cloud"] == "18 epochs · 3 outside"
    assert judged["cloud_of"] == "0 above, 0 below; normal area"
    sided = muscle(epochs_above=2, epochs_below=1, cloud_source="6 healthy virtual people")
    line = next(line for line in muscle_shown(sided).lines if line.name == "Interference")
    assert line.why == "2 above, 1 below; normal area of 6 healthy virtual people"
    open_ = picture(epoch(1, in_cloud=None), muscle(epochs=1, epochs_outside=None))
    assert open_["points"][0][2] is None
    assert open_["cloud"] == "1 epoch"
    assert open_["cloud_of"] == "no normal area for this muscle"


def test_the_phase_says_by_whose_word_it_holds() -> None:
    assert phase_shown(phase("rest")).words == "from the signal"
    assert (
        phase_shown(phase("rest", origin="operator", automatic="minimal")).words
        == "set by you · signal: minimal"
    )
    assert phase_shown(phase("rest", origin="operator")).words == "set by you · signal agrees"
    assert phase_shown(phase("unknown")).words == "not found yet"
    assert phase_shown(None).phase == "unknown"


def test_surface_emg_says_why_it_measures_no_motor_units() -> None:
    slow = described(rate_hz=2_000.0, labels=("biceps", "triceps"))
    shown = picture(surface(4_000), surface(6_000), start=slow)
    assert shown["kind"] == "surface"
    assert shown["why"] == "No motor units are measured: that needs 10 kHz, and this stream has 2000 Hz."
    first, second = shown["surface"]["channels"]
    assert (first["label"], first["active"], first["median"], first["fatigue"]) == (
        "biceps",
        True,
        "92 Hz",
        "\u22120.31 Hz/s",
    )
    assert (second["active"], second["median"], len(second["envelopes"])) == (False, "–", 2)
    assert shown["surface"]["cocontraction"] == ["biceps with triceps 0.12"]


def test_the_runs_own_words_come_first() -> None:
    note = "nothing is measured of potentials: the stream is in counts, not in microvolt"
    counts = replace(described(rate_hz=RATE_HZ, unit="counts"), notes=("an assumption", note))
    shown = picture(start=counts)
    assert (shown["kind"], shown["why"]) == ("nothing", f"N{note[1:]}.")
    assert picture(start=replace(counts, rate_hz=200.0))["kind"] == "nothing", "nor is it surface EMG"


def test_empty_panels_say_what_is_missing_and_what_to_do() -> None:
    assert "no measures yet" in picture()["empty"]["units"]
    assert "slightest contraction" in picture(phase("rest"))["empty"]["units"]
    assert "Keep the effort slight" in picture(phase("minimal"))["empty"]["units"]
    assert "Nothing fires" in picture(phase("rest"))["empty"]["rest"]
    assert picture(phase("rest"))["muscle"] is None


def test_discharges_and_subject_travel_with_every_frame() -> None:
    sender = Sender()
    sender.at(
        0.0, described(rate_hz=RATE_HZ), unit(1), wire.SubjectChanged(Subject("deltoid", "left", 40), 0)
    )
    assert header(sender)["subject"] == {"muscle": "deltoid", "side": "left", "age": 40}


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        (
            b'{"muscle": " tibialis  anterior ", "side": "left", "age": 61}',
            Subject("tibialis anterior", "left", 61),
        ),
        (b'{"muscle": "", "side": null, "age": null}', Subject()),
    ],
)
def test_a_subject_is_what_was_written_and_nothing_else(body: bytes, subject: Subject) -> None:
    assert decode_subject(body) == subject


@pytest.mark.parametrize("body", [b"", b'{"age": 400}', b'{"side": "both"}', b'{"name": "somebody"}'])
def test_any_other_subject_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal, match="muscle, side and age"):
        decode_subject(body)


def test_a_phase_is_one_of_the_examination_or_none() -> None:
    assert decode_phase(b'{"phase": "rest"}') == commands.SetPhase("rest")
    assert decode_phase(b'{"phase": null}') == commands.SetPhase(None)
    with pytest.raises(Refusal, match="phase"):
        decode_phase(b'{"phase": "lunch"}')
