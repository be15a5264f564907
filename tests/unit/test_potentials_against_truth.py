"""Measures of potentials against the truth of the virtual patient: a small part of tests/studies/potentials.py."""

import numpy as np
import pytest

from tests.studies.potentials import Judged, with_tracker, with_true_times
from tests.studies.unit_truth import PEOPLE, Sitting, sitting

pytestmark = pytest.mark.slow

SNR = 20.0


@pytest.fixture(scope="module")
def sittings() -> list[Sitting]:
    """One site of somebody of each class."""
    return [sitting(name, 101, 1) for name in PEOPLE]


def accepted(units: list[Judged]) -> list[Judged]:
    return [u for u in units if u.accepted and u.true is not None]


def hold(units: list[Judged]) -> None:
    """The floors of the study; of so few units one or two may have another number of phases."""
    assert float(np.median([abs(u.duration_ms) for u in units])) <= 1.0
    assert float(np.median([abs(u.amplitude_percent) for u in units])) <= 10.0
    assert sum(u.phases != 0 for u in units) <= max(2, round(0.2 * len(units)))


def test_with_the_true_times_of_discharge(sittings: list[Sitting]) -> None:
    found = accepted([u for it in sittings for u in with_true_times(it, SNR, np.random.default_rng(1))])
    assert len(found) >= 4
    hold(found)


def test_with_the_units_that_are_followed(sittings: list[Sitting]) -> None:
    found = [u for it in sittings for u in with_tracker(it, SNR, np.random.default_rng(1))]
    assert all(u.true is not None for u in found if u.accepted)
    assert len(accepted(found)) >= 4
    hold(accepted(found))


def test_no_template_is_trusted_in_much_noise(sittings: list[Sitting]) -> None:
    found = [u for it in sittings for u in with_true_times(it, 3.0, np.random.default_rng(1))]
    assert found
    assert not accepted(found)


def test_true_duration_knows_nothing_of_marks(sittings: list[Sitting]) -> None:
    """First and last fibre activity lie about the discharge's potential, and not all at one length."""
    lengths = [unit.duration_ms for it in sittings for unit in it.units]
    assert min(lengths) > 1.0
    assert max(lengths) < 30.0
    assert max(lengths) > 1.5 * min(lengths)
