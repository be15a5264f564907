"""Header and footer: whose signal this is, and how well it arrives."""

from dash import html

from contracts.wire import Health
from dashboard.panels.windows import main_reason, rejected_share
from dashboard.run_view import RunView
from dashboard.words import RATHER_NOT, count, milliseconds


def subject_line(run: RunView | None) -> list[html.Span | html.B]:
    """Muscle, side and age, as far as they were stated."""
    if run is None:
        return []
    subject = run.subject
    side = {"left": "L ", "right": "R "}.get(subject.side or "", "")
    if subject.muscle is None and subject.age is None:
        return [html.Span(f"{side}muscle not stated")]
    age = f" · {subject.age} y" if subject.age is not None else ""
    return [html.Span(side), html.B(subject.muscle or "muscle not stated"), html.Span(age)]


def footer_line(run: RunView | None) -> list[html.Span]:
    """Latency, samples received and missing, windows rejected and skipped, and the model's identity."""
    if run is None:
        return []
    parts = [_latency(run)]
    if run.health is not None:
        parts += _counts(run.health)
        parts += [_rejected(run.health), _pair("skipped", count(run.health.windows_skipped))]
    if lost := sum(run.holes.values()):
        parts.append(_pair("messages lost", count(lost), "warning"))
    if run.start is not None:
        name, digest = run.start.model, run.start.model_sha256[:8]
        parts.append(_pair("model", f"{name} · {digest}" if name else "none"))
    return parts


def _latency(run: RunView) -> html.Span:
    health = run.health
    if run.start is not None and not run.start.latency_valid:
        return _pair("sample → result", f"{RATHER_NOT} (replay at another speed)")
    if health is None or health.push_to_result is None:
        return _pair("sample → result", f"{RATHER_NOT} (no window yet)")
    latency = health.push_to_result
    words = [
        "sample → result p50 ",
        html.B(milliseconds(latency.p50_s)),
        " p99 ",
        html.B(milliseconds(latency.p99_s)),
    ]
    return html.Span(words)


def _counts(health: Health) -> list[html.Span]:
    counts = health.counts
    about = "~" if counts.missing_estimated else ""
    kind = "warning" if counts.missing else ""
    return [
        _pair("received", count(counts.received)),
        _pair("missing", about + count(counts.missing), kind),
    ]


def _rejected(health: Health) -> html.Span:
    reason = main_reason(health)
    return _pair(
        "windows rejected", f"{100 * rejected_share(health):.1f} %", "", f" ({reason})" if reason else ""
    )


def _pair(name: str, value: str, kind: str = "", after: str = "") -> html.Span:
    return html.Span([f"{name} ", html.B(value, className=kind), after])
