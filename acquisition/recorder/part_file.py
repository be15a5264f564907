"""A file that gets its name when it is complete."""

import os
from pathlib import Path


class PartFile:
    """The place `.<name>.part` beside a file that is not complete yet."""

    def __init__(self, path: Path) -> None:
        self._final = path
        self.path = path.with_name(f".{path.name}.part")

    def complete(self) -> None:
        """Force it to the disk and give it its name, over a file that may have it."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(self._final)

    def discard(self) -> None:
        """Remove it, if it is there."""
        self.path.unlink(missing_ok=True)
