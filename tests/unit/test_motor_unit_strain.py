"""In stronger effort, where few discharges stand alone, a unit is known from less."""

import numpy as np
from numpy.typing import NDArray

from contracts.measured import PhaseKind
from processing.examination.following import Following
from processing.examination.settings import ExaminationSettings
from processing.motor_units.tracked import UnitBorn
from processing.motor_units.tracking import MotorUnitTracker

RATE_HZ = 23_437.5


def now_and_then() -> NDArray[np.float32]:
    """One shape in noise of 3 uV, nine times a second, of which four in ten are not heard."""
    rng = np.random.default_rng(3)
    heard = 3.0 * rng.standard_normal(round(12.0 * RATE_HZ))
    ms = np.arange(-120, 121) / RATE_HZ * 1e3
    shape = -300.0 * np.exp(-0.5 * (ms / 0.3) ** 2) + 80.0 * np.exp(-0.5 * ((ms - 1.5) / 0.6) ** 2)
    at_s = np.cumsum(rng.normal(0.11, 0.015, 100))
    for at in (at_s[rng.random(100) < 0.6] * RATE_HZ).astype(int).tolist():
        heard[at : at + shape.size] += shape
    return heard.astype(np.float32)


def born_after(tracker: MotorUnitTracker) -> int:
    """Samples after which the unit is born."""
    events = tracker.feed(now_and_then(), 0)
    return next(event.index for event in events if isinstance(event, UnitBorn))


def test_a_unit_is_known_sooner_in_stronger_effort() -> None:
    slight, strained = MotorUnitTracker(RATE_HZ), MotorUnitTracker(RATE_HZ)
    strained.strain(True)
    assert born_after(strained) < born_after(slight)


def test_what_is_told_last_holds() -> None:
    slight, again = MotorUnitTracker(RATE_HZ), MotorUnitTracker(RATE_HZ)
    again.strain(True)
    again.strain(False)
    assert born_after(again) == born_after(slight)


def test_the_effort_holds_at_another_needle_position() -> None:
    """What is known of it goes by the phase."""
    slight, strained = (Following(0, RATE_HZ, ExaminationSettings()) for _ in range(2))
    first: list[int] = []
    efforts: tuple[tuple[Following, PhaseKind], ...] = ((slight, "minimal"), (strained, "moderate"))
    for following, phase in efforts:
        following.effort(phase)
        following.next_site(2)
        following.begin(0)
        ((_, indices),) = following.feed(now_and_then(), 0).born
        first.append(len(indices))
    assert first[1] < first[0]
