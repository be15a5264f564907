"""What each channel of a stream is for, from what the stream says of it."""

from acquisition.live.metadata import NativeChannel
from acquisition.units import is_counts, microvolt_per
from contracts.records import Role

_EMG_TYPES = frozenset({"emg", "semg", "iemg", "hdemg", "hd-emg", "needle", "needle emg", "surface emg"})
_BIOSIGNAL_TYPES = frozenset(
    {"eeg", "exg", "bip", "bipolar", "biosignal", "biopotential", "analog", "analogue"}
)
_TRIGGERS = frozenset(
    {
        "trig",
        "trigger",
        "triggers",
        "stim",
        "stimulus",
        "status",
        "sti",
        "marker",
        "markers",
        "event",
        "ttl",
        "dio",
    }
)
_COUNTERS = frozenset(
    {
        "counter",
        "counters",
        "cnt",
        "samplecounter",
        "samplecount",
        "samplenumber",
        "sampleindex",
        "index",
        "sequence",
    }
    | {"packetcounter", "packetnumber", "sequencenumber", "framecounter", "framenumber"}
)


def assign_roles(channels: tuple[NativeChannel, ...], stream_type: str) -> tuple[list[Role], list[str]]:
    """The role of each channel in order, and notes on what was assumed.

    A channel's own type decides. Without one its label can make it a trigger or a counter; otherwise it is
    what the stream is. Types that name another biosignal count as EMG only in a stream that has no channel
    of type EMG: several applications call every input EEG or ExG. Unknown types are auxiliary.
    """
    roles: list[Role] = [_role(channel, stream_type) for channel in channels]
    notes: list[str] = []
    by_label = [
        channel.label
        for channel, role in zip(channels, roles, strict=True)
        if role in ("trigger", "counter") and _word(channel.type) not in _TRIGGERS | _COUNTERS
    ]
    if by_label:
        notes.append(f"Taken for a trigger or a counter by the label alone: {', '.join(by_label)}.")
    if "emg" not in roles:
        taken = [i for i, channel in enumerate(channels) if _is_biosignal(channel, stream_type, roles[i])]
        for i in taken:
            roles[i] = "emg"
        if taken:
            words = sorted({channels[i].type or stream_type for i in taken})
            notes.append(f"No channel is of type EMG; those of type {', '.join(words)} are taken as EMG.")
    return roles, notes


def _role(channel: NativeChannel, stream_type: str) -> Role:
    kind = channel.type.casefold()
    if kind in _EMG_TYPES:
        return "emg"
    if _word(kind) in _TRIGGERS:
        return "trigger"
    if _word(kind) in _COUNTERS:
        return "counter"
    label = _word(channel.label)
    if label in _TRIGGERS:
        return "trigger"
    if label in _COUNTERS:
        return "counter"
    if not kind and stream_type.strip().casefold() in _EMG_TYPES:
        return "emg"
    return "aux"


def _is_biosignal(channel: NativeChannel, stream_type: str, role: Role) -> bool:
    """A stream's type speaks for its untyped channels only where their unit does not speak against it."""
    if role != "aux":
        return False
    if channel.type:
        return channel.type.casefold() in _BIOSIGNAL_TYPES
    electrical = not channel.unit or microvolt_per(channel.unit) is not None or is_counts(channel.unit)
    return electrical and stream_type.strip().casefold() in _BIOSIGNAL_TYPES


def _word(text: str) -> str:
    """Letters only, in lower case: `Sample Counter`, `sample_counter` and `SampleCounter1` are one word."""
    return "".join(sign for sign in text.casefold() if sign.isalpha())
