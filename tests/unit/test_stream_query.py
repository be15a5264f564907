"""Predicates for liblsl's resolvers, with whatever signs a name holds."""

import pytest

from acquisition.live.metadata import NativeStream
from acquisition.live.query import marker_query, same_source_query, stream_query
from contracts.settings import StreamSettings


@pytest.mark.parametrize(
    ("settings", "query"),
    [
        (StreamSettings(), "type='EMG'"),
        (StreamSettings(name="Amp", source_id="a-1"), "name='Amp' and type='EMG' and source_id='a-1'"),
        (StreamSettings(type=None), "channel_format!='string'"),
        (StreamSettings(type="", name="Amp"), "name='Amp'"),
        (StreamSettings(name="Amp", predicate="starts-with(name,'A')"), "starts-with(name,'A')"),
        (StreamSettings(type=None, name="Anna's"), 'name="Anna\'s"'),
        (StreamSettings(type=None, name="""5" of Anna's"""), """name=concat('5" of Anna', "'", 's')"""),
    ],
)
def test_stream_query(settings: StreamSettings, query: str) -> None:
    assert stream_query(settings) == query


@pytest.mark.parametrize(
    ("stream", "query"),
    [
        ("*", "channel_format='string'"),
        ("Events", "channel_format='string' and (name='Events')"),
        ("type='Markers' or type='Stim'", "channel_format='string' and (type='Markers' or type='Stim')"),
    ],
)
def test_marker_query(stream: str, query: str) -> None:
    assert marker_query(stream) == query


def test_the_same_source_is_known_by_name_type_and_source_id() -> None:
    stream = NativeStream("Amp", "EMG", "", 2000.0, "float32", ())
    assert same_source_query(stream) == "name='Amp' and type='EMG' and source_id=''"
