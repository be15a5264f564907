"""Where the public recordings are."""

import os
from pathlib import Path

from contracts.refusal import Refusal


def recordings_folder() -> Path:
    """The folder that MYOSCOPE_DATA names. Raises Refusal without one."""
    named = os.environ.get("MYOSCOPE_DATA", "")
    if not named or not Path(named).is_dir():
        raise Refusal(
            found=f"MYOSCOPE_DATA={named!r}",
            wanted="the folder with the public recordings (n2001, neuromuscular_asc)",
            do="Set it; `myoscope fetch` says where they come from.",
        )
    return Path(named)
