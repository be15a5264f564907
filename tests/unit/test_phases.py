"""The phase of the examination, told from made signals and from a virtual patient."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from contracts.measured import PhaseKind
from contracts.refusal import Refusal
from processing.phases.finder import Hop, PhaseFinder

RATE_HZ = 10_000.0
Signal = NDArray[np.float32]


def noise(seconds: float, rms_uv: float, seed: int = 1) -> Signal:
    n = round(seconds * RATE_HZ)
    return (rms_uv * np.random.default_rng(seed).standard_normal(n)).astype(np.float32)


def spikes(seconds: float, per_s: float, size_uv: float, seed: int = 2) -> Signal:
    """Biphasic potentials of 2 ms at uneven times."""
    rng = np.random.default_rng(seed)
    x = np.zeros(round(seconds * RATE_HZ), np.float32)
    shape = size_uv * np.sin(2 * np.pi * np.arange(20) / 20)
    for at in rng.integers(0, x.size - 20, round(seconds * per_s)):
        x[at : at + 20] += shape
    return x


def named(x: Signal) -> list[PhaseKind]:
    return [hop.phase for hop in PhaseFinder(RATE_HZ).feed(x, 0)]


def test_silence_of_a_recorder_is_rest_once_it_was_heard_for_long_enough() -> None:
    names = named(noise(2.5, 1.0))
    assert names[0] == "unknown"
    assert set(names[6:]) == {"rest"}


def test_potentials_do_not_end_rest_when_it_is_quiet_between_them() -> None:
    assert set(named(noise(3.0, 1.0) + spikes(3.0, 10.0, 200.0))[6:]) == {"rest"}


def test_effort_is_told_by_a_background_that_never_pauses_and_by_turns() -> None:
    slow = np.asarray(
        sosfilt(butter(2, [5.0, 70.0], "bandpass", fs=RATE_HZ, output="sos"), noise(3.0, 1.0, seed=3))
    )
    hum = (10.0 / slow.std() * slow).astype(np.float32)
    assert set(named(noise(3.0, 1.0) + hum + spikes(3.0, 12.0, 300.0))[6:]) == {"minimal"}
    assert set(named(noise(3.0, 1.0) + 4 * hum + spikes(3.0, 200.0, 400.0))[6:]) == {"moderate"}
    assert set(named(noise(3.0, 1.0) + 20 * hum + spikes(3.0, 900.0, 700.0))[6:]) == {"maximal"}


@pytest.mark.parametrize("kind", ["flat", "clipped", "mains", "not a number"])
def test_what_is_no_muscle_is_an_artefact(kind: str) -> None:
    x = noise(2.0, 20.0)
    if kind == "flat":
        x[:] = 3.0
    elif kind == "clipped":
        x = np.clip(np.repeat(10 * x, 8)[: x.size], -200.0, 200.0)
    elif kind == "mains":
        x += (100.0 * np.sin(2 * np.pi * 50.0 * np.arange(x.size) / RATE_HZ)).astype(np.float32)
    else:
        x[::500] = np.nan
    assert set(named(x)[6:]) == {"artefact"}


def test_an_insertion_is_found_and_what_outlasts_the_movement_measured() -> None:
    x = noise(5.0, 1.0)
    at = round(2.0 * RATE_HZ)
    t = np.arange(x.size - at) / RATE_HZ
    x[at:] += (600.0 * (np.exp(-t / 0.1) - np.exp(-t / 0.03))).astype(np.float32)
    burst = round(0.5 * RATE_HZ)
    x[at : at + burst] += spikes(0.5, 250.0, 300.0)
    hops = PhaseFinder(RATE_HZ).feed(x, 0)
    moved = [hop for hop in hops if hop.phase == "insertion"]
    assert moved
    assert abs(moved[0].first_index - at) <= 3 * 1000
    ended = [hop for hop in hops if hop.insertional_s is not None]
    assert len(ended) == 1
    assert 0.1 < (ended[0].insertional_s or 0.0) < 0.5
    assert hops[-1].phase == "rest"


def test_hops_follow_each_other_and_a_gap_begins_anew() -> None:
    finder = PhaseFinder(RATE_HZ)
    x = noise(3.0, 1.0)
    told = finder.feed(x, 100)
    told += finder.gap(50_000)
    after = finder.feed(x, 50_000)
    starts = [hop.first_index for hop in told]
    assert starts == list(range(100, 100 + 30 * finder.hop, finder.hop))
    assert told[-1].phase == "rest"
    assert after[0] == Hop(50_000, 50_000 + finder.hop, "unknown")
    with pytest.raises(Refusal):
        finder.feed(x, 7)


def test_a_low_rate_is_refused() -> None:
    with pytest.raises(Refusal):
        PhaseFinder(1000.0)
