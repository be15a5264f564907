"""The settings' door: presets, files, overrides, and what is refused."""

from pathlib import Path

import msgspec
import pytest

from contracts.refusal import Refusal
from contracts.settings import Settings, load_settings
from myoscope.presets import preset_names, read_preset
from myoscope.tables import settings_toml
from processing.examination.settings import ExaminationSettings, examination_settings


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_a_valid_tree(name: str) -> None:
    assert isinstance(load_settings(None, (), read_preset(name)), Settings)


def test_overrides_go_over_the_file_and_the_file_over_the_preset(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("[window]\nlength_s = 0.3\nhop_s = 0.1\n")
    settings = load_settings(file, ["window.hop_s=0.2"], read_preset("surface"))
    assert settings.window is not None
    assert (settings.window.length_s, settings.window.hop_s) == (0.3, 0.2)
    assert settings.filters is not None
    assert settings.filters.lowpass_hz == 450.0


def test_a_bare_word_is_a_string_and_a_channel_can_be_named() -> None:
    settings = load_settings(overrides=["model.path=none", "stream.channels.EMG1.gain=1000"])
    assert settings.model.path == "none"
    assert settings.stream.channels["EMG1"].gain == 1000


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("windw.hop_s=0.1", ["windw", "one of lsl, stream"]),
        ("window.hopp_s=0.1", ["hopp_s", "one of length_s, hop_s"]),
        ("window.hop_s=-1", ["window.hop_s", "-1"]),
        ("wire.port=70000", ["wire.port", "70000"]),
        ("filters.notch=55", ["filters.notch", "55"]),
        ("lsl.scope=planet", ["lsl.scope", "planet"]),
        ("window.hop_s=fast", ["window.hop_s", "fast"]),
        ("nonsense", ["nonsense", "part.key=value"]),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(override: str, words: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        load_settings(overrides=[override])
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[window\nhop_s = ")
    with pytest.raises(Refusal, match=r"bad\.toml"):
        load_settings(file)
    with pytest.raises(Refusal, match=r"absent\.toml"):
        load_settings(tmp_path / "absent.toml")


def test_what_the_settings_command_prints_is_read_back_as_the_same_tree(tmp_path: Path) -> None:
    settings = load_settings(None, ["subject.muscle=biceps"], read_preset("surface"))
    file = tmp_path / "printed.toml"
    file.write_text(settings_toml(settings))
    read = load_settings(file)
    assert msgspec.structs.replace(read, examination={}) == settings
    assert examination_settings(read.examination) == ExaminationSettings()


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refusal, match="surface"):
        read_preset("skin")
