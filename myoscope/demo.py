"""`myoscope demo`: a source, the live run and the page, three processes on this machine."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from contracts.refusal import Refusal
from contracts.settings import Settings, load_settings
from myoscope.presets import read_preset

READY_WITHIN_S = 120.0
"""A first start compiles the kernels; a second one takes seconds."""

STOP_WITHIN_S = 5.0

console = Console()


def run_demo(
    recording: Path | None,
    patient: str,
    preset: str | None,
    overrides: Sequence[str],
    *,
    open_page: bool,
    stop: threading.Event,
    settings_file: Path | None = None,
    door: Sequence[str] = (),
) -> None:
    """Start the three, print the page's address when data moves on it, and end them all together.

    Raises Refusal when one of them ends by itself: its own words stand above.
    """
    if recording is not None and not recording.exists():
        raise Refusal(
            found=f"no file at {recording}", wanted="a recording", do="Check the path after RECORDING=."
        )
    settings = load_settings(settings_file, overrides, read_preset(preset))
    overrides = [*overrides, *_free_ports(settings)]
    settings = load_settings(settings_file, overrides, read_preset(preset))
    source_id = f"myoscope-demo-{os.getpid()}"
    shared = [word for override in overrides for word in ("--set", override)]
    if settings_file is not None:
        shared += ["--settings", str(settings_file)]
    chosen = [] if preset is None else ["--preset", preset]
    source = (
        ["replay", str(recording), *door, "--loop", "--no-keys"]
        if recording
        else ["simulate", "--patient", patient, *shared]
    )
    commands = {
        "source": [*source, "--source-id", source_id],
        "live": ["live", *shared, *chosen, "--source-id", source_id],
        "page": ["dashboard", *shared, *chosen],
    }
    url = f"http://{settings.page.host}:{settings.page.port}"
    console.print(
        "Starting the source, the live run and the page (the first start compiles, about a minute) ..."
    )
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, words in commands.items():
            children[name] = _start(words)
        _wait_until_live(url, children, stop)
        if not stop.is_set():
            what = f"playing {recording.name}" if recording else f"a virtual patient, {patient}"
            console.print(f"\n  [bold green]Myoscope is live:[/bold green] {url}   ({what})", highlight=False)
            console.print("  Research use only, not a diagnosis. Ctrl-C ends it.\n")
            if open_page:
                webbrowser.open(url)
        while not stop.wait(0.2):
            _refuse_if_ended(children)
    finally:
        _end(children)


def _free_ports(settings: Settings) -> list[str]:
    """Overrides for the ports that are taken, so that a second demo does not meet the first."""
    wanted = {
        "wire.port": (settings.wire.host, settings.wire.port),
        "wire.control_port": (settings.wire.host, settings.wire.control_port),
        "patient.control_port": (settings.patient.host, settings.patient.control_port),
        "page.port": (settings.page.host, settings.page.port),
    }
    held: list[socket.socket] = []
    changed: list[str] = []
    try:
        for key, (host, port) in wanted.items():
            free = socket.socket()
            held.append(free)
            # As the servers themselves bind: connections that linger from the last run do not count.
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                free.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise Refusal(
                        found=f"that {host} cannot be bound ({error.strerror})",
                        wanted="an address of this computer",
                        do=f"Correct {key.rpartition('.')[0]}.host.",
                    ) from error
                free.bind((host, 0))
                changed.append(f"{key}={free.getsockname()[1]}")
                console.print(f"  port {port} is taken; {key} is {free.getsockname()[1]} for this demo")
    finally:
        for each in held:
            each.close()
    return changed


def _start(words: Sequence[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us alone, and we end the others in order.
    return subprocess.Popen(
        [sys.executable, "-m", "myoscope", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait_until_live(url: str, children: dict[str, subprocess.Popen[bytes]], stop: threading.Event) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not stop.wait(0.1):
        _refuse_if_ended(children)
        if _page_state(url) == "live":
            return
        if time.monotonic() > deadline:
            raise Refusal(
                found=f"no moving data on {url} after {READY_WITHIN_S:.0f} s",
                wanted="a live page",
                do="Run `myoscope doctor`.",
            )


def _page_state(url: str) -> str:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=1.0) as answer:
            return str(json.load(answer).get("state", ""))
    except (urllib.error.URLError, OSError, ValueError):
        return ""


def _refuse_if_ended(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise Refusal(
                found=f"that the {name} process ended with code {child.returncode}",
                wanted="source, live run and page running",
                do="Its own message stands above.",
            )


def _end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    # A second Ctrl-C must not leave a child behind; the end is bounded by STOP_WITHIN_S all the same.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for child in reversed(children.values()):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_S
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
