"""The door of a live stream: units, labels, roles, subject; and what is refused in which words."""

import numpy as np
import pytest

from acquisition.live.door import open_door
from acquisition.live.metadata import NativeChannel, NativeStream
from contracts.records import Channel, Subject
from contracts.refusal import Refusal
from contracts.settings import ChannelSettings, StreamSettings


def stream(
    *channels: tuple[str, str, str],
    values: dict[str, str] | None = None,
    type: str = "EMG",  # noqa: A002 - the stream's own word
    rate_hz: float = 2000.0,
    sample_format: str = "float32",
) -> NativeStream:
    return NativeStream(
        name="Amp",
        type=type,
        source_id="amp-1",
        rate_hz=rate_hz,
        sample_format=sample_format,
        channels=tuple(NativeChannel(*channel) for channel in channels),
        values=values or {},
    )


def settings(**channels: ChannelSettings) -> StreamSettings:
    return StreamSettings(channels=dict(channels))


@pytest.mark.parametrize(
    ("unit", "factor"), [("uV", 1.0), ("microvolts", 1.0), ("µV", 1.0), ("mV", 1e3), ("V", 1e6), ("nV", 1e-3)]
)
def test_voltages_become_microvolt(unit: str, factor: float) -> None:
    door = open_door(stream(("BB", unit, "EMG")), StreamSettings())
    assert door.description.channels == (Channel(label="BB", unit="uV"),)
    samples, _ = door.converter.convert(np.array([[2.0], [-3.0]], dtype=np.float32))
    np.testing.assert_allclose(samples, np.array([[2.0], [-3.0]]) * factor, rtol=1e-6)


def test_counts_stay_counts() -> None:
    door = open_door(stream(("BB", "counts", "EMG"), sample_format="int16"), StreamSettings())
    assert door.description.emg_unit == "counts"
    samples, _ = door.converter.convert(np.array([[-7]], dtype=np.int16))
    assert samples.tolist() == [[-7.0]]


def test_counts_of_a_known_converter_become_microvolt() -> None:
    chosen = settings(BB=ChannelSettings(uv_per_unit=0.5, gain=2.0, invert=True))
    door = open_door(stream(("BB", "counts", "EMG"), sample_format="int32"), chosen)
    assert door.description.emg_unit == "uV"
    samples, _ = door.converter.convert(np.array([[100]], dtype=np.int32))
    assert samples.tolist() == [[-25.0]]


def test_a_missing_unit_is_assumed_and_said() -> None:
    door = open_door(stream(("BB", "", "EMG"), ("TB", "uV", "EMG")), StreamSettings(assumed_unit="mV"))
    assert door.description.notes == ("No unit is stated for BB: mV was assumed (stream.assumed_unit).",)
    samples, _ = door.converter.convert(np.ones((1, 2), dtype=np.float32))
    assert samples.tolist() == [[1000.0, 1.0]]


@pytest.mark.parametrize("unit", ["furlong", "MV", "%", "g"])
def test_an_unknown_unit_of_an_emg_channel_is_refused(unit: str) -> None:
    with pytest.raises(Refusal) as refused:
        open_door(stream(("BB", unit, "EMG")), StreamSettings())
    assert repr(unit) in refused.value.found
    assert "'BB'" in refused.value.found
    assert "uv_per_unit" in refused.value.do


def test_settings_give_the_factor_for_an_unknown_unit() -> None:
    door = open_door(stream(("BB", "furlong", "EMG")), settings(BB=ChannelSettings(uv_per_unit=3.0)))
    samples, _ = door.converter.convert(np.ones((1, 1), dtype=np.float32))
    assert samples.tolist() == [[3.0]]
    assert door.description.emg_unit == "uV"


def test_settings_override_a_stated_unit() -> None:
    door = open_door(stream(("BB", "V", "EMG")), settings(BB=ChannelSettings(unit="mV")))
    samples, _ = door.converter.convert(np.ones((1, 1), dtype=np.float32))
    assert samples.tolist() == [[1000.0]]


def test_auxiliary_trigger_and_counter_pass_unconverted_behind_the_emg() -> None:
    door = open_door(
        stream(("cnt", "", "Counter"), ("BB", "mV", "EMG"), ("acc x", "g", "ACC"), ("STI", "", "Trigger")),
        StreamSettings(),
    )
    assert [(c.label, c.unit, c.role) for c in door.description.channels] == [
        ("BB", "uV", "emg"),
        ("cnt", "", "counter"),
        ("acc x", "g", "aux"),
        ("STI", "", "trigger"),
    ]
    assert door.counter_column == 0
    samples, aux = door.converter.convert(np.array([[9.0, 2.0, 0.5, 128.0]]))
    assert samples.tolist() == [[2000.0]]
    assert aux.tolist() == [[9.0, 0.5, 128.0]]
    assert samples.dtype == np.float32
    assert aux.dtype == np.float64


def test_a_role_can_be_overridden_and_a_label_alone_is_noted() -> None:
    native = stream(("a", "uV", ""), ("Sample Counter", "", ""), ("b", "uV", "EMG"))
    door = open_door(native, settings(b=ChannelSettings(role="aux")))
    assert [(c.label, c.role) for c in door.description.channels] == [
        ("a", "emg"),
        ("Sample Counter", "counter"),
        ("b", "aux"),
    ]
    assert any("Sample Counter" in note for note in door.description.notes)


def test_a_muscle_called_index_is_no_counter_when_its_type_says_emg() -> None:
    door = open_door(stream(("Index", "uV", "EMG")), StreamSettings())
    assert door.description.emg[0].label == "Index"
    assert door.counter_column is None


def test_a_stream_of_another_biosignal_is_taken_as_emg_with_a_note() -> None:
    door = open_door(stream(("1", "uV", "EEG"), ("x", "g", "ACC"), type="EEG"), StreamSettings())
    assert [c.role for c in door.description.channels] == ["emg", "aux"]
    assert any("EEG are taken as EMG" in note for note in door.description.notes)


def test_beside_an_emg_channel_another_biosignal_is_auxiliary() -> None:
    door = open_door(stream(("BB", "uV", "EMG"), ("Cz", "uV", "EEG")), StreamSettings())
    assert [c.role for c in door.description.channels] == ["emg", "aux"]


def test_untyped_channels_of_another_biosignals_stream_are_taken_where_their_unit_allows() -> None:
    native = stream(("UNI 1", "\u03bcVolt", "EEG"), ("BIP 1", "uV", ""), ("temp", "degC", ""), type="EEG")
    door = open_door(native, StreamSettings())
    assert [(c.label, c.role) for c in door.description.channels] == [
        ("UNI 1", "emg"),
        ("BIP 1", "emg"),
        ("temp", "aux"),
    ]


def test_the_layouts_of_vendors_that_we_know_of() -> None:
    layout = stream(
        ("1", "microvolts", "EEG"),
        ("AUX_1", "microvolts", "AUX"),
        ("Markers", "", "Markers"),
        ("SampleCounter", "", "SampleCounter"),
        type="EEG",
    )
    door = open_door(layout, settings(AUX_1=ChannelSettings(role="emg", gain=500.0)))
    assert [c.role for c in door.description.channels] == ["emg", "emg", "trigger", "counter"]
    assert door.counter_column == 3
    samples, _ = door.converter.convert(np.array([[7.0, 1000.0, -1.0, 42.0]], dtype=np.float32))
    assert samples.tolist() == [[7.0, 2.0]]


def test_missing_and_repeated_labels_are_made_ours_with_a_note() -> None:
    door = open_door(stream(("", "uV", ""), ("A", "uV", ""), ("A", "uV", "")), StreamSettings())
    assert [c.label for c in door.description.channels] == ["ch1", "A", "A (3)"]
    assert len(door.description.notes) == 2


def test_the_subject_is_read_and_what_is_given_goes_before() -> None:
    values = {
        "subject/muscle": "biceps brachii",
        "subject/side": "L",
        "subject/age": "44",
        "replay/speed": "2.0",
    }
    door = open_door(stream(("BB", "uV", "EMG"), values=values), StreamSettings(), Subject(age=45))
    assert door.description.subject == Subject(muscle="biceps brachii", side="left", age=45)
    assert door.description.replay_speed == 2.0


def test_an_age_that_is_none_is_left_out_with_a_note() -> None:
    door = open_door(stream(("BB", "uV", "EMG"), values={"subject/age": "old"}), StreamSettings())
    assert door.description.subject == Subject()
    assert "'old'" in door.description.notes[0]


def test_nothing_personal_gets_through() -> None:
    values = {"subject/name": "Jane Roe", "subject/id": "123", "subject/muscle": "deltoid"}
    door = open_door(stream(("BB", "uV", "EMG"), values=values), StreamSettings())
    assert "Roe" not in repr(door.description)
    assert "123" not in repr(door.description)


@pytest.mark.parametrize(
    ("native", "chosen", "found"),
    [
        (stream(("BB", "uV", "EMG"), sample_format="string"), StreamSettings(), "format string"),
        (stream(("BB", "uV", "EMG"), rate_hz=0.0), StreamSettings(), "irregular"),
        (stream(("x", "g", "ACC")), StreamSettings(), "no EMG channel"),
        (stream(("BB", "uV", "EMG")), settings(TB=ChannelSettings(gain=2.0)), "'TB'"),
        (stream(("BB", "uV", "EMG")), StreamSettings(select=("TB",)), "'TB'"),
        (stream(("BB", "uV", "EMG"), ("x", "g", "ACC")), StreamSettings(select=("x",)), "'x'"),
        (stream(("BB", "", "EMG")), StreamSettings(assumed_unit="furlong"), "'furlong'"),
    ],
)
def test_refusals(native: NativeStream, chosen: StreamSettings, found: str) -> None:
    with pytest.raises(Refusal) as refused:
        open_door(native, chosen)
    assert found in refused.value.found


def test_a_wrong_label_is_refused_with_the_labels_there() -> None:
    with pytest.raises(Refusal) as refused:
        open_door(stream(("BB", "uV", "EMG"), ("TB", "uV", "EMG")), settings(BC=ChannelSettings()))
    assert refused.value.wanted.endswith("BB, TB")


def test_what_a_replay_notes_of_its_source_is_taken_up_and_another_senders_free_text_is_not() -> None:
    said = {"acquisition/notes": "J. Smith, third visit"}
    assert open_door(stream(("BB", "uV", "EMG"), values=said), StreamSettings()).description.notes == ()
    replayed = {"acquisition/notes": "Synthetic signal.", "replay/speed": "1.0"}
    notes = open_door(stream(("BB", "uV", "EMG"), values=replayed), StreamSettings()).description.notes
    assert notes == ("Synthetic signal.",)
