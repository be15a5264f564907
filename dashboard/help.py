"""The help: keys, and how the page is to be read."""

from typing import Any

from dash import html

KEYS = (
    (
        ("↑ ↓", "gain"),
        ("← →", "sweep"),
        ("space", "freeze, unfreeze"),
        ("f", "fit the gain, once"),
        ("n", "negative up or down"),
        ("[ ]", "channel before, after"),
        ("m", "mark this moment"),
        ("t", "theme"),
    ),
    (
        ("1", "insertion"),
        ("2", "rest"),
        ("3", "minimal effort"),
        ("4", "moderate effort"),
        ("5", "maximal effort"),
        ("0", "phase from the signal"),
        ("s", "next site"),
        ("c", "muscle, side and age"),
    ),
    (
        ("u", "motor units"),
        ("r", "discharges at rest"),
        ("i", "interference pattern"),
        ("w", "this window"),
        ("a", "what suits the phase"),
        ("e", "forget the evidence"),
        ("p", "virtual patient"),
        ("?", "this help"),
    ),
)
"""In groups: what is seen, what is examined, what is looked at."""

NOTES = (
    "The trace is the signal as received, at full rate, reduced to the least and greatest value per pixel. Hatched "
    "stretches are missing samples; hatched marks below the trace are windows that were kept out of the evidence. "
    "Coloured marks are discharges of motor units, in the colour of the unit's template and raster.",
    "A phase is found in the signal. A click on a phase sets it, a second click gives it back. Measures go by the "
    "phase that is lit.",
    "Motor units are drawn to one scale, negative up, with onset and offset; a triangle marks a satellite. A hatched "
    "unit may not be measured yet. Amber is outside the norm by more than 2 SD; † marks a norm that was not verified.",
    "Bars: evidence over the last seconds. Fine line on a bar: the newest window alone.",
    "Research use only. This page displays and summarises signals and computes exploratory pattern "
    "probabilities. It is not a medical device and must not be used to diagnose, exclude, grade or treat "
    "any disease.",
)


def help_card() -> html.Dialog:
    """Opens with `?`."""
    groups = [html.Table(html.Tbody([_key(*pair) for pair in group])) for group in KEYS]
    parts: list[Any] = [
        html.H2("Keys"),
        html.Div(groups, className="keys"),
        *[html.P(note) for note in NOTES],
    ]
    return html.Dialog(parts, id="help-card")


def _key(key: str, what: str) -> html.Tr:
    return html.Tr([html.Td(html.Kbd(key)), html.Td(what)])
