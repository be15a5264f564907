"""A POSIX terminal that gives each key at once and does not echo it. Imported only where there is one."""

import os
import select
import termios
import tty


class PosixTerminal:
    """A terminal in cbreak mode: keys come unechoed and at once, Ctrl-C still interrupts."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._before = termios.tcgetattr(fd)
        tty.setcbreak(fd)

    def read(self, timeout_s: float) -> str | None:
        """What was typed within `timeout_s` seconds, perhaps nothing; None once the terminal is gone."""
        try:
            if not select.select([self._fd], [], [], timeout_s)[0]:
                return ""
            typed = os.read(self._fd, 64)
        except OSError:
            return None
        return typed.decode("utf-8", "ignore") if typed else None

    def restore(self) -> None:
        """As it was found; unread keys are thrown away rather than given to the shell."""
        try:
            termios.tcsetattr(self._fd, termios.TCSAFLUSH, self._before)
        except termios.error:  # the terminal has gone: nothing is left to restore
            return
