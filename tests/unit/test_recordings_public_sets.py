"""The catalogue of public sets says what is known and nothing more."""

from pathlib import PurePosixPath

import pytest

from acquisition.recordings.fetch import PublicSet, catalogue, public_set
from contracts.refusal import Refusal


def test_the_sets_are_those_that_the_product_was_built_with() -> None:
    assert [s.name for s in catalogue()] == ["emgdb", "n2001", "neuromuscular_asc", "emg4", "xdf_examples"]


@pytest.mark.parametrize("known", catalogue(), ids=lambda s: s.name)
def test_every_set_names_its_page_and_terms(known: PublicSet) -> None:
    assert known.page.startswith(("https://", "http://"))
    assert known.terms
    assert known.description


@pytest.mark.parametrize("known", catalogue(), ids=lambda s: s.name)
def test_every_file_has_a_hash_and_stays_in_its_folder(known: PublicSet) -> None:
    for file in known.files:
        assert len(file.sha256) == 64
        assert int(file.sha256, 16) > 0
        path = PurePosixPath(file.path)
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert not file.url or file.url.startswith("https://")
        assert not file.url or file.url.endswith(path.name)
    assert len({f.path for f in known.files}) == len(known.files)


@pytest.mark.parametrize(
    "known", [s for s in catalogue() if not s.files or not all(f.url for f in s.files)], ids=lambda s: s.name
)
def test_what_cannot_be_fetched_comes_with_what_to_do(known: PublicSet) -> None:
    assert known.note


def test_an_unknown_set_is_refused_with_the_known_ones() -> None:
    assert public_set("n2001").name == "n2001"
    with pytest.raises(Refusal, match="no public set 'n2002'; wanted one of emgdb, n2001"):
        public_set("n2002")
