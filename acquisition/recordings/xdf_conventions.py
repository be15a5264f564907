"""What our own XDF files say beyond the format: known to their writer and their reader."""

import re

WRITER = "myoscope"
"""Stands in the file header, under `writer`."""

DURATIONS = "in text"
"""Stands in the description of a marker stream, under `durations`, where texts carry them."""

_LASTING = re.compile(r"^(.*) \[(\d+) samples\]$", re.DOTALL)


def with_duration(text: str, n_samples: int) -> str:
    """The text of a marker that lasts: `rest [46875 samples]`; unchanged for a moment.

    A marker is one text for every tool there is, hence no channel of its own for the duration.
    """
    return f"{text} [{n_samples} samples]" if n_samples or _LASTING.match(text) else text


def without_duration(text: str) -> tuple[str, int]:
    """The text and the duration that `with_duration` put together."""
    match = _LASTING.match(text)
    return (match[1], int(match[2])) if match else (text, 0)
