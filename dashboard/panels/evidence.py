"""The evidence over time, drawn by Plotly: a light plot, twice a second."""

from typing import Any

import numpy as np
from dash import html

from dashboard.evidence_history import N_POINTS, STEP_S
from dashboard.run_view import RunView
from dashboard.words import pattern_role

SPAN_S = N_POINTS * STEP_S
DASHES = ("solid", "dash", "dot", "dashdot")
"""Lines differ in more than hue."""


def evidence_figure(run: RunView | None, channel: int) -> dict[str, Any]:
    """A Plotly figure of the last two minutes; colours come from the style sheet (`line_colours`).

    Lists, not arrays: arrays travel as base64 and cannot be extended or compared in the browser.
    """
    if run is None or run.start is None or run.history is None or not run.start.patterns:
        return {"data": [], "layout": _layout(0.0)}
    reading = min(channel, run.history.n_readings - 1)
    if run.result is not None:
        reading = min(reading, len(run.result.readings) - 1)
    times, evidence, rejected = run.history.read(reading)
    newest = float(times[-1]) if len(times) else 0.0
    seconds = (times - newest).tolist()
    dropped = [t for t, share in zip(seconds, rejected, strict=True) if share >= 0.5]
    traces: list[dict[str, Any]] = []
    for i, pattern in enumerate(run.start.patterns):
        values = [None if value != value else round(float(value), 3) for value in evidence[:, i]]
        traces.append(_line(pattern.name, seconds, values, _dash(i)))
    traces.append(_rejected(dropped))
    return {"data": traces, "layout": _layout(newest)}


def evidence_legend(run: RunView | None) -> list[html.Span]:
    """The patterns, each with the colour and the dash of its line."""
    if run is None or run.start is None:
        return []
    keys = [f"key {pattern_role(i, run.start)} line-{_dash(i)}" for i in range(len(run.start.patterns))]
    return [
        html.Span([html.Span(className=key), pattern.name])
        for key, pattern in zip(keys, run.start.patterns, strict=True)
    ]


def line_colours(run: RunView | None) -> dict[str, str]:
    """Style variables that give each line, by its order, the colour role of its pattern.

    Without a model there is nothing to plot over time, and the place stays empty.
    """
    if run is None or run.start is None:
        return {}
    if not run.start.patterns:
        return {"visibility": "hidden"}
    return {f"--line-{i}": f"var(--{pattern_role(i, run.start)})" for i in range(len(run.start.patterns))}


def _dash(index: int) -> str:
    return DASHES[index % len(DASHES)]


def _rejected(seconds: list[float]) -> dict[str, Any]:
    """Marks below the axis where at least half of the windows were kept out."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "rejected",
        "x": seconds,
        "y": [-0.035] * len(seconds),
        "marker": {"symbol": "line-ns-open", "size": 6},
        "hoverinfo": "skip",
    }


def _line(name: str, x: list[float], y: list[float | None], dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"width": 1.8, "dash": dash},
        "hoverinfo": "skip",
    }


def _layout(newest_s: float) -> dict[str, Any]:
    span = float(np.clip(newest_s, 30.0, SPAN_S))
    return {
        "autosize": True,
        "margin": {"l": 34, "r": 12, "t": 4, "b": 24},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "font": {"family": "Inter, Segoe UI, system-ui, sans-serif", "size": 11},
        "xaxis": {
            "range": [-span, 0],
            "fixedrange": True,
            "ticksuffix": " s",
            "zeroline": False,
            "nticks": 7,
        },
        "yaxis": {
            "range": [-0.06, 1.02],
            "fixedrange": True,
            "tickvals": [0, 0.5, 1],
            "zeroline": False,
        },
        "uirevision": "evidence",
    }
