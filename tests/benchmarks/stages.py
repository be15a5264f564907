"""Where a result's latency goes, stage by stage: `python -m tests.benchmarks.stages`.

Medians over one run of each stream of `tests.benchmarks.latency`, from the stamps that every result carries.
"""

import os
import time

import numpy as np
import pylsl
import zmq
from rich.console import Console
from rich.table import Table

from contracts import wire
from tests.benchmarks.latency import SECONDS, SETUPS, Setup, start_myoscope, start_outlet

STAGES = (
    "pulled",
    "taken",
    "resampled and filtered",
    "judged and measured",
    "predicted",
    "published",
    "heard",
)


def main() -> None:
    table = Table("stage, median us", *(setup.title for setup in SETUPS))
    columns = [stages_us(setup, f"stages-{os.getpid()}-{n}", 6800 + 4 * n) for n, setup in enumerate(SETUPS)]
    for n, stage in enumerate(STAGES):
        table.add_row(stage, *(f"{column[n]:.0f}" for column in columns))
    Console().print(table)


def stages_us(setup: Setup, name: str, port: int) -> list[float]:
    """Median microseconds of each stage; the first is from the newest sample's stamp to the pull's return."""
    outlet = start_outlet(setup, name, "/dev/null")
    pipeline = start_myoscope(setup, name, port)
    rows: list[list[float]] = []
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.linger = 0
        socket.subscribe(b"")
        socket.connect(f"tcp://127.0.0.1:{port}")
        end = time.monotonic() + SECONDS + 10
        pending: list[tuple[wire.Envelope, float]] = []
        while time.monotonic() < end:
            if not socket.poll(100):
                continue
            envelope = wire.decode(socket.recv_multipart())
            at = pylsl.local_clock()
            if envelope is None:
                continue
            if isinstance(envelope.message, wire.Result):
                pending.append((envelope, at))
            elif isinstance(envelope.message, wire.SignalBlock):
                # The result comes before the block that completed it; the block's stamp is that of the push.
                rows += [_row(e, heard, envelope.message.captured) for e, heard in pending]
                pending.clear()
    for process in (pipeline, outlet):
        process.terminate()
        process.wait(10)
    return (np.median(np.array(rows[40:]), axis=0) * 1e6).tolist()


def _row(envelope: wire.Envelope, heard: float, pushed: float) -> list[float]:
    assert isinstance(envelope.message, wire.Result)
    s = envelope.message.stamps
    times = [pushed, s.received, s.taken, s.filtered, s.featured, s.predicted, envelope.published_at, heard]
    return np.diff(times).tolist()


if __name__ == "__main__":
    main()
