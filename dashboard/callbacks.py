"""Dash callbacks: the panels a few times a second; the plot, and what hardly changes, once."""

from typing import Any

from dash import Dash, Input, Output, no_update

from contracts.clock import Clock
from contracts.settings import PageSettings
from dashboard.live_view import LiveView, ViewFrame
from dashboard.panels.evidence import evidence_figure, evidence_legend, line_colours
from dashboard.panels.features import features_panel, features_subject
from dashboard.panels.footer import footer_line, subject_line
from dashboard.panels.reading import reading_panel, reading_subject
from dashboard.panels.windows import windows_panel
from dashboard.run_view import RunView


def register_callbacks(app: Dash, view: LiveView, page: PageSettings, clock: Clock) -> None:
    """Connect the panels of `app` to `view`. Every call sends whole panels, so a late page is complete.

    What nobody looks at is not sent.
    """

    @app.callback(
        Output("reading", "children"),
        Output("windows", "children"),
        Output("features", "children"),
        Output("footer", "children"),
        Output("panels-tick", "data-at"),
        Input("panels-clock", "n_intervals"),
        Input("channel", "data"),
        Input("view", "data"),
    )
    def panels(_tick: int | None, channel: int, viewed: str) -> tuple[Any, ...]:
        now, window = clock(), viewed == "window"

        def drawn(run: RunView | None, _frame: ViewFrame) -> tuple[Any, ...]:
            return (
                reading_panel(run, channel, four_classes=page.four_classes),
                windows_panel(run, channel) if window else no_update,
                features_panel(run, channel) if window else no_update,
                footer_line(run),
                str(now),
            )

        return view.look(now, drawn)

    @app.callback(
        Output("subject", "children"),
        Output("reading-subject", "children"),
        Output("features-subject", "children"),
        Output("evidence-legend", "children"),
        Output("over-time", "style"),
        Output("evidence", "figure"),
        Input("evidence-clock", "n_intervals"),
        Input("channel", "data"),
    )
    def slow_panels(_tick: int | None, channel: int) -> tuple[Any, ...]:
        def drawn(run: RunView | None, _frame: ViewFrame) -> tuple[Any, ...]:
            return (
                subject_line(run),
                reading_subject(run, channel),
                features_subject(run, channel),
                evidence_legend(run),
                line_colours(run),
                evidence_figure(run, channel),
            )

        return view.look(clock(), drawn)
