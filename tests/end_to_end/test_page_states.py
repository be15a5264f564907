"""Every state that is not well, in a real browser: unmissable, with what is missing and what to do."""

import signal
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page

from contracts import wire
from tests.doubles_live import free_port
from tests.doubles_messages import described
from tests.doubles_page import PageProcess, chromium, is_state, newest, until
from tests.doubles_publisher import FakePublisher, potentials

pytestmark = pytest.mark.browser
RATE_HZ = 2_000.0


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Chromium, for all tests of this file."""
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    """An empty page with nothing remembered."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def run(*, labels: tuple[str, ...] = ("needle",), port: int = 0, run_id: str = "run-1") -> FakePublisher:
    return FakePublisher(
        described(rate_hz=RATE_HZ, labels=labels),
        potentials(RATE_HZ, 5.0, len(labels)),
        port=port,
        run_id=run_id,
    )


def looks_old(page: Page) -> bool:
    """Trace and reading are greyed out."""
    grey = "s => getComputedStyle(document.querySelector(s)).filter.includes('grayscale')"
    return all(page.evaluate(grey, place) for place in ("#trace", ".panel.reading"))


def test_waiting_then_live_without_a_reload(page: Page) -> None:
    port = free_port()
    with PageProcess(port) as served:
        page.goto(served.url)
        is_state(page, "waiting")
        assert page.is_visible("#banner")
        assert f"tcp://127.0.0.1:{port}" in page.inner_text("#banner")
        assert "myoscope live" in page.inner_text("#banner-do")
        with run(port=port):
            is_state(page, "live")
            page.wait_for_selector("#banner", state="hidden")


def test_stale_is_unmissable_counts_its_age_and_goes_away_by_itself(page: Page) -> None:
    with run() as publisher, PageProcess(publisher.port) as served:
        page.goto(served.url)
        is_state(page, "live")
        publisher.silent.set()
        is_state(page, "stale")
        assert looks_old(page)
        assert page.inner_text("#banner-title") == "Stale: no messages"
        assert "Look at the terminal" in page.inner_text("#banner-do")
        age = page.inner_text("#banner-age")
        until(
            page,
            "age => document.getElementById('banner-age').textContent !== age",
            age,
        )
        stood = newest(page)
        publisher.silent.clear()
        is_state(page, "live")
        until(page, "n => Number(document.getElementById('caption').dataset.newest) > n", stood)
        assert not looks_old(page)


def test_a_lost_stream_says_so_and_what_to_do(page: Page) -> None:
    with run() as publisher, PageProcess(publisher.port) as served:
        page.goto(served.url)
        is_state(page, "live")
        publisher.stalled.set()
        is_state(page, "stalled")
        publisher.state = "lost"
        is_state(page, "lost")
        assert looks_old(page)
        assert "needle-1" in page.inner_text("#banner-detail")
        assert "Switch on the device" in page.inner_text("#banner-do")


def test_the_watchdog_is_in_the_browser(page: Page) -> None:
    with run() as publisher, PageProcess(publisher.port) as served:
        page.goto(served.url)
        is_state(page, "live")
        served.end(signal.SIGTERM)
        is_state(page, "unreachable")
        assert looks_old(page)
        assert page.inner_text("#banner-title") == "Page disconnected"
        with PageProcess(publisher.port, port=served.port):
            is_state(page, "live")


def test_a_stop_is_told_with_its_reason(page: Page) -> None:
    with run() as publisher, PageProcess(publisher.port) as served:
        page.goto(served.url)
        is_state(page, "live")
        publisher.silent.set()
        publisher.send(wire.StreamStop("end of recording", "N2001A01BB01"))
        is_state(page, "stopped")
        assert "played to its end: N2001A01BB01" in page.inner_text("#banner-detail")


def test_overload_is_a_warning_beside_a_live_trace(page: Page) -> None:
    with run() as publisher, PageProcess(publisher.port) as served:
        page.goto(served.url)
        is_state(page, "live")
        publisher.drop_messages(b"signal", 7)
        is_state(page, "overloaded")
        assert not page.is_visible("#banner")
        assert not looks_old(page)
        assert "7 messages lost" in page.inner_text("#notice")


def test_a_run_that_comes_back_as_another_is_joined(page: Page) -> None:
    port = free_port()
    with PageProcess(port) as served:
        page.goto(served.url)
        with run(port=port):
            is_state(page, "live")
        is_state(page, "stale")
        with run(port=port, run_id="run-2", labels=("left", "right")):
            is_state(page, "live")
            until(page, "() => document.querySelectorAll('#row-labels span').length === 2")
            assert served.health()["run_id"] == "run-2"


def test_several_channels_are_stacked_and_one_is_read(page: Page) -> None:
    labels = tuple(f"ch{i}" for i in range(1, 13))
    with run(labels=labels) as publisher, PageProcess(publisher.port) as served:
        page.goto(served.url)
        is_state(page, "live")
        until(page, "() => document.querySelectorAll('#row-labels span').length === 8")
        page.select_option("#channel-picker select", "ch11")
        until(page, "() => document.querySelectorAll('#row-labels span').length === 0")
        until(page, "() => document.getElementById('reading-subject').textContent.startsWith('ch11')")
        page.keyboard.press("]")
        until(page, "() => document.getElementById('reading-subject').textContent.startsWith('ch12')")
