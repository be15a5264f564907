"""The recording chain: what it adds is what the settings say, and cutting changes nothing."""

import itertools

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.refusal import Refusal
from processing.recording_chain import ChainSettings, Mains, RecordingChain

RATE_HZ = 23_437.5
BARE = ChainSettings(highpass_hz=0, lowpass_hz=0)
FULL = ChainSettings(
    resolution_uv=0.1,
    thermal_uv=2,
    electrode_uv=3,
    electrode_slope=0.6,
    mains=Mains(amplitude_uv=30, harmonics=(0.1, 0.3), wander=0.1, wander_hz=0.05),
    drift_uv=20,
    distant_uv=40,
    offset_uv=5,
)


def recorded(
    settings: ChainSettings, seconds: float = 20.0, effort: float = 0.0, seed: int = 1
) -> NDArray[np.float64]:
    n = round(seconds * RATE_HZ)
    return RecordingChain(settings, RATE_HZ, seed).apply(np.zeros(n), effort, 0).astype(np.float64)


def density(x: NDArray[np.float64]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Frequencies and microvolt squared per hertz, in blocks of a second."""
    n = round(RATE_HZ)
    blocks = x[: len(x) // n * n].reshape(-1, n) * np.hanning(n)
    squared = np.abs(np.fft.rfft(blocks, axis=1)) ** 2
    power = squared.mean(axis=0) * 2 / (RATE_HZ * np.sum(np.hanning(n) ** 2))
    return np.fft.rfftfreq(n, 1 / RATE_HZ), power


def rms_between(x: NDArray[np.float64], low_hz: float, high_hz: float) -> float:
    hz, power = density(x)
    return float(np.sqrt(np.sum(power[(hz >= low_hz) & (hz < high_hz)]) * hz[1]))


def test_how_the_signal_is_cut_changes_no_bit() -> None:
    rng = np.random.default_rng(0)
    n = 30_000
    clean, effort = rng.normal(0, 100, n), rng.uniform(0, 1, n)
    whole = RecordingChain(FULL, RATE_HZ, 7).apply(clean, effort, 500)
    cuts = [0, 1, 2, *np.sort(rng.integers(2, n, 40)), n]
    chain = RecordingChain(FULL, RATE_HZ, 7)
    parts = [chain.apply(clean[a:b], effort[a:b], 500 + a) for a, b in itertools.pairwise(cuts)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_an_effort_of_nothing_keeps_the_state_of_what_is_far_away() -> None:
    whole = RecordingChain(FULL, RATE_HZ, 7).apply(np.zeros(200), np.repeat([0.0, 1.0], 100), 0)
    chain = RecordingChain(FULL, RATE_HZ, 7)
    parts = [chain.apply(np.zeros(100), effort, first) for effort, first in ((0.0, 0), (1.0, 100))]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_a_copy_goes_on_as_the_original_would_and_leaves_it_alone() -> None:
    chain = RecordingChain(FULL, RATE_HZ, 7)
    chain.apply(np.ones(5000), 0.5, 0)
    kept = chain.copy()
    again = kept.copy()
    on = chain.apply(np.ones(9000), 0.5, 5000)
    np.testing.assert_array_equal(kept.apply(np.ones(9000), 0.5, 5000), on)
    np.testing.assert_array_equal(again.apply(np.ones(9000), 0.5, 5000), on)


def test_a_stretch_that_does_not_follow_is_an_error() -> None:
    chain = RecordingChain(FULL, RATE_HZ, 7)
    chain.apply(np.zeros(100), 0.0, 0)
    with pytest.raises(ValueError, match="next sample is 100, not 99"):
        chain.apply(np.zeros(100), 0.0, 99)


def test_the_seed_decides() -> None:
    np.testing.assert_array_equal(recorded(FULL, 0.5), recorded(FULL, 0.5))
    one, two = recorded(FULL, 0.5), recorded(FULL, 0.5, seed=2)
    assert np.mean(one == two) < 0.05


def test_a_perfect_chain_gives_back_what_it_was_given() -> None:
    clean = np.random.default_rng(0).normal(0, 300, 10_000)
    np.testing.assert_array_equal(
        RecordingChain(BARE, RATE_HZ, 1).apply(clean, 1.0, 0), clean.astype(np.float32)
    )


@pytest.mark.parametrize("name", ["thermal_uv", "electrode_uv"])
def test_a_noise_has_the_stated_rms_between_10_hz_and_10_khz(name: str) -> None:
    settings = msgspec.structs.replace(BARE, electrode_slope=0.6, **{name: 5.0})
    assert rms_between(recorded(settings), 10, 10_000) == pytest.approx(5.0, rel=0.05)


def test_thermal_noise_is_white() -> None:
    noise = recorded(msgspec.structs.replace(BARE, thermal_uv=5.0))
    for low_hz, high_hz in ((10, 110), (1000, 1100), (11_000, 11_100)):
        expected = 5.0 * np.sqrt(100 / 9990)
        assert rms_between(noise, low_hz, high_hz) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("slope", [0.5, 1.0, 1.5])
def test_electrode_noise_falls_by_its_slope(slope: float) -> None:
    hz, power = density(recorded(msgspec.structs.replace(BARE, electrode_uv=5.0, electrode_slope=slope)))
    kept = (hz >= 5) & (hz <= 8000)
    fitted = np.polyfit(np.log(hz[kept]), np.log(power[kept]), 1, w=1 / np.sqrt(hz[kept]))
    assert -fitted[0] == pytest.approx(slope, abs=0.08)


def test_the_baseline_moves_slowly_and_by_what_is_stated() -> None:
    drift = recorded(msgspec.structs.replace(BARE, drift_uv=100.0, drift_hz=1.0), seconds=120)
    assert np.std(drift) == pytest.approx(100.0, rel=0.15)
    assert rms_between(drift, 10, 10_000) < 2.5


def test_distant_units_follow_the_effort() -> None:
    settings = msgspec.structs.replace(BARE, distant_uv=40.0)
    assert np.std(recorded(settings, effort=1.0)) == pytest.approx(40.0, rel=0.05)
    np.testing.assert_allclose(
        recorded(settings, 1.0, effort=0.25) * 4, recorded(settings, 1.0, effort=1.0), rtol=1e-5
    )
    assert not recorded(settings, 1.0, effort=0.0).any()
    busy = recorded(settings, effort=1.0)
    assert rms_between(busy, 20, 300) > 0.9 * np.std(busy)


def test_mains_have_their_harmonics_and_stay_on_their_lines() -> None:
    mains = Mains(hz=60, amplitude_uv=50, harmonics=(0.0, 0.4, 0.0, 0.2))
    x = recorded(msgspec.structs.replace(BARE, mains=mains), seconds=2.0)
    amplitude = np.abs(np.fft.rfft(x)) * 2 / len(x)
    lines = {60 * k: amplitude[120 * k] for k in range(1, 7)}
    expected = {60: 50.0, 120: 0.0, 180: 20.0, 240: 0.0, 300: 10.0, 360: 0.0}
    assert lines == {hz: pytest.approx(value, abs=0.1) for hz, value in expected.items()}


def test_mains_wander() -> None:
    def levels(mains: Mains) -> NDArray[np.float64]:
        x = recorded(msgspec.structs.replace(BARE, mains=mains), seconds=120.0)
        return np.std(x[: 23_437 * 119].reshape(119, -1), axis=1)

    steady = levels(Mains(amplitude_uv=50))
    wandering = levels(Mains(amplitude_uv=50, wander=0.2))
    assert np.std(steady) / np.mean(steady) < 0.005
    assert np.std(wandering) / np.mean(wandering) == pytest.approx(0.2, rel=0.35)


def test_harmonics_above_half_the_rate_are_not_there() -> None:
    mains = Mains(amplitude_uv=50, harmonics=(0.5,) * 12)
    x = RecordingChain(msgspec.structs.replace(BARE, mains=mains), 500.0, 1).apply(np.zeros(5000), 0.0, 0)
    amplitude = np.abs(np.fft.rfft(x)) * 2 / len(x)
    assert np.count_nonzero(amplitude > 1.0) == 4


def test_the_band_of_the_amplifier() -> None:
    settings = ChainSettings(highpass_hz=20, highpass_order=1, lowpass_hz=2000, lowpass_order=2)
    n = 46_875
    t = np.arange(n) / RATE_HZ
    for hz, expected in ((2, 0.1), (20, 0.707), (200, 1.0), (2000, 0.707), (8000, 0.04)):
        out = RecordingChain(settings, RATE_HZ, 1).apply(100 * np.sin(2 * np.pi * hz * t), 0.0, 0)
        assert np.std(out[n // 2 :]) / 70.71 == pytest.approx(expected, abs=0.02)


def test_the_converter_adds_its_noise_behind_the_band() -> None:
    settings = ChainSettings(highpass_hz=0, lowpass_hz=500, lowpass_order=4, thermal_uv=5, converter_uv=1)
    assert rms_between(recorded(settings), 5000, 10_000) == pytest.approx(np.sqrt(5000 / 9990), rel=0.05)


def test_the_converter_has_steps_limits_gain_and_offset() -> None:
    settings = msgspec.structs.replace(BARE, gain=2.0, offset_uv=1.0, resolution_uv=0.8, full_scale_uv=100.0)
    clean = np.array([0.0, 1.0, -1.0, 40.0, 60.0, -1000.0])
    out = RecordingChain(settings, RATE_HZ, 1).apply(clean, 0.0, 0)
    np.testing.assert_allclose(out, [0.8, 3.2, -0.8, 80.8, 100.0, -100.0], atol=1e-5)


@pytest.mark.parametrize(("low_hz", "high_hz"), [(600, 0), (600, 700), (300, 200)])
def test_an_impossible_band_is_refused(low_hz: float, high_hz: float) -> None:
    with pytest.raises(Refusal, match="half the rate, 500 Hz"):
        RecordingChain(ChainSettings(highpass_hz=low_hz, lowpass_hz=high_hz), 1000.0, 1)


def test_a_second_of_a_needle_is_not_sampled_less_noisily_at_another_rate() -> None:
    settings = msgspec.structs.replace(BARE, thermal_uv=5.0, electrode_uv=5.0)
    fast = RecordingChain(settings, 46_875.0, 1).apply(np.zeros(46_875 * 10), 0.0, 0).astype(np.float64)
    spectrum = np.abs(np.fft.rfft(fast)) ** 2 * 2 / len(fast) ** 2
    hz = np.fft.rfftfreq(len(fast), 1 / 46_875.0)
    kept = (hz >= 100) & (hz < 5000)
    assert np.sqrt(spectrum[kept].sum()) == pytest.approx(
        rms_between(recorded(settings), 100, 5000), rel=0.05
    )


def test_a_low_pass_above_what_the_rate_holds_is_none() -> None:
    clean = np.random.default_rng(0).normal(0, 100, 1000)
    settings = ChainSettings(highpass_hz=0, lowpass_hz=10_000)
    np.testing.assert_array_equal(
        RecordingChain(settings, 4000.0, 1).apply(clean, 0.0, 0), clean.astype(np.float32)
    )
