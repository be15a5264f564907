"""The recorder-blind check finds what is there to be found, and nothing where there is nothing."""

import numpy as np
import pytest

from myoscope.studies.blind import Windows, answer, windows_of
from myoscope.studies.traces import LENGTH_S, RATE_HZ, Sitting, Trace, common, simulated, sittings

LAYOUT = ("telling", "noise")


def people(apart: float, rng: np.random.Generator) -> Windows:
    """Ten people a side, six windows each; the sides differ by so many standard deviations in one feature."""
    real = np.repeat(np.arange(20) < 10, 6)
    features = rng.standard_normal((120, 2))
    features[:, 0] += apart * ~real
    who = np.repeat([f"person {number}" for number in range(20)], 6)
    return Windows(features.astype(np.float32), LAYOUT, real, who, who, np.full(120, "n2001"))


@pytest.mark.parametrize(("apart", "low", "high"), [(6.0, 0.95, 1.0), (0.0, 0.3, 0.7)])
def test_a_difference_is_found_and_none_is_not(
    apart: float, low: float, high: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("myoscope.studies.blind.TREES", 30)
    found = answer(people(apart, np.random.default_rng(1)), seed=1)
    assert low <= found.by_window <= high
    assert low - 0.1 <= found.by_person <= high + 0.1
    if apart:
        name, fall, alone = found.betrays[0]
        assert name == "telling"
        assert fall > 0.2
        assert alone > 0.95


def test_windows_are_full_seconds_with_their_owner() -> None:
    rng = np.random.default_rng(2)
    signal = rng.standard_normal(round(2.5 * RATE_HZ)).astype(np.float32)
    windows = windows_of([Trace(signal, True, "asc", "", "somebody", "record")])
    assert windows.features.shape == (2, len(windows.layout))
    assert windows.of("asc").person.tolist() == ["somebody"] * 2
    assert windows.of("n2001").real.size == 0


def test_everybody_recorded_has_a_double_with_as_many_records() -> None:
    silent = np.zeros(1, np.float32)
    real = [Trace(silent, True, "n2001", effort, "a", "") for effort in ("low", "moderate")]
    real.append(Trace(silent, True, "asc", "", "b", ""))
    planned = sittings(real, 2, seed=5)
    assert [sitting.efforts for sitting in planned] == [("low", "moderate")] * 2 + [("",)] * 2
    assert len({sitting.seed for sitting in planned}) == 4


def test_a_simulated_person_is_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LENGTH_S, "asc", 0.5)
    sitting = Sitting("asc", ("",), (1, 2, 3))
    (once,), (again,) = simulated(sitting), simulated(sitting)
    np.testing.assert_array_equal(once.signal, again.signal)
    assert once.signal.size == pytest.approx(0.5 * RATE_HZ, abs=2)
    assert once.signal.std() > 1.0


def test_the_common_band_takes_offset_away() -> None:
    at_s = np.arange(round(32_768 * 1.0)) / 32_768
    through = common(1_000.0 + 50.0 * np.sin(2 * np.pi * 300.0 * at_s), 32_768.0)
    assert abs(through[5_000:].mean()) < 1.0
    assert through[5_000:].std() == pytest.approx(50.0 / np.sqrt(2), rel=0.05)
