"""Replays seen through the live door: numbered without a hole, seams and holes told as what they are."""

import threading
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager

import numpy as np
import pytest

from acquisition.live.lsl import LslSource
from contracts.records import Chunk, Gap
from contracts.settings import StreamSettings
from simulators.replay import Player, ReplaySettings, replay_outlet
from tests.doubles import ArraySource

pytestmark = pytest.mark.lsl
DEADLINE_S = 30.0
RATE_HZ = 2000.0


class Watched:
    """A replay and the live source that reads it."""

    def __init__(self, live: LslSource, player: Player) -> None:
        self.live, self.player = live, player
        self.chunks: list[Chunk] = []

    def read_to(self, index: int) -> None:
        """Read until the run index is reached."""
        deadline = time.monotonic() + DEADLINE_S
        while not self.chunks or self.chunks[-1].stop_index < index:
            assert time.monotonic() < deadline, "the samples did not come"
            chunk = self.live.read(0.2)
            if chunk is not None:
                self.chunks.append(chunk)

    @property
    def gaps(self) -> list[Gap]:
        """All breaks so far."""
        return [chunk.gap_before for chunk in self.chunks if chunk.gap_before is not None]

    @property
    def values(self) -> list[float]:
        """All samples so far."""
        return np.concatenate([chunk.samples[:, 0] for chunk in self.chunks]).tolist()


@contextmanager
def watched(source: ArraySource, settings: ReplaySettings) -> Generator[Watched]:
    """A replay that is being read."""
    stop, source_id = threading.Event(), f"test-{uuid.uuid4().hex}"
    with (
        replay_outlet(source, settings, source_id) as outlet,
        LslSource.open(StreamSettings(source_id=source_id)) as live,
    ):
        player = Player(source, outlet, settings)
        playing = threading.Thread(target=player.run, args=(stop,))
        playing.start()
        try:
            yield Watched(live, player)
        finally:
            stop.set()
            playing.join(DEADLINE_S)


with_and_without_index = pytest.mark.parametrize("index", [False, True], ids=["stamps", "index channel"])


@with_and_without_index
def test_a_loop_is_a_seam_without_a_loss(index: bool):
    with watched(ArraySource(700, RATE_HZ), ReplaySettings(loop=True, index_channel=index)) as replay:
        replay.read_to(1500)
        assert replay.gaps == [Gap(at, 0, "seam") for at in (700, 1400)]
        n = len(replay.values)
        assert replay.values == (10.0 * (np.arange(n) % 700)).tolist()
        assert replay.live.health().counts.missing == 0


@with_and_without_index
@pytest.mark.parametrize(
    "do",
    [lambda player: player.seek(30.0), lambda player: player.seek_by(-0.01)],
    ids=["to 30 s", "back by 10 ms"],
)
def test_a_seek_is_a_seam_where_the_signal_breaks(index: bool, do: Callable[[Player], None]):
    with watched(ArraySource(100_000, RATE_HZ), ReplaySettings(index_channel=index)) as replay:
        replay.read_to(200)
        do(replay.player)
        replay.read_to(1000)
        values = np.array(replay.values)
        broken = np.flatnonzero(np.diff(values) != 10.0) + 1
        assert replay.gaps == [Gap(int(at), 0, "seam") for at in broken]
        assert len(broken) == 1


@with_and_without_index
def test_a_pause_is_a_seam_and_its_stamps_are_true(index: bool):
    with watched(ArraySource(100_000, RATE_HZ), ReplaySettings(index_channel=index)) as replay:
        replay.read_to(200)
        replay.player.pause()
        deadline = time.monotonic() + DEADLINE_S
        while replay.live.health().state != "stalled" and time.monotonic() < deadline:
            chunk = replay.live.read(0.1)
            replay.chunks.extend([] if chunk is None else [chunk])
        assert replay.live.health().state == "stalled"
        at = replay.chunks[-1].stop_index
        replay.player.resume()
        replay.read_to(at + 400)
        assert [(g.at_index, g.missing, g.cause) for g in replay.gaps] == [(at, 0, "seam")]
        assert replay.values == (10.0 * np.arange(len(replay.values))).tolist()
        raw_stamps = np.concatenate([chunk.raw_stamps for chunk in replay.chunks])
        assert np.argmax(np.diff(raw_stamps)) == at - 1
        assert raw_stamps[at] - raw_stamps[at - 1] > 0.4, "the pause is not in the stamps"


def test_a_hole_is_as_long_as_the_index_says():
    hole = Gap(at_index=900, missing=500, cause="recording")
    with watched(ArraySource(800, RATE_HZ, gaps=(hole,)), ReplaySettings(index_channel=True)) as replay:
        replay.read_to(1300)
        (gap,) = replay.gaps
        assert (gap.at_index, gap.missing, gap.exact) == (900, 500, True)
        assert replay.values == (10.0 * np.arange(800)).tolist()


def test_a_hole_is_estimated_from_the_stamps_without_an_index():
    hole = Gap(at_index=900, missing=500, cause="recording")
    with watched(ArraySource(800, RATE_HZ, gaps=(hole,)), ReplaySettings()) as replay:
        replay.read_to(1200)
        (gap,) = replay.gaps
        assert gap.at_index - gap.missing == 400
        assert gap.missing == pytest.approx(500, abs=max(1, gap.uncertainty))


def test_channels_and_speed_come_through():
    source = ArraySource(100_000, RATE_HZ, n_emg=2, n_aux=1)
    with watched(source, ReplaySettings(speed=2.0, index_channel=True)) as replay:
        described = replay.live.description
    assert described.replay_speed == 2.0
    assert [(c.label, c.unit, c.role) for c in described.channels] == [
        ("EMG 1", "uV", "emg"),
        ("EMG 2", "uV", "emg"),
        ("AUX 1", "V", "aux"),
        ("index", "samples", "counter"),
    ]
