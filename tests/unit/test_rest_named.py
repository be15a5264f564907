"""Simulated discharges, named: floors below what the study of rest reports."""

import pytest

from tests.studies.rest import HEALTHY, KINDS, NO_NAME, Kind, nameable, names, played, rest, watched

EASY = (
    "fibrillation, regular",
    "positive sharp wave, regular",
    "complex repetitive",
    "myotonic",
    "end-plate spikes",
)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", [k for k in KINDS if k.label in EASY], ids=lambda k: k.label)
def test_a_discharge_has_its_name_and_none_but_that(kind: Kind) -> None:
    found = (played(kind.person, seed, rest(kind.seconds), (kind.spec,)) for seed in range(304, 310))
    it = next(it for it in found if nameable(it, kind))
    assert set(names(watched(it.signal, it.rate_hz))) - set(NO_NAME) == {kind.wanted}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_quiet_muscle_has_no_name() -> None:
    it = played(HEALTHY, 302, rest(30.0), ())
    assert set(names(watched(it.signal, it.rate_hz))) <= set(NO_NAME)
