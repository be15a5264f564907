"""What the commands print: tables and settings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Group
from rich.table import Table
from rich.text import Text

from contracts.settings import FilterSettings, Settings, WindowSettings

if TYPE_CHECKING:
    from acquisition.live.network import StreamListing
    from myoscope.doctor import Finding
    from myoscope.offline import Summary


LABELS_SHOWN = 4


def streams_table(found: "Sequence[StreamListing]") -> Table:
    """The streams in reach, a row each."""
    table = Table("name", "type", "rate, Hz", "channels", "units", "format", "source id", "host")
    for s in found:
        rate = f"{s.rate_hz:g}" if s.rate_hz else "irregular"
        units = ", ".join(dict.fromkeys(u or "not stated" for u in s.units)) or "not stated"
        shown = ", ".join(s.labels[:LABELS_SHOWN]) + (", ..." if len(s.labels) > LABELS_SHOWN else "")
        labels = f"{s.n_channels}: {shown}" if shown else str(s.n_channels)
        table.add_row(s.name, s.type, rate, labels, units, s.sample_format, s.source_id or "none", s.host)
    return table


def findings_table(findings: "Sequence[Finding]") -> Table:
    """What the doctor found."""
    table = Table("", "what", "found", "what to do")
    for f in findings:
        table.add_row("[green]ok[/green]" if f.good else "[red]no[/red]", f.what, f.found, f.do)
    return table


def summary_table(summary: "Summary") -> Group:
    """The answer for a recording."""
    table = Table(
        "channel", "windows", "accepted", "pattern", "share", "decision at the end", title=summary.path
    )
    for c in summary.channels:
        shares = "\n".join(f"{value:.2f}" for value in c.patterns.values())
        decision = c.final.label or "cannot tell"
        why = f"{decision} ({c.final.reason})"
        if c.final.undecidable:
            why += f"\nnot decidable here: {' against '.join(c.final.undecidable)}"
        table.add_row(c.channel, str(c.windows), str(c.accepted), "\n".join(c.patterns), shares, why)
    lines: list[Any] = [table]
    flags = "; ".join(
        f"{c.channel}: {', '.join(f'{k} {v}' for k, v in c.flags.items())}"
        for c in summary.channels
        if c.flags
    )
    if flags:
        lines.append(Text(f"windows flagged: {flags}"))
    lost = [f"{n} {what}" for n, what in ((summary.gaps, "gaps"), (summary.skipped, "windows skipped")) if n]
    if lost:
        lines.append(Text(", ".join(lost)))
    if summary.in_training:
        lines.append(Text("The model was fitted on this recording's data set: this is no test of it."))
    lines.append(
        Text(f"model {summary.model or 'none'} {summary.model_sha256[:12]} · {summary.notice}", style="dim")
    )
    return Group(*lines)


def settings_toml(settings: Settings) -> str:
    """Every setting with its value, as TOML; what is not set is written as comments."""
    from processing.examination.settings import examination_settings

    lines: list[str] = []
    tree = msgspec.to_builtins(settings)
    tree["examination"] = msgspec.to_builtins(examination_settings(settings.examination))
    _write_part(lines, "", tree)
    for name, held, default in (
        ("filters", settings.filters, FilterSettings()),
        ("window", settings.window, WindowSettings()),
    ):
        if held is None:
            part: list[str] = []
            _write_part(part, name, msgspec.to_builtins(default))
            lines += [
                "",
                "# The model's own unless set; without a model:",
                *(f"# {line}" for line in part if line),
            ]
    return "\n".join(lines)


def _write_part(lines: list[str], path: str, part: dict[str, Any]) -> None:
    plain = {k: v for k, v in part.items() if not isinstance(v, dict) or not v}
    if path:
        lines += ["", f"[{path}]"]
    for key, value in plain.items():
        if value is None or value == {}:
            lines.append(f"# {key} is not set")
        else:
            lines.append(msgspec.toml.encode({key: value}).decode().strip())
    for key, value in part.items():
        if isinstance(value, dict) and value:
            _write_part(lines, f"{path}.{key}" if path else key, value)
