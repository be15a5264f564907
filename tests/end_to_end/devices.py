"""Test devices that can be killed: processes of `lsl_device`, and ways to wait for what a source says."""

import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

import msgspec
import pylsl

from acquisition.live.lsl import LslSource
from contracts.records import Chunk
from contracts.settings import StreamSettings
from tests.end_to_end.lsl_device import DeviceSpec


@contextmanager
def device(spec: DeviceSpec) -> Generator[subprocess.Popen[bytes]]:
    """A device that sends until it is killed, at the latest when the block ends."""
    command = [sys.executable, "-m", "tests.end_to_end.lsl_device", msgspec.json.encode(spec).decode()]
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a device as a crash does."""
    process.kill()
    process.wait()


def settings_for(spec: DeviceSpec, **changes: float) -> StreamSettings:
    """Settings that find the device by its source id; silences short enough for a test."""
    plain = StreamSettings(
        source_id=spec.source_id, type=spec.type, resolve_timeout_s=10.0, stall_s=0.3, lost_s=1.0
    )
    return msgspec.structs.replace(plain, **changes)


def read_until(
    source: LslSource, enough: Callable[[list[Chunk]], bool], *, deadline_s: float = 15.0
) -> list[Chunk]:
    """The chunks up to the first that is enough. Fails when that takes longer than the deadline."""
    chunks: list[Chunk] = []
    deadline = pylsl.local_clock() + deadline_s
    while not enough(chunks):
        assert pylsl.local_clock() < deadline, f"not enough after {deadline_s} s: {source.health()}"
        chunk = source.read(0.1)
        if chunk is not None:
            chunks.append(chunk)
    return chunks


def samples(n: int) -> Callable[[list[Chunk]], bool]:
    """Enough is: this many samples."""
    return lambda chunks: sum(chunk.samples.shape[0] for chunk in chunks) >= n
