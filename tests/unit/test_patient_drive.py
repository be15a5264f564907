"""Effort becomes excitation: profile, common drive, tremor, fatigue, whatever the stretches."""

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.patient.drive import COMMON_DRIVE, STEP_S, Drive, Tremor, hold, ramp


def levels(drive: Drive, duration_s: float, seed: int = 1) -> NDArray[np.float64]:
    """Levels of one second after the other."""
    rng = np.random.default_rng(seed)
    return np.concatenate([drive.stretch(1.0, rng).level for _ in range(round(duration_s))])


def test_a_ramp_rises_and_then_holds() -> None:
    level = levels(Drive(ramp(0.2, 0.8, 6.0)), 12)
    second = level.reshape(12, -1).mean(axis=1)
    assert second[:6] == pytest.approx(np.linspace(0.25, 0.75, 6), abs=0.05)
    assert second[6:] == pytest.approx(0.8, abs=0.05)


def test_rest_is_silent() -> None:
    assert not levels(Drive(hold(0.0), tremor=Tremor()), 5).any()


@pytest.mark.parametrize("stretch_s", [0.0123, 0.25, 1.0, 7.0])
def test_steps_fill_a_stretch_of_any_length(stretch_s: float) -> None:
    excitation = Drive(hold(0.5)).stretch(stretch_s, np.random.default_rng(1))
    assert excitation.step_s <= STEP_S * 1.000001
    assert excitation.step_s * excitation.level.size == pytest.approx(stretch_s)


@pytest.mark.parametrize("stretch_s", [0.05, 1.0])
def test_the_common_drive_is_slow_noise_of_its_size_in_stretches_of_any_length(stretch_s: float) -> None:
    drive, rng = Drive(hold(0.25)), np.random.default_rng(3)
    level = np.concatenate([drive.stretch(stretch_s, rng).level for _ in range(round(300 / stretch_s))])
    assert level.std() == pytest.approx(COMMON_DRIVE * 0.5, rel=0.15)
    power = np.abs(np.fft.rfft(level - level.mean())) ** 2
    hz = np.fft.rfftfreq(level.size, STEP_S)
    assert power[hz < 2].sum() > 0.8 * power.sum()


def test_tremor_modulates_at_its_rate() -> None:
    level = levels(Drive(hold(0.4), tremor=Tremor(rate_hz=6.0, depth=0.5)), 30)
    power = np.abs(np.fft.rfft(level - level.mean())) ** 2
    hz = np.fft.rfftfreq(level.size, STEP_S)
    assert hz[np.argmax(power)] == pytest.approx(6.0, abs=0.3)
    assert level.min() < 0.25 < 0.55 < level.max()


def test_high_effort_tires_by_a_tenth_a_minute_and_rest_restores() -> None:
    drive, rng = Drive(hold(1.0)), np.random.default_rng(1)
    assert drive.stretch(60.0, rng).rate_factor[-1] == pytest.approx(0.9, abs=0.001)
    drive.aim(0.0)
    assert drive.stretch(600.0, rng).rate_factor[-1] > 0.99
    assert Drive(hold(0.4)).stretch(60.0, rng).rate_factor.min() == 1.0


def test_weak_units_are_driven_harder_and_poor_activation_ends_early() -> None:
    weak, healthy = levels(Drive(hold(0.2), excitation_per_effort=2.0), 10), levels(Drive(hold(0.2)), 10)
    assert weak.mean() == pytest.approx(2 * healthy.mean(), rel=0.1)
    assert levels(Drive(hold(1.0), highest_excitation=0.4), 10).max() == 0.4


def test_aim_goes_from_the_present_effort_to_another() -> None:
    drive = Drive(hold(0.2))
    levels(drive, 3)
    drive.aim(0.6, within_s=2.0)
    second = levels(drive, 4).reshape(4, -1).mean(axis=1)
    assert second == pytest.approx([0.3, 0.5, 0.6, 0.6], abs=0.06)


def test_a_copy_goes_on_alike_and_apart() -> None:
    drive = Drive(hold(0.5), tremor=Tremor())
    levels(drive, 2)
    copy = drive.copy()
    assert np.array_equal(levels(drive, 3, seed=5), levels(copy, 3, seed=5))
    drive.aim(0.0)
    assert copy.profile.efforts == (0.5,)


@pytest.mark.parametrize("wrong", [b'{"rate_hz": 20}', b'{"depth": 1.5}', b'{"deep": 1}'])
def test_impossible_tremor_is_refused(wrong: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(wrong, type=Tremor)
