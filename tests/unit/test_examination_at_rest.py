"""A fibre that discharges at rest goes on in effort, and is no motor unit."""

from functools import cache

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from contracts.measured import DischargeKind, Measured, MuscleSummary, RestTrain, Unit
from processing.examination.at_rest import OF_FIBRES, HeardAtRest
from processing.examination.examination import Examination
from processing.examination.following import FIBRE, Following
from processing.examination.settings import AtRestSettings, ExaminationSettings
from simulators.patient.script import Phase
from tests.unit.test_examination import NORMS, RATE_HZ, described, played, told


def fibre(size_uv: float = 700.0, wide: float = 1.0) -> NDArray[np.float32]:
    """A potential that begins positive, of about 2 ms; its negative peak in the middle of 20 ms."""
    ms = (np.arange(-235, 236)) / RATE_HZ * 1e3 / wide
    shape = -np.exp(-0.5 * (ms / 0.25) ** 2) + 0.5 * np.exp(-0.5 * ((ms + 0.7) / 0.3) ** 2)
    return (size_uv * (shape + 0.1 * np.exp(-0.5 * ((ms - 1.2) / 0.5) ** 2))).astype(np.float32)


def train(number: int, shape: NDArray[np.float32], kind: DischargeKind) -> RestTrain:
    """What is told of a train with this mean potential."""
    return RestTrain(
        channel=0, train=number, site=1, kind=kind, first_index=0, stop_index=1, discharges=20, rate_hz=8.0,
        interval_cv=0.02, irregularity=0.02, amplitude_uv=300.0, duration_ms=2.0, phases=2, watched_s=5.0, ended=False,
        reason="", snippet_rate_hz=RATE_HZ, snippet=shape.tobytes(),
    )  # fmt: skip


def test_shape_and_size_tell_a_fibre_again() -> None:
    heard = HeardAtRest(RATE_HZ, AtRestSettings())
    assert not heard.holds(fibre())
    heard.take(train(1, fibre(), "fibrillation potentials"))
    noise = np.float32(5.0) * np.random.default_rng(1).standard_normal(471).astype(np.float32)
    noisy = np.pad(fibre() + noise, (300, 500)).astype(np.float32)
    assert heard.holds(noisy)
    assert not heard.holds(fibre(size_uv=900.0))
    assert not heard.holds(fibre(wide=2.0))
    assert not heard.holds(-fibre())
    heard.forget()
    assert not heard.holds(fibre())


KINDS: list[DischargeKind] = ["incomplete relaxation", "irregular single-fibre potentials", "not named"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_be_a_motor_unit_is_none_of_them(kind: DischargeKind) -> None:
    """Nor is a train any longer that turned out to be one."""
    heard = HeardAtRest(RATE_HZ, AtRestSettings())
    heard.take(train(1, fibre(), "positive sharp waves"))
    heard.take(train(1, fibre(), kind))
    assert not heard.holds(fibre())


def beside(signal: NDArray[np.float32], rest: slice) -> NDArray[np.float32]:
    """The signal with a fibre, whose intervals are even where the muscle rests and as uneven as a unit's in effort."""
    rng, shape = np.random.default_rng(4), fibre()[:, np.newaxis]
    spread = np.full(300, 0.018)
    spread[rest] = 0.002
    with_it = signal.copy()
    for at in (np.cumsum(0.12 + spread * rng.standard_normal(300)) * RATE_HZ).astype(int).tolist():
        if at + shape.size < signal.size:
            with_it[at : at + shape.size] += shape
    return with_it


@cache
def messages(correlation: float) -> tuple[Measured, ...]:
    """Rest, then slight effort of a healthy muscle, and one fibre."""
    signal = beside(played(Phase("rest", 10.0), Phase("minimal", 25.0)), slice(0, 80))
    settings = replace(ExaminationSettings(), at_rest=AtRestSettings(correlation=correlation))
    examination = Examination(described(), settings, NORMS)
    return (*told(examination, signal, 2_000), *examination.finish())


def like_the_fibre(correlation: float) -> list[Unit]:
    """Units, as they were told last, that have its shape and many of its discharges."""
    heard = HeardAtRest(RATE_HZ, AtRestSettings())
    heard.take(train(1, fibre(), "fibrillation potentials"))
    units = {m.unit: m for m in messages(correlation) if isinstance(m, Unit)}
    return [unit for unit in units.values() if unit.discharges > 60 and heard.holds(unit.array())]


def test_a_fibre_that_was_heard_at_rest_is_not_accepted_in_effort() -> None:
    named = {m.kind for m in messages(0.95) if isinstance(m, RestTrain)}
    assert named & OF_FIBRES
    (unit,) = like_the_fibre(0.95)
    assert FIBRE in unit.flags
    assert not unit.accepted
    (without,) = like_the_fibre(1.0)
    assert without.accepted


def test_the_motor_units_beside_it_are_accepted_as_before() -> None:
    last = [[m for m in messages(each) if isinstance(m, MuscleSummary)][-1] for each in (0.95, 1.0)]
    assert last[0].units_accepted == last[1].units_accepted - 1
    assert last[0].units_accepted >= 1


def test_a_unit_is_taken_back_when_the_fibre_is_heard_afterwards() -> None:
    """Effort first: what was accepted is looked at again once the muscle rests."""
    signal = beside(
        np.concatenate([played(Phase("minimal", 25.0)), played(Phase("rest", 12.0))]), slice(205, 300)
    )
    examination = Examination(described(), ExaminationSettings(), NORMS)
    units = [m for m in told(examination, signal, 2_000) if isinstance(m, Unit)]
    flagged = [m.unit for m in units if FIBRE in m.flags]
    assert flagged
    assert any(m.accepted for m in units if m.unit == flagged[0])
    assert not [m for m in units if m.unit == flagged[0]][-1].accepted


def followed() -> tuple[Following, Unit]:
    """What follows units, with one that is accepted."""
    following = Following(0, RATE_HZ, ExaminationSettings())
    following.begin(0)
    signal = beside(np.zeros((round(14.0 * RATE_HZ), 1), dtype=np.float32), slice(0))[:, 0]
    following.feed(signal + noise(signal.size), 0)
    (unit,) = following.changed()
    assert unit.accepted
    return following, unit


def noise(n: int) -> NDArray[np.float32]:
    return (2.0 * np.random.default_rng(2).standard_normal(n)).astype(np.float32)


@pytest.mark.parametrize("kind", KINDS)
def test_a_unit_is_given_back_when_the_train_has_another_name(kind: DischargeKind) -> None:
    """A unit that does not relax is regular at first glance, and named for what it is when more of it was seen."""
    following, unit = followed()
    (refused,) = following.rested([train(1, unit.array(), "fibrillation potentials")])
    assert (refused.accepted, refused.flags) == (False, (FIBRE, *unit.flags))
    assert following.rested([train(1, unit.array(), "fibrillation potentials")]) == []
    assert following.rested([train(1, unit.array(), kind)]) == [unit]
    assert following.rested([]) == []


def test_what_was_measured_before_effort_grew_is_no_less_a_fibre() -> None:
    following, unit = followed()
    following.effort("moderate")
    (refused,) = following.rested([train(1, unit.array(), "fibrillation potentials")])
    assert not refused.accepted
    following.effort("minimal")
    signal = beside(np.zeros((round(8.0 * RATE_HZ), 1), dtype=np.float32), slice(0))[:, 0]
    following.feed(signal + noise(signal.size), round(14.0 * RATE_HZ))
    (again,) = following.changed()
    assert again.discharges > unit.discharges
    assert (again.accepted, FIBRE in again.flags) == (False, True)


def test_the_newest_shapes_are_known() -> None:
    heard = HeardAtRest(RATE_HZ, AtRestSettings(most=3))
    for number in range(5):
        heard.take(train(number, fibre(size_uv=200.0 * 2.0**number), "fibrillation potentials"))
    assert [heard.holds(fibre(size_uv=200.0 * 2.0**number)) for number in range(5)] == [False] * 2 + [
        True
    ] * 3


def test_norms_of_rates_are_held_against_those_of_slight_effort() -> None:
    """What the unit did when the person pressed harder stays in its own rate."""
    following, unit = followed()
    assert unit.slight_rate_hz == unit.rate_hz
    following.effort("moderate")
    # The same unit at twice the pace: two recordings of it, half an interval apart.
    signal = beside(np.zeros((round(8.0 * RATE_HZ), 1), dtype=np.float32), slice(0))[:, 0]
    late = np.roll(signal, round(0.5 * RATE_HZ / (unit.rate_hz or 1.0)))
    following.feed(signal + late + noise(signal.size), round(14.0 * RATE_HZ))
    after = next(each for each in following.changed() if each.unit == unit.unit)
    assert after.discharges > unit.discharges
    assert after.rate_hz != unit.rate_hz
    assert after.slight_rate_hz == unit.rate_hz
    following.effort("minimal")
    following.feed(signal + noise(signal.size), round(22.0 * RATE_HZ))
    again = next(each for each in following.changed() if each.unit == unit.unit)
    assert again.slight_rate_hz == unit.rate_hz
