"""The features of the newest window, with their units."""

from dash import html

from dashboard.run_view import RunView, emg_labels
from dashboard.words import feature_word, measure, unit_word

N_COLUMNS = 3


def features_subject(run: RunView | None, channel: int) -> str:
    """The panel's small print: whose features these are."""
    of = emg_labels(run)
    return f"features of {of[min(channel, len(of) - 1)]}, in the analysis band" if of else ""


def features_panel(run: RunView | None, channel: int) -> list[html.Div | html.P]:
    """Name, value and unit of every feature of the selected channel, in columns of text.

    Text, not a table: with a component for every cell, Dash's renderer took a third of the browser's main
    thread at four updates a second.
    """
    if run is None or run.start is None or (reading := run.reading(channel)) is None:
        return [html.P("No window yet.", className="why")]
    names = run.start.features
    units = run.start.feature_units if len(run.start.feature_units) == len(names) else ("",) * len(names)
    # A reading of all channels carries them one after the other.
    first = channel * len(names) if reading.channel is None else 0
    values = reading.features[first : first + len(names)]
    lines = list(zip(names, values, units, strict=False))
    rows = -(-len(lines) // N_COLUMNS)
    return [_column(lines[i : i + rows]) for i in range(0, len(lines), max(1, rows))]


def _column(lines: list[tuple[str, float, str]]) -> html.Div:
    texts = (
        "\n".join(feature_word(name) for name, _, _ in lines),
        "\n".join(measure(value) for _, value, _ in lines),
        "\n".join(unit_word(unit, name) for name, _, unit in lines),
    )
    kinds = ("names", "values", "units")
    cells = [html.Pre(text, className=kind) for text, kind in zip(texts, kinds, strict=True)]
    return html.Div(cells, className="column")
