"""Artefacts: each looks as it should, wherever a stretch is cut."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.patient.artefacts import USUAL_UV, ArtefactKind, Artefacts, ArtefactSpec

RATE_HZ = 10_000.0
KINDS = tuple(USUAL_UV)
ALL = [ArtefactSpec(kind, 0.3 + 0.35 * k, 1.5) for k, kind in enumerate(KINDS)]


def rendered(
    *specs: ArtefactSpec, seconds: float = 6.0, seed: int = 1, muscle: float = 0.0
) -> NDArray[np.float64]:
    signal = np.full(round(seconds * RATE_HZ), muscle)
    Artefacts(specs, RATE_HZ, seed).add_to(signal, 0)
    return signal


def share_below(x: NDArray[np.float64], hz: float) -> float:
    power = np.abs(np.fft.rfft(x)) ** 2
    return float(power[np.fft.rfftfreq(len(x), 1 / RATE_HZ) < hz].sum() / power.sum())


def test_how_it_is_cut_and_in_which_order_it_is_read_changes_no_bit() -> None:
    rng = np.random.default_rng(0)
    muscle = rng.normal(0, 50, 60_000)
    whole = muscle.copy()
    Artefacts(ALL, RATE_HZ, 3).add_to(whole, 0)
    cuts = list(itertools.pairwise([0, 1, *np.sort(rng.integers(1, 60_000, 60)).tolist(), 60_000]))
    artefacts = Artefacts(ALL, RATE_HZ, 3)
    for begin, stop in rng.permutation(cuts).tolist():
        part = muscle[begin:stop].copy()
        artefacts.add_to(part, begin)
        np.testing.assert_array_equal(part, whole[begin:stop])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_before_it_begins_and_nothing_long_after(kind: ArtefactKind) -> None:
    wave = rendered(ArtefactSpec(kind, 2.0, 1.0), seconds=10.0)
    assert not wave[: round(2.0 * RATE_HZ)].any()
    assert wave[round(2.0 * RATE_HZ) :].any()
    assert np.abs(wave[round(8.0 * RATE_HZ) :]).max() < 1e-2


@pytest.mark.parametrize("kind", ["movement", "ecg", "stimulator", "cable bump"])
def test_the_largest_deflection_is_the_stated_amplitude(kind: ArtefactKind) -> None:
    assert np.abs(rendered(ArtefactSpec(kind, 0.5, 3.0))).max() == pytest.approx(USUAL_UV[kind], rel=0.15)
    stated = rendered(ArtefactSpec(kind, 0.5, 3.0, amplitude_uv=77.0))
    assert np.abs(stated).max() == pytest.approx(77.0, rel=0.15)


def test_the_seed_decides_what_is_left_to_chance() -> None:
    for kind in ("movement", "ecg", "cable bump", "electrode off"):
        spec = ArtefactSpec(kind, 0.5, 2.0)
        assert np.array_equal(rendered(spec), rendered(spec))
        assert not np.array_equal(rendered(spec), rendered(spec, seed=2))


def test_a_movement_is_slow() -> None:
    assert share_below(rendered(ArtefactSpec("movement", 0.5, 2.0)), 10.0) > 0.98


def test_while_the_electrode_is_off_there_is_mains_instead_of_muscle() -> None:
    off = ArtefactSpec("electrode off", 1.0, 2.0, amplitude_uv=1000.0, rate_hz=60.0)
    wave, with_muscle = rendered(off), rendered(off, muscle=50.0)
    is_off = slice(round(1.1 * RATE_HZ), round(2.9 * RATE_HZ))
    is_on = slice(round(3.1 * RATE_HZ), None)
    np.testing.assert_array_equal(wave[is_off], with_muscle[is_off])
    np.testing.assert_allclose(with_muscle[is_on] - wave[is_on], 50.0)
    np.testing.assert_allclose(with_muscle[: round(RATE_HZ)], 50.0)
    second = wave[round(2.0 * RATE_HZ) : round(3.0 * RATE_HZ)]
    assert np.abs(np.fft.rfft(second))[60] * 2 / RATE_HZ == pytest.approx(1000.0, rel=0.02)


def test_the_heart_beats_at_its_rate() -> None:
    wave = rendered(ArtefactSpec("ecg", 1.0, 30.0, rate_hz=1.2), seconds=32.0)
    above = wave > 20.0
    beats = np.flatnonzero(above[1:] & ~above[:-1])
    assert abs(len(beats) - 36) <= 2
    assert np.std(np.diff(beats)) / np.mean(np.diff(beats)) == pytest.approx(0.04, abs=0.02)


def test_a_stimulator_keeps_time_to_the_sample() -> None:
    wave = rendered(ArtefactSpec("stimulator", 0.5, 2.0, rate_hz=5.0))
    onsets = np.flatnonzero((wave[1:] > 1000) & (wave[:-1] <= 1000)) + 1
    np.testing.assert_array_equal(onsets, 5000 + 2000 * np.arange(10))


def test_without_artefacts_nothing_changes() -> None:
    assert not rendered().any()
