"""What a writer of a recording is, whatever the format, and the one door to them."""

from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.recording import Annotation, Labels
from contracts.records import StreamDescription
from contracts.refusal import Refusal

SUFFIXES = (".xdf", ".edf", ".bdf", ".parquet")


class RecordingWriter(Protocol):
    """One recording on its way into a file. Samples come in order and without holes; one thread at a time."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the file holds otherwise than it was given, in sentences: steps of its numbers, padding.

        Complete after `close`.
        """
        ...

    def write(self, samples: NDArray[np.float32], aux: NDArray[np.float64] | None = None) -> None:
        """Append samples: `(n, n_emg)` in microvolt or counts, and `(n, n_aux)` where there are such channels.

        Raises Refusal for a number that the format cannot hold, OSError where the disk does not take it.
        """
        ...

    def annotate(self, annotation: Annotation) -> None:
        """Add an event; it may lie before or after what was written so far."""
        ...

    def close(self) -> None:
        """Finish the file. Closing twice is harmless. Raises Refusal where there is nothing to keep."""
        ...

    def abandon(self) -> None:
        """Stop without finishing: XDF keeps what it has and says that it was not ended, others leave no file."""
        ...

    def __enter__(self) -> Self:
        """The writer itself."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, or abandon it where something went wrong."""
        ...


def recording_writer(
    path: str | Path,
    description: StreamDescription,
    *,
    labels: Labels | None = None,
    overwrite: bool = False,
) -> RecordingWriter:
    """A writer of a new file; the suffix tells the format: XDF, EDF+, BDF+ or Parquet.

    XDF is written in place and can be read at any time. The others get their name when they are complete,
    and until then a file `.<name>.part` stands beside it. Raises Refusal for another suffix, a file that is
    there already (without `overwrite`), a folder that is missing, and a description that the format cannot
    hold.
    """
    path = Path(path)
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise Refusal(
            found=f"{path.name}, whose suffix is not known",
            wanted=f"one of {', '.join(SUFFIXES)}",
            do="Name the file after the format that you want.",
        )
    _check_place(path, overwrite)
    labels = labels or Labels()
    try:
        return _open_as(suffix, path, description, labels, overwrite)
    except OSError as error:
        raise Refusal(
            found=f"{path}, which cannot be written ({error.strerror or error})",
            wanted="a file that may be written",
            do="Check the folder and its permissions.",
        ) from error


def _open_as(
    suffix: str, path: Path, description: StreamDescription, labels: Labels, overwrite: bool
) -> RecordingWriter:
    # Formats are imported as they are needed: pyarrow alone takes 50 MB.
    if suffix == ".xdf":
        from acquisition.recorder.xdf_recording import XdfRecordingWriter

        return XdfRecordingWriter(path, description, labels, overwrite=overwrite)
    if suffix == ".parquet":
        from acquisition.recorder.parquet_writer import ParquetRecordingWriter

        return ParquetRecordingWriter(path, description, labels)
    from acquisition.recorder.edf_writer import EdfRecordingWriter

    return EdfRecordingWriter(path, description, labels, bdf=suffix == ".bdf")


def _check_place(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise Refusal(found=f"a folder, {path}", wanted="the name of a file", do="Choose another name.")
    if not path.parent.is_dir():
        raise Refusal(
            found=f"no folder {path.parent}",
            wanted=f"one to put {path.name} into",
            do="Make it, or check the path.",
        )
    if path.exists() and not overwrite:
        raise Refusal(
            found=f"a file {path} that is there already",
            wanted="a new one",
            do="Choose another name, or say that it may be overwritten.",
        )
