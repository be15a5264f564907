"""The live page in a real browser: moving data, complete at once, nothing from elsewhere."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from contracts import commands, wire
from tests.doubles_messages import described
from tests.doubles_page import (
    INK,
    PageProcess,
    Watched,
    chromium,
    eventually,
    ink,
    is_state,
    newest,
    picture,
    until,
)
from tests.doubles_publisher import FakePublisher, potentials

pytestmark = pytest.mark.browser
RATE_HZ = 23_437.5
SIZES = ((1440, 900), (1024, 768))


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Chromium, for all tests of this file."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def publisher() -> Generator[FakePublisher]:
    """A needle at full rate."""
    with FakePublisher(described(rate_hz=RATE_HZ), potentials(RATE_HZ, 5.0)) as running:
        yield running


@pytest.fixture(scope="module")
def served(publisher: FakePublisher) -> Generator[PageProcess]:
    """A page of that run, long enough live to have a whole sweep to show."""
    with PageProcess(publisher.port, publisher.control_port) as serving:
        eventually(lambda: publisher.sent_index > 2 * RATE_HZ, "two seconds of signal")
        eventually(lambda: serving.health()["state"] == "live", "a live page")
        yield serving


@pytest.fixture
def page(browser: Browser, served: PageProcess) -> Generator[Page]:
    """A fresh page with nothing remembered, that ends without an error or a request to elsewhere."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    watched = Watched(opened, f"127.0.0.1:{served.port}")
    opened.goto(served.url)
    is_state(opened, "live")
    opened.wait_for_selector(".verdict")
    yield opened
    assert watched.troubles == []
    context.close()


def says(page: Page, selector: str, text: str) -> None:
    """Wait until an element says something."""
    until(
        page,
        "([selector, text]) => document.querySelector(selector)?.textContent.includes(text)",
        [selector, text],
    )


def test_the_trace_moves_and_the_counters_advance(page: Page) -> None:
    before, counted = picture(page), newest(page)
    until(
        page,
        "n => Number(document.getElementById('caption').dataset.newest) > n + 5000",
        counted,
    )
    assert picture(page) != before
    says(page, "#data-age", " ")
    says(page, "#footer", "patterns-1 · 3f9c0a11")
    says(page, "#research-only", "Research use only, not a diagnosis")


def test_a_page_opened_late_is_complete_at_once(page: Page) -> None:
    # The sweep is one second wide: every tenth of it but the gap ahead of the head has been drawn.
    until(page, "() => document.getElementById('caption').dataset.newest > 0")
    assert sum(ink(page, left=i / 10, right=(i + 1) / 10) > 0 for i in range(10)) >= 9
    says(page, "#reading", "Neurogenic pattern")
    says(page, "#reading", "not decidable from one muscle")
    page.keyboard.press("w")
    says(page, "#windows", "accepted")
    says(page, "#features", "mean absolute value")
    says(page, "#subject", "biceps brachii")
    page.wait_for_selector("#evidence .scatterlayer .trace path.js-line", state="attached")


def test_gain_sweep_and_polarity_have_keys_and_are_always_shown(page: Page) -> None:
    says(page, "#gain-value", "200 µV/div")
    says(page, "#sweep-value", "100 ms/div")
    says(page, "#band", "unfiltered")
    says(page, "#polarity", "negative up")
    for key, selector, text in (
        ("ArrowUp", "#gain-value", "100 µV/div"),
        ("ArrowDown", "#gain-value", "200 µV/div"),
        ("ArrowRight", "#sweep-value", "200 ms/div"),
        ("n", "#polarity", "positive up"),
    ):
        page.keyboard.press(key)
        says(page, selector, text)
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    says(page, "#gain-value", "10 mV/div")


def test_negative_is_up(page: Page) -> None:
    # The potentials are sharply negative: with the polarity of the clinic most ink is in the upper half.
    assert ink(page, bottom=0.45) > 2 * ink(page, top=0.55)
    page.keyboard.press("n")
    assert 2 * ink(page, bottom=0.45) < ink(page, top=0.55)


def test_freeze_holds_the_trace_while_the_reading_goes_on(page: Page) -> None:
    page.keyboard.press(" ")
    says(page, "#frozen", "Frozen")
    held, counted = picture(page), newest(page)
    until(
        page,
        "at => document.getElementById('panels-tick').dataset.at !== at",
        page.get_attribute("#panels-tick", "data-at"),
    )
    assert picture(page) == held
    page.keyboard.press(" ")
    until(page, "n => Number(document.getElementById('caption').dataset.newest) > n", counted)
    assert not page.is_visible("#frozen")


def test_a_gap_is_hatched_and_named_and_counted(page: Page, publisher: FakePublisher) -> None:
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    says(page, "#sweep-value", "1 s/div")
    # A band of the screen that no trace reaches, only the line at the head of the sweep.
    quiet = {"top": 0.90, "bottom": 0.95}
    until(page, f"part => ({INK})(part) > 1000", [0, 0.4, 1, 0.6])
    assert ink(page, **quiet) < 200
    publisher.lose(round(2 * RATE_HZ))
    says(page, "#footer", "missing ~46\u2009875")
    until(page, f"part => ({INK})(part) > 800", [0, 0.9, 1, 0.95])


def test_rejected_windows_carry_their_reason(page: Page, publisher: FakePublisher) -> None:
    decision = publisher.decision
    try:
        page.keyboard.press("w")
        publisher.flags, publisher.decision = ("mains",), wire.Decision(None, 0.4, "rejected windows")
        says(page, "#reading", "Cannot tell")
        says(page, "#reading", "Most windows are rejected")
        says(page, "#windows", "rejected, mains interference")
    finally:
        publisher.flags, publisher.decision = (), decision
    says(page, "#reading", "Neurogenic pattern")


def test_commands_are_acknowledged_on_the_page(page: Page, publisher: FakePublisher) -> None:
    page.keyboard.press("e")
    says(page, "#toast", "Evidence begins anew")
    assert commands.ResetEvidence() in publisher.commands


def test_help_opens_and_closes(page: Page) -> None:
    page.keyboard.press("?")
    assert page.is_visible("#help-card")
    assert "must not be used to diagnose" in page.inner_text("#help-card")
    page.keyboard.press("?")
    assert not page.is_visible("#help-card")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_one_screen_without_scrolling_or_overlap(
    page: Page, size: tuple[int, int], theme: str, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    until(page, "w => document.getElementById('app').clientWidth === w", size[0])
    overflow = page.evaluate(
        "() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    )
    assert overflow == [0, 0]
    boxes = page.evaluate(
        "() => [...document.querySelectorAll('.strip, .panel:not([hidden])')]"
        ".map(e => e.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) == 6
    for i, a in enumerate(boxes):
        assert a["left"] >= 0
        assert a["right"] <= size[0]
        assert a["bottom"] <= size[1]
        for b in boxes[i + 1 :]:
            apart = (
                a["right"] <= b["left"]
                or b["right"] <= a["left"]
                or a["bottom"] <= b["top"]
                or b["bottom"] <= a["top"]
            )
            assert apart, (a, b)
    page.screenshot(path=tmp_path / f"live-{size[0]}x{size[1]}-{theme}.png")
