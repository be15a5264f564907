"""Fixtures that everything shares: where the recordings are, and streams that stay on this machine."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings, from MYOSCOPE_DATA; skipped with the reason where there is none."""
    named = os.environ.get("MYOSCOPE_DATA", "")
    folder = Path(named)
    if named and (folder / "n2001").is_dir():
        return folder
    reason = (
        "the real recordings are not here: set MYOSCOPE_DATA to a folder with n2001/, neuromuscular_asc/, emg4/, "
        "emgdb/ and xdf/ (`myoscope fetch --help` tells where they are published)"
    )
    if os.environ.get("MYOSCOPE_REQUIRE_RECORDINGS"):
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_configure(config: pytest.Config) -> None:
    """Keep Lab Streaming Layer on this machine, before anything opens it."""
    os.environ.setdefault("LSLAPICFG", str(Path(__file__).parent / "lsl_api.cfg"))
