"""XDF, as LabRecorder writes it: one signal stream of the several in a file, and all its marker streams.

The library loads whole files into memory. Its clock synchronisation is used; its jitter removal is not, since
that closes every hole below half a second. `stamps` finds those.
"""

import logging
import struct
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import pyxdf

from acquisition.recordings.channels import RawChannel, lay_out
from acquisition.recordings.labels import labels_from
from acquisition.recordings.rate import agreed_rate_hz
from acquisition.recordings.recording import Annotation, Labels
from acquisition.recordings.stamps import Timeline, timeline_of
from acquisition.recordings.stored import ArrayStore, StoredRecording, description_of
from acquisition.recordings.xdf_conventions import DURATIONS, without_duration
from acquisition.recordings.xdf_pieces import Extent, extent_of, unpacked
from contracts.refusal import Refusal


def open_xdf(path: Path, stream: str | None, rate_hz: float | None, unit: str | None) -> StoredRecording:
    """A recording from one signal stream, chosen by `stream` (its name, source id, type or number).

    Without a choice: the one stream of type EMG, or the only signal stream. Raises Refusal for a file that is
    no XDF or not whole, and with a list of the streams where the choice is not clear.
    """
    extent = extent_of(path)
    streams = _loaded(path, extent)
    chosen = _chosen(streams, stream, path)
    nominal = _first(chosen["info"], "nominal_srate")
    rate = agreed_rate_hz(path, float(nominal), rate_hz)
    stamps = np.asarray(chosen["time_stamps"], np.float64)
    timeline = timeline_of(stamps, rate)
    values = np.asarray(chosen["time_series"])
    desc = _child(chosen["info"], "desc")
    layout = lay_out(_raw_channels(desc, values.shape[1]), unit, f"stream {_name(chosen)!r} of {path.name}")
    labels = _labels(desc)
    maker = _child(desc, "acquisition") or desc
    annotations, outside = _annotations(streams, timeline)
    notes = [*layout.notes, *_notes(chosen, timeline, rate, outside), *_ending(chosen, extent)]
    return StoredRecording(
        path=path,
        format="xdf",
        description=description_of(
            path,
            rate,
            layout.columns,
            labels,
            notes,
            manufacturer=_first(maker, "manufacturer"),
            model=_first(maker, "model"),
        ),
        n_samples=values.shape[0],
        labels=labels,
        annotations=annotations,
        gaps=timeline.gaps if timeline else (),
        columns=layout.columns,
        store=ArrayStore(values),
    )


_ERRORS = (
    *(ParseError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError, OSError),
    *(struct.error, MemoryError),
)
"""What pyxdf raises for a damaged file; MemoryError where a damaged number asks for too many samples."""


@contextmanager
def _messages() -> Generator[list[logging.LogRecord]]:
    """What the library logs meanwhile, kept from the terminal: it logs damage and reads on."""
    logger = logging.getLogger("pyxdf.pyxdf")
    kept: list[logging.LogRecord] = []

    def keep(record: logging.LogRecord) -> bool:
        kept.append(record)
        return False

    logger.addFilter(keep)
    try:
        yield kept
    finally:
        logger.removeFilter(keep)


def _loaded(path: Path, extent: Extent) -> list[dict[str, Any]]:
    try:
        with _messages() as messages, unpacked(path) as file:
            # The library raises or invents a sample where a file ends within a piece: it gets the whole ones.
            whole = BytesIO(file.read(extent.whole_bytes)) if extent.torn_bytes else file
            streams, _ = pyxdf.load_xdf(whole, dejitter_timestamps=False)
    except _ERRORS as error:
        raise _damaged(path, str(error)) from error
    errors = [m.getMessage() for m in messages if m.levelno >= logging.ERROR]
    if errors:
        raise _damaged(path, errors[0])
    for stream in streams:
        counted = _first(_child(stream.get("footer") or {}, "info"), "sample_count")
        if counted.isdigit() and len(stream["time_stamps"]) < int(counted):
            raise Refusal(
                found=f"{len(stream['time_stamps'])} samples of stream {_name(stream)!r} in {path.name}",
                wanted=f"{counted}, as its footer says",
                do="The file is damaged: copy it again.",
            )
    return streams


def _damaged(path: Path, reason: str) -> Refusal:
    return Refusal(
        found=f"damage in {path.name} ({reason.splitlines()[0] if reason else 'no streams'})",
        wanted="a whole XDF file",
        do="Copy the file again.",
    )


def _child(tree: Any, key: str) -> dict[str, Any]:
    """The first branch of that name in pyxdf's tree of lists, {} where there is none."""
    branch = tree.get(key) if isinstance(tree, dict) else None
    if isinstance(branch, list):
        branch = branch[0] if branch else None
    return branch if isinstance(branch, dict) else {}


def _first(tree: Any, key: str) -> str:
    """The first text of that name in pyxdf's tree of lists, "" where there is none."""
    texts = tree.get(key) if isinstance(tree, dict) else None
    text = texts[0] if isinstance(texts, list) and texts else texts
    return text if isinstance(text, str) else ""


def _name(stream: dict[str, Any]) -> str:
    return _first(stream["info"], "name")


def _is_signal(stream: dict[str, Any]) -> bool:
    info = stream["info"]
    return _first(info, "channel_format") != "string" and float(_first(info, "nominal_srate") or 0) > 0


def _chosen(streams: Sequence[dict[str, Any]], choice: str | None, path: Path) -> dict[str, Any]:
    signals = [s for s in streams if _is_signal(s) and len(s["time_stamps"])]
    matching = signals
    if choice is not None:
        matching = next(
            (
                found
                for key in ("name", "source_id", "stream_id", "type")
                if (
                    found := [
                        s for s in signals if str(_first(s["info"], key) or s["info"].get(key)) == choice
                    ]
                )
            ),
            [],
        )
    elif len(signals) > 1:
        matching = [s for s in signals if _first(s["info"], "type").casefold() == "emg"]
    if len(matching) != 1:
        listed = "; ".join(_listed(s) for s in streams) or "no streams"
        raise Refusal(
            found=f"in {path.name}: {listed}",
            wanted=f"one signal stream called {choice!r}"
            if choice is not None
            else "one EMG or one signal stream",
            do="Choose one that has samples by its name (stream).",
        )
    return matching[0]


def _listed(stream: dict[str, Any]) -> str:
    info = stream["info"]
    kind = "signal" if _is_signal(stream) else "marker"
    n = len(stream["time_stamps"])
    channels, rate = _first(info, "channel_count"), float(_first(info, "nominal_srate") or 0)
    return (
        f"{_name(stream)!r} ({kind}, type {_first(info, 'type')!r}, {channels} ch, {rate:g} Hz, "
        f"{n or 'no'} samples)"
    )


def _raw_channels(desc: dict[str, Any], n_channels: int) -> list[RawChannel]:
    """Channels as the stream's description has them; numbered where it has too few."""
    listed = _child(desc, "channels").get("channel") or []
    described = [c if isinstance(c, dict) else {} for c in listed] if len(listed) == n_channels else []
    return [
        RawChannel(
            i,
            _first(described[i], "label") or f"Ch{i + 1}",
            _first(described[i], "unit"),
            _first(described[i], "type"),
        )
        if described
        else RawChannel(i, f"Ch{i + 1}")
        for i in range(n_channels)
    ]


def _labels(desc: dict[str, Any]) -> Labels:
    """Muscle, side, age and sex from the stream's `subject`, whose name and number stay behind, and the
    `labels` of our own files."""
    subject, own = _child(desc, "subject"), _child(desc, "labels")
    keys = ("muscle", "side", "age", "sex", "effort")
    stated = {key: _first(subject, key) for key in keys} | _gender(subject)
    return labels_from(stated | {key: _first(own, key) for key in own})


def _gender(subject: dict[str, Any]) -> dict[str, str]:
    return {"sex": _first(subject, "gender")} if _first(subject, "gender") else {}


def _annotations(
    streams: Sequence[dict[str, Any]], timeline: Timeline | None
) -> tuple[tuple[Annotation, ...], int]:
    """Events of all marker streams by index, and how many lie outside the signal."""
    found: list[Annotation] = []
    outside = 0
    for stream in (s for s in streams if not _is_signal(s)):
        lasting = _first(_child(stream["info"], "desc"), "durations") == DURATIONS
        for stamp, values in zip(stream["time_stamps"], stream["time_series"], strict=True):
            index = timeline.index_of(float(stamp)) if timeline else None
            if index is None:
                outside += 1
            else:
                text = " ".join(str(v) for v in values)
                text, n_samples = without_duration(text) if lasting else (text, 0)
                found.append(Annotation(index, n_samples, text))
    return tuple(sorted(found, key=lambda a: a.index)), outside


def _notes(stream: dict[str, Any], timeline: Timeline | None, rate_hz: float, outside: int) -> list[str]:
    notes: list[str] = []
    kind = _first(stream["info"], "type")
    if kind.casefold() != "emg":
        notes.append(f"The stream's type is {kind!r}, not EMG.")
    if stated := _first(_child(_child(stream["info"], "desc"), "acquisition"), "notes"):
        notes.append(stated)
    if timeline and abs(timeline.rate_hz / rate_hz - 1) > 0.01:
        notes.append(f"Stamps advance at {timeline.rate_hz:.4g} Hz, the stated rate is {rate_hz:g} Hz.")
    if timeline and timeline.backward:
        notes.append(
            f"{timeline.backward} stamps are earlier than the one before; samples are kept as stored."
        )
    if outside:
        notes.append(f"{outside} markers lie outside the signal and were left out.")
    return notes


def _ending(stream: dict[str, Any], extent: Extent) -> list[str]:
    if stream.get("footer"):
        return []
    torn = f"; {extent.torn_bytes} bytes of an unfinished piece were left out" if extent.torn_bytes else ""
    return [f"The recording was not ended (the stream has no footer){torn}."]
