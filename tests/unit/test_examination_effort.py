"""What was measured at slight effort, when effort grows."""

from functools import cache

from contracts.measured import Measured, MuscleSummary, PhaseChanged, Unit
from processing.examination.examination import Examination
from processing.examination.following import SLIGHT
from processing.examination.settings import ExaminationSettings
from simulators.patient.script import Phase
from tests.unit.test_examination import NORMS, described, played, told


@cache
def messages() -> tuple[Measured, ...]:
    signal = played(Phase("rest", 4.0), Phase("minimal", 22.0), Phase("moderate", 8.0))
    examination = Examination(described(), ExaminationSettings(), NORMS)
    return (*told(examination, signal, 2_000), *examination.finish())


def before_effort_grew() -> dict[int, Unit]:
    """The accepted units as they were told last at slight effort."""
    phase, units, before = "unknown", dict[int, Unit](), dict[int, Unit]()
    for message in messages():
        if isinstance(message, PhaseChanged):
            if phase in SLIGHT and message.phase == "moderate":
                before = dict(units)
            phase = message.phase
        elif isinstance(message, Unit):
            units[message.unit] = message
    return {number: unit for number, unit in before.items() if unit.accepted}


def test_what_was_accepted_at_slight_effort_stays_as_it_was_measured() -> None:
    before = before_effort_grew()
    assert len(before) >= 2
    after = {m.unit: m for m in messages() if isinstance(m, Unit)}
    for number, unit in before.items():
        assert after[number].accepted
        assert (after[number].measures, after[number].template) == (unit.measures, unit.template)
    summary = [m for m in messages() if isinstance(m, MuscleSummary)][-1]
    assert summary.units_accepted >= len(before)


def test_it_is_followed_on_and_its_rate_is_that_of_now() -> None:
    before = before_effort_grew()
    after = {m.unit: m for m in messages() if isinstance(m, Unit)}
    assert any(after[number].discharges > unit.discharges for number, unit in before.items())
    assert any(after[number].rate_hz != unit.rate_hz for number, unit in before.items())
