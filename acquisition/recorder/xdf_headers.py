"""What an XDF file says of itself and of its streams.

Only what is listed here goes in: no host, no user, no name of a person, no date.
"""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from acquisition.recordings.channels import TYPE_OF_ROLE
from acquisition.recordings.recording import Labels
from acquisition.recordings.xdf_conventions import DURATIONS, WRITER
from contracts.records import StreamDescription

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def file_xml() -> str:
    """The file header: the version of the format, and that this program wrote it.

    By the latter our reader knows that a file that ends within a piece was cut by a kill of its writer, and
    that all before it is whole.
    """
    info = Element("info")
    _texts(info, {"version": "1.0", "writer": WRITER})
    return _xml(info)


def signal_xml(description: StreamDescription, labels: Labels) -> str:
    """The header of a stream of numbers: what our outlet says on Lab Streaming Layer, and the labels.

    Channels stand in `desc/channels/channel/{label,unit,type}`, the subject in `desc/subject`, the maker and
    the notes in `desc/acquisition`, labels that are no subject's in `desc/labels`.
    """
    info = Element("info")
    _stream(info, description.name, description.type, len(description.channels), description.source_id)
    _texts(info, {"nominal_srate": repr(description.rate_hz), "channel_format": description.sample_format})
    desc = SubElement(info, "desc")
    channels = SubElement(desc, "channels")
    for channel in description.channels:
        unit = "microvolts" if channel.unit == "uV" else channel.unit
        _texts(
            SubElement(channels, "channel"),
            {"label": channel.label, "unit": unit, "type": TYPE_OF_ROLE[channel.role]},
        )
    _texts(SubElement(desc, "subject"), _stated(msgspec.structs.asdict(description.subject)))
    maker = {"manufacturer": description.manufacturer, "model": description.model}
    _texts(SubElement(desc, "acquisition"), _stated(maker | {"notes": " ".join(description.notes)}))
    if description.replay_speed is not None:
        _texts(SubElement(desc, "replay"), {"speed": repr(description.replay_speed)})
    kept = _stated(msgspec.structs.asdict(labels))
    if kept:
        kept["class"] = kept.pop("class_name", "")
        _texts(SubElement(desc, "labels"), _stated(kept))
    return _xml(info)


def markers_xml(name: str, source_id: str, *, durations: bool) -> str:
    """The header of an irregular stream of texts, one channel wide, as every tool expects markers.

    `durations`: texts end with how long the event lasts, see `xdf_conventions`.
    """
    info = Element("info")
    _stream(info, name, "Markers", 1, source_id)
    _texts(info, {"nominal_srate": "0", "channel_format": "string"})
    desc = SubElement(info, "desc")
    if durations:
        _texts(desc, {"durations": DURATIONS})
    return _xml(info)


def footer_xml(first_stamp_s: float, last_stamp_s: float, n_samples: int) -> str:
    """The footer of a stream. Stamps are left out where there was no sample."""
    info = Element("info")
    if n_samples:
        _texts(info, {"first_timestamp": repr(first_stamp_s), "last_timestamp": repr(last_stamp_s)})
    _texts(info, {"sample_count": str(n_samples)})
    return _xml(info)


def _stream(info: Element, name: str, kind: str, n_channels: int, source_id: str) -> None:
    _texts(info, {"name": name, "type": kind, "channel_count": str(n_channels), "source_id": source_id})


def _stated(values: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items() if value not in (None, "")}


def _texts(parent: Element, texts: Mapping[str, str]) -> None:
    for key, text in texts.items():
        SubElement(parent, key).text = _NOT_IN_XML.sub("\ufffd", text)


def _xml(root: Element) -> str:
    return '<?xml version="1.0"?>' + tostring(root, encoding="unicode")
