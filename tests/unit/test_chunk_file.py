"""A file of whole pieces, on a disk that is full, and what is forced to the disk when."""

import errno
from io import FileIO
from pathlib import Path

import pytest

from acquisition.recorder.chunk_file import ChunkFile


class SmallDisk(FileIO):
    """A file on a disk with room for `n_bytes`, which takes a few bytes at a time."""

    def __init__(self, path: Path, n_bytes: int) -> None:
        super().__init__(path, "w")
        self.n_bytes = n_bytes

    def write(self, content: object, /) -> int:
        """As much as there is room for, five bytes at most."""
        part = bytes(content)[: min(5, self.n_bytes - self.tell())]  # pyright: ignore[reportArgumentType]
        if not part:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(part)


def test_a_full_disk_is_an_error_after_which_the_file_is_whole(tmp_path: Path) -> None:
    disk = SmallDisk(tmp_path / "a", 20)
    file = ChunkFile(disk, sync_every_s=None)
    file.append(b"first piece")
    with pytest.raises(OSError, match="No space"):
        file.append(b"second piece")
    assert (tmp_path / "a").read_bytes() == b"first piece"
    disk.n_bytes = 100
    file.append(b"second piece")
    file.close()
    assert (tmp_path / "a").read_bytes() == b"first piecesecond piece"
    assert file.n_bytes == 23


@pytest.mark.parametrize(("every_s", "synced"), [(None, 0), (0.0, 4), (2.0, 1)])
def test_the_disk_is_forced_as_often_as_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every_s: float | None, synced: int
) -> None:
    calls: list[int] = []
    monkeypatch.setattr("acquisition.recorder.chunk_file.os.fsync", calls.append)
    now = [0.0]
    file = ChunkFile(FileIO(tmp_path / "a", "w"), sync_every_s=every_s, clock=lambda: now[0])
    for at_s in (0.5, 1.9, 2.0, 3.9):
        now[0] = at_s
        file.append(b"piece")
    assert len(calls) == synced
    file.close()
    file.close()
    assert len(calls) == synced + 1
