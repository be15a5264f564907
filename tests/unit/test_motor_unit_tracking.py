"""Units of known shape and known discharges, followed."""

import os

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from contracts.refusal import Refusal
from processing.kernels import (
    muap_band,
    muap_correlation,
    muap_evidence,
    muap_lock,
    muap_peaks,
    muap_power,
    muap_pursuit,
    muap_release,
    muap_spread,
    muap_template,
)
from processing.motor_units.detection import Detector
from processing.motor_units.peeling import Peeler
from processing.motor_units.templates import TemplateBank
from processing.motor_units.tracked import Discharge, TrackingEvent, UnitBorn, UnitEnded
from processing.motor_units.tracking import MotorUnitTracker
from processing.motor_units.tracking_settings import AveragingSettings, TrackingSettings, TrainSettings
from processing.motor_units.units import Units
from tests.doubles_units import muscle, potential, regular

RATE_HZ = 20_000.0


def told(events: list[TrackingEvent]) -> dict[int, list[int]]:
    """Discharges by unit as the events tell them."""
    found: dict[int, list[int]] = {}
    for event in events:
        if isinstance(event, UnitBorn):
            found[event.unit] = list(event.discharges)
        elif isinstance(event, Discharge):
            found[event.unit].append(event.index)
    return found


def hits(found: list[int], true: NDArray[np.int64]) -> int:
    """Discharges found within a millisecond of true ones, at the constant lag of the filter."""
    return sum(bool(np.min(np.abs(true - at)) <= RATE_HZ / 1000.0) for at in found)


def test_three_units_are_followed() -> None:
    signal, trains, shapes = muscle(RATE_HZ, 15.0, 3, 5.0, seed=1)
    tracker = MotorUnitTracker(RATE_HZ)
    found = told(tracker.feed(signal, 0))
    units = tracker.units()
    assert len(units) == 3
    assert sum(map(len, found.values())) <= 1.03 * sum(map(len, trains))
    for unit in units:
        k = int(np.argmax([hits(found[unit.unit], train) for train in trains]))
        right = hits(found[unit.unit], trains[k])
        assert right >= 0.97 * len(found[unit.unit])
        assert right >= 0.93 * len(trains[k])
        assert unit.trusted, unit.flags
        assert unit.amplitude_uv == pytest.approx(np.ptp(shapes[k]), rel=0.05)
        assert unit.indices.tolist() == sorted(found[unit.unit])


def test_a_template_is_the_potential_as_recorded() -> None:
    """No filter's phase in it: laid on the true potential it leaves next to nothing."""
    signal, trains, shapes = muscle(RATE_HZ, 10.0, 1, 3.0, seed=2)
    tracker = MotorUnitTracker(RATE_HZ)
    tracker.feed(signal, 0)
    (unit,) = tracker.units()
    template, true = unit.template.astype(np.float64), shapes[0]
    half = true.size // 2
    centre = int(np.argmax(np.abs(template)))
    left = template[centre - half : centre + half + 1] - true
    assert np.sum(left**2) < 0.01 * np.sum(true**2)
    assert 0.8 * len(trains[0]) < unit.averaged <= unit.discharges
    assert unit.noise_uv == pytest.approx(3.0, rel=0.2)
    assert len(trains[0]) - unit.discharges <= 1


def test_two_that_lie_upon_each_other_are_told_apart() -> None:
    rng = np.random.default_rng(3)
    signal, trains, _ = muscle(RATE_HZ, 8.0, 2, 4.0, seed=3)
    late = np.zeros(round(2.0 * RATE_HZ)) + 4.0 * rng.standard_normal(round(2.0 * RATE_HZ))
    at = [round((0.2 + 0.11 * k) * RATE_HZ) for k in range(15)]
    for k, index in enumerate(at):
        for unit in range(2):
            shape = potential(RATE_HZ, 500.0 + 250.0 * unit, 0.25 + 0.05 * unit, unit)
            place = index + unit * (10 + 2 * k)
            late[place - shape.size // 2 : place + shape.size // 2 + 1] += shape
    tracker = MotorUnitTracker(RATE_HZ)
    events = tracker.feed(np.concatenate([signal, late.astype(np.float32)]), 0)
    superposed = [e for e in events if isinstance(e, Discharge) and e.index >= signal.size]
    assert len({event.unit for event in superposed}) == 2
    assert any(event.superposed for event in superposed)
    assert len(superposed) >= 0.7 * 2 * len(at)
    assert len(trains) == len(tracker.units())


def test_equal_shapes_are_said_to_be_so() -> None:
    rng = np.random.default_rng(4)
    signal = 4.0 * rng.standard_normal(round(12.0 * RATE_HZ))
    shape = potential(RATE_HZ, 600.0, 0.3, 0)
    for per_s in (9.0, 12.5):
        for at in regular(RATE_HZ, 12.0, per_s, 0.12, rng):
            signal[at - shape.size // 2 : at + shape.size // 2 + 1] += shape
    tracker = MotorUnitTracker(RATE_HZ)
    tracker.feed(signal.astype(np.float32), 0)
    assert not any(unit.trusted for unit in tracker.units())


def test_a_unit_that_stops_ends_and_another_gets_a_new_number() -> None:
    signal, _, _ = muscle(RATE_HZ, 5.0, 1, 4.0, seed=5)
    silence = 4.0 * np.random.default_rng(5).standard_normal(round(35.0 * RATE_HZ))
    tracker = MotorUnitTracker(RATE_HZ)
    events = tracker.feed(np.concatenate([signal, silence.astype(np.float32), signal]), 0)
    assert [(e.unit, e.reason) for e in events if isinstance(e, UnitEnded)] == [(1, "silent")]
    assert [event.unit for event in events if isinstance(event, UnitBorn)] == [1, 2]


def test_no_interval_spans_a_gap_and_the_unit_goes_on() -> None:
    signal, _, _ = muscle(RATE_HZ, 6.0, 1, 4.0, seed=6)
    tracker = MotorUnitTracker(RATE_HZ)
    events = tracker.feed(signal, 1_000)
    after = 1_000 + signal.size + 700
    events += tracker.gap(after)
    events += tracker.feed(signal, after)
    (unit,) = tracker.units()
    assert unit.breaks == (after,)
    assert [event.unit for event in events if isinstance(event, UnitBorn)] == [1]
    indices = [event.index for event in events if isinstance(event, Discharge)]
    assert indices == sorted(indices)
    assert indices[0] > 1_000
    assert indices[-1] > after


def test_missing_samples_have_to_be_told() -> None:
    tracker = MotorUnitTracker(RATE_HZ)
    tracker.feed(np.zeros(100, dtype=np.float32), 0)
    with pytest.raises(Refusal, match="gap"):
        tracker.feed(np.zeros(100, dtype=np.float32), 101)


def test_too_low_a_rate_is_refused() -> None:
    with pytest.raises(Refusal, match="4000 Hz"):
        MotorUnitTracker(4_000.0)


def test_discharges_are_told_in_time() -> None:
    """Fed in small chunks, no discharge of a born unit is told later than `latency_s` after its peak."""
    signal, _, _ = muscle(RATE_HZ, 6.0, 2, 4.0, seed=7)
    tracker = MotorUnitTracker(RATE_HZ)
    late = [
        at + 50 - event.index
        for at in range(0, signal.size, 50)
        for event in tracker.feed(signal[at : at + 50], at)
        if isinstance(event, Discharge)
    ]
    assert len(late) > 50
    assert max(late) <= tracker.latency_s * RATE_HZ + 50
    assert tracker.latency_s < 0.2


def test_old_discharges_leave() -> None:
    signal, _, _ = muscle(RATE_HZ, 8.0, 1, 4.0, seed=8)
    settings = replace(TrackingSettings(), train=TrainSettings(kept=25))
    tracker = MotorUnitTracker(RATE_HZ, settings)
    tracker.feed(signal, 0)
    (unit,) = tracker.units()
    assert len(unit.indices) == 25
    assert unit.discharges > 50


def test_a_unit_is_never_dropped_without_a_word() -> None:
    """Where every row is a unit's, no shape begins; where one is not, that one gives way."""
    settings = replace(TrackingSettings(), train=TrainSettings(most=2))
    detector = Detector(RATE_HZ, 600, settings.detection)
    bank = TemplateBank(2, detector.rate_hz, settings.match)
    peeler = Peeler(bank, detector.rate_hz, settings.match)
    units = Units(bank, peeler, detector, RATE_HZ, settings)
    shapes = np.eye(4, bank.length, bank.centre, dtype=np.float32)
    first, second = (units.begin(shape, 100) for shape in shapes[:2])
    assert first is not None
    assert second is not None
    first.unit = 1
    third = units.begin(shapes[2], 200)
    assert third is not None
    assert units.trains == {first.row: first, third.row: third}
    third.unit = 2
    assert units.begin(shapes[3], 300) is None
    assert units.trains == {first.row: first, third.row: third}


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="NUMBA_DISABLE_JIT is set: nothing is compiled"
)
def test_nothing_is_compiled_after_warming_up() -> None:
    called = {
        muap_band: "decimated",
        muap_evidence: "evidence",
        muap_lock: "locked",
        muap_correlation: "best_correlation span",
        muap_peaks: "next_potential most_at",
        muap_power: "power",
        muap_pursuit: "resolve compact",
        muap_release: "release",
        muap_spread: "widest",
        muap_template: "match take adopt put take_off read_about_baseline",
    }
    kernels = [getattr(module, name) for module, names in called.items() for name in names.split()]
    tracker = MotorUnitTracker(RATE_HZ)
    tracker.warm_up()
    before = [len(kernel.signatures) for kernel in kernels]
    assert min(before) == 1
    signal, _, _ = muscle(RATE_HZ, 6.0, 3, 5.0, seed=10)
    tracker.feed(signal, 0)
    assert len(tracker.units()) >= 2
    assert [len(kernel.signatures) for kernel in kernels] == before


def test_a_potential_beside_a_gap_is_not_averaged() -> None:
    """What lies beyond the gap would be taken for its baseline."""
    signal, trains, _ = muscle(RATE_HZ, 6.0, 1, 4.0, seed=11)
    tracker = MotorUnitTracker(
        RATE_HZ, replace(TrackingSettings(), averaging=AveragingSettings(discharges=200))
    )
    tracker.feed(signal, 0)
    tracker.gap(signal.size)
    (before,) = tracker.units()
    cut = int(trains[0][3]) - round(0.02 * RATE_HZ)
    tracker.feed(signal[cut : cut + round(0.12 * RATE_HZ)], signal.size)
    (after,) = tracker.units()
    assert after.discharges == before.discharges + 1
    assert after.averaged == before.averaged
