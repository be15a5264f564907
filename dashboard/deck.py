"""The places of what is measured: the panel below the trace with its views, and the muscle's table.

The browser's own scripts fill them (assets/measured.js); here are their fixed places, so that nothing jumps.
"""

from typing import Any

from dash import html

VIEWS = (
    ("units", "Motor units", "u"),
    ("rest", "At rest", "r"),
    ("epochs", "Interference", "i"),
    ("surface", "Surface EMG", ""),
    ("window", "This window", "w"),
)
"""Name, words and key. Which ones a stream has is decided in the browser: surface EMG has no motor units."""


def deck() -> html.Section:
    """All views in one place; one is shown."""
    tabs = [_tab(*view) for view in VIEWS]
    follow = html.Button(
        "follows the phase",
        id="tab-auto",
        className="btn quiet",
        type="button",
        title="Show what suits the phase (a)",
    )
    head = [
        html.Div(tabs, className="deck-tabs", role="tablist"),
        html.Span(id="deck-note"),
        html.Div(className="grow"),
        follow,
    ]
    views = [_units(), _rest(), _epochs(), _surface(), _window()]
    return html.Section([html.Header(head), *views], className="panel deck", id="deck")


def muscle_panel() -> html.Section:
    """The muscle under the needle, beside norms."""
    head = [html.H2("This muscle"), html.Span(id="muscle-counts")]
    body = [
        html.Div(id="muscle-rows"),
        html.Div(id="muscle-lines"),
        html.P(id="muscle-empty", className="empty"),
    ]
    foot = html.P(id="muscle-foot", className="why")
    return html.Section(
        [html.Header(head), html.Div(body, className="body"), foot], className="panel muscle", id="muscle"
    )


def _tab(name: str, words: str, key: str) -> html.Button:
    title = f"{words} ({key})" if key else words
    return html.Button(
        [words, html.Span(id=f"tab-count-{name}", className="count")],
        id=f"tab-{name}",
        className="deck-tab",
        type="button",
        title=title,
        role="tab",
    )


def _units() -> html.Div:
    return _view(
        "units",
        html.Div([html.Div(id="unit-cells"), _empty("units")], className="pane"),
        html.Div([_subhead("Firing", "last 10 s"), _canvas("raster")], className="pane firing"),
    )


def _rest() -> html.Div:
    log = html.Div([html.Div(id="rest-log", tabIndex=0), _empty("rest")], className="pane")
    timer = html.Div(["rest watched ", html.B(id="rest-timer"), html.Span(" at this site")], id="rest-watch")
    side = [timer, _subhead("Proposed grades", "the examiner decides"), html.Div(id="rest-grades")]
    return _view("rest", log, html.Div(side, className="pane"))


def _epochs() -> html.Div:
    cloud = html.Div([_canvas("cloud"), _empty("epochs")], className="pane")
    return _view("epochs", cloud, html.Div(html.Div(id="epoch-rows"), className="pane scrolls"))


def _surface() -> html.Div:
    return _view(
        "surface",
        html.Div(
            [html.Div(id="surface-channels"), html.P(id="surface-foot", className="why")], className="pane"
        ),
    )


def _window() -> html.Div:
    features = html.Div(
        [_subhead("Features", "", "features-subject"), html.Div(id="features", className="body")],
        className="pane features",
    )
    windows = html.Div(
        [_subhead("Windows", "kept out of the evidence, and why"), html.Div(id="windows")],
        className="pane windows",
    )
    return _view("window", features, windows)


def _view(name: str, *panes: html.Div) -> html.Div:
    return html.Div(list(panes), id=f"view-{name}", className="view", role="tabpanel", hidden=name != "units")


def _subhead(title: str, words: str, of: str = "") -> html.Div:
    more: dict[str, Any] = {"id": of} if of else {}
    return html.Div([html.B(title), html.Span(words, **more)], className="subhead")


def _empty(name: str) -> html.P:
    return html.P(id=f"empty-{name}", className="empty")


def _canvas(name: str) -> html.Div:
    return html.Div(html.Canvas(id=name), className="sheet")
