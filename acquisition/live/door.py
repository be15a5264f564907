"""The door: from a stream in its own words to channels with labels, units and roles that hold.

Pure: no liblsl here. Bad input is refused with what was found, what was wanted and what to do; whatever is
behind the door may trust the description.
"""

from typing import NamedTuple

import numpy as np

from acquisition.live.converter import Converter
from acquisition.live.metadata import NativeStream
from acquisition.live.montage import derive
from acquisition.live.roles import assign_roles
from acquisition.units import is_counts, microvolt_per
from contracts.records import Channel, Role, StreamDescription, Subject
from contracts.refusal import Refusal
from contracts.settings import ChannelSettings, StreamSettings

NUMBER_FORMATS: dict[str, type[np.generic]] = {
    "float32": np.float32,
    "double64": np.float64,
    "int8": np.int8,
    "int16": np.int16,
    "int32": np.int32,
    "int64": np.int64,
}
"""Number formats that can be read, by liblsl's names."""

_MANUFACTURER_PATHS = (
    "manufacturer",
    "acquisition/manufacturer",
    "amplifier/manufacturer",
    "device/manufacturer",
)
_MODEL_PATHS = ("model", "acquisition/model", "amplifier/model", "device/model")
_SIDES = {"left": "left", "l": "left", "right": "right", "r": "right"}


class Door(NamedTuple):
    """What is known of a stream once it may come in."""

    description: StreamDescription
    converter: Converter
    counter_column: int | None
    """Where the device's own sample counter is among the native channels."""


class _Named(NamedTuple):
    """A native channel, settled: unique label, role, settings; for EMG also its unit and factor."""

    column: int
    label: str
    role: Role
    settings: ChannelSettings
    unit: str
    factor: float


def open_door(native: NativeStream, settings: StreamSettings, subject: Subject = Subject()) -> Door:
    """The description, the converter and the counter of a stream, as the settings want them.

    `subject` goes before what the stream says of muscle (`desc/subject/muscle`), side and age. Raises Refusal for
    a stream without a rate, of text, without an EMG channel; for settings that name channels that are not
    there; and for an EMG channel whose unit is unknown while the settings give no factor.
    """
    _check_kind(native)
    labels, notes = _labels(native)
    _check_overrides(settings, labels)
    roles, assumed = assign_roles(native.channels, native.type)
    notes += assumed
    named: list[_Named] = []
    for column, (label, role) in enumerate(zip(labels, roles, strict=True)):
        chosen = settings.channels.get(label, ChannelSettings())
        stated = chosen.unit or native.channels[column].unit
        role = chosen.role or role
        unit, factor = _calibrated(label, stated, chosen, settings) if role == "emg" else (stated, 1.0)
        named.append(_Named(column, label, role, chosen, unit, factor))
    emg = [channel for channel in named if channel.role == "emg"]
    aux = [channel for channel in named if channel.role != "emg"]
    if not emg:
        raise _no_emg(native, labels)
    notes += _unit_notes(emg, native, settings)
    notes += _replay_notes(native.values)
    derived = derive([(channel.label, channel.unit) for channel in emg], settings)
    description = StreamDescription(
        name=native.name,
        type=native.type,
        rate_hz=native.rate_hz,
        source_id=native.source_id,
        sample_format=native.sample_format,
        channels=(
            *(Channel(label=each.label, unit=each.unit) for each in derived),
            *(Channel(label=each.label, unit=each.unit, role=each.role) for each in aux),
        ),
        subject=_subject(native.values, subject, notes),
        manufacturer=_first(native.values, _MANUFACTURER_PATHS),
        model=_first(native.values, _MODEL_PATHS),
        replay_speed=_speed(native.values),
        notes=tuple(notes),
    )
    converter = Converter(
        emg_columns=[channel.column for channel in emg],
        factors=[channel.factor for channel in emg],
        weights=[each.weights for each in derived],
        aux_columns=[channel.column for channel in aux],
    )
    counters = [channel.column for channel in named if channel.role == "counter"]
    return Door(description, converter, counters[0] if counters else None)


def _check_kind(native: NativeStream) -> None:
    if native.sample_format not in NUMBER_FORMATS:
        raise Refusal(
            found=f"the stream {native.name!r} with values of format {native.sample_format}",
            wanted=f"numbers ({', '.join(NUMBER_FORMATS)})",
            do="Choose the signal itself; a stream of text is read with stream.marker_stream.",
        )
    if not native.rate_hz > 0:
        raise Refusal(
            found=f"the stream {native.name!r} with an irregular rate",
            wanted="a signal with a nominal rate in Hz",
            do="Set the rate in the application that sends it, or choose another stream: `myoscope streams`.",
        )


def _labels(native: NativeStream) -> tuple[list[str], list[str]]:
    """Unique labels in order, and notes where they are ours rather than the stream's."""
    labels: list[str] = []
    numbered, repeated = [], []
    for position, channel in enumerate(native.channels, start=1):
        label = channel.label or f"ch{position}"
        if not channel.label:
            numbered.append(label)
        while label in labels:
            label = f"{label} ({position})"
            repeated.append(label)
        labels.append(label)
    notes = []
    if numbered:
        notes.append(f"Channels without a label were numbered: {', '.join(numbered)}.")
    if repeated:
        notes.append(f"Repeated labels were made unique by position: {', '.join(repeated)}.")
    return labels, notes


def _check_overrides(settings: StreamSettings, labels: list[str]) -> None:
    unknown = [label for label in settings.channels if label not in labels]
    if unknown:
        raise Refusal(
            found=f"settings for the channel {unknown[0]!r} (stream.channels), which the stream does not have",
            wanted=f"one of its labels: {', '.join(labels)}",
            do="Correct the label in the settings.",
        )


def _calibrated(
    label: str, stated: str, chosen: ChannelSettings, settings: StreamSettings
) -> tuple[str, float]:
    """The unit behind the door (`uV` or `counts`) and the factor that leads there, sign and gain included."""
    unit = stated or settings.assumed_unit
    sign = -1.0 if chosen.invert else 1.0
    if chosen.uv_per_unit is not None:
        return "uV", sign * chosen.uv_per_unit / chosen.gain
    per_unit = microvolt_per(unit)
    if per_unit is not None:
        return "uV", sign * per_unit / chosen.gain
    if is_counts(unit):
        return "counts", sign / chosen.gain
    where = "the settings give" if chosen.unit or not stated else "the stream states"
    raise Refusal(
        found=f"the unit {unit!r} for the EMG channel {label!r} ({where} it)",
        wanted="V, mV, uV, nV, or counts",
        do=f'Set stream.channels."{label}".unit, or uv_per_unit if you know the factor; '
        f'role = "aux" if it is no EMG.',
    )


def _unit_notes(emg: list[_Named], native: NativeStream, settings: StreamSettings) -> list[str]:
    silent = [
        each.label
        for each in emg
        if not native.channels[each.column].unit
        and not each.settings.unit
        and each.settings.uv_per_unit is None
    ]
    if not silent:
        return []
    return [
        f"No unit is stated for {', '.join(silent)}: {settings.assumed_unit} was assumed (stream.assumed_unit)."
    ]


def _no_emg(native: NativeStream, labels: list[str]) -> Refusal:
    types = [channel.type or "no type" for channel in native.channels]
    listed = ", ".join(f"{label} ({kind})" for label, kind in zip(labels, types, strict=True))
    return Refusal(
        found=f"no EMG channel in the stream {native.name!r} of type {native.type!r}: {listed}",
        wanted="at least one channel of role emg",
        do=f'Set stream.channels."{labels[0] if labels else "label"}".role = "emg" for those that are.',
    )


def _replay_notes(values: dict[str, str]) -> list[str]:
    """What a replay says of its source. Another sender's free text may name a person, and is not taken up."""
    said = values.get("acquisition/notes", "") if _speed(values) is not None else ""
    return [said] if said else []


def _subject(values: dict[str, str], given: Subject, notes: list[str]) -> Subject:
    side = _SIDES.get(values.get("subject/side", "").casefold())
    age = values.get("subject/age", "")
    if age and not age.isdecimal():
        notes.append(f"The stream's age {age!r} is not a number of years and was left out.")
    return Subject(
        muscle=given.muscle or values.get("subject/muscle"),
        side=given.side or ("left" if side == "left" else "right" if side else None),
        age=given.age if given.age is not None else int(age) if age.isdecimal() else None,
    )


def _speed(values: dict[str, str]) -> float | None:
    try:
        return float(values["replay/speed"])
    except (KeyError, ValueError):
        return None


def _first(values: dict[str, str], paths: tuple[str, ...]) -> str:
    return next((values[path] for path in paths if path in values), "")
