"""The clock as an argument: whoever needs the time is handed a `Clock`."""

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds on a monotonic clock. The live path is handed `pylsl.local_clock`, tests a counter."""


def monotonic_s() -> float:
    """Seconds on this machine's monotonic clock.

    On Linux this is the clock that liblsl stamps samples with (both read CLOCK_MONOTONIC); `myoscope
    doctor` measures the difference. No age on the page depends on that: ages travel as differences taken
    in one process, plus the time since arrival in the other.
    """
    return time.perf_counter()
