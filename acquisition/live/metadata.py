"""What a stream says of itself, as plain values: the XML of its description, read tolerantly.

Vendors keep to the XDF metadata conventions only roughly. Read here: `desc/channels/channel` with `label`,
`unit` and `type`, each as an element or an attribute, in any case, `name` for `label` and `units` for
`unit`; and every other leaf of `desc` by its path (`manufacturer`, `acquisition/model`, `subject/muscle`).
"""

from typing import NamedTuple
from xml.etree import ElementTree

import msgspec

from contracts.refusal import Refusal

_CHANNEL_WORDS = {
    "label": "label",
    "name": "label",
    "unit": "unit",
    "units": "unit",
    "type": "type",
}

_UNSTATED = frozenset({"-", "--", "none", "n/a", "unknown", "undefined", "null"})
"""Words that applications write where they have nothing to say."""


class NativeChannel(msgspec.Struct, frozen=True):
    """One channel in the stream's own words; an empty word was not stated."""

    label: str = ""
    unit: str = ""
    type: str = ""


class NativeStream(msgspec.Struct, frozen=True):
    """A stream in its own words. Channels are as many, and in the order, as the samples have values."""

    name: str
    type: str
    source_id: str
    rate_hz: float
    sample_format: str
    channels: tuple[NativeChannel, ...]
    values: dict[str, str] = {}
    """The leaves of `desc` outside `channels`, by path in lower case."""


class Difference(NamedTuple):
    """One property in which two descriptions differ."""

    what: str
    before: str
    after: str


def read_description(xml: str) -> NativeStream:
    """The stream described by the XML of a liblsl stream info. Raises Refusal for XML that is none."""
    try:
        root = ElementTree.fromstring(xml)
        n_channels = int(_text(root, "channel_count"))
        rate_hz = float(_text(root, "nominal_srate"))
    except (ElementTree.ParseError, ValueError) as error:
        raise Refusal(
            found=f"a stream description that cannot be read ({error})",
            wanted="the XML of a Lab Streaming Layer stream",
            do="Mend the application that sends it.",
        ) from error
    desc = root.find("desc")
    stated = _channels(desc)[:n_channels]
    return NativeStream(
        name=_text(root, "name"),
        type=_text(root, "type"),
        source_id=_text(root, "source_id"),
        rate_hz=rate_hz,
        sample_format=_text(root, "channel_format"),
        channels=(*stated, *[NativeChannel()] * (n_channels - len(stated))),
        values={} if desc is None else _leaves(desc, ""),
    )


def differences(before: NativeStream, after: NativeStream) -> list[Difference]:
    """What changed between two descriptions of one source, of all that the meaning of a sample rests on."""
    found = [
        Difference(what, str(was), str(now))
        for what, was, now in (
            ("name", repr(before.name), repr(after.name)),
            ("type", repr(before.type), repr(after.type)),
            ("source id", repr(before.source_id), repr(after.source_id)),
            ("rate in Hz", before.rate_hz, after.rate_hz),
            ("number format", before.sample_format, after.sample_format),
            ("number of channels", len(before.channels), len(after.channels)),
        )
        if was != now
    ]
    for what in ("subject/muscle", "subject/side", "subject/age"):
        was, now = before.values.get(what, ""), after.values.get(what, "")
        if was != now:
            found.append(Difference(what, repr(was), repr(now)))
    for position, (was, now) in enumerate(zip(before.channels, after.channels, strict=False), start=1):
        for what in ("label", "unit", "type"):
            if getattr(was, what) != getattr(now, what):
                which = f"{what} of channel {position} ({was.label or 'no label'})"
                found.append(Difference(which, repr(getattr(was, what)), repr(getattr(now, what))))
    return found


def _text(element: ElementTree.Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _channels(desc: ElementTree.Element | None) -> list[NativeChannel]:
    listed = None if desc is None else desc.find("channels")
    if listed is None:
        return []
    return [_channel(element) for element in listed if element.tag.lower() == "channel"]


def _channel(element: ElementTree.Element) -> NativeChannel:
    words = {"label": "", "unit": "", "type": ""}
    for tag, text in (*element.attrib.items(), *((child.tag, child.text or "") for child in element)):
        word = _CHANNEL_WORDS.get(tag.lower())
        if word and not words[word]:
            words[word] = text.strip()
    stated = {word: "" if text.casefold() in _UNSTATED else text for word, text in words.items()}
    return NativeChannel(**stated)


def _leaves(element: ElementTree.Element, path: str) -> dict[str, str]:
    leaves: dict[str, str] = {}
    for child in element:
        place = f"{path}{child.tag.lower()}"
        if place == "channels":
            continue
        if len(child):
            leaves |= _leaves(child, f"{place}/")
        elif child.text and child.text.strip():
            leaves.setdefault(place, child.text.strip())
    return leaves
