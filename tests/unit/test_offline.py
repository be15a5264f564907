"""A recording through the same door as a live stream: one settings file gives one answer."""

from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Recording
from contracts.refusal import Refusal
from contracts.settings import load_settings
from contracts.wire import Result
from myoscope.offline import analyse, summarise

QUICK = ("model.path=none", "filters.lowpass_hz=450", 'features=["peak_to_peak", "skewness"]')


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    rng = np.random.default_rng(0)
    rows = rng.normal(0, 50, (4000, 2))
    rows[:, 1] = rows[:, 0]
    rows[500::500, 0] += 800
    path = tmp_path / "two.csv"
    path.write_text("A [uV],B [uV]\n" + "\n".join(f"{a:.3f},{b:.3f}" for a, b in rows))
    return open_recording(path, rate_hz=2000.0)


def features(recording: Recording, *overrides: str) -> np.ndarray:
    _, messages = analyse(recording, load_settings(overrides=[*QUICK, *overrides]), None)
    return np.array([[r.features for r in m.readings] for m in messages if isinstance(m, Result)])


def test_gain_and_polarity_are_applied(recording: Recording) -> None:
    plain = features(recording)
    changed = features(recording, "stream.channels.A.gain=2", "stream.channels.A.invert=true")
    assert changed[:, 0, 0] == pytest.approx(plain[:, 0, 0] / 2, rel=1e-5)
    assert changed[:, 0, 1] == pytest.approx(-plain[:, 0, 1], rel=1e-4)
    assert changed[:, 1].tolist() == plain[:, 1].tolist()


def test_choice_and_montage_are_applied(recording: Recording) -> None:
    assert features(recording, 'stream.select=["B"]').shape[1] == 1
    bipolar = features(recording, "stream.montage=bipolar")
    assert bipolar.shape[1] == 1
    assert (bipolar[:, 0, 1] > 3).all(), "what both channels share is not gone"


def test_a_channel_that_is_not_there_is_refused(recording: Recording) -> None:
    with pytest.raises(Refusal, match="C"):
        features(recording, 'stream.select=["C"]')


def test_a_recording_without_one_whole_window_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("A [uV]\n" + "\n".join("1.0" for _ in range(100)))
    with open_recording(path, rate_hz=2000.0) as short:
        pipeline, messages = analyse(short, load_settings(overrides=QUICK), None)
        with pytest.raises(Refusal, match=r"0\.05 s of signal"):
            summarise(short, pipeline, list(messages))
