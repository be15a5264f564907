"""Where the bridge's samples come from: a sound card, or a WAV file in its place."""

import time
import wave
from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from contracts.clock import Clock
from contracts.refusal import Refusal

_BLOCK_S = 0.01


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """Consecutive samples of an input."""

    samples: NDArray[np.float32]
    """`(n, n_channels)`, in parts of full scale: -1 to 1."""
    age_s: float = 0.0
    """How long ago the last sample was taken."""
    overflowed: bool = False
    """The card lost samples just before this block; it does not say how many."""


class SoundInput(Protocol):
    """An input of a sound card, or what stands in for one."""

    @property
    def device(self) -> str:
        """Which input: a calibration holds for one."""
        ...

    @property
    def rate_hz(self) -> float:
        """Sampling rate."""
        ...

    @property
    def n_channels(self) -> int:
        """How many channels a block has."""
        ...

    def blocks(self) -> Generator[SoundBlock]:
        """Block after block, until the input ends. Raises Refusal where it cannot be opened."""
        ...


class FileInput:
    """A WAV file (PCM of 8, 16, 24 or 32 bits) as an input; raises Refusal for anything else.

    Given a clock it comes at its own rate, as a card would; without one as fast as it is taken.
    """

    def __init__(
        self, path: Path, *, clock: Clock | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.device = "file"
        self._clock, self._sleep = clock, sleep
        try:
            with wave.open(str(path), "rb") as file:
                self.rate_hz = float(file.getframerate())
                self.n_channels = file.getnchannels()
                values = _full_scale(file.readframes(file.getnframes()), file.getsampwidth())
        except (OSError, EOFError, wave.Error) as error:
            raise Refusal(
                found=f"{path}, which cannot be read ({str(error) or 'it ends too early'})",
                wanted="a WAV file with PCM samples of 8, 16, 24 or 32 bits",
                do="Save the sound as such a file.",
            ) from error
        whole = values.size // self.n_channels * self.n_channels
        self._samples = values[:whole].reshape(-1, self.n_channels)

    def blocks(self) -> Generator[SoundBlock]:
        """The file in blocks of 10 ms, from its beginning."""
        size = max(1, round(_BLOCK_S * self.rate_hz))
        start = self._clock() if self._clock else 0.0
        for first in range(0, self._samples.shape[0], size):
            block = self._samples[first : first + size]
            if self._clock is not None:
                due = start + (first + block.shape[0]) / self.rate_hz
                self._sleep(max(0.0, due - self._clock()))
            yield SoundBlock(block)


class CardInput:
    """An input of a sound card, through PortAudio (extra `bridge`).

    The age of a block is what waits behind it in PortAudio's buffer plus the latency that PortAudio
    states for the device: an estimate, good to some milliseconds.
    """

    def __init__(self, device: str | int | None, rate_hz: float, channels: int = 1) -> None:
        self._sounddevice = _sounddevice()
        self._wanted = device
        self.rate_hz = rate_hz
        self.n_channels = channels
        try:
            self.device = str(self._sounddevice.query_devices(device, "input")["name"])
            self._sounddevice.check_input_settings(device, channels, "float32", samplerate=rate_hz)
        except (ValueError, self._sounddevice.PortAudioError) as error:
            raise self._refused(error) from error

    def blocks(self) -> Generator[SoundBlock]:
        """What the card hears, in blocks of 10 ms, for as long as it is listened to."""
        size = max(1, round(_BLOCK_S * self.rate_hz))
        try:
            with self._sounddevice.InputStream(
                samplerate=self.rate_hz, device=self._wanted, channels=self.n_channels, dtype="float32"
            ) as stream:
                while True:
                    samples, overflowed = stream.read(size)
                    age_s = stream.read_available / self.rate_hz + stream.latency
                    yield SoundBlock(samples, age_s, bool(overflowed))
        except self._sounddevice.PortAudioError as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> Refusal:
        return Refusal(
            found=f"sound input {self._wanted!r} that does not open ({error})",
            wanted=f"an input of {self.n_channels} channel(s) at {self.rate_hz:g} Hz",
            do="`python -m sounddevice` lists the devices; give another device, rate or number of channels.",
        )


def _full_scale(frames: bytes, width: int) -> NDArray[np.float32]:
    """PCM as parts of full scale. Exact: 24 bits fit a float32."""
    if width == 1:
        return ((np.frombuffer(frames, np.uint8).astype(np.float32)) - 128.0) / 128.0
    if width == 3:
        packed = np.zeros((len(frames) // 3, 4), np.uint8)
        packed[:, 1:] = np.frombuffer(frames, np.uint8, len(frames) // 3 * 3).reshape(-1, 3)
        return (packed.reshape(-1).view("<i4") / 2.0**31).astype(np.float32)
    values = np.frombuffer(frames, f"<i{width}", len(frames) // width)
    return (values / 2.0 ** (8 * width - 1)).astype(np.float32)


def _sounddevice() -> Any:
    """The sounddevice module, imported when a card is asked for: most users have no use for it."""
    try:
        return import_module("sounddevice")
    except ImportError as error:
        raise Refusal(
            found="no sounddevice package",
            wanted="the extra `bridge`",
            do='Install it: `pip install ".[bridge]"` in the project folder.',
        ) from error
    except OSError as error:
        raise Refusal(
            found="no PortAudio library",
            wanted="PortAudio, through which sound cards are read",
            do="Install it (Debian and Ubuntu: `apt install libportaudio2`).",
        ) from error
