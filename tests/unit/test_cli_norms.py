"""`myoscope norms`: what the commands print and refuse."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from contracts.refusal import Refusal
from myoscope.cli_norms import app
from processing.muscles import muscles
from processing.norms.tables import SHIPPED, shipped_tables

FILES = Path(__file__).parent.parent.parent / "processing" / "norms"


def said(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), env={"COLUMNS": "240"}, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_list_has_every_table_and_says_which_are_unverified() -> None:
    text = said("list")
    assert all(table.name in text for table in shipped_tables())
    assert text.count("no: unverified") == 2
    assert said("list", "--set", "norms.use_unverified=true").count("marked: unverified") == 2


def test_every_file_beside_the_code_is_shipped() -> None:
    assert sorted(path.stem for path in FILES.glob("*.toml")) == sorted(SHIPPED)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Pattichis 1995", ("biceps brachii", "9.59", "no: other marker rule", "yes, marked", "12 people")),
        ("buchthal", ("orbicularis oris", "unverified", "from memory")),
        (str(FILES / "tibialis-controls.toml"), ("tibialis anterior", "661.5", "does not give the ages")),
    ],
)
def test_a_table_is_shown_with_what_it_may_be_used_for(name: str, words: tuple[str, ...]) -> None:
    text = said("show", name)
    assert all(word in text for word in words)


def test_a_table_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refusal, match="Pattichis 1995"):
        said("show", "Bischof")


def test_every_muscle_is_listed() -> None:
    text = said("muscles")
    assert all(muscle.name in text and muscle.nerve in text for muscle in muscles())
