"""Windows accepted and rejected, with the reasons."""

from dash import html

from contracts.wire import Health
from dashboard.run_view import RunView
from dashboard.words import count, flag_words

Part = html.Div | html.P | html.Table
MOST_REASONS = 6


def windows_panel(run: RunView | None, channel: int) -> list[Part]:
    """The newest window's quality, the share of accepted windows, and every reason by its frequency."""
    if run is None or run.health is None or run.health.windows == 0:
        return [html.P("No window has been judged yet.", className="why")]
    health = run.health
    reading = run.reading(channel)
    flags = reading.flags if reading is not None else ()
    accepted = reading is None or reading.accepted
    words = ", ".join(flag_words(flag) for flag in flags) or "no flag"
    now = f"Now: {'accepted' if accepted else 'rejected'}, {words}"
    return [
        html.Div(now, className="now-line" if accepted else "now-line rejected"),
        _share(health),
        _reasons(run, health),
    ]


def rejected_share(health: Health) -> float:
    """Fraction of the windows that were kept out of the evidence; 0 before the first."""
    return 1.0 - health.windows_accepted / health.windows if health.windows else 0.0


def main_reason(health: Health) -> str:
    """The flag seen most often; empty without any."""
    counts = health.flag_counts
    return max(counts, key=lambda flag: counts[flag]) if counts else ""


def _share(health: Health) -> Part:
    accepted = 1.0 - rejected_share(health)
    return html.Div(
        [
            html.Span(className="fill accepted", style={"width": f"{100 * accepted:.2f}%"}),
            html.Span(className="fill rejected", style={"width": f"{100 * (1 - accepted):.2f}%"}),
        ],
        className="share",
    )


def _reasons(run: RunView, health: Health) -> Part:
    rejected = health.windows - health.windows_accepted
    rows = [
        _row("accepted", health.windows_accepted, health.windows),
        _row("rejected", rejected, health.windows),
    ]
    rows += [
        _row(flag_words(flag), n, health.windows * _readings(run), "reason")
        for flag, n in sorted(health.flag_counts.items(), key=lambda item: -item[1])[:MOST_REASONS]
    ]
    return html.Table(html.Tbody(rows))


def _readings(run: RunView) -> int:
    return max(1, len(run.result.readings)) if run.result is not None else 1


def _row(name: str, n: int, of: int, kind: str = "") -> html.Tr:
    share = f"{100 * n / of:.1f} %" if of else ""
    return html.Tr([html.Td(name), html.Td(count(n)), html.Td(share)], className=kind)
