"""Which channels are EMG, and in which unit."""

import pytest

from acquisition.recordings.channels import RawChannel, lay_out
from contracts.refusal import Refusal


def raw(*channels: tuple[str, str] | tuple[str, str, str]) -> list[RawChannel]:
    return [RawChannel(i, *c) for i, c in enumerate(channels)]


def test_named_emg_channels_come_first_and_the_others_pass_unconverted() -> None:
    layout = lay_out(
        raw(("ACC x", "g"), ("EMG 1", "mV"), ("Status", ""), ("emg-2", "V"), ("ECG", "mV")), None, "f"
    )
    assert [(c.position, c.channel.label, c.channel.unit, c.channel.role) for c in layout.columns] == [
        (1, "EMG 1", "uV", "emg"),
        (3, "emg-2", "uV", "emg"),
        (0, "ACC x", "g", "aux"),
        (2, "Status", "", "trigger"),
        (4, "ECG", "mV", "aux"),
    ]
    assert [c.uv_per_unit for c in layout.columns] == [1e3, 1e6, 1, 1, 1]


def test_unnamed_voltages_are_emg_where_no_channel_is_called_so() -> None:
    layout = lay_out(
        raw(("biceps", "uV"), ("force", "N"), ("Packet counter", ""), ("torso", "degC")), None, "f"
    )
    assert [c.channel.role for c in layout.columns] == ["emg", "aux", "counter", "aux"]


def test_a_muscle_is_not_taken_for_a_sensor() -> None:
    """`accessorius` begins like an accelerometer, `temporalis` like a temperature."""
    layout = lay_out(raw(("m. accessorius", "uV"), ("temporalis", "uV")), None, "f")
    assert [c.channel.role for c in layout.columns] == ["emg", "emg"]


def test_channels_called_eeg_are_read_as_emg_where_nothing_else_is_and_a_note_says_so() -> None:
    layout = lay_out(raw(("Ch1", "uV", "EEG"), ("Ch2", "uV", "EEG")), None, "f")
    assert [c.channel.role for c in layout.columns] == ["emg", "emg"]
    assert any("EEG" in note for note in layout.notes)
    beside_emg = lay_out(raw(("Fp1", "uV", "EEG"), ("chin", "uV", "EMG")), None, "f")
    assert [c.channel.label for c in beside_emg.columns if c.channel.role == "emg"] == ["chin"]


def test_a_missing_unit_is_assumed_and_said() -> None:
    layout = lay_out(raw(("EMG", "")), None, "f")
    assert layout.columns[0].channel.unit == "uV"
    assert layout.notes == ("No unit is stated; microvolt was assumed.",)


def test_a_given_unit_stands_in_for_a_missing_or_unknown_one() -> None:
    assert lay_out(raw(("EMG", "")), "mV", "f").columns[0].uv_per_unit == 1e3
    assert lay_out(raw(("EMG", "NU")), "V", "f").columns[0].uv_per_unit == 1e6
    assert lay_out(raw(("EMG", "")), "counts", "f").columns[0].channel.unit == "counts"
    assert lay_out(raw(("EMG", "")), "mV", "f").notes == ()


def test_an_unknown_unit_is_refused_with_the_channel() -> None:
    with pytest.raises(Refusal, match=r"'MV' of channel 'EMG' in a\.edf"):
        lay_out(raw(("EMG", "MV")), None, "a.edf")


@pytest.mark.parametrize(("stated", "given"), [("mV", "uV"), ("counts", "uV"), ("uV", "counts")])
def test_a_given_unit_that_contradicts_the_file_is_refused(stated: str, given: str) -> None:
    with pytest.raises(Refusal, match="states its own"):
        lay_out(raw(("EMG", stated)), given, "f")


def test_a_given_unit_that_agrees_is_accepted() -> None:
    assert lay_out(raw(("EMG", "mV")), "millivolts", "f").columns[0].uv_per_unit == 1e3
    assert lay_out(raw(("EMG", "adu")), "counts", "f").columns[0].channel.unit == "counts"


def test_a_given_unit_that_is_no_unit_is_refused() -> None:
    with pytest.raises(Refusal, match="'furlong'"):
        lay_out(raw(("EMG", "")), "furlong", "f")


def test_a_file_without_emg_is_refused_with_its_channels() -> None:
    with pytest.raises(Refusal, match=r"no EMG channel in f \(ACC \[g\], ECG \[mV\]\)"):
        lay_out(raw(("ACC", "g"), ("ECG", "mV")), None, "f")
