"""Spontaneous discharges have the patterns that name them, in stretches of any length."""

from itertools import pairwise
from typing import get_args

import msgspec
import numpy as np
import pytest

from simulators.patient.events import Events
from simulators.patient.spontaneous import SpontaneousKind, SpontaneousSpec
from simulators.patient.spontaneous.clocks import clocks
from simulators.patient.spontaneous.spec import BOUTS_S, RATES_HZ, USUAL_HZ
from simulators.patient.spontaneous.train import Train

KINDS: tuple[SpontaneousKind, ...] = get_args(SpontaneousKind)
SEEDS = range(5)


def clock(spec: SpontaneousSpec, seed: int) -> Train:
    (train,) = clocks(spec, [0], np.random.default_rng(seed))
    return train


def fired(train: Train, duration_s: float, stretch_s: float = 1.0, seed: int = 2) -> Events:
    """The discharges of one stretch after the other as one."""
    rng = np.random.default_rng(seed)
    parts = [train.events(stretch_s, rng) for _ in range(round(duration_s / stretch_s))]
    at_s = np.concatenate([part.at_s + i * stretch_s for i, part in enumerate(parts)])
    source, gain = (np.concatenate([getattr(part, name) for part in parts]) for name in ("source", "gain"))
    return Events(at_s, source, gain)


def cv(interval: np.ndarray) -> float:
    return float(interval.std() / interval.mean())


def runs(events: Events, pause_s: float) -> list[slice]:
    """Discharges without a longer pause among them, those that touch the ends of the train left out."""
    edges = np.flatnonzero(np.diff(events.at_s) > pause_s) + 1
    return [slice(first, stop) for first, stop in pairwise(edges)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_ranges(kind: SpontaneousKind) -> None:
    (low, high), (usual_low, usual_high) = RATES_HZ[kind], USUAL_HZ[kind]
    assert 0 < low <= usual_low < usual_high <= high
    assert BOUTS_S[kind][0] > 0


@pytest.mark.parametrize("stretch_s", [0.05, 1.0, 20.0])
@pytest.mark.parametrize("kind", KINDS)
def test_discharges_stay_in_their_stretch_and_in_order(kind: SpontaneousKind, stretch_s: float) -> None:
    train, rng = clock(SpontaneousSpec(kind), 1), np.random.default_rng(3)
    n = 0
    for _ in range(round(20 / stretch_s)):
        events = train.events(stretch_s, rng)
        assert np.all((events.at_s >= 0) & (events.at_s < stretch_s))
        assert np.all(np.diff(events.at_s) >= 0)
        assert events.at_s.shape == events.source.shape == events.gain.shape
        assert np.all(events.gain > 0)
        n += len(events)
    assert n > 0 or kind == "fasciculation potential"


@pytest.mark.parametrize("kind", KINDS)
def test_stretches_make_one_train(kind: SpontaneousKind) -> None:
    """A rhythm draws as often however time is cut: the same train, but for which source it is."""
    spec = SpontaneousSpec(kind)
    whole, cut = fired(clock(spec, 4), 60, 60), fired(clock(spec, 4), 60, 0.25)
    assert whole.at_s == pytest.approx(cut.at_s, abs=1e-9)
    assert np.array_equal(whole.gain, cut.gain)


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_goes_on_alike_and_apart(kind: SpontaneousKind) -> None:
    train = clock(SpontaneousSpec(kind), 6)
    fired(train, 3)
    copy = train.copy()
    one, other = fired(train, 20, seed=7), fired(copy, 20, seed=7)
    assert np.array_equal(one.at_s, other.at_s)
    assert np.array_equal(one.gain, other.gain)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["fibrillation potential", "positive sharp wave"])
def test_fibrillation_is_regular_and_slows_down(kind: SpontaneousKind, seed: int) -> None:
    spec = SpontaneousSpec(kind, rate_hz=8.0, bout_s=3600, pause_s=0, irregular=0)
    interval = np.diff(fired(clock(spec, seed), 60).at_s)
    trend = np.polyfit(np.arange(interval.size), interval, 1)
    assert 1 / interval[:20].mean() == pytest.approx(8.0, rel=0.1)
    assert cv(interval / np.polyval(trend, np.arange(interval.size))) < 0.06
    assert np.abs(np.diff(interval) / interval[1:]).mean() < 0.1
    assert 1.1 < interval[-20:].mean() / interval[:20].mean() < 1.4


def test_fibrillation_comes_and_goes_over_tens_of_seconds() -> None:
    events = fired(clock(SpontaneousSpec("fibrillation potential", rate_hz=10, irregular=0), 1), 1200)
    silent = np.diff(events.at_s)
    silent = silent[silent > 0.5]
    assert 10 < silent.size < 50
    assert silent.mean() == pytest.approx(12, rel=0.5)


def test_a_minority_fibrillates_irregularly() -> None:
    spec = SpontaneousSpec("fibrillation potential", rate_hz=6.0, bout_s=3600, pause_s=0)
    variations = [cv(np.diff(fired(clock(spec, seed), 30, 30).at_s)) for seed in range(100)]
    irregular = np.array(variations) > 0.25
    assert 0.08 < irregular.mean() < 0.35
    assert np.all(np.array(variations)[~irregular] < 0.1)


@pytest.mark.parametrize("rate_hz", [0.1, 0.5, 2.0])
def test_fasciculations_are_very_irregular(rate_hz: float) -> None:
    duration_s = 400 / rate_hz
    interval = np.diff(
        fired(clock(SpontaneousSpec("fasciculation potential", rate_hz=rate_hz), 1), duration_s, 50).at_s
    )
    assert cv(interval) >= 0.7
    assert 1 / interval.mean() == pytest.approx(rate_hz, rel=0.15)
    assert interval.min() > 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_complex_repetitive_discharges_are_exact_abrupt_and_jump(seed: int) -> None:
    events = fired(clock(SpontaneousSpec("complex repetitive discharge", rate_hz=35.0), seed), 300)
    interval = np.diff(events.at_s)
    found = runs(events, 0.3)
    assert found
    jumped = 0
    for run in found:
        within = interval[run.start : run.stop - 1]
        changes = np.abs(np.diff(within)) > 1e-9
        assert changes.sum() <= 0.02 * changes.size + 4
        assert np.all((within > 1 / 151) & (within < 0.21))
        jumped += int(changes.sum())
    assert jumped > 0
    assert np.all(events.gain == 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_myotonic_discharges_wax_and_wane_in_rate_and_in_amplitude(seed: int) -> None:
    events = fired(clock(SpontaneousSpec("myotonic discharge", rate_hz=75.0, pause_s=4.0), seed), 120)
    found = [run for run in runs(events, 0.3) if run.stop - run.start > 60]
    assert len(found) > 5
    apart = []
    for run in found:
        rate = 1 / np.diff(events.at_s[run])
        gain = events.gain[run]
        smooth = np.convolve(rate, np.ones(5) / 5, "valid")
        for course in (smooth, gain):
            top = int(np.argmax(course))
            assert course[top] > 1.25 * course[0]
            assert course[top] > 1.25 * course[-1]
        assert 70 < smooth.max() < 80
        assert rate.min() > 18
        apart.append(events.at_s[run][np.argmax(gain)] - events.at_s[run][np.argmax(smooth)])
    assert np.std(apart) > 0.05


def test_myokymic_discharges_come_in_semirhythmic_groups() -> None:
    events = fired(
        clock(SpontaneousSpec("myokymic discharge", rate_hz=30.0, bout_s=0.15, pause_s=1.2), 1), 200
    )
    found = runs(events, 0.2)
    sizes = np.array([run.stop - run.start for run in found])
    begins = np.array([events.at_s[run.start] for run in found])
    assert 3 < sizes.mean() < 9
    assert cv(np.diff(begins)) < 0.5
    within = np.concatenate([np.diff(events.at_s[run]) for run in found])
    assert 1 / within.mean() == pytest.approx(30, rel=0.1)


def test_neuromyotonic_discharges_are_very_fast_and_decrement() -> None:
    events = fired(clock(SpontaneousSpec("neuromyotonic discharge", rate_hz=220.0), 1), 120)
    found = runs(events, 0.05)
    assert len(found) > 10
    for run in found:
        gain = events.gain[run]
        assert gain[0] > 0.95
        assert gain[-1] < 0.25
        assert np.all(np.diff(gain) < 0)
        assert 150 < 1 / np.diff(events.at_s[run]).mean() < 225


def test_end_plates_are_irregular_with_short_intervals() -> None:
    spikes = fired(clock(SpontaneousSpec("end-plate spike", rate_hz=20.0, bout_s=3600, pause_s=0), 1), 120)
    noise = fired(clock(SpontaneousSpec("end-plate noise", rate_hz=80.0), 1), 60)
    assert cv(np.diff(spikes.at_s)) > 0.5
    assert np.quantile(np.diff(spikes.at_s), 0.05) < 0.02
    assert cv(np.diff(noise.at_s)) == pytest.approx(1.0, abs=0.1)
    assert len(noise) / 60 == pytest.approx(80, rel=0.1)
    assert noise.gain.std() > 0.2


@pytest.mark.parametrize("length_s", [0.15, 0.8])
def test_insertional_activity_is_one_burst_at_the_beginning(length_s: float) -> None:
    spec = SpontaneousSpec("insertional activity", count=12, rate_hz=300, bout_s=length_s)
    for seed in SEEDS:
        (train,) = clocks(spec, range(12), np.random.default_rng(seed))
        events = fired(train, 30)
        assert len(events) > 8
        assert events.at_s[0] < 0.05
        assert 0.4 * length_s < events.at_s[-1] < length_s + 0.01
        assert len(set(events.source.tolist())) > 3


def test_the_units_of_a_cramp_build_up_and_leave_together() -> None:
    trains = clocks(
        SpontaneousSpec("cramp discharge", count=12, bout_s=20), range(12), np.random.default_rng(2)
    )
    at_s = np.concatenate([fired(train, 40).at_s for train in trains])
    counts = np.histogram(at_s, np.arange(0, 41, 4.0))[0]
    assert counts[2] > 3 * max(1, counts[0]) or counts[3] > 3 * max(1, counts[0])
    assert counts[6:].sum() == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (b'{"kind": "twitch"}', "twitch"),
        (b'{"kind": "fibrillation potential", "rate_hz": 100}', "0.5 to 30"),
        (b'{"kind": "fibrillation potential", "count": 0}', "count"),
        (b'{"kind": "fibrillation potential", "speed": 1}', "speed"),
        (b'{"kind": "fibrillation potential", "bout_s": -1}', "bout_s"),
    ],
)
def test_impossible_specs_are_refused_with_what_is_allowed(wrong: bytes, told: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=told):
        msgspec.json.decode(wrong, type=SpontaneousSpec)
