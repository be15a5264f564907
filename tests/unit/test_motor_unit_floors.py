"""Motor units of simulated people are followed as well as docs/validation/motor-units.md says, or nearly."""

from collections import defaultdict

import pytest

from tests.studies.motor_units import MINIMAL, MODERATE, as_made, ratios
from tests.studies.tracking_scores import PEOPLE, By, Score, played

FLOORS: dict[tuple[By, str], tuple[float, float]] = {
    ("peak in the band", MINIMAL): (0.97, 0.92),
    ("peak to peak", MINIMAL): (0.97, 0.80),
    ("peak in the band", MODERATE): (0.87, 0.77),
    ("peak to peak", MODERATE): (0.87, 0.77),
}
"""Precision and recall, of all classes together."""


@pytest.mark.slow
def test_floors() -> None:
    trusted = 0
    of: dict[tuple[By, str], list[Score]] = defaultdict(list)
    for seed in (101, 102):
        for person in PEOPLE.values():
            for by, effort, counts, after in as_made(played(person, seed)):
                of[by, effort].append(counts)
                if (by, effort) == ("peak to peak", MINIMAL):
                    trusted += sum(state.trusted for state in after.units)
    assert trusted >= 8
    for case, (precision, recall) in FLOORS.items():
        reached = ratios(of[case])
        assert reached[0] >= precision, (case, reached)
        assert reached[1] >= recall, (case, reached)
