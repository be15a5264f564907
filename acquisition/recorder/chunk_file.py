"""A file that only grows by whole pieces, whenever its writer is killed."""

import os
import time
from collections.abc import Callable
from io import RawIOBase


class ChunkFile:
    """Appends pieces so that a reader sees each of them whole or not at all.

    A piece begins with a byte that is not zero. That byte is written last, on its own, over the zero that
    the file system puts into the hole before the rest: whoever dies meanwhile leaves the pieces before it
    and a tail that begins with zero, which XDF readers take for the end (tried: pyxdf 1.17.5 raises on a
    tail that ends within the first bytes of a piece, and invents a sample from one that ends within its
    last). A single larger write does not give that, since the kernel stops it between pages when the
    process is killed.

    `sync_every_s` is how much a power cut may cost: the file is forced to the disk by the first piece that
    comes so long after the last time, with 0 by each, with None never but by `close`. Forcing takes
    milliseconds, and what a killed process wrote survives without it.

    One thread at a time. The file belongs to this object, which closes it.
    """

    def __init__(
        self, raw: RawIOBase, *, sync_every_s: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._raw = raw
        self._sync_every_s = sync_every_s
        self._clock = clock
        self._synced_at_s = clock()
        self._end = raw.seek(0, os.SEEK_END)

    @property
    def n_bytes(self) -> int:
        """Length of what was appended."""
        return self._end

    @property
    def closed(self) -> bool:
        """True once it is closed."""
        return self._raw.closed

    def append(self, piece: bytes) -> None:
        """Write one piece, of which the first byte is not zero.

        Raises OSError where the disk is full or gone; the file then ends with the piece before.
        """
        try:
            self._write_at(self._end + 1, memoryview(piece)[1:])
            self._write_at(self._end, memoryview(piece)[:1])
        except OSError:
            self._raw.truncate(self._end)
            raise
        self._end += len(piece)
        if self._sync_every_s is not None and self._clock() - self._synced_at_s >= self._sync_every_s:
            self.sync()

    def sync(self) -> None:
        """Force to the disk what was appended."""
        os.fsync(self._raw.fileno())
        self._synced_at_s = self._clock()

    def close(self) -> None:
        """Force to the disk and close. Closing twice is harmless."""
        if self.closed:
            return
        try:
            self.sync()
        finally:
            self._raw.close()

    def _write_at(self, position: int, content: memoryview) -> None:
        self._raw.seek(position)
        while content:
            written = self._raw.write(content)
            if not written:
                raise OSError("the file takes no more bytes")
            content = content[written:]
