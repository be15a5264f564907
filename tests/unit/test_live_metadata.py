"""What vendors write into a stream's description, read tolerantly."""

import pytest

from acquisition.live.metadata import NativeChannel, NativeStream, differences, read_description
from contracts.refusal import Refusal


def xml(desc: str, n_channels: int = 2) -> str:
    return (
        '<?xml version="1.0"?><info><name>Amp</name><type>EMG</type>'
        f"<channel_count>{n_channels}</channel_count><channel_format>float32</channel_format>"
        "<source_id>amp-1</source_id><nominal_srate>2000.0000000000000</nominal_srate>"
        f"<hostname>somebody-laptop</hostname><desc>{desc}</desc></info>"
    )


def test_reads_the_conventional_layout() -> None:
    stream = read_description(
        xml(
            "<channels><channel><label>BB</label><unit>microvolts</unit><type>EMG</type></channel>"
            "<channel><label>TRIG</label><unit>level</unit><type>Trigger</type></channel></channels>"
            "<acquisition><manufacturer>Maker</manufacturer><model>M1</model></acquisition>"
        )
    )
    assert stream == NativeStream(
        name="Amp",
        type="EMG",
        source_id="amp-1",
        rate_hz=2000.0,
        sample_format="float32",
        channels=(NativeChannel("BB", "microvolts", "EMG"), NativeChannel("TRIG", "level", "Trigger")),
        values={"acquisition/manufacturer": "Maker", "acquisition/model": "M1"},
    )


@pytest.mark.parametrize(
    "channel",
    [
        "<channel><name> BB </name><units>uV</units><type>EMG</type></channel>",
        "<Channel><Label>BB</Label><Unit>uV</Unit><Type>EMG</Type></Channel>",
        '<channel label="BB" unit="uV" type="EMG"/>',
        "<channel><label>BB</label><name>other</name><unit>uV</unit><unit></unit><type>EMG</type><extra/></channel>",
    ],
)
def test_reads_what_vendors_make_of_it(channel: str) -> None:
    stream = read_description(xml(f"<channels>{channel}</channels>", 1))
    assert stream.channels == (NativeChannel("BB", "uV", "EMG"),)


@pytest.mark.parametrize("nothing", ["-", "none", "N/A", " unknown "])
def test_words_that_say_nothing_are_nothing(nothing: str) -> None:
    channel = f"<channel><label>BIP 1</label><unit>{nothing}</unit><type>{nothing}</type></channel>"
    assert read_description(xml(f"<channels>{channel}</channels>", 1)).channels == (NativeChannel("BIP 1"),)


@pytest.mark.parametrize("listed", [0, 1, 5])
def test_gives_as_many_channels_as_samples_have_values(listed: int) -> None:
    channels = "".join(f"<channel><label>c{i}</label></channel>" for i in range(listed))
    stream = read_description(xml(f"<channels>{channels}</channels>", 3))
    assert [channel.label for channel in stream.channels] == [f"c{i}" if i < listed else "" for i in range(3)]


def test_an_empty_description_is_no_error() -> None:
    assert read_description(xml("")).channels == (NativeChannel(), NativeChannel())


def test_the_host_is_not_part_of_it() -> None:
    assert "laptop" not in repr(read_description(xml("")))


@pytest.mark.parametrize("text", ["", "no xml", "<info><name>Amp</name></info>"])
def test_refuses_what_is_no_description(text: str) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        read_description(text)


def test_differences_name_both_values() -> None:
    before = read_description(
        xml("<channels><channel><label>BB</label><unit>uV</unit></channel></channels>", 1)
    )
    after = read_description(
        xml("<channels><channel><label>BB</label><unit>mV</unit></channel></channels>", 1)
    )
    assert [tuple(each) for each in differences(before, after)] == [
        ("unit of channel 1 (BB)", "'uV'", "'mV'")
    ]
    assert differences(before, before) == []
