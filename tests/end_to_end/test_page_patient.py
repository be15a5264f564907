"""The picker for a virtual patient, in a real browser and on its routes."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from contracts import commands, wire
from contracts.records import Subject
from tests.doubles_live import free_port
from tests.doubles_messages import described
from tests.doubles_page import (
    PageProcess,
    Watched,
    chromium,
    eventually,
    ink,
    is_state,
    newest,
    status_code,
    until,
)
from tests.doubles_patient import FakePatient, PatientSocket
from tests.doubles_publisher import FakePublisher, potentials

RATE_HZ = 2_000.0
SIZES = ((1440, 900), (1024, 768))
THEMES = ("dark", "light")
LIST = ".dash-dropdown-content"
FOUND = "() => !document.getElementById('patient-button').hidden"


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Chromium, for all tests of this file."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def running() -> Generator[FakePublisher]:
    """A run on the stream of a virtual patient."""
    start = described(rate_hz=RATE_HZ, device="virtual patient", subject=Subject("biceps", "right", 45))
    with FakePublisher(start, potentials(RATE_HZ, 5.0)) as running:
        yield running


@pytest.fixture(scope="module")
def somebody() -> FakePatient:
    """Whom the stream comes from."""
    return FakePatient()


@pytest.fixture(scope="module")
def served(running: FakePublisher, somebody: FakePatient) -> Generator[PageProcess]:
    """A page that can reach both."""
    with (
        PatientSocket(somebody) as there,
        PageProcess(running.port, running.control_port, patient_port=there.port) as serving,
    ):
        yield serving


@pytest.fixture
def publisher(running: FakePublisher) -> FakePublisher:
    """The run, not yet told anything."""
    running.commands.clear()
    return running


@pytest.fixture
def patient(somebody: FakePatient) -> FakePatient:
    """The patient, as at the beginning."""
    somebody.begin()
    return somebody


@pytest.fixture
def page(browser: Browser, served: PageProcess, patient: FakePatient) -> Generator[Page]:
    """A fresh page that has found the patient; it ends without an error or a request to elsewhere."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    watched = Watched(opened, f"127.0.0.1:{served.port}")
    assert not patient.changes
    opened.goto(served.url)
    is_state(opened, "live")
    until(opened, FOUND)
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


def chosen(page: Page, name: str, value: str) -> None:
    """Wait until a segmented control shows a value."""
    until(
        page,
        "([name, value]) => document.querySelector(`#patient-${name} label.selected`)?.textContent === value",
        [name, value],
    )


def post(served: PageProcess, body: bytes, **headers: str) -> dict[str, Any]:
    """What the route for changes answers."""
    request = urllib.request.Request(f"{served.url}/command/set_patient", data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_routes_answer_with_the_state_and_refuse_what_makes_no_sense(
    served: PageProcess, patient: FakePatient, publisher: FakePublisher
) -> None:
    answer = post(served, b'{"muscle": "deltoid"}')
    assert (answer["done"], answer["reason"], answer["patient"]["muscle"]) == (True, "", "deltoid")
    assert publisher.commands == [commands.SetSubject(Subject("deltoid", "right", 45))]
    refused = post(served, b'{"severity": 7}')
    assert not refused["done"]
    assert "severity" in refused["reason"]
    assert patient.changes == [commands.SetPatient(muscle="deltoid")]


def test_other_origins_are_turned_away(served: PageProcess, patient: FakePatient) -> None:
    assert status_code(f"{served.url}/patient") == 200
    assert status_code(f"{served.url}/patient", Origin="http://evil.example") == 403
    with pytest.raises(urllib.error.HTTPError, match="403") as turned_away:
        post(served, b'{"severity": 0.1}', Origin="http://evil.example")
    turned_away.value.close()
    assert patient.changes == []


@pytest.mark.browser
def test_a_condition_is_picked_arrives_and_is_shown(
    page: Page, patient: FakePatient, publisher: FakePublisher
) -> None:
    page.keyboard.press("p")
    says(page, "#patient-now", "site 1 · minimal")
    page.click("#patient-condition >> text=motor neuron disease")
    says(page, "#toast", "motor neuron disease")
    assert patient.changes == [commands.SetPatient(condition="motor neuron disease")]
    assert publisher.commands == [commands.ResetEvidence()]
    chosen(page, "condition", "motor neuron disease")
    patient.state = commands.PatientState(
        condition="myopathy", muscles=patient.state.muscles, site=4, phase="rest"
    )
    chosen(page, "condition", "myopathy")
    says(page, "#patient-now", "site 4 · rest")
    assert len(patient.changes) == 1, "what the patient says of itself is no wish"


@pytest.mark.browser
def test_every_control_sends_its_own_field(
    page: Page, patient: FakePatient, publisher: FakePublisher
) -> None:
    page.click("#patient-button")
    page.locator("#patient-severity [role=slider]").press("ArrowRight")
    says(page, "#toast", "severity 0.51")
    page.locator("#patient-age [role=slider]").press("ArrowLeft")
    says(page, "#toast", "age 44")
    page.click("#patient-stage >> text=subacute")
    says(page, "#toast", "stage subacute")
    page.click("#patient-side >> text=left")
    says(page, "#toast", "side left")
    page.click("#patient-effort >> text=maximal")
    says(page, "#toast", "effort maximal")
    page.click("#patient-muscle")
    page.click(f"{LIST} >> text=tibialis anterior")
    says(page, "#toast", "muscle tibialis anterior")
    page.click("#another-position-button")
    says(page, "#patient-now", "site 2")
    page.click("#another-person-button")
    says(page, "#toast", "Another person")
    assert patient.changes == [
        commands.SetPatient(severity=0.51),
        commands.SetPatient(age=44),
        commands.SetPatient(stage="subacute"),
        commands.SetPatient(side="left"),
        commands.SetPatient(effort="maximal"),
        commands.SetPatient(muscle="tibialis anterior"),
        commands.SetPatient(move_needle=True),
        commands.SetPatient(another_person=True),
    ]
    assert publisher.commands == [
        commands.ResetEvidence(),
        commands.SetSubject(Subject("biceps", "right", 44)),
        commands.ResetEvidence(),
        commands.SetSubject(Subject("biceps", "left", 44)),
        commands.SetSubject(Subject("tibialis anterior", "left", 44)),
        commands.ResetEvidence(),
        commands.ResetEvidence(),
    ]


@pytest.mark.browser
def test_the_next_site_moves_the_patients_needle(
    page: Page, patient: FakePatient, publisher: FakePublisher
) -> None:
    page.keyboard.press("s")
    says(page, "#toast", "Next site")
    assert patient.changes == [commands.SetPatient(move_needle=True)]
    assert publisher.commands == [commands.ResetEvidence()], "the site is counted by the patient's own marker"


@pytest.mark.browser
def test_the_subject_in_the_header_is_that_of_patient_and_run(
    page: Page, patient: FakePatient, publisher: FakePublisher
) -> None:
    page.keyboard.press("c")
    page.fill("#subject-muscle", "deltoid")
    page.select_option("#subject-side", "left")
    page.fill("#subject-age", "61")
    page.keyboard.press("Enter")
    says(page, "#toast", "Patient: left deltoid 61 y")
    assert patient.changes == [commands.SetPatient(muscle="deltoid", side="left", age=61)]
    assert publisher.commands == [commands.SetSubject(Subject("deltoid", "left", 61))]


@pytest.mark.browser
def test_a_refused_change_is_told_and_taken_back(page: Page, patient: FakePatient) -> None:
    patient.refuse = "found a patient who is asleep"
    page.keyboard.press("p")
    page.click("#patient-effort >> text=maximal")
    says(page, "#toast", "Not done: found a patient who is asleep")
    chosen(page, "effort", "protocol")


@pytest.mark.browser
def test_the_truth_is_hidden_until_it_is_asked_for(
    page: Page, patient: FakePatient, publisher: FakePublisher
) -> None:
    patient.state = commands.PatientState(condition="neuropathy", severity=0.8, muscles=patient.state.muscles)
    page.keyboard.press("p")
    chosen(page, "condition", "neuropathy")
    page.keyboard.press("p")
    page.wait_for_selector("#patient", state="hidden")
    assert "neuropathy" not in page.inner_text(".head")
    page.keyboard.press("p")
    page.click("#truth-button")
    says(page, "#truth", "simulated truth: neuropathy 0.80, chronic")
    page.keyboard.press("p")
    patient.state = commands.PatientState(muscles=patient.state.muscles)
    says(page, "#truth", "simulated truth: healthy")
    assert page.is_visible("#truth")


@pytest.mark.browser
def test_discharges_are_marked_below_the_trace_with_the_truth_alone(
    page: Page, publisher: FakePublisher
) -> None:
    ticks = {"top": 0.895, "bottom": 0.93}

    def fire() -> int:
        publisher.send(wire.MarkerNotice(time.perf_counter(), "motor unit 17", "truth"))
        return ink(page, **ticks)

    seen = newest(page)
    while newest(page) < seen + RATE_HZ:
        assert fire() < 60, "the line at the head of the sweep is all that stands there"
    page.keyboard.press("p")
    page.click("#truth-button")
    eventually(lambda: fire() > 200, "ticks below the trace")


@pytest.mark.browser
def test_keys_go_to_the_scope_after_a_click_and_to_the_control_while_it_is_used(page: Page) -> None:
    page.keyboard.press("p")
    page.click("#patient-condition >> text=myopathy")
    chosen(page, "condition", "myopathy")
    until(page, "() => document.activeElement === document.body")
    page.keyboard.press("ArrowUp")
    says(page, "#gain-value", "100 µV/div")
    page.click("#patient-muscle")
    page.wait_for_selector(LIST, state="visible")
    until(page, "list => document.querySelector(list).contains(document.activeElement)", LIST)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.wait_for_selector(LIST, state="hidden")
    says(page, "#gain-value", "100 µV/div")
    page.locator("#patient-severity [role=slider]").press("ArrowUp")
    says(page, "#toast", "severity 0.51")
    says(page, "#gain-value", "100 µV/div")
    page.locator("#patient-severity [role=slider]").press("Escape")
    page.wait_for_selector("#patient", state="hidden")


@pytest.mark.browser
def test_every_control_has_a_name(page: Page) -> None:
    page.keyboard.press("p")
    page.wait_for_selector("#patient [role=slider][aria-label]")
    tree = page.locator("#patient").aria_snapshot()
    for name in ("condition", "stage", "side", "effort"):
        assert f'listbox "{name}"' in tree
    for name in ("severity", "age"):
        assert f'slider "{name}"' in tree
    assert 'group "muscle"' in tree


@pytest.mark.browser
def test_it_is_asked_only_while_somebody_looks(page: Page, patient: FakePatient) -> None:
    page.keyboard.press("p")
    asked = patient.n_described
    eventually(lambda: patient.n_described > asked + 1, "two more questions")
    page.keyboard.press("p")
    page.wait_for_selector("#patient", state="hidden")
    asked = patient.n_described
    page.wait_for_function(
        "began => performance.now() - began > 2500", arg=page.evaluate("performance.now()")
    )
    assert patient.n_described <= asked + 1, "at most the one that was under way"


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_trace_keeps_its_place_and_nothing_overflows(
    page: Page, patient: FakePatient, size: tuple[int, int], tmp_path: Path
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    places = """theme => {
      document.documentElement.dataset.theme = theme
      return ['scope', 'reading', 'windows'].map(
        name => document.querySelector(`.${name}`).getBoundingClientRect().toJSON())
    }"""
    before = {theme: page.evaluate(places, theme) for theme in THEMES}
    patient.state = commands.PatientState(
        condition="motor neuron disease",
        muscle="first dorsal interosseous",
        muscles=patient.state.muscles,
        site=12,
    )
    page.keyboard.press("p")
    page.click("#truth-button")
    says(page, "#truth", "motor neuron disease")
    spills = """() => [...document.querySelectorAll('.head, #patient, #patient header, .patient .body, .field')]
      .filter(e => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight).map(e => e.className)"""
    for theme in THEMES:
        assert page.evaluate(places, theme) == before[theme]
        assert page.evaluate(spills) == []
        page.screenshot(path=tmp_path / f"patient-{size[0]}x{size[1]}-{theme}.png")


@pytest.mark.browser
def test_another_stream_has_no_patient_even_if_one_is_there(browser: Browser, patient: FakePatient) -> None:
    with (
        FakePublisher(described(rate_hz=RATE_HZ), potentials(RATE_HZ, 5.0)) as publisher,
        PatientSocket(patient) as there,
        PageProcess(publisher.port, publisher.control_port, patient_port=there.port) as served,
    ):
        page = browser.new_page()
        page.goto(served.url)
        is_state(page, "live")
        page.wait_for_selector(".verdict")
        page.keyboard.press("p")
        publisher.send(wire.MarkerNotice(publisher.start.started_at, "motor unit 17", "a recording"))
        page.wait_for_function(
            "began => performance.now() - began > 1500", arg=page.evaluate("performance.now()")
        )
        assert not page.is_visible("#patient-button")
        assert not page.is_visible("#patient")
        assert patient.n_described == 0
        page.close()


@pytest.mark.browser
def test_a_patient_who_comes_later_is_found(
    browser: Browser, publisher: FakePublisher, patient: FakePatient
) -> None:
    port = free_port()
    with PageProcess(publisher.port, publisher.control_port, patient_port=port) as served:
        page = browser.new_page()
        page.goto(served.url)
        is_state(page, "live")
        assert not page.is_visible("#patient-button")
        with PatientSocket(patient, port=port):
            until(page, FOUND)
            page.keyboard.press("p")
            says(page, "#patient-now", "site 1")
        says(page, "#patient-now", "no answer")
        page.close()
