"""Real recordings, written in each format and read again."""

from pathlib import Path

import numpy as np
import pytest

from acquisition.recorder.recording_writer import SUFFIXES, recording_writer
from acquisition.recordings.catalogue import find_recordings
from acquisition.recordings.door import open_recording

pytestmark = pytest.mark.recordings

BLOCK = 20_000


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dataset", ["n2001", "neuromuscular_asc", "emgdb"])
def test_a_real_recording_comes_back(recordings: Path, tmp_path: Path, dataset: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with open_recording(find_recordings(recordings / dataset)[0]) as real:
        described, labels, events, n = real.description, real.labels, real.annotations, real.n_samples
        samples = real.read(0, n)
    with recording_writer(path, described, labels=labels) as writer:
        for event in events:
            writer.annotate(event)
        for first in range(0, n, BLOCK):
            writer.write(samples[first : first + BLOCK])
    with open_recording(path) as again:
        assert (again.n_samples, again.annotations) == (n, events)
        assert again.description.channels == described.channels
        assert again.description.rate_hz == pytest.approx(described.rate_hz, rel=1e-7)
        assert again.description.subject == described.subject
        read = again.read(0, n)
    if suffix in (".xdf", ".parquet"):
        assert np.array_equal(read, samples)
    else:
        step = float(np.abs(samples).max()) * 1.001 / (2**15 - 1 if suffix == ".edf" else 2**23 - 1)
        assert np.abs(read - samples).max() <= step / 2 + float(np.abs(samples).max()) * 2**-24
