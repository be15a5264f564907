"""Latency from the push of the chunk that completes a window to the message in a subscriber.

`make bench`, or `python -m tests.benchmarks.latency [RUNS]`. Myoscope and the bare floor (tests/benchmarks/
floor.py) take turns on the same machine; the ratio of their medians is the figure to quote. CPU is that of the
process in percent of one core, memory its peak.
"""

import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pylsl
import zmq
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from contracts import wire

SECONDS = 12.0
WARM_UP_S = 3.0
"""Left out at the beginning of each run."""


@dataclass(frozen=True)
class Setup:
    """One kind of stream."""

    title: str
    channels: int
    rate_hz: float
    chunk: int
    window_s: float
    settings: tuple[str, ...]


SETUPS = (
    Setup("1 channel, 23437.5 Hz, model patterns", 1, 23437.5, 234, 0.25, ()),
    Setup(
        "8 channels, 2000 Hz, no model",
        8,
        2000.0,
        20,
        0.2,
        ("model.path=none", "window.length_s=0.2", "window.hop_s=0.05", "filters.lowpass_hz=450"),
    ),
)


@dataclass(frozen=True)
class Measured:
    """One run of one side."""

    latency_ms: NDArray[np.float64]
    cpu_percent: float
    peak_mb: float


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    table = Table("stream", "", "p50, ms", "p99, ms", "CPU, %", "peak memory, MB", "windows")
    console = Console()
    for n, setup in enumerate(SETUPS):
        sides: dict[str, list[Measured]] = {"floor": [], "myoscope": []}
        for run in range(runs):
            for side in sides:
                console.print(f"{setup.title}: {side}, run {run + 1} of {runs}", style="dim")
                port = 6600 + 20 * n + 4 * run + (2 if side == "floor" else 0)
                sides[side].append(measure(setup, side, f"bench-{os.getpid()}-{n}-{run}-{side}", port))
        for side, measured in sides.items():
            table.add_row(setup.title, side, *_cells(measured))
        ratio = _median(sides["myoscope"], 50) / _median(sides["floor"], 50)
        table.add_row("", "myoscope / floor, p50", f"{ratio:.2f}", "", "", "", "", end_section=True)
    console.print(table)


def measure(setup: Setup, side: str, name: str, port: int) -> Measured:
    """Run one side on one stream."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "pushes.npy"
        outlet = start_outlet(setup, name, out)
        pipeline = _start_floor(setup, name, port) if side == "floor" else start_myoscope(setup, name, port)
        try:
            received, cpu, peak = _listen(pipeline, port, raw=side == "floor")
        finally:
            pipeline.terminate()
            pipeline.wait(10)
            outlet.wait(30)
        pushes = np.load(out)
    last, at = np.array(received).T
    chunk = np.searchsorted(pushes[:, 0], last)
    known = (chunk < len(pushes)) & (pushes[np.minimum(chunk, len(pushes) - 1), 1] > pushes[0, 1] + WARM_UP_S)
    return Measured((at[known] - pushes[chunk[known], 1]) * 1e3, cpu, peak)


def _listen(
    pipeline: subprocess.Popen[bytes], port: int, *, raw: bool
) -> tuple[list[tuple[float, float]], float, float]:
    """(index of the last sample, time of arrival) of every window; CPU in percent and peak memory in MB."""
    process = psutil.Process(pipeline.pid)
    read: Callable[[list[bytes]], float | None] = _raw_index if raw else _Indexer()
    received: list[tuple[float, float]] = []
    cpu_from: tuple[float, float] | None = None
    cpu = peak = 0.0
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.linger = 0
        socket.rcvhwm = 100_000
        socket.subscribe(b"")
        socket.connect(f"tcp://127.0.0.1:{port}")
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < (60.0 if not received else 1.5):
            if not socket.poll(100):
                continue
            frames = socket.recv_multipart()
            at = pylsl.local_clock()
            index = read(frames)
            if index is None:
                continue
            quiet_since = time.monotonic()
            received.append((index, at))
            if len(received) % 20 == 0:
                used = process.cpu_times()
                now = (used.user + used.system, at)
                cpu_from = cpu_from or now
                if now[1] > cpu_from[1]:
                    cpu = 100 * (now[0] - cpu_from[0]) / (now[1] - cpu_from[1])
                peak = _peak_mb(pipeline.pid)
    return received, cpu, peak


def _raw_index(frames: list[bytes]) -> float | None:
    return float(struct.unpack_from("<d", frames[0])[0])


class _Indexer:
    """Finds the outlet's index of a result's last sample: the signal's channel 0 carries it."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._early: list[wire.Result] = []

    def __call__(self, frames: list[bytes]) -> float | None:
        envelope = wire.decode(frames)
        message = envelope.message if envelope else None
        if isinstance(message, wire.SignalBlock) and self._offset is None:
            self._offset = float(message.array()[0, 0]) - message.first_index
        if isinstance(message, wire.Result) and self._offset is not None:
            return message.stop_index - 1 + self._offset
        return None


def _peak_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _python(module: str, *words: object) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "LSLAPICFG": str(Path(__file__).parent.parent / "lsl_api.cfg")}
    return subprocess.Popen(
        [sys.executable, "-m", module, *map(str, words)], env=environment, stdout=subprocess.DEVNULL
    )


def start_outlet(setup: Setup, name: str, out: Path | str) -> subprocess.Popen[bytes]:
    """The paced device."""
    words = [name, setup.channels, setup.rate_hz, setup.chunk, SECONDS, out]
    return _python("tests.benchmarks.paced_outlet", *words)


def _start_floor(setup: Setup, name: str, port: int) -> subprocess.Popen[bytes]:
    window, hop = round(setup.window_s * setup.rate_hz), round(0.05 * setup.rate_hz)
    return _python("tests.benchmarks.floor", name, window, hop, port, SECONDS + 20)


def start_myoscope(setup: Setup, name: str, port: int) -> subprocess.Popen[bytes]:
    """`myoscope live` on the device."""
    settings = [*setup.settings, f"wire.port={port}", f"wire.control_port={port + 1}"]
    words = [word for setting in settings for word in ("--set", setting)]
    return _python("myoscope", "live", "--source-id", name, *words)


def _median(measured: list[Measured], centile: float) -> float:
    return float(np.median([np.percentile(m.latency_ms, centile) for m in measured]))


def _cells(measured: list[Measured]) -> tuple[str, ...]:
    return (
        f"{_median(measured, 50):.2f}",
        f"{_median(measured, 99):.2f}",
        f"{np.median([m.cpu_percent for m in measured]):.0f}",
        f"{max(m.peak_mb for m in measured):.0f}",
        str(sum(len(m.latency_ms) for m in measured)),
    )


if __name__ == "__main__":
    main()
