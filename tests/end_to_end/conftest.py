"""Which tests may run side by side: pages, which listen to an invented publisher, and streams."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With two workers, one opens pages and one plays streams: neither can take the other for its own."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            group = "pages" if item.path.name.startswith("test_page") else "streams"
            item.add_marker(pytest.mark.xdist_group(group))
