"""The filter bank: its design, its band, its refusals."""

import numpy as np
import pytest
from scipy import signal

from contracts.refusal import Refusal
from contracts.settings import FilterSettings
from processing.filters import FilterBank, butterworth, notch
from tests import naive

RATE_HZ = 23_437.5


def response(bank: FilterBank, hz: list[float], rate_hz: float) -> np.ndarray:
    """Gain at given frequencies."""
    return np.abs(signal.sosfreqz(np.insert(bank.sections, 3, 1.0, axis=1), hz, fs=rate_hz)[1])


@pytest.mark.parametrize("kind", ["highpass", "lowpass"])
@pytest.mark.parametrize("order", range(1, 9))
@pytest.mark.parametrize(("cutoff_hz", "rate_hz"), [(20.0, 2000.0), (20.0, 48_000.0), (9000.0, 20_000.0)])
def test_the_design_is_the_one_that_scipy_makes(
    kind: str, order: int, cutoff_hz: float, rate_hz: float
) -> None:
    hz = np.linspace(1.0, rate_hz / 2.1, 400)
    theirs = signal.sosfreqz(signal.butter(order, cutoff_hz, kind, fs=rate_hz, output="sos"), hz, fs=rate_hz)[
        1
    ]
    rows = np.insert(np.array(butterworth(kind, order, cutoff_hz, rate_hz)), 3, 1.0, axis=1)
    np.testing.assert_allclose(signal.sosfreqz(rows, hz, fs=rate_hz)[1], theirs, atol=1e-9)


def test_the_notch_is_the_one_that_scipy_makes() -> None:
    b, a = signal.iirnotch(50.0, 30.0, fs=RATE_HZ)
    np.testing.assert_allclose(notch(50.0, 30.0, RATE_HZ), [*b, *a[1:]], rtol=1e-12)


def test_the_band_passes_and_the_rest_does_not() -> None:
    bank = FilterBank(FilterSettings(highpass_hz=20.0, lowpass_hz=9000.0), RATE_HZ, 1)
    gains = response(bank, [1.0, 20.0, 500.0, 9000.0, 11_500.0], RATE_HZ)
    assert gains[0] < 0.01
    assert gains[1] == pytest.approx(0.5**0.5, rel=1e-3)
    assert gains[2] == pytest.approx(1.0, abs=1e-3)
    assert gains[3] == pytest.approx(0.5**0.5, rel=1e-3)
    assert gains[4] < 0.01


def test_notches_cut_the_harmonics_below_half_the_rate_only() -> None:
    settings = FilterSettings(highpass_hz=0.0, lowpass_hz=0.0, notch="60 Hz", notch_harmonics=5)
    bank = FilterBank(settings, 400.0, 1)
    assert bank.notch_hz == 60.0
    assert bank.sections.shape[0] == 3
    np.testing.assert_allclose(response(bank, [60.0, 120.0, 180.0], 400.0), 0.0, atol=1e-9)
    np.testing.assert_allclose(response(bank, [50.0, 90.0, 150.0], 400.0), 1.0, atol=0.02)


def test_a_notch_that_the_rate_has_no_room_for_is_left_out_and_said_so() -> None:
    bank = FilterBank(FilterSettings(highpass_hz=1.0, lowpass_hz=0.0, notch="50 Hz"), 100.0, 1)
    assert bank.notch_hz == 0.0
    assert "50 Hz" in bank.notes[0]
    assert bank.sections.shape[0] == 1


def test_a_low_pass_above_the_rate_is_lowered_and_said_so() -> None:
    bank = FilterBank(FilterSettings(lowpass_hz=10_000.0), 2000.0, 1)
    assert bank.lowpass_hz == 900.0
    assert "10000 Hz" in bank.notes[0]
    assert "900 Hz" in bank.notes[0]
    assert FilterBank(FilterSettings(lowpass_hz=10_000.0), 48_000.0, 1).notes == ()


def test_no_filters_pass_samples_unchanged() -> None:
    bank = FilterBank(FilterSettings(highpass_hz=0.0, lowpass_hz=0.0), RATE_HZ, 2)
    block = np.array([[1.0, -2.0], [3.0, 4.0]], dtype=np.float32)
    np.testing.assert_array_equal(bank.apply(block), block)
    assert bank.settle_samples == 0
    assert (bank.highpass_hz, bank.lowpass_hz, bank.notch_hz) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("highpass_hz", "lowpass_hz", "rate_hz", "named"),
    [(500.0, 500.0, 2000.0, "500 Hz"), (950.0, 10_000.0, 2000.0, "900 Hz"), (120.0, 0.0, 200.0, "100 Hz")],
)
def test_an_impossible_band_is_refused_with_both_values(
    highpass_hz: float, lowpass_hz: float, rate_hz: float, named: str
) -> None:
    with pytest.raises(Refusal) as refused:
        FilterBank(FilterSettings(highpass_hz=highpass_hz, lowpass_hz=lowpass_hz), rate_hz, 1)
    assert f"{highpass_hz:g} Hz" in str(refused.value)
    assert named in str(refused.value)


def test_what_is_left_after_settling_is_what_was_stated() -> None:
    bank = FilterBank(FilterSettings(notch="50 Hz"), RATE_HZ, 1)
    impulse = np.zeros((3 * bank.settle_samples, 1), dtype=np.float32)
    impulse[1] = 1.0
    tail = np.abs(bank.apply(impulse)[:, 0])
    assert tail[bank.settle_samples :].max() < 0.011 * tail.max()


def test_a_sample_that_is_not_finite_does_not_stay() -> None:
    x = np.random.default_rng(1).standard_normal((4000, 2)).astype(np.float32)
    broken = x.copy()
    broken[100:103, 0] = [np.nan, np.inf, -np.inf]
    out = FilterBank(FilterSettings(), RATE_HZ, 2).apply(broken)
    good = FilterBank(FilterSettings(), RATE_HZ, 2).apply(x)
    assert np.isfinite(out).all()
    np.testing.assert_array_equal(out[:, 1], good[:, 1])
    np.testing.assert_allclose(out[3900:, 0], good[3900:, 0], atol=1e-5)
    held = np.stack([naive.hold_finite(broken[:, c]) for c in (0, 1)], axis=1).astype(np.float32)
    np.testing.assert_array_equal(out, FilterBank(FilterSettings(), RATE_HZ, 2).apply(held))


def test_a_channel_that_begins_without_a_number_begins_with_its_first_one() -> None:
    block = np.full((50, 1), 800.0, dtype=np.float32)
    block[:7] = np.nan
    out = FilterBank(FilterSettings(), RATE_HZ, 1).apply(block)
    np.testing.assert_allclose(out, 0.0, atol=1e-3)


def test_silence_reaches_zero_and_nothing_smaller() -> None:
    bank = FilterBank(FilterSettings(), 2000.0, 1)
    bank.apply(np.array([[0.0], [1000.0]], dtype=np.float32))
    bank.apply(np.zeros((5000, 1), dtype=np.float32))
    assert bank.apply(np.zeros((1, 1), dtype=np.float32))[0, 0] == 0.0
    assert not bank.apply(np.zeros((1, 1), dtype=np.float32)).any()


def test_the_caller_keeps_the_array_and_gets_a_new_one() -> None:
    block = np.ones((4, 2), dtype=np.float32)
    out = FilterBank(FilterSettings(), RATE_HZ, 2).apply(block)
    assert block.flags.writeable
    assert out.flags.c_contiguous
    assert out.flags.writeable
    assert not np.shares_memory(out, block)
