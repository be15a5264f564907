"""Pause and seek from the terminal: space, arrows or comma and full stop, q."""

import os
import re
import sys
import threading
from types import TracebackType
from typing import Protocol, Self, TextIO

SEEK_S = 5.0

_KEY = re.compile(r"\x1b[\[O].|.", re.DOTALL)
_POLL_S = 0.05


class Transport(Protocol):
    """What the keys act on; a `Player` is one."""

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        ...

    def seek_by(self, by_s: float) -> None:
        """Go so many seconds on, or back if negative."""
        ...


class Terminal(Protocol):
    """A terminal that gives each key at once."""

    def read(self, timeout_s: float) -> str | None:
        """What was typed within `timeout_s` seconds, perhaps nothing; None once the terminal is gone."""
        ...

    def restore(self) -> None:
        """Leave it as it was found."""
        ...


class Keyboard:
    """Reads keys on a thread of its own while the `with` block lasts, and leaves the terminal as it was.

    Where standard input is no terminal, or belongs to another job of the shell, there are no keys and no
    complaint: `present` is False. Ctrl-C goes on to interrupt the program.
    """

    def __init__(self, transport: Transport, stop: threading.Event, stdin: TextIO | None = None) -> None:
        self._transport, self._stop = transport, stop
        self._stdin = sys.stdin if stdin is None else stdin
        self._terminal: Terminal | None = None
        self._thread = threading.Thread(target=self._listen, name="keyboard", daemon=True)
        self._leaving = threading.Event()

    @property
    def present(self) -> bool:
        """True while keys are read."""
        return self._terminal is not None

    @property
    def listening(self) -> bool:
        """False once the terminal has gone, though the block still lasts."""
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        """Begin to read keys, if there is a terminal."""
        if _is_ours(self._stdin):
            self._terminal = _opened(self._stdin.fileno())
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop reading, restore the terminal."""
        if self._terminal is None:
            return
        self._leaving.set()
        self._thread.join()
        self._terminal.restore()
        self._terminal = None

    def _listen(self) -> None:
        terminal = self._terminal
        while terminal is not None and not self._leaving.is_set():
            typed = terminal.read(_POLL_S)
            if typed is None:
                return
            for key in keys_in(typed):
                self._act(key)

    def _act(self, key: str) -> None:
        if key == " ":
            self._transport.toggle_pause()
        elif key in {"\x1b[D", "\x1bOD", ","}:
            self._transport.seek_by(-SEEK_S)
        elif key in {"\x1b[C", "\x1bOC", "."}:
            self._transport.seek_by(SEEK_S)
        elif key in {"q", "Q"}:
            self._stop.set()


def keys_in(typed: str) -> list[str]:
    """The keys in what a terminal sent: single characters, and arrows as their escape sequence."""
    return _KEY.findall(typed)


def _is_ours(stdin: TextIO | None) -> bool:
    """Whether this is a terminal that we may change: not one that another job of the shell holds."""
    if stdin is None or stdin.closed or not stdin.isatty():
        return False
    if os.name == "nt":
        return True
    try:
        return os.tcgetpgrp(stdin.fileno()) == os.getpgrp()
    except OSError:  # no job control on this terminal, so nobody else holds it
        return True


def _opened(fd: int) -> Terminal:
    if os.name == "nt":
        from simulators.terminal_windows import WindowsTerminal

        return WindowsTerminal()
    from simulators.terminal_posix import PosixTerminal

    return PosixTerminal(fd)
