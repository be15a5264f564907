"""Which columns of a file are EMG, in which unit, and what the others are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from acquisition.units import is_counts, microvolt_per
from contracts.records import Channel, Role
from contracts.refusal import Refusal

_TRIGGER = frozenset(
    {"trig", "trigger", "stim", "stimulus", "status", "marker", "event", "sync", "ttl", "sti"}
)
_COUNTER = frozenset({"counter", "count", "packet", "index", "sample", "samples", "seq"})
_AUX = frozenset(
    {"acc", "accel", "accelerometer", "gyro", "gyroscope", "mag", "temp", "temperature", "force", "torque"}
    | {"angle", "goniometer", "position", "velocity", "resp", "respiration", "pulse", "ecg", "ekg", "eog"}
    | {"misc", "aux", "battery", "time", "audio", "sound", "pressure", "light"}
)
_OTHER_BIOSIGNAL = frozenset({"eeg", "exg", "ieeg", "ecog", "seeg"})
"""EMG is often recorded on amplifiers made for the brain: read as EMG where nothing else is."""

TYPE_OF_ROLE: dict[Role, str] = {"emg": "EMG", "aux": "AUX", "trigger": "trigger", "counter": "counter"}
"""The word for the type of a channel in a file of our own."""


class Column(msgspec.Struct, frozen=True):
    """One column of a file and the channel that it becomes."""

    position: int
    channel: Channel
    uv_per_unit: float = 1.0
    """Factor to microvolt; 1 for counts and for all that is not EMG."""


class RawChannel(msgspec.Struct, frozen=True):
    """One channel as the file describes it."""

    position: int
    """Column of the store."""
    label: str
    unit: str = ""
    """The file's own word, "" where it states none."""
    kind: str = ""
    """The file's own word for the type of channel, where it has one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns in the order of the description (EMG first), and what was assumed about them."""

    columns: tuple[Column, ...]
    notes: tuple[str, ...]


def lay_out(channels: Sequence[RawChannel], unit: str | None, source: str) -> Layout:
    """The layout of a file's channels; `unit` is what the user says that EMG channels are in.

    Channels called EMG are EMG. Where none is, every voltage (or unit-less) channel that is not called
    something else is. Raises Refusal where there is none, where a unit is unknown and none was given, and
    where the given one contradicts the file.
    """
    _check_given_unit(unit)
    roles = [_role(c) for c in channels]
    notes: list[str] = []
    positions = [i for i, role in enumerate(roles) if role == "emg"]
    if not positions:
        positions = _unnamed_emg(channels, roles, unit)
    if not positions:
        positions = [i for i, role in enumerate(roles) if role == "biosignal"]
        if positions:
            notes.append("No channel is called EMG; channels called EEG or ExG are read as EMG.")
    if not positions:
        raise Refusal(
            found=f"no EMG channel in {source} ({_listed(channels)})",
            wanted="a channel called EMG, or one in V, mV, uV or counts",
            do="Check that this is the right file or stream; rename the channel, or give its unit.",
        )
    emg = [_emg_column(channels[i], unit, source) for i in positions]
    if not unit and any(not channels[i].unit for i in positions):
        notes.append("No unit is stated; microvolt was assumed.")
    aux = [
        Column(c.position, Channel(c.label, c.unit, _other_role(role)))
        for i, (c, role) in enumerate(zip(channels, roles, strict=True))
        if i not in positions
    ]
    return Layout((*emg, *aux), tuple(notes))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"[^a-z]+", " ", text.casefold()).split())


def _role(channel: RawChannel) -> str:
    """One of the roles, `biosignal`, or "" where neither type nor label says."""
    for text in (channel.kind, channel.label):
        words = _words(text)
        if any(word.endswith("emg") for word in words):
            return "emg"
        for role, known in (
            ("trigger", _TRIGGER),
            ("counter", _COUNTER),
            ("aux", _AUX),
            ("biosignal", _OTHER_BIOSIGNAL),
        ):
            if words & known:
                return role
    return ""


def _other_role(role: str) -> Role:
    return role if role in ("trigger", "counter") else "aux"  # pyright: ignore[reportReturnType]


def _unnamed_emg(channels: Sequence[RawChannel], roles: Sequence[str], unit: str | None) -> list[int]:
    unnamed = [i for i, role in enumerate(roles) if role == ""]
    known = [i for i in unnamed if not channels[i].unit or _is_known(channels[i].unit)]
    return known or (unnamed if unit else [])


def _is_known(unit: str) -> bool:
    return microvolt_per(unit) is not None or is_counts(unit)


def _check_given_unit(unit: str | None) -> None:
    if unit is not None and not _is_known(unit):
        raise Refusal(
            found=f"the unit {unit!r}",
            wanted="V, mV, uV, nV or counts",
            do="Give the unit as one of these words.",
        )


def _emg_column(channel: RawChannel, unit: str | None, source: str) -> Column:
    stated = channel.unit
    if stated and not _is_known(stated) and unit is None:
        raise Refusal(
            found=f"the unit {stated!r} of channel {channel.label!r} in {source}",
            wanted="V, mV, uV, nV or counts",
            do="Give the unit when opening the file, if you know what it stands for.",
        )
    if unit is not None and _is_known(stated) and not _same_unit(stated, unit):
        raise Refusal(
            found=f"the unit {stated!r} of channel {channel.label!r} in {source}",
            wanted=f"the unit that was given, {unit!r}",
            do="Leave the unit out: the file states its own.",
        )
    word = stated if _is_known(stated) else (unit or "uV")
    factor = microvolt_per(word)
    if factor is None:
        return Column(channel.position, Channel(channel.label, "counts"))
    return Column(channel.position, Channel(channel.label, "uV"), factor)


def _same_unit(stated: str, given: str) -> bool:
    return microvolt_per(stated) == microvolt_per(given) and is_counts(stated) == is_counts(given)


def _listed(channels: Sequence[RawChannel]) -> str:
    shown = [f"{c.label} [{c.unit}]" if c.unit else c.label for c in channels[:8]]
    return ", ".join(shown) + (" ..." if len(channels) > 8 else "") if channels else "no channels at all"
