"""Grades over sites."""

from contracts.measured import DischargeKind
from processing.spontaneous.grading import Grader
from processing.spontaneous.settings import GradeSettings

FIB: DischargeKind = "fibrillation potentials"


def grades(
    trains_at_sites: list[int], span_s: float = 10.0, watched_s: int = 20
) -> dict[str, tuple[int, bool]]:
    """Grade and whether it was watched for long enough, by kind, after so many trains at each site."""
    grader = Grader(100.0, GradeSettings())
    number = 0
    for site, trains in enumerate(trains_at_sites, 1):
        grader.visit(site)
        grader.watched(site, 100 * watched_s)
        for _ in range(trains):
            number += 1
            grader.saw(site, number, FIB, span_s)
    return {grade.kind: (grade.grade, grade.enough) for grade in grader.grades()}


def test_a_train_at_one_site_is_not_enough() -> None:
    assert grades([2, 0, 0])[FIB] == (0, True)
    assert grades([0, 0])[FIB] == (0, False)


def test_one_two_three() -> None:
    assert grades([1, 1, 0])[FIB][0] == 1
    assert grades([1, 1, 1])[FIB][0] == 1
    assert grades([2, 1, 2])[FIB][0] == 2
    assert grades([3, 4, 3])[FIB][0] == 3
    assert grades([3, 4, 3, 0])[FIB][0] == 2, "not at all sites"


def test_short_trains_do_not_count() -> None:
    assert grades([3, 3, 3], span_s=2.0)[FIB][0] == 0


def test_a_new_name_takes_the_place_of_the_old() -> None:
    grader = Grader(100.0, GradeSettings())
    for site in (1, 2):
        grader.visit(site)
        grader.watched(site, 1_000)
        grader.saw(site, site, FIB, 9.0)
        grader.saw(site, site, "not named", 12.0)
    assert all(grade.grade == 0 for grade in grader.grades())


def test_fasciculations_are_there_or_not() -> None:
    grader = Grader(100.0, GradeSettings())
    grader.visit(1)
    grader.watched(1, 3_000)
    before = {g.kind: (g.grade, g.enough) for g in grader.grades()}
    assert before["fasciculation potentials"] == (0, False), "30 s are too short for a none"
    grader.saw(1, 1, "fasciculation potentials", 1.0)
    grader.watched(1, 4_000)
    assert {g.kind: (g.grade, g.enough) for g in grader.grades()}["fasciculation potentials"] == (1, True)
