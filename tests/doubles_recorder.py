"""What the tests of the writers share: a description, samples that tell their place, a file that remembers."""

from io import FileIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contracts.records import Channel, StreamDescription, Subject

NEEDLE_HZ = 23_437.5


def needle(n_channels: int = 1, **changes: object) -> StreamDescription:
    """The description of a needle recording."""
    given: dict[str, object] = {
        "name": "Needle",
        "rate_hz": NEEDLE_HZ,
        "channels": tuple(Channel(f"EMG{i + 1}", "uV") for i in range(n_channels)),
        "source_id": "needle-1",
        "subject": Subject(muscle="Biceps brachii", side="left", age=61),
        "manufacturer": "Nobody",
        "model": "None",
        "notes": ("Made up.",),
    }
    return StreamDescription(**(given | changes))  # pyright: ignore[reportArgumentType]


def noise(n: int, n_channels: int = 1, *, seed: int = 1) -> NDArray[np.float32]:
    """Samples of which no two are likely to be equal, in microvolt."""
    return np.random.default_rng(seed).normal(0, 50, (n, n_channels)).astype(np.float32)


class RememberingFile(FileIO):
    """A file that keeps every write in order, so that a death after any byte can be played."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w")
        self.writes: list[tuple[int, bytes]] = []

    def write(self, content: object, /) -> int:
        """Write and remember."""
        self.writes.append((self.tell(), bytes(content)))  # pyright: ignore[reportArgumentType]
        return super().write(content)  # pyright: ignore[reportArgumentType]

    def after(self, n_bytes: int) -> bytes:
        """What the file holds when the writer dies after so many bytes."""
        image = bytearray()
        for position, content in self.writes:
            part = content[:n_bytes]
            image.extend(bytes(max(0, position + len(part) - len(image))) if part else b"")
            image[position : position + len(part)] = part
            n_bytes -= len(part)
        return bytes(image)

    @property
    def n_first_piece(self) -> int:
        """Bytes of the first piece, which takes two writes."""
        return sum(len(content) for _, content in self.writes[:2])

    @property
    def n_written(self) -> int:
        """Bytes of all writes."""
        return sum(len(content) for _, content in self.writes)
