"""Bad input on the command line: one clear sentence, a code that is not zero, no traceback, nothing lost.

What is refused before anything runs is refused in this process, by the same `main`: a new interpreter for each of
thirty sentences costs as much as the rest of this file.
"""

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pylsl
import pytest

from myoscope import cli
from tests.doubles_live import free_port
from tests.doubles_model import own_card, write_model


def myoscope(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "myoscope", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env={**os.environ, "COLUMNS": "400"},
    )


def here(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, in this process; an exception that it lets out is this test's."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    arguments = ["myoscope", *map(str, words)]
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", arguments)
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """The contract of a refusal: found, wanted, what to do, in one sentence or two, and code 2."""
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    sentence = " ".join(result.stderr.split())
    assert sentence.startswith("myoscope: Found ")
    assert "; wanted " in sentence
    for word in words:
        assert word in sentence, f"{word!r} is not in {sentence!r}"


def wave(n: int = 4000) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 50, n)


def empty(folder: Path) -> Path:
    (folder / "empty.csv").touch()
    return folder / "empty.csv"


def text_named_edf(folder: Path) -> Path:
    (folder / "notes.edf").write_text("patient came at nine\n" * 40)
    return folder / "notes.edf"


def truncated(folder: Path) -> Path:
    (folder / "cut.hea").write_text("cut 1 1000 5000\ncut.dat 16 100/mV 16 0 0 0 0 EMG\n")
    wave(1200).astype("<i2").tofile(folder / "cut.dat")
    return folder / "cut.hea"


def wrong_header(folder: Path) -> Path:
    (folder / "odd.hea").write_text("this is no header\n")
    return folder / "odd.hea"


def absent(folder: Path) -> Path:
    return folder / "absent.edf"


def a_folder(folder: Path) -> Path:
    (folder / "folder.edf").mkdir()
    return folder / "folder.edf"


def unknown_format(folder: Path) -> Path:
    (folder / "scan.docx").write_bytes(b"PK\x03\x04")
    return folder / "scan.docx"


def without_rate(folder: Path) -> Path:
    np.savetxt(folder / "bare.asc", wave(100))
    return folder / "bare.asc"


FILES: list[tuple[Callable[[Path], Path], tuple[str, ...]]] = [
    (empty, ("empty.csv",)),
    (text_named_edf, ("notes.edf",)),
    (truncated, ("cut", "1200", "5000")),
    (wrong_header, ("odd",)),
    (absent, ("absent.edf",)),
    (a_folder, ("folder.edf",)),
    (unknown_format, (".docx", ".edf")),
    (without_rate, ("bare.asc", "rate")),
]


@pytest.mark.parametrize(("make", "words"), FILES, ids=[make.__name__ for make, _ in FILES])
def test_a_file_that_cannot_be_used(
    tmp_path: Path, make: Callable[[Path], Path], words: tuple[str, ...]
) -> None:
    path = make(tmp_path)
    before = path.read_bytes() if path.is_file() else b""
    run = myoscope if make is absent else here
    refused(run("classify", path, "--set", "model.path=none"), *words)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_numbers_that_are_none_are_marked_and_the_rest_is_classified(tmp_path: Path) -> None:
    samples = wave(8000)
    samples[4000:4003] = [np.nan, np.inf, -np.inf]
    path = tmp_path / "holes.asc"
    np.savetxt(path, samples)
    result = myoscope(
        "classify", path, "--rate", 2000, "--unit", "uV", "--set", "model.path=none", "-o", "json"
    )
    assert result.returncode == 0, result.stderr
    assert '"not a number"' in result.stdout


def test_settings(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("[windows]\nlength_s = 1\n")
    refused(here("live", "--settings", file), "windows", "s.toml")
    refused(here("live", "--set", "window.hop_s=0"), "window.hop_s", "0")
    refused(here("live", "--preset", "skin"), "skin", "surface")


def test_a_model_of_another_layout(tmp_path: Path) -> None:
    path = tmp_path / "rec.asc"
    np.savetxt(path, wave())
    card = own_card(layout=("root_mean_square", "wave_length"))
    model = write_model(tmp_path / "old.onnx", card)
    words = ("classify", path, "--rate", 2000, "--unit", "uV", "--set", f'model.path="{model}"')
    refused(here(*words), "waveform_length", "wave_length")
    refused(here("classify", path, "--rate", 2000, "--unit", "uV"), "2000 Hz", "20000 Hz")


def outlet(source_id: str, unit: str) -> pylsl.StreamOutlet:
    info = pylsl.StreamInfo("bad input " + source_id[:12], "EMG", 1, 2000.0, pylsl.cf_float32, source_id)
    channel = info.desc().append_child("channels").append_child("channel")
    channel.append_child_value("label", "EMG1")
    channel.append_child_value("unit", unit)
    channel.append_child_value("type", "EMG")
    return pylsl.StreamOutlet(info)


LIVE = ("live", "--set", "model.path=none", "--set", "stream.resolve_timeout_s=2")


@pytest.mark.lsl
def test_no_stream() -> None:
    nobody = "nobody-" + uuid.uuid4().hex
    refused(myoscope(*LIVE, "--source-id", nobody), nobody, "myoscope streams")


@pytest.mark.lsl
def test_two_streams_match() -> None:
    one, two = f"one-{uuid.uuid4().hex}", f"two-{uuid.uuid4().hex}"
    held = [outlet(one, "uV"), outlet(two, "uV")]
    predicate = f"source_id='{one}' or source_id='{two}'"
    refused(myoscope(*LIVE, "--set", f'stream.predicate="{predicate}"'), one, two)
    assert len(held) == 2


@pytest.mark.lsl
def test_a_unit_that_nobody_knows_and_counts_for_a_model_in_microvolt() -> None:
    one, two = uuid.uuid4().hex, uuid.uuid4().hex
    held = [outlet(one, "furlong"), outlet(two, "counts")]
    refused(myoscope(*LIVE, "--source-id", one), "furlong", "uv_per_unit")
    refused(myoscope("live", "--source-id", two), "counts", "uV")
    assert len(held) == 2


@pytest.mark.lsl
@pytest.mark.parametrize("key", ["wire.port", "wire.control_port"])
def test_a_port_that_is_taken(key: str) -> None:
    source_id = uuid.uuid4().hex
    held = outlet(source_id, "uV")
    ports = {"wire.port": free_port(), "wire.control_port": free_port()}
    words = [w for k, port in ports.items() for w in ("--set", f"{k}={port}")]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[key]))
        taken.listen()
        refused(myoscope(*LIVE, "--source-id", source_id, *words), str(ports[key]), key)
    del held


def test_the_pages_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(myoscope("dashboard", "--set", f"page.port={port}"), str(port))


def test_replay_and_train_of_nothing(tmp_path: Path) -> None:
    refused(here("replay"), "nothing to play")
    refused(here("replay", "--synthetic", "purple"), "purple", "healthy")
    refused(here("replay", tmp_path / "absent.edf"), "absent.edf")
    refused(here("train", "--data", tmp_path), "labelled")
    refused(here("train", "--data", tmp_path, "--task", "weather"), "weather", "patterns")


def test_simulate_does_not_pass_over_what_it_was_told(tmp_path: Path) -> None:
    script = tmp_path / "patient.toml"
    script.write_text('[[muscles]]\nmuscle = "biceps"\n', encoding="utf-8")
    refused(here("simulate", script, "--cohort", "2", "--out", tmp_path / "people"), "--cohort")
    refused(here("simulate", script, "--patient", "als", "--out", tmp_path / "a.edf"), "--patient")
    assert list(tmp_path.iterdir()) == [script]
