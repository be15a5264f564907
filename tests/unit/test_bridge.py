"""The sound-card bridge, with a file or a double in place of the card."""

import threading
import wave
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.refusal import Refusal
from simulators import sound_input
from simulators.bridge import Bridge
from simulators.calibration import Calibration
from simulators.sound_input import CardInput, FileInput
from tests.doubles import FakeClock, KeepingOutlet

RATE_HZ = 44_100.0


def save_wav(path: Path, values: NDArray[np.int64], width: int = 2, rate_hz: float = RATE_HZ) -> Path:
    """A WAV file of whole numbers, `(n, channels)`."""
    offset = 128 if width == 1 else 0
    raw = (values + offset).astype("<i8").reshape(-1, 1).view(np.uint8).reshape(-1, 8)[:, :width]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(values.shape[1])
        file.setsampwidth(width)
        file.setframerate(round(rate_hz))
        file.writeframes(raw.tobytes())
    return path


def whole_numbers(n: int, channels: int, width: int) -> NDArray[np.int64]:
    """Numbers over the whole range of that many bytes, its ends included."""
    top = 2 ** (8 * width - 1)
    values = np.random.default_rng(3).integers(-top, top, (n, channels))
    values[0], values[-1] = -top, top - 1
    return values


def calibrated(*uv_per_full_scale: float, device: str = "file", rate_hz: float = RATE_HZ) -> Calibration:
    """A calibration of these scales."""
    return Calibration(device, rate_hz, uv_per_full_scale, 1000.0, "sine", "2026-01-01")


def carry(sound: Any, calibration: Calibration | None) -> tuple[KeepingOutlet, Bridge]:
    """The outlet after the bridge has come to the end of its input."""
    outlet = KeepingOutlet(FakeClock())
    bridge = Bridge(sound, calibration, outlet, clock=outlet.clock)
    assert bridge.run(threading.Event()) == "end of input"
    return outlet, bridge


@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_file_arrives_in_microvolt_exactly(tmp_path: Path, width: int):
    values = whole_numbers(1000, 2, width)
    outlet, bridge = carry(FileInput(save_wav(tmp_path / "a.wav", values, width)), calibrated(4000.0, 500.0))
    sent = np.concatenate([push.samples for push in outlet.pushes])
    full_scale = (values / 2.0 ** (8 * width - 1)).astype(np.float32)
    np.testing.assert_array_equal(sent, full_scale * np.array([4000.0, 500.0], np.float32))
    np.testing.assert_array_equal(outlet.numbers, np.arange(1000))
    assert bridge.n_samples == 1000


def test_uncalibrated_it_sends_counts(tmp_path: Path):
    values = whole_numbers(1000, 1, 2)
    outlet, _ = carry(FileInput(save_wav(tmp_path / "a.wav", values)), None)
    np.testing.assert_array_equal(outlet.values, values[:, 0])


def test_thirty_two_bits_are_read(tmp_path: Path):
    values = np.array([[2**31 - 128], [-(2**31)], [2**24]])
    outlet, _ = carry(FileInput(save_wav(tmp_path / "a.wav", values, 4)), calibrated(1.0))
    np.testing.assert_array_equal(outlet.values, (values[:, 0] / 2.0**31).astype(np.float32))


def test_a_file_can_come_at_its_own_rate(tmp_path: Path):
    clock = FakeClock(overshoots_s=(0.0, 0.003))
    path = save_wav(tmp_path / "a.wav", whole_numbers(44_100, 1, 2))
    outlet = KeepingOutlet(clock)
    Bridge(FileInput(path, clock=clock, sleep=clock.sleep), None, outlet, clock=clock).run(threading.Event())
    assert 1001.0 <= clock() <= 1001.004
    for push in outlet.pushes:
        due = 1000.0 + (push.first_index + push.samples.shape[0]) / RATE_HZ
        assert -1e-9 <= push.stamp - due < 0.004


@pytest.mark.parametrize(
    "calibration",
    [
        calibrated(1.0, device="another card"),
        calibrated(1.0, rate_hz=4_100.0),
        calibrated(1.0, 1.0),
    ],
)
def test_the_calibration_of_another_input_is_refused(tmp_path: Path, calibration: Calibration):
    sound = FileInput(save_wav(tmp_path / "a.wav", whole_numbers(10, 1, 2)))
    with pytest.raises(Refusal, match="as when it was calibrated"):
        Bridge(sound, calibration, KeepingOutlet(FakeClock()))


@pytest.mark.parametrize("content", [b"", b"RIFF", b"a text file named .wav", b"RIFF\x24\0\0\0WAVEfmt "])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=r"a\.wav"):
        FileInput(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(Refusal):
        FileInput(tmp_path / "none.wav")


class FakePortAudioError(Exception):
    """As sounddevice's."""


class FakeStream:
    """A card that counts, loses samples before its third block, and is unplugged after its fourth."""

    latency = 0.005
    read_available = 441

    def __init__(self, **asked: Any) -> None:
        self.asked = asked
        self.reads = 0

    def read(self, n: int) -> tuple[NDArray[np.float32], bool]:
        """The next block."""
        if self.reads == 4:
            raise FakePortAudioError("Device unavailable")
        self.reads += 1
        return np.full((n, 2), self.reads / 8, np.float32), self.reads == 3

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _check_input_settings(device: object, channels: int, dtype: str, *, samplerate: float) -> None:
    if channels > 2:
        raise FakePortAudioError("Invalid number of channels")


FAKE_SOUNDDEVICE = SimpleNamespace(
    query_devices=lambda device, kind: {"name": f"{kind} {device}"},
    check_input_settings=_check_input_settings,
    InputStream=FakeStream,
    PortAudioError=FakePortAudioError,
)


@pytest.fixture
def sounddevice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sounddevice module whose card is a double."""
    monkeypatch.setattr(sound_input, "import_module", lambda name: FAKE_SOUNDDEVICE)


@pytest.mark.usefixtures("sounddevice")
def test_a_card_is_stamped_when_it_heard_and_its_losses_are_marked():
    clock = FakeClock()
    outlet = KeepingOutlet(clock)
    card = CardInput("line", RATE_HZ, 2)
    bridge = Bridge(card, calibrated(8.0, 8.0, device="input line"), outlet, clock=clock)
    with pytest.raises(Refusal, match="Device unavailable"):
        bridge.run(threading.Event())
    assert [push.samples[0, 0] for push in outlet.pushes] == [1.0, 2.0, 3.0, 4.0]
    assert {push.stamp for push in outlet.pushes} == {1000.0 - 0.01 - 0.005}
    assert outlet.events[2:4] == ["mark card overflow", "push 882"]
    assert bridge.overflows == 1


@pytest.mark.usefixtures("sounddevice")
def test_it_stops_when_asked():
    stop = threading.Event()
    stop.set()
    outlet = KeepingOutlet(FakeClock())
    assert Bridge(CardInput("line", RATE_HZ), None, outlet).run(stop) == "stopped"
    assert outlet.pushes == []


@pytest.mark.usefixtures("sounddevice")
def test_a_card_without_such_channels_is_refused():
    with pytest.raises(Refusal, match="Invalid number of channels"):
        CardInput("line", RATE_HZ, 3)


@pytest.mark.parametrize(
    ("error", "words"),
    [(ImportError("no module"), "extra `bridge`"), (OSError("not found"), "libportaudio2")],
)
def test_without_the_library_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
):
    def fail(name: str) -> None:
        raise error

    monkeypatch.setattr(sound_input, "import_module", fail)
    with pytest.raises(Refusal, match=words):
        CardInput(None, RATE_HZ)
