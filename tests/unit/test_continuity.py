"""Numbering with a counter: exact, whatever the stamps do."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from acquisition.live.continuity import ContinuityChecker, Piece
from acquisition.live.stamps import StampLine
from contracts.records import Gap

RATE_HZ = 1000.0


class Numbering:
    """A checker with its line, fed as the source feeds it; keeps the index given to each row that was kept."""

    def __init__(self, rate_hz: float = RATE_HZ, *, largest: int | None = None) -> None:
        self.line = StampLine(rate_hz)
        self.checker = ContinuityChecker(rate_hz, self.line, largest=largest)
        self.indices: list[int] = []
        self.gaps: list[Gap] = []

    def feed(
        self,
        stamps: NDArray[np.float64],
        counter: NDArray[np.int64] | None = None,
        *,
        outage_s: float = 0.0,
        reconnected: bool = False,
        seams: Sequence[float] = (),
    ) -> list[Piece]:
        pieces = self.checker.number(stamps, counter, outage_s=outage_s, reconnected=reconnected, seams=seams)
        for piece in pieces:
            if piece.gap is not None:
                self.gaps.append(piece.gap)
            if piece.new_line:
                self.line.reset()
            self.line.smooth(piece.first_index, stamps[piece.start : piece.stop])
            self.indices += range(piece.first_index, piece.first_index + piece.stop - piece.start)
        return pieces


def even(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Stamps of a device that counted these samples at an even rate."""
    return 100.0 + counts / RATE_HZ


def feed_in_blocks(numbering: Numbering, counts: NDArray[np.int64], sizes: int = 37) -> None:
    for start in range(0, len(counts), sizes):
        block = counts[start : start + sizes]
        numbering.feed(even(block), block)


def test_an_unbroken_stream_is_numbered_from_zero_without_a_gap() -> None:
    numbering = Numbering()
    feed_in_blocks(numbering, np.arange(5000, 9000))
    assert numbering.indices == list(range(4000))
    assert numbering.gaps == []


@pytest.mark.parametrize("size", [1, 7, 64, 5000])
def test_losses_are_exact_however_the_stream_is_cut(size: int) -> None:
    counts = np.delete(np.arange(4000), [*range(700, 710), 1500, *range(2500, 2750)])
    numbering = Numbering()
    feed_in_blocks(numbering, counts, size)
    assert numbering.indices == counts.tolist()
    assert [(gap.at_index, gap.missing, gap.exact, gap.uncertainty) for gap in numbering.gaps] == [
        (710, 10, True, 0),
        (1501, 1, True, 0),
        (2750, 250, True, 0),
    ]
    assert numbering.checker.counts().missing == 261
    assert numbering.checker.counts().missing_estimated == 0


@pytest.mark.parametrize("size", [1, 10, 4000])
def test_repeated_samples_are_dropped_and_counted(size: int) -> None:
    counts = np.concatenate((np.arange(1000), np.arange(990, 2000)))
    numbering = Numbering()
    feed_in_blocks(numbering, counts, size)
    assert numbering.indices == list(range(2000))
    assert numbering.gaps == []
    assert numbering.checker.counts().duplicated == 10
    assert numbering.checker.counts().received == 2010


def test_a_late_sample_is_told_from_a_repeated_one() -> None:
    counts = np.concatenate((np.arange(1000), [1003, 1004, 1001, 1002, 1004], np.arange(1005, 1100)))
    numbering = Numbering()
    feed_in_blocks(numbering, counts, 50)
    assert numbering.indices == [*range(1000), 1003, 1004, *range(1005, 1100)]
    assert numbering.checker.counts().late == 2
    assert numbering.checker.counts().duplicated == 1
    assert numbering.checker.counts().missing == 3


@pytest.mark.parametrize("modulus", [128, 256, 65536])
def test_small_counters_wrap_without_a_gap_and_lose_exactly(modulus: int) -> None:
    kept = np.delete(np.arange(200_000), [*range(66_000, 66_030), *range(131_060, 131_080)])
    numbering = Numbering()
    for start in range(0, len(kept), 50):
        block = kept[start : start + 50]
        numbering.feed(even(block), block % modulus)
    assert numbering.indices == kept.tolist()
    assert [gap.missing for gap in numbering.gaps] == [30, 20]
    assert all(gap.exact for gap in numbering.gaps)


def test_a_counter_decides_although_the_stamps_are_wild() -> None:
    rng = np.random.default_rng(0)
    counts = np.delete(np.arange(20_000), range(9000, 9005))
    numbering = Numbering()
    for start in range(0, len(counts), 32):
        block = counts[start : start + 32]
        numbering.feed(even(block) + rng.uniform(0.0, 0.06), block)
    assert numbering.indices == counts.tolist()
    assert [gap.missing for gap in numbering.gaps] == [5]
    assert numbering.checker.counts().backward > 0


def test_a_counter_that_counts_packets_is_left_out() -> None:
    numbering = Numbering()
    for start in range(0, 2000, 40):
        numbering.feed(even(np.arange(start, start + 40)), np.arange(start, start + 40) // 8)
    assert numbering.indices == list(range(2000))
    assert not numbering.checker.counter_trusted


def test_a_float32_counter_is_left_before_it_stands_still() -> None:
    numbering = Numbering(largest=2**24)
    counts = np.arange(2**24 - 3000, 2**24 + 3000)
    for start in range(0, 6000, 50):
        block = counts[start : start + 50]
        numbering.feed(even(block), block.astype(np.float32).astype(np.int64))
    assert numbering.indices == list(range(6000))
    assert numbering.gaps == []
    assert numbering.checker.counts().duplicated == 0


def test_a_counter_that_begins_anew_is_a_gap_that_is_not_exact() -> None:
    numbering = Numbering()
    feed_in_blocks(numbering, np.arange(50_000, 60_000))
    numbering.feed(even(np.arange(60_300, 60_350)), np.arange(7, 57))
    gap = numbering.gaps[0]
    assert (gap.at_index, gap.missing, gap.exact) == (10_300, 300, False)
    assert gap.uncertainty >= 1


def test_a_clock_that_is_set_changes_nothing_where_a_counter_goes_on() -> None:
    numbering = Numbering()
    counts = np.delete(np.arange(6000), range(5000, 5007))
    for start in range(0, len(counts), 40):
        block = counts[start : start + 40]
        set_by_s = -900.0 if start >= 2000 else 0.0
        numbering.feed(even(block) + set_by_s + (1e6 if start >= 3000 else 0.0), block % 65536)
    assert numbering.indices == counts.tolist()
    assert [(gap.missing, gap.exact) for gap in numbering.gaps] == [(7, True)]
    assert abs(numbering.line.predict(5999) - (100.0 + 5.999 - 900.0 + 1e6)) < 1e-3
