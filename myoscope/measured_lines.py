"""What is measured, as lines for a terminal."""

from contracts.measured import Discharges, Epoch, MuscleSummary, RestTrain, SurfaceMeasures, Unit
from contracts.wire import StreamStart


def unit_line(unit: Unit) -> str:
    """One motor unit."""
    parts = [f"unit {unit.unit}", f"{unit.discharges} discharges"]
    if unit.rate_hz is not None:
        parts.append(f"{unit.rate_hz:.1f} Hz")
    m = unit.measures
    if m is not None:
        duration = "duration n/a" if m.duration_ms is None else f"{m.duration_ms:.1f} ms"
        parts += [f"{m.amplitude_uv:.0f} uV", duration, f"{m.phases} phases", f"{m.turns} turns"]
    parts.append("accepted" if unit.accepted else "not accepted")
    if unit.fate == "merged":
        parts.append(f"is unit {unit.into}")
    elif unit.fate != "followed":
        parts.append(unit.fate)
    if unit.not_told_from:
        parts.append("cannot be told from unit " + ", ".join(str(other) for other in unit.not_told_from))
    flags = f"  [{'; '.join(unit.flags)}]" if unit.flags else ""
    return "   " + ", ".join(parts) + flags


def discharges_line(discharges: Discharges, start: StreamStart | None) -> str:
    """Which units discharged, and when."""
    rate_hz = start.rate_hz if start is not None else None
    said = (
        f"unit {unit} at {f'sample {index}' if rate_hz is None else f'{index / rate_hz:.4f} s'}"
        + " (superposed)" * superposed
        for unit, index, superposed in zip(
            discharges.units, discharges.indices, discharges.superposed, strict=True
        )
    )
    return "   discharged: " + ", ".join(said)


def epoch_line(epoch: Epoch) -> str:
    """The interference pattern of one epoch."""
    beside = {None: "", True: ", in the normal area", False: ", outside the normal area"}[epoch.in_cloud]
    return (
        f"   interference, {epoch.phase}: {epoch.turns_per_s:.0f} turns/s of {epoch.mean_amplitude_uv:.0f} uV, "
        f"activity {100.0 * epoch.activity:.0f} %, {epoch.small_segments_per_s:.0f} small segments/s, "
        f"envelope {epoch.envelope_uv:.0f} uV{beside}"
    )


def rest_line(train: RestTrain) -> str:
    """One train of potentials at rest."""
    rate = "" if train.rate_hz is None else f", {train.rate_hz:.1f} Hz"
    ended = ", ended" if train.ended else ""
    counted = "" if train.discharges is None else f", {train.discharges} discharges"
    return (
        f"   rest: {train.kind}{counted}{rate}, {train.amplitude_uv:.0f} uV{ended} "
        f"({train.reason}; {train.evidence})"
    )


def muscle_line(summary: MuscleSummary) -> str:
    """The muscle, in one line: its means, z-scores where there are some, recruitment and grades."""
    name = " ".join(word for word in (summary.side, summary.muscle) if word) or "muscle not stated"
    parts = [f"{summary.units_accepted} units accepted, {summary.units_rejected} not"]
    for row in summary.rows:
        if row.name in ("duration_ms", "amplitude_uv", "phases") and row.mean is not None:
            z = "" if row.z is None else f" (z {row.z:+.1f}{', unverified norm' if row.unverified else ''})"
            parts.append(f"{row.name} {row.mean:.3g}{z}")
    parts.append(f"recruitment {summary.recruitment.grade}")
    parts += [f"{g.kind} {g.grade}+" for g in summary.spontaneous if g.grade]
    return f"== {name}: " + ", ".join(parts)


def surface_line(surface: SurfaceMeasures, start: StreamStart | None) -> str:
    """The second that was measured, a line for each channel."""
    lines: list[str] = []
    for channel, envelope in enumerate(surface.envelope_uv):
        label = start.channels[channel].label if start is not None else str(channel)
        said = "active" if surface.active[channel] else "at rest"
        median = surface.median_frequency_hz[channel]
        slope = surface.fatigue_hz_per_s[channel]
        said += "" if median is None else f", median frequency {median:.0f} Hz"
        said += "" if slope is None else f" ({slope:+.2f} Hz/s)"
        lines.append(f"   {label:10s} envelope {envelope:8.1f} uV, {said}")
    return "\n".join(lines)
