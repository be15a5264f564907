"""Potentials of a recorded unit: what is measured must look like a motor unit."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from acquisition.recordings.door import open_recording
from processing.interference import measure_epochs
from processing.motor_units.measures import measure
from processing.motor_units.variability import variability

RATE_HZ = 23_437.5
HALF = 586
"""25 ms."""


def control(recordings: Path) -> NDArray[np.float64]:
    """A control's record, microvolt."""
    recording = open_recording(recordings / "n2001" / "N2001C04BB72.hea")
    samples = recording.read(0, recording.n_samples)[:, 0].astype(np.float64)
    return sosfiltfilt(butter(1, 5.0, "highpass", fs=RATE_HZ, output="sos"), samples)


def discharges_of_the_largest(x: NDArray[np.float64]) -> NDArray[np.float32]:
    """Discharges aligned on their negative peaks, of the unit that has the most alike near the largest peak."""
    spikes = sosfiltfilt(butter(2, 250.0, "highpass", fs=RATE_HZ, output="sos"), x)
    apart = int(0.005 * RATE_HZ)
    order = np.argsort(spikes)
    places: list[int] = []
    for i in order[: x.size // 20].tolist():
        if HALF <= i < x.size - HALF and all(abs(i - at) > apart for at in places):
            places.append(i)
    shapes = np.stack([spikes[i - 70 : i + 70] for i in places])
    leader = shapes[: max(3, len(places) // 20)].mean(axis=0)
    alike = np.sum((shapes - leader) ** 2, axis=1) < 0.35 * np.sum(leader**2)
    kept = sorted(i for i, is_alike in zip(places, alike, strict=True) if is_alike)
    return np.stack([x[i - HALF : i + HALF] for i in kept]).astype(np.float32)


@pytest.mark.recordings
def test_a_unit_of_a_control(recordings: Path) -> None:
    discharges = discharges_of_the_largest(control(recordings))
    template = np.median(discharges, axis=0)
    noise_uv = 1.25 * 1.4826 * float(np.median(np.abs(discharges - template))) / np.sqrt(len(discharges))
    m = measure(template, RATE_HZ, noise_uv=noise_uv)
    assert len(discharges) > 50
    assert m.flags == ()
    assert 300.0 < m.amplitude_uv < 3000.0
    assert m.duration_ms is not None
    assert 5.0 < m.duration_ms < 20.0
    assert m.phases in (2, 3, 4)
    assert abs(m.negative_peak_index - HALF) < 5
    assert m.rise_time_us is not None
    assert m.rise_time_us < 500.0
    varied = variability(discharges, m, RATE_HZ)
    assert varied.jiggle_percent is not None
    assert 5.0 < varied.jiggle_percent < 40.0
    assert varied.correlation is not None
    assert varied.correlation > 0.9


@pytest.mark.recordings
def test_the_interference_pattern_of_a_control(recordings: Path) -> None:
    epochs = measure_epochs(control(recordings).astype(np.float32), RATE_HZ)
    assert len(epochs) == 11
    for epoch in epochs:
        assert 50.0 < epoch.turns_per_s < 400.0
        assert 150.0 < epoch.mean_amplitude_uv < epoch.upper_centile_amplitude_uv < 3000.0
        assert 0.01 < epoch.activity < 0.5
        assert epoch.small_segments_per_s < epoch.turns_per_s
