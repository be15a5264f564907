"""The picker for a virtual patient: in the place of the features while it is open."""

from typing import Any, get_args

from dash import ClientsideFunction, Dash, Input, dcc, html

from contracts.commands import PatientCondition, PatientEffort, PatientState

STAGES = ("acute", "subacute", "chronic")
SIDES = ("left", "right")
CONTROLS = ("condition", "severity", "stage", "age", "muscle", "side", "effort")
"""Fields of SetPatient that have a control; its id is `patient-` and the name."""


def patient_panel() -> html.Section:
    """Every control, hidden until the page has found a virtual patient and is asked for it."""
    begin = PatientState()
    rows = [
        _field("condition", _words("condition", get_args(PatientCondition), begin.condition)),
        _field("severity", _slider("severity", 0.0, 1.0, 0.01, begin.severity), of="disorder"),
        _field("stage", _words("stage", STAGES, begin.stage), of="disorder"),
        _field("age", _slider("age", 20, 80, 1, begin.age)),
        _field("effort", _words("effort", get_args(PatientEffort), begin.effort)),
        _field(
            "person", _button("another-person", "another person", "Somebody else with the same condition")
        ),
        _field("muscle", _muscle(begin), _words("side", SIDES, begin.side)),
        _field("needle", _button("another-position", "another position", "In the same muscle")),
    ]
    return html.Section(
        [_head(), html.Div(rows, className="body")],
        id="patient",
        className="panel patient",
        hidden=True,
        tabIndex=-1,
        **_named("Virtual patient"),
    )


def patient_button() -> html.Button:
    """Opens and closes the picker; hidden until there is somebody to talk to."""
    expanded: dict[str, Any] = {"aria-expanded": "false", "aria-controls": "patient"}
    return _button("patient", "patient", "Virtual patient (p)", hidden=True, **expanded)


def truth_line() -> html.Div:
    """The condition, for the header; hidden until the truth is asked for."""
    parts = [html.Span("simulated "), "truth: ", html.B(id="truth-condition"), html.Span(id="truth-how")]
    return html.Div(
        parts, id="truth", className="truth", title="What the simulator was told to be", hidden=True
    )


def hand_over_changes(app: Dash) -> None:
    """Tell the browser's own script which control was changed, and to what."""
    app.clientside_callback(
        ClientsideFunction("patient", "changed"),
        *[Input(f"patient-{name}", "value") for name in CONTROLS],
        prevent_initial_call=True,
    )


def _head() -> html.Header:
    truth = _button(
        "truth", "show the truth", "Name the condition in the header, and what fires below the trace"
    )
    close = html.Button("×", id="patient-close", className="btn", type="button", title="Close (p)")
    return html.Header(
        [
            html.H2("Virtual patient"),
            html.Span("simulated, the truth is known"),
            html.Div(className="grow"),
            html.Span(id="patient-now", title="Needle position and what the patient does", role="status"),
            truth,
            close,
        ]
    )


def _field(name: str, *controls: Any, of: str = "") -> html.Div:
    return html.Div([html.Span(name, className="name"), *controls], className=f"field {of}".strip())


def _words(name: str, words: tuple[str, ...], chosen: str) -> html.Div:
    """A segmented control: radio buttons underneath, for arrow keys and screen readers."""
    radios = dcc.RadioItems(list(words), chosen, id=f"patient-{name}", inline=True, className="segments")
    return html.Div(radios)


def _slider(name: str, least: float, most: float, step: float, value: float) -> html.Div:
    slider = dcc.Slider(least, most, step, marks=None, value=value, id=f"patient-{name}")
    return html.Div(slider, className="slide")


def _muscle(begin: PatientState) -> html.Div:
    muscles = dcc.Dropdown(
        [begin.muscle], begin.muscle, id="patient-muscle", clearable=False, searchable=False
    )
    return html.Div(muscles, className="choice", role="group", **_named("muscle"))


def _button(name: str, text: str, title: str, **more: Any) -> html.Button:
    return html.Button(text, id=f"{name}-button", title=title, className="btn", type="button", **more)


def _named(name: str) -> dict[str, Any]:
    return {"aria-label": name}
