"""`myoscope demo`: three processes that begin together and leave nothing behind, however they are ended."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from tests.doubles_live import free_port

DEADLINE_S = 120.0


@pytest.mark.lsl
def test_a_live_page_and_nothing_left_after_two_interrupts() -> None:
    ports = [
        word
        for key in ("wire.port", "wire.control_port", "patient.control_port", "page.port")
        for word in ("--set", f"{key}={free_port()}")
    ]
    demo = subprocess.Popen(
        [sys.executable, "-m", "myoscope", "demo", "--patient", "als", *ports],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
    )
    assert demo.stdout is not None
    try:
        said = ""
        while "Myoscope is live: http://127.0.0.1:" not in said:
            line = demo.stdout.readline()
            assert line, f"the demo ended: {said}"
            said += line
        children = psutil.Process(demo.pid).children()
        assert len(children) == 3
        demo.send_signal(signal.SIGINT)
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=DEADLINE_S)
        assert demo.returncode in (0, 130)  # the second may still find the first being heard
    finally:
        demo.kill()
        demo.wait()
    gone, left = psutil.wait_procs(children, timeout=1.0)
    for child in left:
        child.kill()
    assert not left
    assert len(gone) == 3
