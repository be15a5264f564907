"""Which stream is meant: none, one, two; by name, type, source id or predicate; and what is listed."""

import uuid

import msgspec
import pylsl
import pytest

from acquisition.live.lsl import LslSource
from acquisition.live.network import list_streams
from contracts.records import Subject
from contracts.refusal import Refusal
from contracts.settings import LslScope, StreamSettings
from tests.end_to_end.lsl_device import DeviceSpec, outlet_of

pytestmark = pytest.mark.lsl


def spec_of(**changes: object) -> DeviceSpec:
    plain = DeviceSpec(source_id=str(uuid.uuid4()), name=f"Amp {uuid.uuid4()}")
    return msgspec.structs.replace(plain, **changes)


def test_no_stream_is_refused_with_what_was_searched_and_what_is_there() -> None:
    spec = spec_of()
    outlet = outlet_of(spec)
    settings = StreamSettings(name="no such stream", resolve_timeout_s=0.5)
    with pytest.raises(Refusal) as refused:
        LslSource.open(settings, scope=LslScope())
    assert outlet is not None
    assert "name='no such stream' and type='EMG'" in refused.value.found
    assert "lsl_api.cfg" in refused.value.found
    assert spec.source_id in refused.value.found
    assert "myoscope streams" in refused.value.do


def test_two_streams_are_refused_with_both_source_ids() -> None:
    one = spec_of()
    other = msgspec.structs.replace(one, source_id=str(uuid.uuid4()))
    outlets = [outlet_of(one), outlet_of(other)]
    with pytest.raises(Refusal) as refused:
        LslSource.open(StreamSettings(name=one.name, resolve_timeout_s=5.0))
    assert len(outlets) == 2
    assert one.source_id in refused.value.found
    assert other.source_id in refused.value.found
    assert "stream.source_id" in refused.value.do


@pytest.mark.parametrize("by", ["name", "type", "source id", "predicate"])
def test_each_way_of_naming_a_stream_finds_it_among_others(by: str) -> None:
    meant, other = spec_of(type=f"EMG {uuid.uuid4()}"), spec_of()
    outlets = [outlet_of(meant), outlet_of(other)]
    ways = {
        "name": StreamSettings(name=meant.name, type=None),
        "type": StreamSettings(type=meant.type),
        "source id": StreamSettings(source_id=meant.source_id, type=None),
        "predicate": StreamSettings(predicate=f"contains(name,'{meant.name[-12:]}') and channel_count=2"),
    }
    with LslSource.open(ways[by], subject=Subject(muscle="deltoid")) as source:
        assert source.description.source_id == meant.source_id
        assert source.description.subject.muscle == "deltoid"
        assert source.health().state == "waiting"
    assert len(outlets) == 2


@pytest.mark.parametrize("predicate", ["name==", "name='", "(("])
def test_what_is_no_predicate_is_refused(predicate: str) -> None:
    with pytest.raises(Refusal) as refused:
        LslSource.open(StreamSettings(predicate=predicate, resolve_timeout_s=0.5))
    assert repr(predicate) in refused.value.found
    assert "stream.predicate" in refused.value.do


def test_a_text_stream_is_refused() -> None:
    source_id = str(uuid.uuid4())
    outlet = pylsl.StreamOutlet(pylsl.StreamInfo("Events", "Markers", 1, 0.0, pylsl.cf_string, source_id))
    with pytest.raises(Refusal, match="format string"):
        LslSource.open(StreamSettings(source_id=source_id, type=None))
    assert outlet is not None


def test_the_listing_tells_what_a_person_needs_to_choose() -> None:
    spec = spec_of(sample_format="int16", rate_hz=2048.0)
    outlet = outlet_of(spec)
    listed = [stream for stream in list_streams(LslScope(), 1.0) if stream.source_id == spec.source_id]
    assert outlet is not None
    assert len(listed) == 1
    found = listed[0]
    assert (found.name, found.type, found.rate_hz, found.n_channels) == (spec.name, "EMG", 2048.0, 2)
    assert (found.labels, found.units) == (("index", "EMG1"), ("", "uV"))
    assert found.sample_format == "int16"
    assert found.host
    assert found.described
