"""A process that records is killed in the middle: what it wrote opens in pyxdf and through our door."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import pyxdf

from acquisition.recordings.door import open_recording

BLOCK = 50_000

RECORD = f"""
import sys
from pathlib import Path
import numpy as np
from acquisition.recorder.xdf_writer import XdfWriter
from tests.doubles_recorder import needle

writer = XdfWriter.create(Path(sys.argv[1]), overwrite=False, sync_every_s=None)
stream = writer.open_signal(needle(sample_format="double64"))
first = 0
while first < 100_000_000:
    samples = np.arange(first, first + {BLOCK}, dtype=np.float64)[:, None]
    writer.write_samples(stream, samples, first / 23_437.5)
    first += {BLOCK}
"""
"""Writes the sample index as fast as it can, in pieces of half a megabyte: most of its time is in `write`."""


@pytest.mark.parametrize("n_bytes", [1_000_000, 3_500_000])
def test_a_killed_recorder_leaves_every_whole_piece(tmp_path: Path, n_bytes: int) -> None:
    path = tmp_path / "a.xdf"
    with subprocess.Popen([sys.executable, "-c", RECORD, str(path)]) as process:
        deadline = time.monotonic() + 60
        while not path.exists() or path.stat().st_size < n_bytes:
            assert process.poll() is None
            assert time.monotonic() < deadline
        process.kill()
    (read,) = pyxdf.load_xdf(path, dejitter_timestamps=False)[0]
    n = read["time_series"].shape[0]
    assert n % BLOCK == 0
    assert n * 9 > n_bytes - 10 * BLOCK
    assert np.array_equal(read["time_series"][:, 0], np.arange(n))
    with open_recording(path) as rec:
        assert rec.n_samples == n
        assert rec.gaps == ()
        assert any("not ended" in note for note in rec.description.notes)
