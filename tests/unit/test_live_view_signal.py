"""The signal on its way to the screen: held by index, thinned without losing a spike."""

import json
import struct
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from contracts import wire
from contracts.records import Gap
from dashboard.decimate import bin_length, extremes
from dashboard.live_view import LiveView
from dashboard.run_view import HELD_S
from dashboard.signal_ring import SignalRing
from dashboard.wave import WaveRequest, decode_request, wave_frame
from tests.doubles_messages import Sender, block, described, result


def taken_apart(frame: bytes) -> tuple[dict[str, Any], NDArray[np.float32]]:
    """Header and bins `(row, bin, value)`, as the page takes them apart."""
    (length,) = struct.unpack("<I", frame[:4])
    assert length % 4 == 0, "the browser reads float32 at multiples of four"
    header = json.loads(frame[4 : 4 + length])
    shape = (len(header["channels"]), header["n_bins"], header["values_per_bin"])
    return header, np.frombuffer(frame[4 + length :], "<f4").reshape(shape)


def ask(view: LiveView, now: float = 0.0, **wanted: Any) -> tuple[dict[str, Any], NDArray[np.float32]]:
    request = msgspec.convert({"width": 100, "sweep_s": 1.0, "channels": (0,), **wanted}, WaveRequest)
    return taken_apart(wave_frame(view, request, now, 1, "server"))


@given(
    pieces=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 25)), max_size=12),
    capacity=st.integers(1, 40),
)
def test_ring_holds_the_newest_and_knows_what_never_came(
    pieces: list[tuple[int, int]], capacity: int
) -> None:
    ring = SignalRing(capacity, 1)
    ring.begin(5)
    came: set[int] = set()
    at = 5
    for missing, n in pieces:
        at += missing if n else 0
        ring.write(at, np.arange(at, at + n, dtype=np.float32)[:, None])
        came |= set(range(at, at + n))
        at += n
    assert ring.stop_index == at
    held = ring.read(0, 0, at + 3)
    for index, value in enumerate(held):
        if index in came and index >= at - capacity:
            assert value == index
        else:
            assert np.isnan(value)


def test_ring_takes_only_the_new_part_of_a_block_that_overlaps() -> None:
    ring = SignalRing(100, 1)
    ring.write(0, np.zeros((10, 1), np.float32))
    ring.write(5, np.ones((10, 1), np.float32))
    assert ring.read(0, 0, 15).tolist() == [0.0] * 10 + [1.0] * 5


@given(st.integers(1, 50), st.integers(1, 9), st.integers(0, 2**31))
def test_extremes_equal_the_definition(n_bins: int, length: int, seed: int) -> None:
    samples = np.random.default_rng(seed).normal(size=n_bins * length).astype(np.float32)
    samples[:: max(1, seed % 7)] = np.nan
    found = extremes(samples, length)
    for i in range(n_bins):
        present = [v for v in samples[i * length : (i + 1) * length] if not np.isnan(v)]
        if present:
            assert (found[i, 0], found[i, 1]) == (min(present), max(present))
        else:
            assert np.isnan(found[i]).all()


def test_a_spike_of_one_sample_keeps_its_height() -> None:
    sender = Sender()
    samples = np.zeros((20_000, 1), np.float32)
    samples[7_777] = -913.0
    sender.at(0.0, described(rate_hz=20_000.0), block(0, 0, samples=samples))
    _, bins = ask(sender.view, width=300)
    assert bins.min() == -913.0
    assert bins.shape[1] == 20_000 // bin_length(20_000, 300)


def test_a_sweep_with_fewer_samples_than_pixels_travels_as_it_is() -> None:
    sender = Sender()
    sender.at(0.0, described(rate_hz=200.0), block(0, 150))
    header, bins = ask(sender.view, width=1_000)
    assert (header["bin_samples"], header["values_per_bin"]) == (1, 1)
    assert bins.ravel().tolist() == list(range(150))


@given(st.lists(st.integers(1, 120), min_size=1, max_size=12))
def test_frames_one_after_the_other_make_the_same_picture_as_one(sizes: list[int]) -> None:
    sender = Sender()
    sender.at(0.0, described(rate_hz=500.0))
    pieces: list[NDArray[np.float32]] = []
    have, run, at = -1, "", 0
    for n in sizes:
        sender.at(0.0, block(at, n))
        at += n
        header, bins = ask(sender.view, width=100, have=have, run=run)
        assert header["reset"] or header["first_bin"] == have
        pieces.append(bins)
        have, run = header["first_bin"] + header["n_bins"], header["run"]
    header, whole = ask(sender.view, width=100)
    together = np.concatenate(pieces, axis=1)
    assert np.array_equal(together[:, together.shape[1] - whole.shape[1] :], whole)


def test_a_page_opened_late_gets_the_whole_sweep_and_its_notes_at_once() -> None:
    sender = Sender()
    sender.at(0.0, described(), block(0, 900), wire.GapNotice(Gap(1_000, 100, "inlet")), block(1_000, 500))
    sender.at(0.0, result(1_450, flags=("mains",)))
    header, bins = ask(sender.view, width=1_000)
    assert header["reset"]
    assert header["about"]["sweep_samples"] == 1_000
    assert header["first_bin"] == 500
    values = bins.ravel()
    assert values[:400].tolist() == list(range(500, 900))
    assert np.isnan(values[400:500]).all()
    assert [note["kind"] for note in header["notes"]] == ["gap", "flags"]
    again, nothing = ask(sender.view, width=1_000, have=1_500, run=header["run"], notes=2)
    assert not again["reset"]
    assert again["about"] is None
    assert nothing.size == 0
    assert again["notes"] == []


def test_another_run_resets_whatever_the_page_holds() -> None:
    sender = Sender()
    sender.at(0.0, described(), block(0, 900))
    header, _ = ask(sender.view, have=900, run="one before", notes=77)
    assert header["reset"]
    assert header["about"]["labels"] == ["needle"]


def test_a_page_that_freezes_asks_for_nothing_and_gets_only_the_state() -> None:
    sender = Sender()
    sender.at(0.0, described(), block(0, 900))
    header, bins = ask(sender.view, have=2**53 - 1, run="first")
    assert bins.size == 0
    assert header["newest"] == 900


def test_before_any_run_there_is_a_frame_all_the_same() -> None:
    header, bins = ask(LiveView("tcp://here:1"))
    assert header["status"]["state"] == "waiting"
    assert bins.size == 0
    assert header["age_s"] is None


def test_rows_are_the_channels_asked_for_and_unknown_ones_fall_back() -> None:
    sender = Sender()
    samples = np.tile(np.array([1, 2, 3], np.float32), (1_000, 1))
    sender.at(0.0, described(labels=("a", "b", "c")), block(0, 0, samples=samples))
    header, bins = ask(sender.view, width=1_000, channels=(2, 0, 9))
    assert header["channels"] == [2, 0, 2]
    assert [row[0, 0] for row in bins] == [3.0, 1.0, 3.0]


def test_memory_is_bounded_by_the_longest_sweep() -> None:
    sender = Sender()
    sender.at(0.0, described())
    for first in range(0, 20_000, 1_000):
        sender.at(0.0, block(first, 1_000))
    header, bins = ask(sender.view, width=10_000, sweep_s=10.0)
    assert header["first_bin"] == 10_000
    assert bins.size == 10_000
    held = sender.view.look(0.0, lambda run, _: run.ring.first_index if run and run.ring else None)
    assert held == 20_000 - round(HELD_S * 1_000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"width": 1e9, "sweep_s": 1, "channels": [0]}',
        '{"width": 100, "sweep_s": -1, "channels": [0]}',
    ],
)
def test_a_request_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_request(text)
