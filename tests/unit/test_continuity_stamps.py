"""Numbering without a counter: estimates with their uncertainty, and no false gaps from jitter."""

from pathlib import Path

import numpy as np
import pytest
import pyxdf
from numpy.typing import NDArray

from tests.unit.test_continuity import RATE_HZ, Numbering, even


def clocked(counts: NDArray[np.int64], seed: int = 0) -> NDArray[np.float64]:
    """Stamps read from a clock: a fraction of a millisecond of jitter, so that they are evidently not counted."""
    return even(counts) + np.random.default_rng(seed + int(counts[0])).normal(0.0, 3e-4)


def test_counted_stamps_show_a_single_missing_sample() -> None:
    counts = np.delete(np.arange(6000), [4000])
    numbering = Numbering()
    for start in range(0, len(counts), 25):
        numbering.feed(even(counts[start : start + 25]))
    assert numbering.indices == counts.tolist()
    gap = numbering.gaps[0]
    assert (gap.at_index, gap.missing, gap.exact, gap.uncertainty, gap.cause) == (4001, 1, False, 2, "inlet")


def test_an_overflow_is_estimated_within_its_uncertainty() -> None:
    counts = np.delete(np.arange(20_000), range(9000, 11_345))
    numbering = Numbering()
    for start in range(0, len(counts), 25):
        numbering.feed(clocked(counts[start : start + 25]))
    assert len(numbering.gaps) == 1
    gap = numbering.gaps[0]
    assert not gap.exact
    assert abs(gap.missing - 2345) <= gap.uncertainty <= 10
    assert numbering.checker.counts().missing == numbering.checker.counts().missing_estimated == gap.missing


def bursts(n: int, seed: int) -> list[NDArray[np.float64]]:
    """What wireless amplifiers do: packets delayed by 20 to 60 ms now and then, stamped on arrival, the kept
    ones at one go; steps back where a packet's stamps are counted back from its last."""
    rng = np.random.default_rng(seed)
    blocks, released_s = [], 0.0
    for start in range(0, n, 16):
        due_s = (start + 16) / RATE_HZ
        held_s = rng.uniform(0.02, 0.06) if rng.random() < 0.03 else rng.gamma(2.0, 5e-4)
        released_s = max(released_s + 1e-5, due_s + held_s)
        blocks.append(500.0 + released_s - np.arange(15, -1, -1) / RATE_HZ)
    return blocks


@pytest.mark.parametrize("seed", range(8))
def test_bursts_and_backward_stamps_make_no_gap(seed: int) -> None:
    numbering = Numbering()
    blocks = bursts(60_000, seed)
    for block in blocks:
        numbering.feed(block)
    assert numbering.gaps == []
    assert numbering.indices == list(range(60_000))
    assert numbering.checker.counts().backward > 0


def test_a_loss_among_bursts_is_found() -> None:
    numbering = Numbering()
    for number, block in enumerate(bursts(60_000, 3)):
        numbering.feed(block + (0.7 if number >= 2000 else 0.0))
    assert len(numbering.gaps) == 1
    assert abs(numbering.gaps[0].missing - 700) <= numbering.gaps[0].uncertainty + 60


def test_a_loss_makes_no_false_gaps_after_it() -> None:
    numbering = Numbering()
    for start in (*range(0, 3000, 10), *range(5000, 9000, 10)):
        late = np.random.default_rng(start).uniform(0.0, 0.02)
        numbering.feed(even(np.arange(start, start + 10)) + late)
    assert len(numbering.gaps) == 1


def test_a_pause_of_a_replay_moves_its_stamps_and_nothing_is_missing() -> None:
    numbering = Numbering()
    for start in range(0, 3000, 10):
        numbering.feed(even(np.arange(start, start + 10)))
    for start in range(3000, 6000, 10):
        stamps = even(np.arange(start, start + 10)) + 12.0
        numbering.feed(stamps, outage_s=12.0, seams=[float(stamps[0])] if start == 3000 else [])
    assert [(gap.at_index, gap.missing, gap.cause) for gap in numbering.gaps] == [(3000, 0, "seam")]


def test_a_device_whose_rate_is_off_makes_no_gap() -> None:
    numbering = Numbering()
    for start in range(0, 60_000, 20):
        numbering.feed(50.0 + np.arange(start, start + 20) / (RATE_HZ * 0.99))
    assert numbering.gaps == []


def test_a_silence_without_a_loss_is_no_gap() -> None:
    numbering = Numbering()
    for start in range(0, 4000, 20):
        numbering.feed(clocked(np.arange(start, start + 20)))
    numbering.feed(clocked(np.arange(4000, 6000)), outage_s=2.0)
    assert numbering.gaps == []


def test_a_silence_with_a_loss_is_an_outage_with_its_length() -> None:
    numbering = Numbering()
    for start in range(0, 4000, 20):
        numbering.feed(clocked(np.arange(start, start + 20)))
    numbering.feed(clocked(np.arange(6000, 6020)), outage_s=2.0)
    gap = numbering.gaps[0]
    assert (gap.cause, gap.exact, gap.outage_s) == ("outage", False, 2.0)
    assert abs(gap.missing - 2000) <= gap.uncertainty


def test_a_reconnection_is_always_a_gap() -> None:
    numbering = Numbering()
    numbering.feed(even(np.arange(100)))
    numbering.feed(even(np.arange(100, 200)), reconnected=True, outage_s=0.1)
    gap = numbering.gaps[0]
    assert (gap.at_index, gap.missing, gap.cause, gap.exact) == (100, 0, "outage", False)


def test_a_reconnection_is_exact_where_the_counter_went_on() -> None:
    numbering = Numbering()
    first, then = np.arange(3000, 4000), np.arange(6500, 6600)
    numbering.feed(even(first), first)
    numbering.feed(even(then), then, reconnected=True, outage_s=2.5)
    gap = numbering.gaps[0]
    assert (gap.at_index, gap.missing, gap.exact, gap.uncertainty) == (3500, 2500, True, 0)


def test_a_reconnection_to_a_counter_that_began_anew_is_estimated() -> None:
    numbering = Numbering()
    first = np.arange(3000, 4000)
    numbering.feed(even(first), first)
    numbering.feed(even(np.arange(6500, 6600)), np.arange(100), reconnected=True, outage_s=2.5)
    gap = numbering.gaps[0]
    assert not gap.exact
    assert abs(gap.missing - 2500) <= gap.uncertainty


@pytest.mark.parametrize("counted", [False, True])
def test_a_seam_is_a_gap_of_nothing_at_its_own_row(counted: bool) -> None:
    numbering = Numbering()
    counts = np.arange(100)
    numbering.feed(even(counts), counts if counted else None)
    then = np.concatenate((np.arange(100, 140), np.arange(60)))
    stamps = even(np.arange(100, 200))
    numbering.feed(stamps, then if counted else None, seams=[float(stamps[40])])
    assert numbering.indices == list(range(200))
    assert [(gap.at_index, gap.missing, gap.cause, gap.exact) for gap in numbering.gaps] == [
        (140, 0, "seam", True)
    ]
    assert numbering.checker.counts().missing == numbering.checker.counts().duplicated == 0


def test_a_clock_that_is_set_back_is_a_gap_of_nothing_known_and_losses_are_found_after_it() -> None:
    numbering = Numbering()
    for start in (*range(0, 3000, 10), *range(4000, 8000, 10)):
        set_by_s = -5000.0 if start >= 1500 else 0.0
        numbering.feed(clocked(np.arange(start, start + 10)) + set_by_s)
    assert [(gap.at_index, gap.cause, gap.exact) for gap in numbering.gaps] == [
        (1500, "inlet", False),
        (numbering.gaps[1].at_index, "inlet", False),
    ]
    assert numbering.gaps[0].missing == 0
    assert abs(numbering.gaps[1].missing - 1000) <= numbering.gaps[1].uncertainty


@pytest.mark.recordings
@pytest.mark.parametrize(("file", "resets"), [("emg_openbci_8ch_markers.xdf", 0), ("clock_resets.xdf", 1)])
@pytest.mark.parametrize("size", [1, 8, 25])
def test_the_raw_stamps_of_real_sessions_make_no_false_gap(
    recordings: Path, file: str, resets: int, size: int
) -> None:
    streams, _ = pyxdf.load_xdf(
        str(recordings / "xdf" / file), dejitter_timestamps=False, synchronize_clocks=False
    )
    stream = next(s for s in streams if s["info"]["type"] == ["EEG"])
    stamps = np.asarray(stream["time_stamps"])
    assert (np.diff(stamps) < 0).any()
    numbering = Numbering(float(stream["info"]["nominal_srate"][0]))
    for start in range(0, len(stamps), size):
        numbering.feed(stamps[start : start + size])
    assert [gap.missing for gap in numbering.gaps] == [0] * resets
    assert numbering.indices == list(range(len(stamps)))
