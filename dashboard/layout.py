"""The page's skeleton: fixed places, so that nothing jumps when something arrives."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from dash import dcc, html

from dashboard.panels.patient import patient_button, patient_panel, truth_line

PANELS_EVERY_MS = 400
EVIDENCE_EVERY_MS = 1_000
"""Readings are smoothed over seconds. Twice as often cost the browser another tenth of its main thread."""

PARTS = Path(__file__).parent / "parts"

INDEX = """<!DOCTYPE html>
<html lang="en" data-theme="{theme}">
<head>
{{%metas%}}
<title>{{%title%}}</title>
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
{{%css%}}
</head>
<body>
{{%app_entry%}}
<noscript>This page needs JavaScript: the trace is drawn in the browser.</noscript>
<template id="deck-part">{deck}</template>
{help}
<dialog id="subject-card"></dialog>
<datalist id="muscles">{muscles}</datalist>
{{%config%}}{{%scripts%}}{{%renderer%}}
<script type="module" src="/assets/start.js"></script>
</body>
</html>"""
"""Dash's own template, with our module script, the theme and what Dash need not know of; it fills the places in {% %}.

Every component of Dash's own is asked whether it changed whenever another one does: with the measures among them
they were twice as many, and the browser's main thread was theirs.
"""

PHASES = ("insertion", "rest", "minimal", "moderate", "maximal")
"""Of the examination, in its order; keys 1 to 5."""


def index_string(theme: str, muscles: Sequence[str] = ()) -> str:
    """The HTML around the page, with the theme that the settings ask for and muscles to choose from."""
    return INDEX.format(
        theme=theme,
        deck=(PARTS / "deck.html").read_text("utf-8"),
        help=(PARTS / "help.html").read_text("utf-8"),
        muscles="".join(f'<option value="{escape(name)}"></option>' for name in muscles),
    )


def page_layout(*, commands: bool, patient: bool = False) -> html.Div:
    """The whole page. What the browser's own scripts fill is empty here and has an id."""
    panels = [_scope(commands=commands, patient=patient), _reading(commands=commands), _window()]
    return html.Div(
        [
            _header(commands=commands, patient=patient),
            html.Main([*panels, *([patient_panel()] if patient else [])], className="main"),
            _footer(),
            html.Div(id="toast", role="status"),
            dcc.Store(id="channel", data=0),
            dcc.Store(id="view", data="units"),
            dcc.Interval(id="panels-clock", interval=PANELS_EVERY_MS),
            dcc.Interval(id="evidence-clock", interval=EVIDENCE_EVERY_MS),
            html.Div(id="panels-tick", hidden=True),
        ],
        className="app",
        id="app",
    )


def _header(*, commands: bool, patient: bool) -> html.Header:
    asked = "Muscle, side and age (c)" if commands else "Muscle, side and age"
    site = [_button("next-site", "next site", "The needle is at another position of this muscle (s)")]
    return html.Header(
        [
            html.Div(["Myo", html.Span("scope")], className="brand"),
            html.Div(
                [
                    html.Span(className="dot"),
                    html.B(id="state-word"),
                    html.Span(id="run-time", title="Since the run began"),
                    html.Span(id="stream-name"),
                ],
                className="kv state",
            ),
            html.Button(
                html.Span(id="subject"),
                id="subject-button",
                className="kv btn",
                type="button",
                title=asked,
                disabled=not commands,
            ),
            _phases(commands=commands),
            html.Div(html.Span(id="site"), className="kv site", title="Needle position in this muscle"),
            *(site if commands else []),
            html.Div(className="grow"),
            *([patient_button()] if patient else []),
            _button("theme", "theme", "Dark, light or automatic (t)"),
            _button("help", "?", "Keys (?)"),
        ],
        className="strip head",
    )


def _phases(*, commands: bool) -> html.Div:
    """One button for each phase; which one holds, and by whose word, is filled in by the browser."""
    buttons = [
        html.Button(
            name,
            id=f"phase-{name}",
            className="btn",
            type="button",
            title=f"Set the phase to {name} ({key}); once more gives it back to the signal",
            disabled=not commands,
        )
        for key, name in enumerate(PHASES, 1)
    ]
    group = html.Div(buttons, className="phases", role="group")
    return html.Div([group, html.Span(id="phase-words", role="status")], className="phase", id="phase")


def _scope(*, commands: bool, patient: bool) -> html.Section:
    mark = [_button("mark", "mark", "Mark this moment (m)")] if commands else []
    return html.Section(
        [
            html.Header(
                [
                    html.H2("Scope"),
                    _stepper("gain", "Gain (↑ ↓)"),
                    _button("fit", "fit", "Fit the gain to the signal, once (f)"),
                    _stepper("sweep", "Sweep (← →)"),
                    html.Span(id="band", title="The trace is the signal as received, before any filter"),
                    html.Div(className="grow"),
                    html.Div(id="channel-picker"),
                    html.Span(id="polarity"),
                    *mark,
                    _button("freeze", "freeze", "Freeze the trace (space)"),
                ]
            ),
            html.Div(
                [
                    html.Canvas(id="grid"),
                    html.Canvas(id="trace"),
                    html.Div(id="row-labels"),
                    html.Div(
                        [
                            *([truth_line()] if patient else []),
                            html.Div(id="frozen", hidden=True),
                            html.Div(id="notice"),
                        ],
                        className="tags",
                    ),
                    html.Div(id="caption"),
                    _banner(),
                ],
                className="screen",
                id="screen",
            ),
        ],
        className="panel scope",
    )


def _stepper(name: str, title: str) -> html.Span:
    return html.Span(
        [
            _button(f"{name}-less", "−", f"{title}: less"),
            html.B(id=f"{name}-value"),
            _button(f"{name}-more", "+", f"{title}: more"),
        ],
        className="stepper",
        title=title,
    )


def _reading(*, commands: bool) -> html.Section:
    fresh = [_button("anew", "start over", "Forget the evidence so far (e)")] if commands else []
    head = [html.H2("Reading"), html.Span(id="reading-subject"), html.Div(className="grow"), *fresh]
    graph = dcc.Graph(
        id="evidence",
        figure={"data": [], "layout": {"autosize": True}},
        config={"staticPlot": True, "displayModeBar": False},
        responsive=True,
        style={"height": "100%", "width": "100%"},
    )
    over_time = [html.Span("Evidence over time"), html.Div(id="evidence-legend", className="legend")]
    parts = [
        html.Header(head),
        html.Div(id="reading", className="body"),
        html.Div(
            [html.Div(over_time, className="subhead"), html.Div(graph, className="plot")],
            id="over-time",
            className="over-time",
        ),
    ]
    return html.Section(parts, className="panel reading")


def _window() -> html.Div:
    """The newest window: a view of the panel below the trace, where the browser puts it."""
    features = [
        html.Div([html.B("Features"), html.Span(id="features-subject")], className="subhead"),
        html.Div(id="features", className="body"),
    ]
    windows = [
        html.Div(html.B("Windows kept out of the evidence, and why"), className="subhead"),
        html.Div(id="windows"),
    ]
    panes = [
        html.Div(features, className="pane features"),
        html.Div(windows, className="pane windows"),
    ]
    return html.Div(panes, id="view-window", className="view", hidden=True)


def _footer() -> html.Footer:
    return html.Footer(
        [
            html.Span(["data age ", html.B(id="data-age")]),
            html.Div(id="footer", className="figures"),
            html.Div(className="grow"),
            html.Strong("Research use only, not a diagnosis", id="research-only"),
        ],
        className="strip foot",
    )


def _banner() -> html.Div:
    lines = [
        html.Div(id="banner-title"),
        html.Div(id="banner-age"),
        html.Div(id="banner-detail"),
        html.Div(id="banner-do"),
    ]
    return html.Div(lines, id="banner", hidden=True, role="alert")


def _button(name: str, text: str, title: str) -> html.Button:
    return html.Button(text, id=f"{name}-button", title=title, className="btn", type="button")
