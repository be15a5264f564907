"""Who may talk to the page's server."""

import pytest

from dashboard.door import is_own_host, is_own_origin

OWN = frozenset({"localhost", "lab-pc"})


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8050", "localhost:8050", "[::1]:8050", "10.0.0.7", "lab-pc:8050", "LOCALHOST"]
)
def test_addresses_and_own_names_are_own(host: str) -> None:
    assert is_own_host(host, OWN)


@pytest.mark.parametrize(
    "host", ["evil.example:8050", "localhost.evil.example", "", "127.0.0.1.evil.example"]
)
def test_other_names_are_not_whatever_they_resolve_to(host: str) -> None:
    assert not is_own_host(host, OWN)


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("", True),
        ("http://127.0.0.1:8050", True),
        ("http://127.0.0.1:9999", False),
        ("https://evil.example", False),
        ("null", False),
    ],
)
def test_origin_is_where_the_page_was_served_from(origin: str, own: bool) -> None:
    assert is_own_origin(origin, "127.0.0.1:8050") is own
