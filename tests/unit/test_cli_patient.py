"""`myoscope simulate`: what has no effect on what is asked for is refused, what has reaches it."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from contracts.refusal import Refusal
from myoscope import cli_patient, simulate

LIVE = "an endless patient"
FILE = "a file"


def refusal(*words: str) -> str:
    """The sentence with which a command line is refused."""
    result = CliRunner().invoke(cli_patient.app, words)
    assert isinstance(result.exception, Refusal), result.output
    return str(result.exception)


@pytest.mark.parametrize(
    ("words", "option", "what"),
    [
        (("--recorder", "asc"), "--recorder", LIVE),
        (("--speed", "2"), "--speed", LIVE),
        (("--loop",), "--loop", LIVE),
        (("--wait",), "--wait", LIVE),
        (("--index",), "--index", LIVE),
        (("--overwrite",), "--overwrite", LIVE),
        (("--format", "xdf"), "--format", LIVE),
        (("--out", "a.edf", "--loop"), "--loop", FILE),
        (("--out", "a.edf", "--speed", "2"), "--speed", FILE),
        (("--out", "a.edf", "--source-id", "x"), "--source-id", FILE),
        (("a.toml", "--out", "a.edf", "--index"), "--index", FILE),
        (("a.toml", "--muscle", "biceps"), "--muscle", "a script"),
        (("a.toml", "--overwrite"), "--overwrite", "a script"),
        (("--cohort", "2", "--out", "people", "--patient", "als"), "--patient", "a cohort"),
        (("--cohort", "2", "--out", "people", "--wait"), "--wait", "a cohort"),
    ],
)
def test_an_option_without_effect_is_refused(words: tuple[str, ...], option: str, what: str) -> None:
    assert f"{option} for {what}" in refusal(*words)


def test_what_an_endless_patient_obeys_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def played(*words: Any, source_id: str | None) -> None:
        asked.append((*words[:4], source_id))

    monkeypatch.setattr(simulate, "play_patient", played)
    words = ("--patient", "als", "--muscle", "biceps", "--severity", "0.5", "--seed", "3", "--source-id", "x")
    assert CliRunner().invoke(cli_patient.app, words).exit_code == 0
    assert asked == [("als", "biceps", 0.5, 3, "x")]


def test_what_a_file_is_made_with_reaches_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made: list[tuple[int, str, bool]] = []

    def written(script: Any, out: Path, *, overwrite: bool) -> tuple[str, ...]:
        made.append((script.seed, script.recorder, overwrite))
        return ()

    monkeypatch.setattr(simulate, "write_script", written)
    out = str(tmp_path / "a.edf")
    words = ("--out", out, "--seed", "3", "--recorder", "asc", "--overwrite", "--patient", "als")
    assert CliRunner().invoke(cli_patient.app, words).exit_code == 0
    assert made == [(3, "asc", True)]
