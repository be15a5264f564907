"""What an electromyographer measures, on the live page in a real browser."""

from collections.abc import Generator
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page

from contracts import commands
from contracts.measured import Discharges
from contracts.records import Subject
from tests.doubles_measured import Voluntary, epoch, muscle, phase, surface, train, unit
from tests.doubles_messages import described
from tests.doubles_page import PageProcess, Watched, chromium, eventually, is_state, newest, painted, until
from tests.doubles_publisher import FakePublisher, potentials

pytestmark = pytest.mark.browser
RATE_HZ = 12_000.0
SLOW_HZ = 2_000.0


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Chromium, for all tests of this file."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def voluntary() -> Voluntary:
    """Four units that fire."""
    return Voluntary(RATE_HZ, 5.0)


@pytest.fixture(scope="module")
def publisher(voluntary: Voluntary) -> Generator[FakePublisher]:
    """A needle among them."""
    with FakePublisher(described(rate_hz=RATE_HZ), voluntary.signal) as running:
        running.measure = voluntary.fired
        yield running


@pytest.fixture(scope="module")
def served(publisher: FakePublisher) -> Generator[PageProcess]:
    """A page of that run."""
    with PageProcess(publisher.port, publisher.control_port) as serving:
        eventually(lambda: serving.health()["state"] == "live", "a live page")
        yield serving


@pytest.fixture(scope="module")
def watched(browser: Browser, served: PageProcess) -> Generator[Watched]:
    """One page for all tests of this file: what is told last holds, as in an examination."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    watched = Watched(context.new_page(), f"127.0.0.1:{served.port}")
    watched.page.goto(served.url)
    is_state(watched.page, "live")
    yield watched
    context.close()


@pytest.fixture
def page(watched: Watched, publisher: FakePublisher) -> Generator[Page]:
    """The page, showing what suits the phase; it has no error and made no request to elsewhere."""
    publisher.commands.clear()
    watched.page.keyboard.press("a")
    yield watched.page
    assert watched.troubles == []


def says(page: Page, selector: str, text: str) -> None:
    """Wait until an element says something."""
    until(
        page,
        "([selector, text]) => document.querySelector(selector)?.textContent.includes(text)",
        [selector, text],
    )


def test_units_appear_with_their_measures_marks_and_firing(
    page: Page, publisher: FakePublisher, voluntary: Voluntary, tmp_path: Path
) -> None:
    first, second, third, fourth = voluntary.units
    doubtful = replace(fourth, trusted=False, accepted=False, measures=None)
    publisher.send(phase("minimal"))
    for told in (first, replace(second, not_told_from=(3,)), third, doubtful):
        publisher.send(told)
    says(page, '.unit[data-unit="1"]', "859 µV · 5.9 ms")
    says(page, '.unit[data-unit="2"]', "or unit 3?")
    says(page, '.unit[data-unit="3"]', "satellite")
    says(page, '.unit[data-quality="doubtful"]', "not yet trusted")
    says(page, "#deck-note", "µV/div · 5 ms/div")
    assert painted(page, '.unit[data-unit="1"] canvas', "--unit-0") > 50
    assert painted(page, '.unit[data-unit="3"] canvas', "--ink") > 20, "marks and the satellite's triangle"
    eventually(lambda: painted(page, "#raster", "--unit-2") > 100, "lines of the third unit in the raster")
    eventually(lambda: painted(page, "#trace", "--unit-0") > 60, "ticks under the trace in the same colour")
    publisher.send(replace(second, fate="merged", into=1))
    says(page, '.unit[data-quality="ended"]', "is unit 1")
    page.screenshot(path=tmp_path / "units.png")


def test_a_phase_is_set_and_given_back_and_it_is_seen_by_whose_word_it_holds(
    page: Page, publisher: FakePublisher
) -> None:
    publisher.send(phase("minimal", at_index=5))
    until(page, "() => document.getElementById('phase-minimal').classList.contains('on')")
    says(page, "#phase-words", "from the signal")
    page.click("#phase-rest")
    says(page, "#toast", "Phase set: rest")
    assert publisher.commands == [commands.SetPhase("rest")]
    publisher.send(phase("rest", origin="operator", automatic="minimal", site=2))
    says(page, "#phase-words", "set by you · signal: minimal")
    says(page, "#site", "site 2")
    assert page.get_attribute("#phase-rest", "aria-pressed") == "true"
    page.keyboard.press("2")
    says(page, "#toast", "as the signal has it")
    page.keyboard.press("s")
    says(page, "#toast", "Next site")
    assert publisher.commands[1:] == [commands.SetPhase(None), commands.NextSite()]


def test_the_place_below_the_trace_follows_the_phase_until_somebody_chooses(
    page: Page, publisher: FakePublisher
) -> None:
    publisher.send(phase("rest", at_index=7))
    page.wait_for_selector("#view-rest", state="visible")
    publisher.send(phase("minimal", at_index=8))
    page.wait_for_selector("#view-units", state="visible")
    page.keyboard.press("i")
    page.wait_for_selector("#view-epochs", state="visible")
    publisher.send(phase("rest", at_index=9))
    says(page, "#phase-words", "from the signal")
    until(page, "() => document.getElementById('phase-rest').classList.contains('on')")
    assert page.is_visible("#view-epochs")
    page.keyboard.press("a")
    page.wait_for_selector("#view-rest", state="visible")
    page.keyboard.press("w")
    says(page, "#features", "mean absolute value")
    assert page.is_visible("#view-window")


def test_discharges_at_rest_are_logged_with_the_rule_and_what_it_rests_on(
    page: Page, publisher: FakePublisher
) -> None:
    publisher.send(phase("rest", at_index=10))
    publisher.send(train(1))
    publisher.send(train(2, kind="isolated potentials", ended=True, reason="two potentials"))
    publisher.send(muscle())
    says(page, ".train[data-kind='fibrillation potentials']", "7.4 Hz · irregularity 3 %")
    says(page, ".train[data-kind='fibrillation potentials']", "validated on simulation only")
    says(page, ".train.ended", "two potentials")
    assert painted(page, ".train canvas", "--trace") > 30
    says(page, "#rest-grades", "2 of 4 sites")
    says(page, "#rest-watched", "48 s watched at 4 sites")
    assert page.inner_text("#rest-timer").count(":") == 1
    publisher.send(train(1, kind="positive sharp waves"))
    says(page, "#rest-log", "positive sharp waves")
    assert page.locator(".train").count() == 2


def test_the_muscle_stands_beside_its_norms(page: Page, publisher: FakePublisher) -> None:
    publisher.send(phase("moderate", at_index=11))  # here, at the site of the epochs
    says(page, "#site", "site 1")
    publisher.send(muscle(units_accepted=17))
    says(page, "#muscle-counts", "17 accepted, 2 rejected · 3 sites")
    says(page, ".row[data-key='Duration']", "12.9 ± 2.10")
    says(page, ".row[data-key='Duration']", "9.90 ± 1.40 †")
    says(page, ".row[data-key='Duration'][data-side='above']", "+2.1 ▲")
    says(page, ".row[data-key='Polyphasic']", "n/a")
    says(page, "#muscle-lines", "2 units, the fastest at 18 Hz: ratio 9")
    for n in range(6):
        publisher.send(epoch(n, in_cloud=n != 3))
    page.keyboard.press("i")
    eventually(lambda: painted(page, "#cloud", "--warn") > 20, "a point outside the normal area")
    assert painted(page, "#cloud", "--trace") > 20
    publisher.send(muscle(rows=(), reason="age not given: no z-scores", norms=""))
    says(page, "#muscle-foot", "Age not given: no z-scores.")


def test_muscle_side_and_age_are_chosen_on_the_page(page: Page, publisher: FakePublisher) -> None:
    page.keyboard.press("c")
    assert page.input_value("#subject-muscle") == "biceps brachii"
    page.fill("#subject-muscle", "tibialis anterior")
    page.select_option("#subject-side", "left")
    page.fill("#subject-age", "61")
    page.keyboard.press("Enter")
    says(page, "#toast", "Examined: left tibialis anterior 61 y")
    assert publisher.commands == [commands.SetSubject(Subject("tibialis anterior", "left", 61))]
    page.click("#subject-button")
    page.wait_for_selector("#subject-card", state="visible")
    assert page.input_value("#subject-side") == "right", "what the run says holds"
    page.keyboard.press("Escape")
    page.wait_for_selector("#subject-card", state="hidden")


def colour_of(page: Page, number: int) -> str:
    """The role in the style sheet that a unit's colour has."""
    cell = f'.unit[data-unit="{number}"]'
    page.wait_for_selector(cell)
    return str(
        page.evaluate("s => document.querySelector(s).style.getPropertyValue('--role').slice(4, -1)", cell)
    )


def test_a_discharge_that_is_told_again_is_drawn_once(page: Page, publisher: FakePublisher) -> None:
    publisher.send(phase("minimal", at_index=12))
    publisher.send(unit(5, rate_hz=RATE_HZ))
    publisher.send(unit(6, rate_hz=RATE_HZ))
    before, after = colour_of(page, 5), colour_of(page, 6)
    page.keyboard.press("u")
    fired = tuple(newest(page) - round(0.1 * n * RATE_HZ) for n in range(20, 0, -1))
    publisher.send(Discharges(0, (5,) * 20, fired, (False,) * 20))
    eventually(lambda: painted(page, "#raster", before) > 300, "lines of the unit that is two")
    publisher.send(Discharges(0, (6,) * 20, fired, (False,) * 20))
    eventually(lambda: painted(page, "#raster", after) > 300, "lines of the one that was split off")
    eventually(lambda: painted(page, "#raster", before) < 100, "that they are no longer the other's")


def test_another_person_leaves_nothing_of_the_one_before(page: Page, publisher: FakePublisher) -> None:
    publisher.send(phase("rest", at_index=13))
    publisher.send(train(7, reason="of the person before"))
    says(page, "#rest-log", "of the person before")
    publisher.start = replace(publisher.start, examined_from=newest(page))
    says(page, "#empty-rest", "Nothing fires at rest so far")
    page.keyboard.press("u")
    page.wait_for_selector(".unit", state="detached")
    says(page, "#muscle-empty", "Nothing is measured of this muscle yet")


def test_another_run_brings_nothing_of_the_one_before(page: Page, publisher: FakePublisher) -> None:
    publisher.send(phase("minimal", at_index=11))
    publisher.send(unit(9, rate_hz=RATE_HZ))
    page.wait_for_selector('.unit[data-unit="9"]')
    assert publisher.n_described == 1, "what was told before the page came is asked for once"
    publisher.run_id = "run-2"
    page.wait_for_selector('.unit[data-unit="9"]', state="detached")
    says(page, "#empty-units", "Motor units are followed during effort")
    eventually(lambda: publisher.n_described == 2, "the same of the other run")


def test_surface_emg_has_a_panel_of_its_own_and_the_reason(browser: Browser) -> None:
    labels = ("biceps", "triceps")
    start = described(rate_hz=SLOW_HZ, labels=labels, patterns=(), classes=())
    with (
        FakePublisher(start, potentials(SLOW_HZ, 5.0, 2)) as publisher,
        PageProcess(publisher.port, publisher.control_port) as served,
    ):
        page = browser.new_page()
        page.goto(served.url)
        is_state(page, "live")
        for second in range(1, 6):
            publisher.send(surface(second * round(SLOW_HZ)))
        says(page, "#surface-foot", "that needs 10 kHz")
        says(page, ".channel.active", "92 Hz")
        says(page, "#surface-foot", "biceps with triceps 0.12")
        assert page.is_visible("#view-surface")
        assert not page.is_visible("#tab-units")
        page.close()
