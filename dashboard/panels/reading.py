"""The reading: what the evidence so far allows one to say of the selected channel."""

from dash import html

from contracts.wire import Decision, Reading, StreamStart
from dashboard.run_view import RunView, emg_labels
from dashboard.words import REASONS, listed, not_decidable, pattern_role, verdict

Part = html.Div | html.Span | html.P


def reading_panel(run: RunView | None, channel: int, *, four_classes: bool) -> list[Part]:
    """Headline, reason, one bar for each pattern, and what cannot be decided."""
    if run is None or run.start is None:
        return _empty("No reading", "It appears when a run is joined.")
    if not run.start.patterns:
        why = "This run has no model: signal, quality and features are shown, nothing is concluded."
        return _empty("No model", why)
    reading = run.reading(channel)
    if reading is None:
        return _empty(
            "No reading yet", f"The first window is complete after {run.start.window_s:g} s of signal."
        )
    start = run.start
    return [
        html.Div(verdict(reading.decision.label, start), className=_headline_class(reading.decision)),
        html.P(_why(reading), className="why"),
        *([html.P(" ".join(start.notes), className="caution")] if start.notes else []),
        html.Div(_bars(reading, start, four_classes=four_classes), className="bars"),
        html.P(not_decidable(start.patterns), className="limits"),
    ]


def reading_subject(run: RunView | None, channel: int) -> str:
    """The panel's small print: which channel or channels the reading is of, and how wide the window is."""
    if run is None or run.start is None or not run.start.patterns:
        return ""
    emg = emg_labels(run)
    reading = run.reading(channel)
    joint = reading is not None and reading.channel is None
    of = (
        f"all {len(emg)} channels"
        if joint and len(emg) > 1
        else emg[min(channel, len(emg) - 1)]
        if emg
        else ""
    )
    return f"{of} · windows of {run.start.window_s * 1e3:.0f} ms, every {run.start.hop_s * 1e3:.0f} ms"


def _empty(headline: str, why: str) -> list[Part]:
    return [html.Div(headline, className="verdict none"), html.P(why, className="why")]


def _headline_class(decision: Decision) -> str:
    return "verdict open" if decision.label is None else "verdict"


def _why(reading: Reading) -> str:
    said = REASONS[reading.decision.reason]
    if reading.decision.reason == "rejected windows" and reading.flags:
        return f"{said} Now: {listed(reading.flags)}."
    return said


def _bars(reading: Reading, start: StreamStart, *, four_classes: bool) -> list[Part]:
    rows: list[Part] = []
    for i, pattern in enumerate(start.patterns):
        said = reading.decision.label == pattern.name
        role = pattern_role(i, start)
        rows.append(_bar(pattern.name, reading.evidence_patterns[i], reading.patterns[i], role, said=said))
        if four_classes and len(pattern.classes) > 1:
            hatched = "" if pattern.decidable else " hatched"
            for name in pattern.classes:
                at = start.classes.index(name)
                parts = (reading.evidence[at], reading.probabilities[at])
                rows.append(_bar(name.replace("_", " "), *parts, role + hatched, sub=True))
    rows.append(_cannot_tell(reading.decision))
    return rows


def _bar(name: str, evidence: float, now: float, role: str, *, said: bool = False, sub: bool = False) -> Part:
    marks = f"{' said' if said else ''}{' sub' if sub else ''}"
    return html.Div(
        [
            html.Span(name, className="name"),
            html.Span(
                [
                    html.Span(className=f"fill {role}", style={"width": f"{100 * evidence:.1f}%"}),
                    html.Span(className="now", style={"left": f"{100 * now:.1f}%"}),
                ],
                className="meter",
            ),
            html.Span(f"{evidence:.2f}", className="value"),
        ],
        className=f"bar{marks}",
    )


def _cannot_tell(decision: Decision) -> Part:
    """An answer like the others, marked when it is the one; it has no probability of its own."""
    said = decision.label is None
    fill = html.Span(className="fill hatched", style={"width": "100%" if said else "0%"})
    return html.Div(
        [
            html.Span("cannot tell", className="name"),
            html.Span(fill, className="meter"),
        ],
        className="bar said" if said else "bar",
    )
