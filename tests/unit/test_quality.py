"""Each quality flag: what raises it, and what must not."""

import numpy as np
import pytest

from contracts.settings import QualitySettings
from processing.quality import QUALITY_FLAGS, QualityGate, Spectrometer, accepts
from tests import naive

RATE_HZ = 20_000.0
LENGTH = 5000
T = np.arange(LENGTH)[:, None] / RATE_HZ


def emg(n_channels: int = 1, seed: int = 0) -> np.ndarray:
    """Noise of 30 uV with potentials of 500 uV: a good window."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((LENGTH, n_channels)) * 30.0
    shape = 500.0 * np.sin(np.linspace(0.0, 4.0 * np.pi, 80)) * np.hanning(80)
    for at in range(300, LENGTH - 100, 900):
        x[at : at + 80] += shape[:, None]
    return x.astype(np.float32)


def flags(raw: np.ndarray, filtered: np.ndarray | None = None, **limits: float) -> tuple[str, ...]:
    """The flags of the first channel."""
    gate = QualityGate(QualitySettings(**limits), RATE_HZ, LENGTH, raw.shape[1], "uV")
    return gate.judge(raw, raw if filtered is None else filtered)[0]


def test_a_good_window_has_no_flag_and_is_accepted() -> None:
    assert flags(emg()) == ()
    assert accepts(())


@pytest.mark.parametrize("flag", QUALITY_FLAGS)
def test_every_flag_keeps_a_window_out(flag: str) -> None:
    assert not accepts((flag,))


# Kernels say nothing of infinity minus infinity; as plain Python (NUMBA_DISABLE_JIT=1) they warn.
@pytest.mark.filterwarnings("ignore:invalid value encountered in scalar:RuntimeWarning")
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 2e9])
def test_one_sample_that_is_not_a_number_is_enough_raw_or_filtered(value: float) -> None:
    broken = emg(2)
    broken[17, 1] = value
    gate = QualityGate(QualitySettings(), RATE_HZ, LENGTH, 2, "uV")
    assert gate.judge(broken, emg(2)) == ((), ("not a number",))
    assert gate.judge(emg(2), broken) == ((), ("not a number",))
    assert gate.judge(emg(2), emg(2)) == ((), ())


def test_nothing_else_is_said_of_a_window_that_is_not_a_number() -> None:
    hum = (2e9 * np.sin(2.0 * np.pi * 50.0 * T)).astype(np.float32)
    assert flags(emg(), hum) == ("not a number",)


@pytest.mark.parametrize(("length", "flat"), [(400, False), (402, True), (5000, True)])
def test_a_stretch_without_change_longer_than_the_limit_is_flat(length: int, flat: bool) -> None:
    raw = emg()
    raw[:length] = 12.5
    assert ("flat" in flags(raw, emg())) == flat


def test_a_slow_ramp_is_not_flat() -> None:
    raw = emg()
    raw[:1000, 0] = np.arange(1000) * 0.01
    assert "flat" not in flags(raw, emg())


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("step", [0.0, 0.076, 0.8])
def test_clipping_is_found_without_knowing_the_full_scale(sign: float, step: float) -> None:
    large = sign * 8.0 * emg()
    clipped = np.minimum(large, 1200.0) if sign > 0 else np.maximum(large, -1200.0)
    for x, expected in ((large, False), (clipped, True)):
        stored = (np.round(x / step) * step if step else x).astype(np.float32)
        assert ("clipped" in flags(stored + np.float32(sign * 300.0))) == expected


def test_blunt_peaks_and_sines_are_not_clipped() -> None:
    sine = (900.0 * np.sin(2.0 * np.pi * 13.0 * T)).astype(np.float32)
    assert "clipped" not in flags(sine)
    assert "clipped" not in flags(np.round(sine))


@pytest.mark.parametrize("step", [1.0, 4.0])
def test_a_quiet_coarse_converter_is_not_clipped(step: float) -> None:
    x = np.random.default_rng(0).standard_normal((LENGTH, 1)) * 1.5 * step
    smooth = np.convolve(x[:, 0], np.ones(5) / 3.0, "same")[:, None]
    assert "clipped" not in flags((np.round(smooth / step) * step).astype(np.float32), emg())


def test_a_known_full_scale_needs_no_plateau() -> None:
    raw = emg()
    raw[::700] = -2500.0
    assert "clipped" not in flags(raw)
    assert "clipped" in flags(raw, full_scale_uv=2500.0)
    assert "clipped" not in flags(raw, full_scale_uv=3000.0)


@pytest.mark.parametrize("hz", [50.0, 60.0, 50.1])
def test_mains_dominate_from_the_stated_part_of_the_power(hz: float) -> None:
    x = emg()
    rms = float(np.std(x))
    for part, expected in ((0.2, False), (0.45, True)):
        amplitude = rms * np.sqrt(2.0 * part / (1.0 - part))
        hum = (amplitude * (np.sin(2.0 * np.pi * hz * T + 1.0))).astype(np.float32)
        assert ("mains" in flags(x + hum)) == expected


def test_mains_are_judged_after_the_filters_and_harmonics_count() -> None:
    hum = (150.0 * np.sin(2.0 * np.pi * 50.0 * T) + 150.0 * np.sin(2.0 * np.pi * 150.0 * T)).astype(
        np.float32
    )
    assert flags(emg() + hum, emg()) == ()
    assert flags(emg(), emg() + hum) == ("mains",)


def test_a_regular_unit_is_not_mains() -> None:
    x = np.random.default_rng(3).standard_normal((LENGTH, 1)) * 8.0
    shape = 400.0 * np.sin(np.linspace(0.0, 4.0 * np.pi, 120)) * np.hanning(120)
    for at in range(100, LENGTH - 200, round(RATE_HZ / 25.0)):
        x[at : at + 120, 0] += shape
    assert flags(x.astype(np.float32)) == ()


def test_drift_is_low_frequency_and_much_of_it_is_no_electrode() -> None:
    for size, expected in (
        (60.0, ()),
        (400.0, ("low frequency",)),
        (3000.0, ("electrode off", "low frequency")),
    ):
        drift = size * np.sin(2.0 * np.pi * 2.0 * T + 0.3)
        assert flags((emg() + drift).astype(np.float32), emg()) == expected


def test_an_electrode_that_hums_above_the_limit_is_off() -> None:
    hum = np.sin(2.0 * np.pi * 50.0 * T)
    assert flags((emg() + 900.0 * hum).astype(np.float32), emg()) == ()
    assert flags((emg() + 1100.0 * hum).astype(np.float32), emg()) == ("electrode off",)


def test_large_potentials_are_not_a_loose_electrode() -> None:
    assert flags(20.0 * emg()) == ()


def test_noise_is_quiet_and_without_spikes() -> None:
    noise = (np.random.default_rng(0).standard_normal((LENGTH, 1)) * 10.0).astype(np.float32)
    assert flags(noise) == ("noise only",)
    assert flags(2.0 * noise) == ()
    spike = noise.copy()
    spike[2000:2010] += 90.0
    assert flags(spike) == ()
    assert flags(noise, noise_uv=5.0) == ()


def test_silence_is_flat_and_nothing_else_is_computed_from_it() -> None:
    silent = np.full((LENGTH, 1), 3.0, dtype=np.float32)
    assert flags(silent, np.zeros((LENGTH, 1), dtype=np.float32)) == ("flat", "noise only")


def test_counts_are_not_judged_by_microvolt_limits() -> None:
    gate = QualityGate(QualitySettings(), 200.0, 100, 1, "counts")
    rng = np.random.default_rng(0)
    quiet = np.round(rng.standard_normal((100, 1)) * 2.0).astype(np.float32)
    assert gate.judge(quiet, quiet) == ((),)
    slow = np.round(5000.0 * np.cos(np.linspace(0.0, np.pi, 100)))[:, None].astype(np.float32)
    assert gate.judge(slow + quiet, quiet) == (("low frequency",),)


def test_short_windows_and_low_rates_are_not_judged_for_mains() -> None:
    hum = np.sin(2.0 * np.pi * 50.0 * np.arange(40) / 200.0)[:, None].astype(np.float32) * 100.0
    assert QualityGate(QualitySettings(), 200.0, 40, 1, "uV").judge(hum, hum) == ((),)
    short = np.tile(hum, (40, 1))[: round(0.08 * 2000.0)]
    assert "mains" not in QualityGate(QualitySettings(), 2000.0, len(short), 1, "uV").judge(short, short)[0]


@pytest.mark.parametrize(("length", "rate_hz"), [(500, 2000.0), (733, 3000.0)])
def test_the_fractions_are_those_of_least_squares(length: int, rate_hz: float) -> None:
    rng = np.random.default_rng(5)
    x = rng.standard_normal((length, 1)).cumsum(axis=0) + 40.0
    x += 3.0 * np.sin(2.0 * np.pi * 50.0 * np.arange(length) / rate_hz)[:, None]
    duration_s = length / rate_hz
    narrow = x.astype(np.float32)
    (shares,) = Spectrometer(length, duration_s, 1).measure(narrow, narrow.mean(axis=0, dtype=np.float64))
    slow = naive.slow_waves(length, duration_s, 10.0)
    signal = x[:, 0].astype(np.float32).astype(np.float64)
    low = naive.explained_fraction(signal, slow[1:], slow[:1])
    mains = [
        naive.explained_fraction(signal, naive.mains_waves(length, duration_s, hz), slow)
        for hz in (50.0, 60.0)
    ]
    assert shares.low_frequency_fraction == pytest.approx(low, rel=1e-4)
    assert shares.mains_fraction == pytest.approx(max(mains), rel=1e-3)
    assert low > 0.03
    assert max(mains) > 0.01
