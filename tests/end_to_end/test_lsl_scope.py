"""The scope that settings give is one that liblsl takes: tried in a process without a configuration file."""

import os
import subprocess
import sys
import uuid

import pytest

pytestmark = pytest.mark.lsl

PROGRAM = """
import sys
import pylsl
from acquisition.live.network import configure_lsl, list_streams
from contracts.settings import LslScope

scope = LslScope(session=sys.argv[1])
configure_lsl(scope)
outlet = pylsl.StreamOutlet(pylsl.StreamInfo("Mine", "EMG", 1, 1000.0, pylsl.cf_float32, sys.argv[1]))
print([stream.source_id for stream in list_streams(scope, 1.0)])
"""


def test_the_session_and_the_scope_are_in_force() -> None:
    session = uuid.uuid4().hex
    environment = {name: value for name, value in os.environ.items() if name != "LSLAPICFG"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, session],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.strip() == repr([session])  # nothing of another session, and its own
