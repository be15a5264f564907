"""Fibres of known shape and known discharges, watched at rest."""

import numpy as np
import pytest
from msgspec.structs import replace
from numba.core.registry import CPUDispatcher
from numpy.typing import NDArray

import processing.kernels.rest_compare
import processing.kernels.rest_lock
import processing.kernels.rest_rhythm
import processing.kernels.rest_shape
import processing.kernels.rest_sort
from contracts.measured import RestTrain
from contracts.refusal import Refusal
from processing.spontaneous.settings import EvidenceSettings, RestSettings
from processing.spontaneous.watcher import RestWatcher
from tests.doubles_rest import at_times, fibre, regular_fibre

RATE_HZ = 12_000.0


def told(signal: NDArray[np.float32], settings: RestSettings = RestSettings()) -> list[RestTrain]:
    """All that is told of a recording."""
    watcher = RestWatcher(RATE_HZ, settings)
    watcher.begin(1, 0)
    return watcher.feed(signal, 0) + watcher.end(signal.size)


def in_noise(signal: NDArray[np.float64]) -> NDArray[np.float32]:
    """With 2 uV of noise."""
    return (signal + 2.0 * np.random.default_rng(9).standard_normal(signal.size)).astype(np.float32)


def sharp_wave(amplitude_uv: float) -> NDArray[np.float64]:
    """Steeply positive, then long and low negative; its peak in the middle."""
    half = round(25.0 * RATE_HZ / 1000.0)
    t = (np.arange(-half, half + 1) / RATE_HZ * 1000.0 + 0.5).clip(0.0)
    x = t / 0.5 * np.exp(1 - t / 0.5) - 0.25 * t / 4.0 * np.exp(1 - t / 4.0)
    return amplitude_uv * x / np.ptp(x)


def test_a_regular_fibre_fibrillates() -> None:
    trains = told(regular_fibre(RATE_HZ, 12.0, 7.0, 80.0, seed=1))
    assert {(each.train, each.kind) for each in trains} == {(1, "fibrillation potentials")}
    assert [each.ended for each in trains] == [False] * (len(trains) - 1) + [True]
    assert len(trains) >= 4, "told of every three seconds"
    last = trains[-1]
    assert last.rate_hz == pytest.approx(7.0, rel=0.03)
    assert last.irregularity == pytest.approx(0.03, abs=0.02)
    assert last.amplitude_uv == pytest.approx(80.0, rel=0.1)
    assert last.discharges is not None
    assert last.discharges >= 75
    assert last.evidence == "validated on simulation only"
    assert np.ptp(last.array()) == pytest.approx(80.0, rel=0.1)


def test_a_sharp_wave_is_not_a_fibrillation() -> None:
    at = np.arange(0.2, 11.8, 0.25)
    signal = in_noise(at_times(RATE_HZ, round(12.0 * RATE_HZ), at + 0.003 * np.sin(at), sharp_wave(90.0)))
    assert {each.kind for each in told(signal)} == {"positive sharp waves"}


def test_no_name_before_eight_discharges_and_two_seconds() -> None:
    few = at_times(RATE_HZ, round(6.0 * RATE_HZ), np.arange(0.5, 5.5, 0.71), fibre(RATE_HZ, 90.0))
    assert told(in_noise(few)) == []
    quick = at_times(RATE_HZ, round(6.0 * RATE_HZ), np.arange(1.0, 2.9, 0.11), fibre(RATE_HZ, 90.0))
    assert told(in_noise(quick)) == []


def test_what_is_paced_as_by_the_will_is_no_discharge_at_rest() -> None:
    trains = told(regular_fibre(RATE_HZ, 15.0, 9.0, 150.0, seed=3, cv=0.13))
    assert {each.kind for each in trains} <= {"incomplete relaxation", "not named"}
    assert trains


def test_a_perfect_clock_is_a_circuit_and_the_mains_are_the_mains() -> None:
    shape = fibre(RATE_HZ, 120.0)
    n = round(8.0 * RATE_HZ)
    clock = in_noise(at_times(RATE_HZ, n, np.arange(0.1, 7.9, 1 / 33.0), shape))
    assert {each.kind for each in told(clock)} == {"complex repetitive discharge"}
    hum = in_noise(at_times(RATE_HZ, n, np.arange(0.1, 7.9, 1 / 50.0), shape))
    assert {each.kind for each in told(hum)} == {"artefact"}


def test_a_gap_ends_trains_and_rest_goes_on() -> None:
    signal = regular_fibre(RATE_HZ, 8.0, 7.0, 80.0, seed=5)
    watcher = RestWatcher(RATE_HZ)
    watcher.begin(1, 100)
    assert watcher.feed(signal, 100)
    ended = watcher.gap(200_000)
    assert [each.ended for each in ended] == [True]
    again = watcher.feed(signal, 200_000)
    assert {each.train for each in again} == {2}
    assert all(each.first_index > 200_000 for each in again)
    assert watcher.watched_s == pytest.approx(16.0, abs=0.1)


def test_a_train_that_stops_has_ended() -> None:
    noise = 2.0 * np.random.default_rng(6).standard_normal(round(20.0 * RATE_HZ))
    signal = np.concatenate([regular_fibre(RATE_HZ, 6.0, 8.0, 80.0, seed=6), noise.astype(np.float32)])
    watcher = RestWatcher(RATE_HZ)
    watcher.begin(1, 0)
    trains = watcher.feed(signal, 0)
    assert trains[-1].ended
    assert trains[-1].stop_index < 6.1 * RATE_HZ


def test_old_discharges_leave() -> None:
    settings = replace(RestSettings(), evidence=EvidenceSettings(kept=20))
    trains = told(regular_fibre(RATE_HZ, 10.0, 8.0, 80.0, seed=7), settings)
    discharges = trains[-1].discharges
    assert discharges is not None
    assert discharges > 60
    assert trains[-1].kind == "fibrillation potentials"


def test_samples_have_to_follow_and_the_muscle_has_to_rest() -> None:
    watcher = RestWatcher(RATE_HZ)
    with pytest.raises(Refusal, match="begin"):
        watcher.feed(np.zeros(10, np.float32), 0)
    watcher.begin(1, 5)
    with pytest.raises(Refusal, match="gap"):
        watcher.feed(np.zeros(10, np.float32), 6)
    watcher.feed(np.zeros(10, np.float32), 5)
    with pytest.raises(Refusal, match="4000 Hz"):
        RestWatcher(4_000.0)


def test_what_is_not_a_number_and_what_follows_it() -> None:
    signal = regular_fibre(RATE_HZ, 12.0, 7.0, 80.0, seed=1)
    signal[40_000:40_100] = np.nan
    assert {each.kind for each in told(signal)} == {"fibrillation potentials"}


def test_a_train_is_known_in_time() -> None:
    assert RestWatcher(RATE_HZ).latency_s < 0.2


def test_nothing_is_compiled_after_warming_up() -> None:
    modules = (
        processing.kernels.rest_compare,
        processing.kernels.rest_lock,
        processing.kernels.rest_rhythm,
        processing.kernels.rest_shape,
        processing.kernels.rest_sort,
    )
    kernels = [k for module in modules for k in vars(module).values() if isinstance(k, CPUDispatcher)]
    watcher = RestWatcher(RATE_HZ)
    watcher.warm_up()
    before = [len(kernel.signatures) for kernel in kernels]
    watcher.begin(1, 0)
    watcher.feed(regular_fibre(RATE_HZ, 6.0, 7.0, 80.0, seed=1), 0)
    assert [len(kernel.signatures) for kernel in kernels] == before
