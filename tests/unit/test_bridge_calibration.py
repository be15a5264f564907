"""Calibration of a sound input with known signals, and its measured band."""

from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from contracts.refusal import Refusal
from simulators.calibration import (
    Calibration,
    Excitation,
    Shape,
    calibrate,
    load_calibration,
    measure_band,
    save_calibration,
)
from simulators.sound_input import SoundBlock

RATE_HZ = 48_000.0
Wave = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class ArrayInput:
    """An input that hears an array."""

    device = "array"
    rate_hz = RATE_HZ

    def __init__(self, samples: NDArray[np.float64]) -> None:
        self._samples = np.atleast_2d(samples.T).T.astype(np.float32)
        self.n_channels = self._samples.shape[1]

    def blocks(self) -> Generator[SoundBlock]:
        """In blocks of an odd size."""
        for first in range(0, self._samples.shape[0], 777):
            yield SoundBlock(self._samples[first : first + 777])


def hear(wave: Wave, seconds: float = 2.0, noise: float = 0.0) -> NDArray[np.float64]:
    """What a card takes of a wave, with noise and the offset that cards have."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rng = np.random.default_rng(5)
    return wave(2 * np.pi * t_s) + noise * rng.standard_normal(t_s.size) + 0.003


@pytest.mark.parametrize("frequency_hz", [20.0, 100.0, 987.654, 15_000.0])
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_a_sine_gives_the_scale(frequency_hz: float, noise: float):
    heard = hear(lambda p: 0.25 * np.sin(frequency_hz * p + 1.0), noise=noise)
    calibration = calibrate(ArrayInput(heard), known_uv_pp=1000.0)
    assert calibration.uv_per_full_scale[0] == pytest.approx(1000.0 / 0.5, rel=1e-3)


@pytest.mark.parametrize("noise", [0.0, 0.005])
def test_a_square_wave_gives_the_scale(noise: float):
    heard = hear(lambda p: 0.1 * signal.square(50.0 * p), noise=noise)
    calibration = calibrate(ArrayInput(heard), known_uv_pp=400.0, shape="square")
    assert calibration.uv_per_full_scale[0] == pytest.approx(400.0 / 0.2, rel=5e-3)


def test_every_channel_has_its_own_scale():
    heard = np.column_stack([hear(lambda p, a=a: a * np.sin(100.0 * p)) for a in (0.1, 0.4)])
    scales = calibrate(ArrayInput(heard), known_uv_pp=100.0).uv_per_full_scale
    assert scales == pytest.approx((500.0, 125.0), rel=1e-3)


@pytest.mark.parametrize(
    ("heard", "shape", "word"),
    [
        (hear(lambda p: 0.0 * p), "sine", "silence"),
        (np.empty(0), "sine", "silence"),
        (np.clip(hear(lambda p: 1.5 * np.sin(100 * p)), -1, 1), "sine", "full scale"),
        (hear(lambda p: 0.3 * signal.square(100 * p)), "sine", "unexplained"),
        (hear(lambda p: 0.3 * np.sin(100 * p)), "square", "unexplained"),
        (hear(lambda p: 0.0 * p, noise=0.1), "sine", "unexplained"),
        (hear(lambda p: 0.3 * np.sin(100 * p), noise=0.1), "sine", "unexplained"),
        (hear(lambda p: 0.3 * np.sin(1.5 * p)), "sine", "five periods"),
    ],
)
def test_what_is_not_the_known_signal_is_refused(heard: NDArray[np.float64], shape: Shape, word: str):
    with pytest.raises(Refusal, match=word):
        calibrate(ArrayInput(heard), known_uv_pp=1000.0, shape=shape)


@pytest.mark.parametrize("known_uv_pp", [0.0, -5.0, float("nan"), float("inf")])
def test_a_known_signal_has_a_size(known_uv_pp: float):
    with pytest.raises(Refusal):
        calibrate(ArrayInput(hear(lambda p: 0.1 * np.sin(100 * p))), known_uv_pp)


def _noise(seconds: float) -> NDArray[np.float64]:
    return 0.1 * np.random.default_rng(7).standard_normal(round(seconds * RATE_HZ))


def _sweep(seconds: float) -> NDArray[np.float64]:
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.asarray(0.3 * signal.chirp(t_s, 1.0, seconds, RATE_HZ / 2, method="logarithmic"))


@pytest.mark.parametrize(
    ("excitation", "made", "within"),
    [("white noise", _noise, 0.2), ("logarithmic sweep", _sweep, 1 / 30)],
)
@pytest.mark.parametrize(("low_hz", "high_hz"), [(10.0, 8_000.0), (30.0, 15_000.0)])
def test_the_band_is_that_of_the_filter(
    excitation: Excitation,
    made: Callable[[float], NDArray[np.float64]],
    within: float,
    low_hz: float,
    high_hz: float,
):
    sos = signal.butter(2, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos")
    heard = np.asarray(signal.sosfilt(sos, made(10.0)))
    assert measure_band(ArrayInput(heard), excitation) == pytest.approx((low_hz, high_hz), rel=within)


def test_the_band_of_several_channels_is_what_all_pass():
    narrow = signal.butter(2, (100.0, 5000.0), "bandpass", fs=RATE_HZ, output="sos")
    heard = np.column_stack([_noise(10.0), signal.sosfilt(narrow, _noise(10.0))])
    assert measure_band(ArrayInput(heard)) == pytest.approx((100.0, 5000.0), rel=0.15)


@pytest.mark.parametrize("band_hz", [None, (8.5, 21_000.0)])
def test_a_calibration_is_kept_to_the_last_bit(tmp_path: Path, band_hz: tuple[float, float] | None):
    heard = hear(lambda p: 0.123 * np.sin(100.0 * p))
    calibration = calibrate(ArrayInput(heard), known_uv_pp=1000.0, band_hz=band_hz)
    save_calibration(calibration, tmp_path / "card.toml")
    assert load_calibration(tmp_path / "card.toml") == calibration


@pytest.mark.parametrize("text", ["", "device = 3", "not toml", "\x00", 'device = "a"\nunknown = 1'])
def test_another_file_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "card.toml"
    path.write_text(text)
    with pytest.raises(Refusal, match=r"card\.toml"):
        load_calibration(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(Refusal):
        load_calibration(tmp_path / "none.toml")


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path):
    calibration = Calibration("array", RATE_HZ, (1.0,), 1.0, "sine", "2026-01-01")
    with pytest.raises(Refusal):
        save_calibration(calibration, tmp_path / "no folder" / "card.toml")
