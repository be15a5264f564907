"""Motor units of simulated people are followed as well as docs/validation/motor-units.md says, or nearly."""

from collections import defaultdict

import pytest

from tests.studies.motor_units import MINIMAL, MODERATE, as_made, ratios
from tests.studies.tracking_scores import PEOPLE, Score, played

FLOORS = {MINIMAL: (0.97, 0.80), MODERATE: (0.85, 0.72)}
"""Precision and recall, of all classes together."""


@pytest.mark.slow
def test_floors() -> None:
    trusted = 0
    of: dict[str, list[Score]] = defaultdict(list)
    for seed in (101, 102):
        for person in PEOPLE.values():
            for effort, counts, after in as_made(played(person, seed)):
                of[effort].append(counts)
                trusted += sum(state.trusted for state in after.units) if effort == MINIMAL else 0
    assert trusted >= 8
    for effort, (precision, recall) in FLOORS.items():
        reached = ratios(of[effort])
        assert reached[0] >= precision, (effort, reached)
        assert reached[1] >= recall, (effort, reached)
