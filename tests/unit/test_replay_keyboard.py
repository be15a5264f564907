"""Keys of the replay, on a pseudo-terminal."""

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import TextIO

import pytest

from simulators.keyboard import Keyboard, keys_in

pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")
termios = pytest.importorskip("termios", reason="pseudo-terminals are POSIX")

ECHO_OR_LINES = termios.ECHO | termios.ICANON


class KeepingTransport:
    """Keeps what the keys asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def toggle_pause(self) -> None:
        """Keep it."""
        self.asked.append("pause")

    def seek_by(self, by_s: float) -> None:
        """Keep it."""
        self.asked.append(f"{by_s:+g}")


def _local_modes(stdin: TextIO) -> int:
    return termios.tcgetattr(stdin.fileno())[3]


@pytest.fixture
def terminal() -> Iterator[tuple[int, TextIO]]:
    """The far end, to type on, and the near end, to read from."""
    far, near = pty.openpty()
    with os.fdopen(near, "r") as stdin:
        yield far, stdin
    os.close(far)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline, "the keys did not arrive"
        time.sleep(0.002)


def _modes(stdin: TextIO) -> list[object]:
    return termios.tcgetattr(stdin.fileno())


def test_keys_become_commands_in_order(terminal: tuple[int, TextIO]):
    far, stdin = terminal
    transport, stop = KeepingTransport(), threading.Event()
    with Keyboard(transport, stop, stdin) as keyboard:
        assert keyboard.present
        for typed in (b" ", b"\x1b[D", b"\x1b[C", b"\x1bOD\x1bOC", b",", b".", b"x\xff\x1b[A", b" "):
            os.write(far, typed)
        _until(lambda: len(transport.asked) == 8)
        assert not stop.is_set()
        os.write(far, b"q")
        _until(stop.is_set)
    assert transport.asked == ["pause", "-5", "+5", "-5", "+5", "-5", "+5", "pause"]


def test_the_terminal_is_left_as_it_was(terminal: tuple[int, TextIO]):
    _, stdin = terminal
    before = _modes(stdin)
    with Keyboard(KeepingTransport(), threading.Event(), stdin):
        assert not _local_modes(stdin) & ECHO_OR_LINES
        assert _local_modes(stdin) & termios.ISIG, "Ctrl-C must go on to interrupt"
    assert _modes(stdin) == before


def test_it_is_restored_after_an_interrupt_too(terminal: tuple[int, TextIO]):
    _, stdin = terminal
    before = _modes(stdin)
    with pytest.raises(KeyboardInterrupt), Keyboard(KeepingTransport(), threading.Event(), stdin):
        raise KeyboardInterrupt
    assert _modes(stdin) == before


def test_without_a_terminal_there_are_no_keys():
    with Keyboard(KeepingTransport(), threading.Event(), io.StringIO(" q")) as keyboard:
        assert not keyboard.present


def test_a_terminal_that_goes_away_ends_the_reading():
    far, near = pty.openpty()
    with os.fdopen(near, "r") as stdin:
        keyboard = Keyboard(KeepingTransport(), threading.Event(), stdin)
        with keyboard:
            os.close(far)
            _until(lambda: not keyboard.listening)


def test_a_sequence_is_one_key():
    assert keys_in("a\x1b[D \x1bOC") == ["a", "\x1b[D", " ", "\x1bOC"]
