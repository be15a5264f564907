"""The bridge through real Lab Streaming Layer: a file in place of the card, microvolt at the other end."""

import threading
import uuid
from pathlib import Path

import numpy as np
import pylsl
import pytest

from simulators.bridge import Bridge, bridge_outlet
from simulators.calibration import Calibration
from simulators.sound_input import FileInput
from tests.unit.test_bridge import save_wav, whole_numbers

pytestmark = pytest.mark.lsl
DEADLINE_S = 30.0
CALIBRATION = Calibration("file", 44_100.0, (5000.0,), 1000.0, "sine", "2026-01-01", (8.0, 20_000.0))


@pytest.mark.parametrize(
    ("calibration", "scale", "unit", "known", "band"),
    [
        (
            CALIBRATION,
            5000.0,
            "microvolts",
            "sine of 1000 uV peak to peak, 2026-01-01",
            "8.0 to 20000 Hz (-3 dB, measured)",
        ),
        (None, 32768.0, "counts", "none: amplitudes are counts", "not measured"),
    ],
    ids=["calibrated", "uncalibrated"],
)
def test_what_the_card_hears_arrives_in_its_unit(
    tmp_path: Path, calibration: Calibration | None, scale: float, unit: str, known: str, band: str
):
    values = whole_numbers(44_100, 1, 2)
    sound = FileInput(save_wav(tmp_path / "a.wav", values), clock=pylsl.local_clock)
    source_id = f"test-{uuid.uuid4().hex}"
    with bridge_outlet(sound, calibration, source_id=source_id) as outlet:
        found = pylsl.resolve_byprop("source_id", source_id, timeout=DEADLINE_S)
        inlet = pylsl.StreamInlet(found[0], recover=False)
        info = inlet.info(timeout=DEADLINE_S)
        inlet.open_stream(timeout=DEADLINE_S)
        stop = threading.Event()
        bridging = threading.Thread(target=Bridge(sound, calibration, outlet).run, args=(stop,))
        bridging.start()
        received, stamps = inlet.pull_chunk(
            timeout=DEADLINE_S, max_samples=len(values), as_numpy=True, min_samples=len(values)
        )
        inlet.close_stream()
        stop.set()
        bridging.join(DEADLINE_S)
    expected = (values / 32768.0).astype(np.float32) * np.float32(scale)
    np.testing.assert_array_equal(received, expected)
    assert np.all(np.isfinite(stamps))
    assert info.get_channel_units() == [unit]
    stated = info.desc().child("acquisition")
    assert (stated.child_value("calibration"), stated.child_value("band")) == (known, band)
    assert stated.child_value("input") == "file"
