"""What was measured, as `tail` and `analyse` say it."""

from msgspec.structs import replace
from rich.console import Console

from contracts.measured import Discharges, Grade
from contracts.wire import Envelope
from myoscope.measured_lines import discharges_line, epoch_line
from myoscope.measured_tables import examination_tables
from myoscope.tail import line_of
from tests.unit.test_measured_files import START, SUMMARY, epoch


def shown(grade: Grade, outside: int | None) -> str:
    """The tables of a muscle with one grade, as text."""
    console = Console(width=200)
    with console.capture() as text:
        console.print(
            examination_tables([replace(SUMMARY, spontaneous=(grade,), epochs_outside=outside)], START)
        )
    return text.get()


def test_discharges_and_epochs_have_lines_of_their_own() -> None:
    discharges = Discharges(0, (3, 7), (500, 1_000), (False, True))
    at_s = [index / START.rate_hz for index in discharges.indices]
    said = discharges_line(discharges, START)
    assert said == f"   discharged: unit 3 at {at_s[0]:.4f} s, unit 7 at {at_s[1]:.4f} s (superposed)"
    assert discharges_line(discharges, None).endswith("unit 7 at sample 1000 (superposed)")
    assert "outside the normal area" in epoch_line(replace(epoch(), in_cloud=False))
    assert "normal area" not in epoch_line(replace(epoch(), in_cloud=None))
    for message in (discharges, epoch()):
        assert line_of(Envelope("run", 1, 0.0, message), START)


def test_a_grade_says_what_it_is() -> None:
    grade = Grade("fibrillation potentials", 2, 2, 4, 80.0, enough=False)
    assert "2+ proposed, at 2 of 4 sites" in shown(grade, None)
    assert "not watched long enough" not in shown(grade, None)
    assert "no grade yet, not watched long enough for a 0" in shown(replace(grade, grade=0, sites=0), None)
    assert "found, and less than 1+, at 1 of 4" in shown(replace(grade, grade=0, sites=1, enough=True), None)
    assert "potentials: 0 proposed, at 0 of 4" in shown(replace(grade, grade=0, sites=0, enough=True), None)


def test_a_cloud_without_a_normal_area_says_so_once() -> None:
    grade = Grade("fibrillation potentials", 1, 2, 4, 80.0, enough=True)
    assert "4 epochs, no normal area for this muscle\n" in shown(grade, None).replace(" \n", "\n").replace(
        "  ", ""
    )
    assert "4 epochs, 1 outside the normal area" in shown(grade, 1)
