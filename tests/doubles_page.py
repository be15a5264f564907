"""The page's server as a process of its own, and a browser that looks at it."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.doubles_live import free_port

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WITHIN_S = 30.0

SERVE = """
import sys
import msgspec
from contracts.refusal import Refusal
from contracts.settings import PageSettings, PatientSettings, WireSettings
from dashboard.server import serve

kinds = (PageSettings, WireSettings, PatientSettings)
page, wire, patient = (msgspec.json.decode(text, type=kind) for text, kind in zip(sys.argv[1:], kinds))
try:
    serve(page, wire, patient=patient, on_ready=lambda url: print(url, flush=True))
except Refusal as refusal:
    sys.exit(str(refusal))
print("ended", flush=True)
"""


class PageProcess:
    """`dashboard.server.serve` in a process, on a free port unless told otherwise."""

    def __init__(
        self, wire_port: int, control_port: int = 1, *, port: int = 0, patient_port: int = 1, **page: Any
    ) -> None:
        self.port = port or free_port()
        page_text = json.dumps({"port": self.port, **page})
        wire_text = json.dumps({"port": wire_port, "control_port": control_port})
        patient_text = json.dumps({"control_port": patient_port})
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, page_text, wire_text, patient_text],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def end(self, signal_number: int) -> tuple[int, float, str, str]:
        """Send a signal; exit code, seconds until the end, and what was printed."""
        began = time.perf_counter()
        self.process.send_signal(signal_number)
        out, err = self.process.communicate(timeout=WITHIN_S)
        return self.process.returncode, time.perf_counter() - began, out, err

    def health(self) -> dict[str, Any]:
        """What /health answers."""
        with urllib.request.urlopen(f"{self.url}/health", timeout=WITHIN_S) as answer:
            return json.load(answer)

    def __enter__(self) -> "PageProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def eventually(true: Callable[[], bool], what: str) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < deadline, f"not within {WITHIN_S:.0f} s: {what}"
        time.sleep(0.02)


def status_code(url: str, **headers: str) -> int:
    """The HTTP status of a GET."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=WITHIN_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@contextmanager
def chromium() -> Generator[Browser]:
    """Chromium; skipped with the reason where there is none, unless it is required."""
    if not Path(CHROMIUM).exists():
        reason = f"no Chromium at {CHROMIUM}: install it (Debian: apt-get install chromium) to run the page's tests"
        if os.environ.get("MYOSCOPE_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


class Watched:
    """A page and everything that must not happen on it: errors, and requests to anywhere else."""

    def __init__(self, page: Page, host: str) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on("console", lambda m: self.troubles.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on(
            "request",
            lambda r: None if f"//{host}/" in r.url or r.url.startswith("data:") else self._left(r.url),
        )
        page.on("websocket", lambda s: None if f"//{host}/" in s.url else self._left(s.url))

    def _left(self, url: str) -> None:
        self.troubles.append(f"request to {url}")


def until(page: Page, true: str, arg: Any = None) -> None:
    """Wait until a JavaScript function is true, with a deadline.

    A function, not an expression: the page's policy forbids evaluating strings, in tests too.
    """
    page.wait_for_function(true, arg=arg, timeout=WITHIN_S * 1e3)


def is_state(page: Page, state: str) -> None:
    """Wait until the page itself says that it is in a state."""
    until(page, "state => document.body.dataset.state === state", state)


def picture(page: Page) -> str:
    """The trace as it is drawn, to compare with another."""
    return str(page.evaluate("document.getElementById('trace').toDataURL()"))


def newest(page: Page) -> int:
    """The sample counter."""
    return int(page.evaluate("Number(document.getElementById('caption').dataset.newest || 0)"))


INK = """([x0, y0, x1, y1]) => {
  const trace = document.getElementById('trace'), w = trace.width, h = trace.height;
  const copy = new OffscreenCanvas(w, h).getContext('2d', {willReadFrequently: true});
  copy.drawImage(trace, 0, 0);
  const part = [x0 * w, y0 * h, (x1 - x0) * w, (y1 - y0) * h].map(Math.floor);
  return copy.getImageData(...part).data.reduce((n, v, i) => n + (i % 4 === 3 && v > 0), 0);
}"""


def ink(page: Page, left: float = 0.0, top: float = 0.0, right: float = 1.0, bottom: float = 1.0) -> int:
    """Pixels of the trace's canvas that are drawn on, within fractions of its size."""
    return int(page.evaluate(INK, [left, top, right, bottom]))


PAINTED = """([selector, role]) => {
  const canvas = document.querySelector(selector);
  const probe = Object.assign(document.createElement('i'), { style: `color: var(${role})` });
  const [r, g, b] = getComputedStyle(document.body.appendChild(probe)).color.match(/\\d+/g).map(Number);
  probe.remove();
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let i = 0; i < data.length; i += 4)
    n += Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 12 && data[i + 3] > 200;
  return n;
}"""


def painted(page: Page, selector: str, role: str) -> int:
    """Pixels of a canvas in the colour of a role of the style sheet."""
    return int(page.evaluate(PAINTED, [selector, role]))
