"""The synthetic source: the same whatever is read of it, quick, plausible, and labelled."""

import time

import numpy as np
import pytest

from contracts.records import Subject
from contracts.refusal import Refusal
from simulators.motor_units import Electrode, Pattern
from simulators.synthetic import SyntheticEmg

CYCLE_S = 12.0
KINDS: list[tuple[Electrode, float, int]] = [
    ("needle", 23437.5, 1),
    ("surface", 2000.0, 8),
    ("armband", 200.0, 8),
]


@pytest.mark.parametrize(("electrode", "rate_hz", "channels"), KINDS)
@pytest.mark.parametrize("chunk_s", [0.0031, 0.01, 1.7])
def test_chunking_changes_no_bit(electrode: Electrode, rate_hz: float, channels: int, chunk_s: float):
    def source() -> SyntheticEmg:
        return SyntheticEmg(3, rate_hz, channels, "neurogenic", electrode)

    stop, chunk = round(3 * rate_hz), max(1, round(chunk_s * rate_hz))
    whole = source().read(0, stop)
    one = source()
    cut = np.concatenate([one.read(at, min(at + chunk, stop)) for at in range(0, stop, chunk)])
    assert whole.dtype == np.float32
    assert whole.shape == (stop, channels)
    np.testing.assert_array_equal(cut, whole)


def test_jumping_about_changes_no_bit_across_cycles():
    source, fresh = SyntheticEmg(rate_hz=2000.0), SyntheticEmg(rate_hz=2000.0)
    whole = fresh.read(0, 80_000)
    for first in (70_000, 23_900, 0, 47_990, 24_000, 23_999):
        np.testing.assert_array_equal(source.read(first, first + 333), whole[first : first + 333])


def test_the_seed_makes_the_signal():
    same, other = SyntheticEmg(seed=1), SyntheticEmg(seed=2)
    reference = SyntheticEmg(seed=1).read(60_000, 61_000)
    np.testing.assert_array_equal(same.read(60_000, 61_000), reference)
    assert not np.array_equal(other.read(60_000, 61_000), reference)
    assert not np.array_equal(same.read(0, 1000), same.read(round(CYCLE_S * 23437.5), 1000 + 281_250))


@pytest.mark.parametrize(("electrode", "rate_hz", "channels"), [*KINDS, ("surface", 2000.0, 64)])
def test_it_is_made_far_faster_than_it_is_played(electrode: Electrode, rate_hz: float, channels: int):
    source = SyntheticEmg(1, rate_hz, channels, "myopathic", electrode)
    chunk = round(0.01 * rate_hz)
    begin = time.thread_time()
    for at in range(0, round(CYCLE_S * rate_hz), chunk):
        source.read(at, at + chunk)
    assert CYCLE_S / (time.thread_time() - begin) > 20


def test_rest_is_noise_and_effort_is_not():
    source = SyntheticEmg(rate_hz=20_000.0)
    rest, minimal, moderate = (
        source.read(0, 39_000),
        source.read(40_000, 160_000),
        source.read(160_000, 240_000),
    )
    assert rest.std() == pytest.approx(4.0, rel=0.02)
    assert np.abs(rest).max() < 30
    assert np.abs(minimal).max() > 100
    assert moderate.std() > 1.5 * minimal.std() > 1.5 * 2 * rest.std()


def test_the_first_unit_discharges_as_units_do():
    source = SyntheticEmg(rate_hz=20_000.0)
    intervals_s = []
    for cycle in range(20):
        begin = cycle * 240_000
        train = source.discharges(begin + 40_000, begin + 160_000)[0]
        intervals_s.extend(np.diff(train) / 20_000.0)
    mean_s = float(np.mean(intervals_s))
    assert 6 < 1 / mean_s < 12
    assert 0.12 < np.std(intervals_s) / mean_s < 0.18
    assert min(intervals_s) > 0.5 * mean_s


def _minimal(pattern: Pattern) -> tuple[int, float, float]:
    """At minimal effort: units taking part, rate of the fastest, largest peak to peak."""
    source = SyntheticEmg(rate_hz=20_000.0, pattern=pattern)
    trains = source.discharges(40_000, 160_000)
    signal = source.read(40_000, 160_000)
    rates_hz = [len(train) / 6.0 for train in trains if len(train)]
    return len(rates_hz), max(rates_hz), float(np.ptp(signal))


def test_patterns_differ_in_the_direction_of_the_textbook():
    healthy, myopathic, neurogenic = (_minimal(p) for p in ("healthy", "myopathic", "neurogenic"))
    assert myopathic[0] > healthy[0] > neurogenic[0]
    assert neurogenic[1] > healthy[1]
    assert neurogenic[2] > healthy[2]


def test_every_discharge_shows_the_whole_potential_where_it_is_said_to_be():
    source = SyntheticEmg(rate_hz=20_000.0, pattern="neurogenic")
    (train,) = [train for train in source.discharges(40_000, 159_000) if len(train)]
    signal = source.read(0, 160_000)[:, 0]
    potentials = np.array([signal[at - 200 : at + 201] for at in train])
    typical = np.median(potentials, axis=0)
    assert np.argmin(typical) == 200
    assert np.ptp(typical) > 300
    assert np.abs(potentials - typical).max() < 7 * 4.0, "more than noise is different"
    cut = [at for at in train if min(at % 5000, -at % 5000) < 200]
    assert cut, "no discharge lies across the edge of a block"


def test_noise_does_not_repeat():
    source = SyntheticEmg(rate_hz=20_000.0)
    rest = source.read(0, 40_000)[:, 0].reshape(8, 5000)
    assert np.abs(np.corrcoef(rest) - np.eye(8)).max() < 0.1


def test_the_armband_gives_whole_counts_within_eight_bits():
    source = SyntheticEmg(1, 200.0, 8, electrode="armband")
    signal = source.read(0, 2400)
    assert source.description.emg_unit == "counts"
    np.testing.assert_array_equal(signal, np.round(signal))
    assert 20 < np.abs(signal).max() <= 127


def test_phases_are_annotated_without_end():
    source = SyntheticEmg(rate_hz=1000.0)
    events = source.annotations_in(8000, 26_001)
    assert [(e.index, e.text) for e in events] == [
        (8000, "effort moderate"),
        (12_000, "effort rest"),
        (14_000, "effort minimal"),
        (20_000, "effort moderate"),
        (24_000, "effort rest"),
        (26_000, "effort minimal"),
    ]


def test_it_says_that_it_is_synthetic():
    description = SyntheticEmg(subject=Subject(muscle="biceps brachii")).description
    assert "Synthetic" in description.name
    assert "not a physiological model" in description.model
    assert any("means nothing" in note for note in description.notes)
    assert description.subject.muscle == "biceps brachii"


@pytest.mark.parametrize(("rate_hz", "channels"), [(0.0, 1), (float("nan"), 1), (2000.0, 0), (2000.0, 1000)])
def test_what_makes_no_signal_is_refused(rate_hz: float, channels: int):
    with pytest.raises(Refusal):
        SyntheticEmg(rate_hz=rate_hz, channels=channels)
