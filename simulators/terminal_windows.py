"""The console of Windows, which gives keys as they are typed. Imported only there."""

import msvcrt
import time

_ARROWS = {"K": "\x1b[D", "M": "\x1b[C"}
"""Second character of an arrow key, and the sequence that other terminals send for it."""


class WindowsTerminal:
    """The console; nothing has to be changed for it."""

    def read(self, timeout_s: float) -> str | None:
        """What was typed, or nothing after `timeout_s` seconds."""
        if not msvcrt.kbhit():
            time.sleep(timeout_s)
            return ""
        typed = msvcrt.getwch()
        return _ARROWS.get(msvcrt.getwch(), "") if typed in {"\x00", "\xe0"} else typed

    def restore(self) -> None:
        """Nothing was changed."""
