"""Predicates on stream descriptions, in XPath 1.0, as liblsl's resolvers take them. Pure text."""

from collections.abc import Iterable

from acquisition.live.metadata import NativeStream
from contracts.settings import StreamSettings

TEXT = "channel_format='string'"
"""Text streams: markers."""


def stream_query(settings: StreamSettings) -> str:
    """The predicate that the settings amount to; an empty setting leaves its property open."""
    if settings.predicate:
        return settings.predicate
    wanted = (("name", settings.name), ("type", settings.type), ("source_id", settings.source_id))
    return all_of((what, value) for what, value in wanted if value) or "channel_format!='string'"


def same_source_query(stream: NativeStream) -> str:
    """The predicate for whatever takes the place of a stream: same name, type and source id."""
    return all_of((("name", stream.name), ("type", stream.type), ("source_id", stream.source_id)))


def marker_query(stream: str) -> str:
    """The predicate for text streams of this name; `*` for all; a text with an equals sign is one itself."""
    if stream == "*":
        return TEXT
    return f"{TEXT} and ({stream if '=' in stream else all_of([('name', stream)])})"


def companion_query(source_id: str) -> str:
    """The predicate for the text stream with which a replay accompanies its signal."""
    return f"{TEXT} and {all_of([('source_id', f'{source_id}-markers')])}"


def all_of(terms: Iterable[tuple[str, str]]) -> str:
    """The predicate under which every property has its value."""
    return " and ".join(f"{what}={_quoted(value)}" for what, value in terms)


def _quoted(text: str) -> str:
    """An XPath 1.0 string: it knows no escapes, so a text with both kinds of quotes is put together."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    parts = ', "\'", '.join(f"'{part}'" for part in text.split("'"))
    return f"concat({parts})"
