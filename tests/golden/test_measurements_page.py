"""The page of features and flags says what the registries say."""

from tests.golden.measurements_page import PAGE, page


def test_the_page_is_what_the_registries_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it: python -m tests.golden.measurements_page"
