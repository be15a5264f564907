"""The settings on the page about amplifiers are settings, and do what the page says."""

import re
from pathlib import Path

import pytest

from acquisition.live.door import open_door
from acquisition.live.metadata import NativeChannel, NativeStream
from contracts.settings import load_settings

PAGE = (Path(__file__).parents[2] / "docs" / "hardware.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
LABELS = ("E1", "E2", "E3", "E4", "BIP 01", "EMG1", "AUX_1")


def test_there_are_examples() -> None:
    assert len(BLOCKS) >= 5


@pytest.mark.parametrize("block", BLOCKS)
def test_each_example_opens_a_stream_that_has_its_channels(block: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(block, encoding="utf-8")
    settings = load_settings(file)
    channels = tuple(NativeChannel(label, "uV", "AUX" if label == "AUX_1" else "EMG") for label in LABELS)
    door = open_door(NativeStream("Amp", "EMG", "amp", 2000.0, "float32", channels), settings.stream)
    assert door.description.emg
    for label, chosen in settings.stream.channels.items():
        analysed = label in [channel.label for channel in door.description.emg]
        assert analysed == (chosen.role != "aux")
