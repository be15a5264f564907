"""An offline run that follows a live one: what was dropped and skipped is read from the run's own lines."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from acquisition.recordings.door import open_recording
from contracts import wire
from contracts.records import Gap
from contracts.refusal import Refusal
from contracts.settings import load_settings
from myoscope.offline import analyse, read_followed

SETTINGS = load_settings(overrides=["model.path=none", "filters.lowpass_hz=450"])


def lines(*messages: wire.Message) -> bytes:
    whole = [msgspec.json.encode(wire.Envelope("r", 0, 0.0, message)) for message in messages]
    return b"\n".join([*whole, whole[0][:20]])  # the last line was cut off


def test_just_what_the_live_run_lost_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    samples = np.random.default_rng(0).normal(0, 50, 8000)
    path.write_text("EMG [uV]\n" + "\n".join(f"{v:.3f}" for v in samples))
    run = tmp_path / "run.jsonl"
    gap = Gap(3500, 700, "overload")
    run.write_bytes(
        lines(wire.GapNotice(gap), wire.GapNotice(Gap(9, 3, "inlet")), wire.WindowsSkipped((5500, 5600)))
    )
    followed = read_followed(run)
    assert followed.dropped == ((2800, 3500),)
    assert followed.skipped == {5500, 5600}
    with open_recording(path, rate_hz=2000.0) as recording:
        _, everything = analyse(recording, SETTINGS, None)
        _, messages = analyse(recording, SETTINGS, None, followed=followed)
        whole = [m for m in everything if isinstance(m, wire.Result)]
        given = list(messages)
    assert [m.gap for m in given if isinstance(m, wire.GapNotice)] == [gap]
    results = [m for m in given if isinstance(m, wire.Result)]
    assert not [m for m in results if m.first_index < 3500 and m.stop_index > 2800]
    before = [m for m in whole if m.stop_index <= 2800]
    assert results[: len(before)] == before


def test_lines_that_are_no_run_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text("hello\n")
    with pytest.raises(Refusal, match="tail --json"):
        read_followed(file)
