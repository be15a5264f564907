"""One connection to one outlet: pulls blocks, measures the clock offset, says when the outlet is gone."""

import ctypes
from typing import NamedTuple

import numpy as np
import pylsl
from numpy.typing import NDArray

from acquisition.live.metadata import NativeStream

_BLOCK = 4096
"""Samples per pull at most: bounds the preallocated array. A backlog comes in several blocks."""


class ConnectionLost(Exception):
    """The outlet has gone, or does not answer."""


class Block(NamedTuple):
    """What one pull returned. The arrays are its own."""

    native: NDArray[np.generic]
    raw_stamps: NDArray[np.float64]
    received_at: float


class Connection:
    """An open inlet. Every method raises ConnectionLost once the outlet is gone; only one thread may call.

    Opened with recover=False: liblsl would otherwise reconnect silently, even to an outlet whose rate, units
    or format have changed, and keep the old description. So every new connection is ours, and is compared
    with the one before. The price: what liblsl has received but we have not pulled when the outlet dies is
    gone with it, a millisecond or so; the Gap that follows covers it.

    Opened with max_chunklen=0, the sender's own chunks: at 23.4 kHz a length of 1 collapses.
    """

    def __init__(self, info: pylsl.StreamInfo, native: NativeStream, *, buffer_s: float) -> None:
        self.host = info.hostname()
        self._inlet = pylsl.StreamInlet(info, max(1, round(buffer_s)), 0, recover=False)
        self._correction = pylsl.lib.lib["lsl_time_correction_ex"]
        self._correction.restype = ctypes.c_double
        self._buffer = np.empty((_BLOCK, len(native.channels)), dtype=self._inlet.np_dtype)
        self.clock_offset_s = 0.0
        self.clock_uncertainty_s = 0.0

    def measure_clock(self, timeout_s: float) -> None:
        """Measure the clock offset for the first time (0.6 s); no samples come yet."""
        if not self._measure(timeout_s):
            raise ConnectionLost

    def subscribe(self, timeout_s: float) -> None:
        """Have the samples sent from now on."""
        try:
            self._inlet.open_stream(timeout_s)
        except (pylsl.util.TimeoutError, pylsl.util.LostError) as error:
            raise ConnectionLost from error

    def pull(self, timeout_s: float) -> Block | None:
        """The samples that are there, at least one and at most 4,096; None after `timeout_s` without one."""
        try:
            _, stamps = self._inlet.pull_chunk(
                timeout_s, _BLOCK, dest_obj=self._buffer, min_samples=1, as_numpy=True
            )
        except pylsl.util.LostError as error:
            raise ConnectionLost from error
        received_at = pylsl.local_clock()
        raw_stamps = np.asarray(stamps)
        n = raw_stamps.shape[0]
        return Block(self._buffer[:n].copy(), raw_stamps, received_at) if n else None

    def refresh_offset(self) -> None:
        """Take up liblsl's newest estimate of the clock offset, where it has one. Does not wait."""
        self._measure(0.0)

    def close(self) -> None:
        """Let the outlet go."""
        self._inlet.close_stream()

    def _measure(self, timeout_s: float) -> bool:
        remote, uncertainty, failed = ctypes.c_double(), ctypes.c_double(), ctypes.c_int()
        offset_s = self._correction(
            self._inlet.obj,
            ctypes.byref(remote),
            ctypes.byref(uncertainty),
            ctypes.c_double(timeout_s),
            ctypes.byref(failed),
        )
        if failed.value:
            return False
        self.clock_offset_s, self.clock_uncertainty_s = offset_s, uncertainty.value
        return True
