"""Recordings of every class and format, through Lab Streaming Layer to a ZeroMQ subscriber, exact to the sample.

Channel values themselves are compared, so no test here depends on time: whatever a busy machine makes the run
drop or skip is on the wire by index, and the offline run follows it.
"""

import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Recording
from contracts import measured, wire
from inference.runtime.model import load_model
from myoscope.analyse import examine
from myoscope.offline import Followed, analyse
from simulators.replay import Player, ReplaySettings, replay_outlet
from simulators.source import RecordingSource
from tests.doubles_live import LiveRun
from tests.doubles_recordings import ramp, write_csv, write_edf, write_parquet

pytestmark = [pytest.mark.lsl]

SECONDS = 3.0
NEEDLE = ("model.path=patterns",)
NO_MODEL = ("model.path=none",)
REAL = [
    ("n2001/N2001C01BB51.hea", NEEDLE),
    ("n2001/N2001M02BB01.hea", NEEDLE),
    ("n2001/N2001A01BB01.hea", NEEDLE),
    ("neuromuscular_asc/02_Biceps Brachii/Healthy/EMG _225 _13_ RB_Hea.asc.xz", NEEDLE),
    ("neuromuscular_asc/**/*_Myo.asc.xz", NEEDLE),
    ("neuromuscular_asc/**/*_Neu.asc.xz", NEEDLE),
    ("emgdb/emg_healthy.hea", NO_MODEL),
    ("emg4/0.csv", ("model.path=gestures",)),
    ("xdf/emg_openbci_8ch_markers.xdf", NO_MODEL),
]


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("pattern", "settings"), REAL, ids=lambda v: v.split("/")[-1] if isinstance(v, str) else ""
)
def test_a_real_recording(recordings: Path, pattern: str, settings: tuple[str, ...]) -> None:
    path = sorted(recordings.glob(pattern))[0]
    with open_recording(path) as recording:
        live_is_exact(recording, settings)


MADE: dict[str, Callable[[Path], Path]] = {
    "edf": lambda folder: write_edf(folder / "made.edf", (1000, 1000)),
    "bdf": lambda folder: write_edf(folder / "made.bdf", (1000,)),
    "parquet": lambda folder: write_parquet(
        folder / "made.parquet", {"EMG [uV]": ramp(3000)[:, 0]}, metadata={"rate_hz": "1000"}
    ),
    "csv": lambda folder: write_csv(
        folder / "made.csv",
        ("time [s]", "EMG [uV]"),
        np.column_stack((np.arange(3000) / 1000, ramp(3000)[:, 0])),
    ),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_recording_made_here(tmp_path: Path, kind: str) -> None:
    """The formats that no real recording at hand has, so that each has gone the whole way."""
    with open_recording(MADE[kind](tmp_path)) as recording:
        assert recording.format == kind
        live_is_exact(recording, (*NO_MODEL, "filters.lowpass_hz=400"))


def live_is_exact(recording: Recording, settings: tuple[str, ...], speed: float = 4.0) -> None:
    """Play a stretch of a recording to a live run; compare the signal with the file, results and measures with
    offline."""
    source_id = f"test-{uuid.uuid4().hex}"
    rate_hz = recording.description.rate_hz
    stop = min(round(SECONDS * rate_hz), recording.n_samples)
    played = ReplaySettings(speed=speed, stop_s=stop / rate_hz, chunk_s=0.04)
    with (
        replay_outlet(RecordingSource(recording), played, source_id) as outlet,
        LiveRun(source_id, *settings) as run,
    ):
        assert run.failure is None, run.failure
        Player(RecordingSource(recording), outlet, played).run(threading.Event())
        heard = run.heard
        heard.wait_for(lambda: health_of(heard.envelopes, stop), f"{stop} samples accounted for")
    assert run.failure is None, run.failure
    blocks = [m for m in (e.message for e in heard.envelopes) if isinstance(m, wire.SignalBlock)]
    skipped = [i for m in heard.of(wire.WindowsSkipped) for i in m.stop_indices]
    gaps = [m.gap for m in heard.of(wire.GapNotice)]
    compare_signal(recording, blocks, stop)
    dropped = tuple((g.at_index - g.missing, g.at_index) for g in gaps if g.cause == "overload")
    followed = Followed((*dropped, (stop, 2**62)), frozenset(skipped))
    _, offline = analyse(recording, run.settings, load_model(run.settings.model), followed=followed)
    expected = [plain(m) for m in offline if isinstance(m, wire.Result)]
    assert expected
    assert [plain(m) for m in heard.of(wire.Result)] == expected
    _, examined = examine(recording, run.settings, followed=followed)
    told = [e.message for e in heard.envelopes if isinstance(e.message, measured.Measured)]
    assert told == list(examined)


def health_of(envelopes: list[wire.Envelope], stop: int) -> bool:
    """True when the last block reaches the end of what was played."""
    blocks = [e.message for e in envelopes if isinstance(e.message, wire.SignalBlock)]
    return bool(blocks) and blocks[-1].first_index + blocks[-1].n_samples >= stop


def compare_signal(recording: Recording, blocks: list[wire.SignalBlock], stop: int) -> None:
    """Every block equals the file at its index, bit for bit; together they reach from the first to the last."""
    assert blocks[0].first_index == 0
    for block in blocks:
        wanted = recording.read(block.first_index, block.first_index + block.n_samples)
        assert np.array_equal(block.array(), wanted, equal_nan=True)
    assert blocks[-1].first_index + blocks[-1].n_samples == stop


def plain(result: wire.Result) -> tuple[int, int, tuple[wire.Reading, ...]]:
    """A result without its stamps."""
    return result.first_index, result.stop_index, result.readings
