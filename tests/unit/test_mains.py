"""Which mains a recording was made in."""

import numpy as np
import pytest

from processing.mains import detect_mains_hz

RATE_HZ = 4000.0
T = np.arange(round(RATE_HZ)) / RATE_HZ


def noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((len(T), 1)) * 20.0


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
@pytest.mark.parametrize("off", [-0.15, 0.0, 0.15])
@pytest.mark.parametrize("harmonic", [1, 3])
def test_a_line_in_noise_is_found(mains_hz: float, off: float, harmonic: int) -> None:
    hum = 15.0 * np.sin(2.0 * np.pi * harmonic * (mains_hz + off) * T)
    assert detect_mains_hz(noise() + hum[:, None], RATE_HZ) == mains_hz


@pytest.mark.parametrize("seed", range(20))
def test_noise_has_no_mains(seed: int) -> None:
    assert detect_mains_hz(noise(seed), RATE_HZ) == 0.0


@pytest.mark.parametrize("firing_hz", [10.0, 12.5, 20.0])
def test_a_regular_unit_is_not_mains(firing_hz: float) -> None:
    rng = np.random.default_rng(1)
    x, at = noise()[:, 0] / 4.0, 0.02
    while at < 0.98:
        first = round(at * RATE_HZ)
        x[first : first + 40] += 300.0 * np.sin(np.linspace(0.0, 4.0 * np.pi, 40)) * np.hanning(40)
        at += (1.0 + 0.1 * rng.standard_normal()) / firing_hz
    assert detect_mains_hz(x[:, None], RATE_HZ) == 0.0


@pytest.mark.parametrize(("at_50", "at_60", "expected"), [(20.0, 60.0, 60.0), (60.0, 20.0, 50.0)])
def test_the_stronger_of_two_lines_wins(at_50: float, at_60: float, expected: float) -> None:
    both = at_50 * np.sin(2.0 * np.pi * 50.0 * T) + at_60 * np.sin(2.0 * np.pi * 60.0 * T)
    assert detect_mains_hz(noise() + both[:, None], RATE_HZ) == expected


def test_one_humming_channel_of_several_is_enough() -> None:
    x = np.repeat(noise(), 4, axis=1)
    x[:, 2] += 60.0 * np.sin(2.0 * np.pi * 50.0 * T)
    assert detect_mains_hz(x, RATE_HZ) == 50.0


def test_a_line_too_weak_for_a_notch_is_let_be() -> None:
    t = np.arange(round(10.0 * RATE_HZ)) / RATE_HZ
    x = np.random.default_rng(0).standard_normal(len(t)) * 20.0
    for amplitude, expected in ((2.0, 0.0), (6.0, 50.0)):
        hum = amplitude * np.sin(2.0 * np.pi * 50.0 * t)
        assert detect_mains_hz((x + hum)[:, None], RATE_HZ) == expected


def test_too_short_a_piece_decides_nothing() -> None:
    hum = 100.0 * np.sin(2.0 * np.pi * 50.0 * T)[:, None]
    assert detect_mains_hz(hum[: round(0.4 * RATE_HZ)], RATE_HZ) == 0.0
    assert detect_mains_hz(hum[: round(0.6 * RATE_HZ)], RATE_HZ) == 50.0


def test_a_rate_without_room_for_mains_decides_nothing_and_holes_do_no_harm() -> None:
    assert detect_mains_hz(np.random.default_rng(0).standard_normal((200, 1)), 100.0) == 0.0
    broken = noise() + 60.0 * np.sin(2.0 * np.pi * 50.0 * T)[:, None]
    broken[100:103] = [[np.nan], [np.inf], [-np.inf]]
    assert detect_mains_hz(broken, RATE_HZ) == 50.0
    assert detect_mains_hz(np.zeros((4000, 2)), RATE_HZ) == 0.0
