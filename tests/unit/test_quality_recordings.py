"""The gate finds by itself the damaged stretches of real recordings; the truth is read from the stored integers."""

from pathlib import Path

import numpy as np
import pytest

from contracts.settings import FilterSettings, QualitySettings
from processing.filters import FilterBank
from processing.quality import QualityGate

pytestmark = [pytest.mark.recordings, pytest.mark.slow]

RATE_HZ = 23_437.5
LENGTH = round(0.25 * RATE_HZ)
FULL_SCALE = 32_767
COUNTS_PER_UV = 13.107


def stored(header: Path) -> np.ndarray:
    """The int16 values of a record's one channel, from the bytes: a preamble of 20, then as many as the header says."""
    n_samples = int(header.read_text(encoding="latin-1").split()[3])
    return np.fromfile(header.with_suffix(".bin"), "<i2", n_samples, offset=20).astype(np.int64)


def runs(values: np.ndarray) -> list[tuple[int, int]]:
    """(first, length) of every stretch of equal values."""
    ends = np.flatnonzero(np.diff(values) != 0) + 1
    edges = np.concatenate([[0], ends, [len(values)]])
    return list(zip(edges[:-1].tolist(), np.diff(edges).tolist(), strict=True))


def flagged(values: np.ndarray) -> list[tuple[int, tuple[str, ...]]]:
    """(stop index, flags) of windows that follow each other without a hole, the last one ending at the end."""
    raw = (values / COUNTS_PER_UV).astype(np.float32)[:, None]
    filtered = FilterBank(FilterSettings(), RATE_HZ, 1).apply(raw)
    gate = QualityGate(QualitySettings(), RATE_HZ, LENGTH, 1, "uV")
    stops = [*range(LENGTH, len(raw), LENGTH), len(raw)]
    return [(s, gate.judge(raw[s - LENGTH : s], filtered[s - LENGTH : s])[0]) for s in stops]


def test_every_saturated_record_and_flat_stretch_of_n2001_is_found(recordings: Path) -> None:
    headers = sorted((recordings / "n2001").glob("*.hea"))
    saturated, found_saturated, found_clipped = set(), set(), set()
    for header in headers:
        values = stored(header)
        at_full_scale = np.abs(values) >= FULL_SCALE
        long_runs = [(first, n) for first, n in runs(values) if n > 2 * LENGTH]
        saturated |= {header.stem} if at_full_scale.sum() > 1000 else set()
        for stop, names in flagged(values):
            inside = slice(stop - LENGTH, stop)
            found_clipped |= {header.stem} if "clipped" in names else set()
            if np.sum(at_full_scale[inside]) > 1000:
                assert "clipped" in names, (header.stem, stop)
                found_saturated.add(header.stem)
            if any(first <= stop - LENGTH and stop <= first + n for first, n in long_runs):
                assert "flat" in names, (header.stem, stop)
            if "flat" in names:
                assert max(n for _, n in runs(values[inside])) > 0.02 * RATE_HZ, (header.stem, stop)
    assert saturated
    assert found_saturated == saturated
    assert found_clipped == saturated
