"""`myoscope simulate` on Lab Streaming Layer: the signal of the script, its truth as markers, commands that arrive."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pylsl
import pytest

from contracts.commands import DescribePatient, SetPatient
from contracts.settings import PatientSettings
from dashboard.control import Control
from simulators.patient.script import load_script
from simulators.patient.source import PatientSource
from tests.doubles_live import free_port

pytestmark = pytest.mark.lsl
DEADLINE_S = 90.0

SCRIPT = """
seed = 11
rate_hz = 4000
[patient]
disorders = [{ kind = "neuropathy", severity = 0.5, stage = "subacute" }]
[[muscles]]
muscle = "first dorsal interosseous"
sites = 1
drift_mm = 0.0
phases = [{ kind = "insertion", duration_s = 0.3 }, { kind = "moderate", duration_s = 1.2 }]
last_phases = []
"""


@contextmanager
def simulating(*words: str) -> Generator[subprocess.Popen[str]]:
    """The command in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "myoscope", "simulate", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def inlet(source_id: str) -> pylsl.StreamInlet:
    found = pylsl.resolve_byprop("source_id", source_id, timeout=DEADLINE_S)
    assert found, f"no stream {source_id}"
    opened = pylsl.StreamInlet(found[0], recover=False)
    opened.open_stream(timeout=DEADLINE_S)
    return opened


def arrived(markers: pylsl.StreamInlet, timeout_s: float = 0.0) -> list[tuple[str, float]]:
    texts, stamps = markers.pull_chunk(timeout=timeout_s, min_samples=1 if timeout_s else None)
    return [(text[0], stamp) for text, stamp in zip(texts or (), stamps, strict=True)]


def test_a_script_arrives_bit_for_bit_with_its_truth(tmp_path: Path) -> None:
    path = tmp_path / "patient.toml"
    path.write_text(SCRIPT)
    source = PatientSource(load_script(path))
    n = source.n_samples or 0
    source_id = f"test-{uuid.uuid4().hex}"
    with simulating(str(path), "--source-id", source_id, "--wait") as process:
        # The markers first: the patient begins when somebody listens to the signal.
        markers = inlet(f"{source_id}-markers")
        samples = inlet(source_id)
        heard, stamps, told = [], [], []
        while sum(map(len, heard)) < n:
            block, at = samples.pull_chunk(timeout=DEADLINE_S, max_samples=n, as_numpy=True, min_samples=1)
            assert len(at), "the signal broke off"
            heard.append(np.array(block, np.float32))
            stamps.extend(at)
            told += arrived(markers)
        while not told or told[-1][0] != "end of recording":
            told += arrived(markers, timeout_s=DEADLINE_S)
        np.testing.assert_array_equal(np.concatenate(heard), source.read(0, n))
        assert process.wait(DEADLINE_S) == 0
    expected = [(event.text, event.index) for event in source.annotations_in(0, n)]
    source.close()
    assert sorted(text for text, _ in told[:-1]) == sorted(text for text, _ in expected)
    assert sum(text.startswith("motor unit") for text, _ in told) > 30
    by_index = np.round((np.array([stamp for _, stamp in told[:-1]]) - stamps[0]) * source.rate_hz)
    np.testing.assert_array_equal(np.sort(by_index), np.sort([index for _, index in expected]))


def test_a_patient_that_plays_obeys_and_ends() -> None:
    port, source_id = free_port(), f"test-{uuid.uuid4().hex}"
    words = ("--patient", "healthy", "--muscle", "tongue", "--seed", "4", "--source-id", source_id)
    with simulating(*words, "--set", f"patient.control_port={port}") as process:
        samples = inlet(source_id)
        assert samples.info().desc().child("acquisition").child_value("model") == "virtual patient"
        control = Control(PatientSettings(control_port=port), answer_within_s=DEADLINE_S)
        state = control.ask(DescribePatient()).patient
        assert state is not None
        assert state.condition == "healthy"
        changed = control.ask(
            SetPatient(condition="myopathy", effort="maximal", muscle="first dorsal interosseous")
        ).patient
        assert changed is not None
        assert (changed.condition, changed.effort, changed.muscle) == (
            "myopathy",
            "maximal",
            "first dorsal interosseous",
        )
        refused = control.ask(SetPatient(muscle="elbow"))
        assert not refused.done
        assert "elbow" in refused.reason
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 0
