"""A replay through the live source: its seams are gaps of nothing, its samples are those of the recording."""

import threading
import uuid

import numpy as np
import pytest

from acquisition.live.lsl import LslSource
from contracts.settings import StreamSettings
from simulators.replay import Player, ReplaySettings, replay_outlet
from tests.doubles import ArraySource
from tests.end_to_end.devices import read_until, samples

pytestmark = pytest.mark.lsl


@pytest.mark.parametrize("index_channel", [False, True])
def test_a_loop_is_read_sample_for_sample_with_a_seam_at_every_turn(index_channel: bool) -> None:
    settings = ReplaySettings(loop=True, index_channel=index_channel, wait_for_consumer=True)
    recording = ArraySource(700)
    source_id = str(uuid.uuid4())
    outlet = replay_outlet(recording, settings, source_id)
    player, stop = Player(recording, outlet, settings), threading.Event()
    playing = threading.Thread(target=player.run, args=(stop,))
    with outlet:
        playing.start()
        try:
            with LslSource.open(StreamSettings(source_id=source_id)) as source:
                chunks = read_until(source, samples(2000))
                counts = source.health().counts
        finally:
            stop.set()
            playing.join()
    read = np.concatenate([chunk.samples for chunk in chunks])[:, 0]
    indices = np.concatenate([np.arange(chunk.first_index, chunk.stop_index) for chunk in chunks])
    start = int(read[0]) // 10
    np.testing.assert_array_equal(read, 10.0 * ((indices + start) % 700))
    seams = [chunk.gap_before for chunk in chunks if chunk.gap_before is not None]
    assert {(gap.missing, gap.cause, gap.exact) for gap in seams} == {(0, "seam", True)}
    assert [(gap.at_index + start) % 700 for gap in seams] == [0] * len(seams)
    assert len(seams) == (start + indices[-1]) // 700
    assert counts.missing == counts.duplicated == counts.late == 0
