"""The sampling rate of a recording: what the file states against what the user gives."""

import math
from pathlib import Path

from contracts.refusal import Refusal


def agreed_rate_hz(path: Path, stated_hz: float | None, given_hz: float | None) -> float:
    """The rate that the file states, or else the one that was given.

    Raises Refusal where there is neither, where they differ by more than one in a thousand, and for a rate
    that is not positive.
    """
    if given_hz is not None and not (math.isfinite(given_hz) and given_hz > 0):
        raise Refusal(
            found=f"a rate of {given_hz} Hz",
            wanted="a positive number of samples per second",
            do="Correct the rate.",
        )
    if stated_hz is None:
        if given_hz is None:
            raise Refusal(
                found=f"no sampling rate in {path.name}",
                wanted="the number of samples per second",
                do="Give the rate when opening it (rate_hz).",
            )
        return given_hz
    if not (math.isfinite(stated_hz) and stated_hz > 0):
        raise Refusal(
            found=f"a rate of {stated_hz} Hz in {path.name}",
            wanted="a positive number of samples per second",
            do="The header is damaged; copy the file again.",
        )
    if given_hz is not None and abs(given_hz / stated_hz - 1) > 1e-3:
        raise Refusal(
            found=f"{stated_hz:g} Hz in {path.name}",
            wanted=f"the rate that was given, {given_hz:g} Hz",
            do="Leave the rate out: the file states its own.",
        )
    return stated_hz
