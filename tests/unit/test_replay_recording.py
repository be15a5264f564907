"""Real recordings with holes and markers, played on a fake clock: nothing is lost or moved."""

import threading
from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.door import open_recording
from simulators.replay import Player, ReplaySettings
from simulators.source import RecordingSource
from tests.doubles import FakeClock, KeepingOutlet


@pytest.mark.recordings
@pytest.mark.parametrize(("name", "n_gaps"), [("emg_openbci_8ch_markers.xdf", 0), ("clock_resets.xdf", 18)])
def test_samples_holes_and_markers_keep_their_places(recordings: Path, name: str, n_gaps: int):
    clock = FakeClock()
    outlet = KeepingOutlet(clock)
    with open_recording(recordings / "xdf" / name) as recording:
        player = Player(
            RecordingSource(recording), outlet, ReplaySettings(speed=50.0), clock=clock, sleep=clock.sleep
        )
        assert player.run(threading.Event()) == "end of recording"
        stored = recording.read(0, recording.n_samples)
        gaps, annotations, rate_hz = recording.gaps, recording.annotations, recording.description.rate_hz
    np.testing.assert_array_equal(np.concatenate([push.samples for push in outlet.pushes]), stored)

    numbers = outlet.numbers
    jumps = np.flatnonzero(np.diff(numbers) != 1) + 1
    assert [(int(numbers[j]), int(numbers[j] - numbers[j - 1] - 1)) for j in jumps] == [
        (gap.at_index, gap.missing) for gap in gaps
    ]
    expected = sorted((event.index, event.text) for event in annotations if event.index <= numbers[-1])
    played = [(round((stamp - 1000.0) * rate_hz), text) for text, stamp in outlet.marks[:-1]]
    assert len(annotations) > 100
    assert len(gaps) == n_gaps
    assert sorted(played) == expected
    assert played == sorted(played, key=lambda mark: mark[0])
