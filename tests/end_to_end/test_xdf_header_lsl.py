"""A recorded stream says of itself what it says on Lab Streaming Layer."""

import uuid
from xml.etree.ElementTree import Element, fromstring

import pylsl
import pytest

from acquisition.recorder.xdf_headers import signal_xml
from acquisition.recordings.recording import Labels
from contracts.records import Channel
from simulators.outlet import LslOutlet
from tests.doubles_recorder import needle

pytestmark = pytest.mark.lsl


def tree(element: Element) -> object:
    """Tags, texts and children, in order, without blanks."""
    return element.tag, (element.text or "").strip(), [tree(child) for child in element]


def test_the_outlet_and_the_file_describe_a_stream_alike() -> None:
    described = needle(
        source_id=f"test-{uuid.uuid4().hex}",
        channels=(*needle(2).channels, Channel("T", "", "trigger"), Channel("n", "samples", "counter")),
        notes=("One & two.", "µV < 3"),
        replay_speed=2.0,
        sample_format="double64",
    )
    with LslOutlet(described, source_id=described.source_id):
        (found,) = pylsl.resolve_byprop("source_id", described.source_id, minimum=1, timeout=10.0)
        inlet = pylsl.StreamInlet(found, recover=False)
        heard = fromstring(inlet.info(timeout=10.0).as_xml())
        inlet.close_stream()
    written = fromstring(signal_xml(described, Labels()))
    for key in ("name", "type", "channel_count", "channel_format", "source_id"):
        assert written.findtext(key) == heard.findtext(key)
    assert float(written.findtext("nominal_srate", "")) == float(heard.findtext("nominal_srate", ""))
    (of_file,), (of_outlet,) = written.findall("desc"), heard.findall("desc")
    assert tree(of_file) == tree(of_outlet)
