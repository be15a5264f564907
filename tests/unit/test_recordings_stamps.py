"""Holes in messy stamps."""

import numpy as np
import pytest
from numpy.typing import NDArray

from acquisition.recordings.stamps import Timeline, neat_rate_hz, timeline_of
from contracts.records import Gap


def stamps_with_holes(rate_hz: float, n: int, holes: dict[int, int]) -> NDArray[np.float64]:
    """Stamps of `n` stored samples; before sample `i` of `holes`, so many are missing."""
    index = np.arange(n)
    for at, missing in holes.items():
        index[at:] += missing
    return 100.0 + index / rate_hz


def timeline(stamps: NDArray[np.float64], rate_hz: float | None) -> Timeline:
    found = timeline_of(stamps, rate_hz)
    assert found is not None
    return found


@pytest.mark.parametrize("rate_hz", [1.0, 250.0, 23437.5])
@pytest.mark.parametrize("given", [True, False])
def test_regular_stamps_have_no_hole(rate_hz: float, given: bool) -> None:
    found = timeline(stamps_with_holes(rate_hz, 5000, {}), rate_hz if given else None)
    assert found.gaps == ()
    assert found.rate_hz == pytest.approx(rate_hz)


@pytest.mark.parametrize("rate_hz", [250.0, 2000.0, 23437.5])
def test_holes_of_regular_stamps_are_counted_to_the_sample(rate_hz: float) -> None:
    found = timeline(stamps_with_holes(rate_hz, 5000, {700: 1, 705: 30, 4000: 5}), rate_hz)
    assert found.gaps == (
        Gap(701, 1, "recording", exact=False),
        Gap(736, 30, "recording", exact=False),
        Gap(4036, 5, "recording", exact=False),
    )


def test_stamps_written_with_few_digits_still_tell_rate_and_holes() -> None:
    stamps = np.round(stamps_with_holes(2000.0, 20_000, {9000: 40}), 3)
    found = timeline(stamps, None)
    assert neat_rate_hz(1 / found.rate_hz) == 2000.0
    (gap,) = found.gaps
    assert gap.at_index == 9040
    assert gap.missing == 40


def test_a_late_sample_followed_by_early_ones_is_no_hole() -> None:
    stamps = stamps_with_holes(250.0, 2000, {})
    stamps[500] += 0.03
    assert timeline(stamps, 250.0).gaps == ()


def burst_stamps(seed: int, holes: dict[int, int]) -> NDArray[np.float64]:
    """Samples delivered by tens, each burst late by a varying time, as LSL recordings of serial devices are."""
    rng = np.random.default_rng(seed)
    stamps = stamps_with_holes(250.0, 20_000, holes)
    return stamps + np.repeat(rng.exponential(0.004, 2000), 10)


@pytest.mark.parametrize("seed", range(5))
def test_jitter_with_backward_stamps_is_no_hole(seed: int) -> None:
    found = timeline(burst_stamps(seed, {}), 250.0)
    assert found.gaps == ()
    assert found.backward > 50


@pytest.mark.parametrize("seed", range(5))
def test_a_hole_in_jitter_is_found_and_its_doubt_said(seed: int) -> None:
    (gap,) = timeline(burst_stamps(seed, {8000: 60}), 250.0).gaps
    assert gap.at_index - gap.missing == 8000
    assert 0 < gap.uncertainty < 10
    assert abs(gap.missing - 60) <= gap.uncertainty
    assert not gap.exact


def test_a_clock_that_was_set_back_is_a_break_of_unknown_length() -> None:
    stamps = stamps_with_holes(100.0, 1000, {})
    stamps[600:] -= 300.0
    (gap,) = timeline(stamps, 100.0).gaps
    assert (gap.at_index, gap.missing) == (600, 0)


def test_a_long_break_at_a_rate_that_is_not_the_stated_one_is_uncertain_by_the_difference() -> None:
    stamps = stamps_with_holes(90.0, 20_000, {10_000: 9000})
    (gap,) = timeline(stamps, 100.0).gaps
    assert gap.missing == 9000
    assert gap.uncertainty == 1000


def test_moments_have_an_index_also_in_holes_and_none_outside() -> None:
    found = timeline(stamps_with_holes(250.0, 1000, {500: 250}), 250.0)
    assert found.index_of(100.0) == 0
    assert found.index_of(101.0) == 250
    assert found.index_of(100.0 + 600 / 250) == 600
    assert found.index_of(100.0 + 1000 / 250) == 1000
    assert found.index_of(98.0) is None
    assert found.index_of(200.0) is None


def test_stamps_that_stand_still_tell_no_rate() -> None:
    assert timeline_of(np.full(100, 5.0), None) is None


@pytest.mark.parametrize(
    ("measured", "neat"), [(1999.99, 2000.0), (23437.4999, 23437.5), (250.2, 250.2), (91.7, 91.7)]
)
def test_a_rate_is_rounded_only_where_stamps_cannot_tell_the_difference(measured: float, neat: float) -> None:
    assert neat_rate_hz(1 / measured) == pytest.approx(neat, abs=1e-9)
