"""Motor units and trains at rest, in words."""

from contracts.measured import RestTrain, Satellite, Unit, UnitMeasures
from dashboard.measured.picture import Quality, TrainShown, UnitShown
from dashboard.measured.slots import HeldUnit
from dashboard.words import listed

UNNAMED = frozenset({"isolated potentials", "not named", "artefact", "incomplete relaxation"})
"""Answers that name no spontaneous discharge."""


def microvolts(value: float) -> str:
    """An amplitude as clinicians write it: microvolt below a millivolt, else millivolt."""
    return f"{value / 1_000:.2f} mV" if abs(value) >= 1_000 else f"{value:.0f} µV"


def clock_time(index: int, rate_hz: float) -> str:
    """Minutes and seconds of the run at a sample."""
    seconds = int(index / rate_hz)
    return f"{seconds // 60}:{seconds % 60:02d}"


def unit_shown(held: HeldUnit) -> UnitShown:
    """A unit in its place, with its marks and with what keeps it from counting."""
    unit, measures = held.unit, held.unit.measures
    rate = unit.template_rate_hz
    satellites = measures.satellites if measures is not None else ()
    peak = measures.peak_index if measures is not None else _deepest(unit)
    return UnitShown(
        unit=unit.unit,
        slot=held.slot or 0,
        place=held.place or 0,
        quality=_quality(unit),
        lines=(f"{unit.rate_hz:.1f} Hz" if unit.rate_hz is not None else "rate –", *_below(unit)),
        title=_title(unit),
        rate_hz=rate,
        template=unit.template,
        peak=peak,
        onset=measures.onset_index if measures is not None else None,
        offset=measures.offset_index if measures is not None else None,
        satellites=tuple(_at(satellite, peak, rate) for satellite in satellites),
    )


def train_shown(train: RestTrain, rate_hz: float) -> TrainShown:
    """A line of the log: kind, figures, the rule that named it, and what that rule was validated on."""
    first, last = clock_time(train.first_index, rate_hz), clock_time(train.stop_index, rate_hz)
    figures: list[str] = []
    if train.rate_hz is not None:
        figures.append(f"{train.rate_hz:.1f} Hz")
    if train.irregularity is not None:
        figures.append(f"irregularity {100 * train.irregularity:.0f} %")
    elif train.interval_cv is not None:
        figures.append(f"interval CV {train.interval_cv:.2f}")
    figures.append(microvolts(train.amplitude_uv))
    if train.duration_ms is not None:
        figures.append(f"{train.duration_ms:.1f} ms")
    if train.discharges is not None:
        figures.append(f"{train.discharges} discharge{'s' * (train.discharges != 1)}")
    return TrainShown(
        train=train.train,
        kind=train.kind,
        named=train.kind not in UNNAMED,
        ended=train.ended,
        when=first if first == last else f"{first} – {last}",
        figures=" · ".join(figures),
        reason=train.reason,
        evidence=train.evidence,
        rate_hz=train.snippet_rate_hz,
        snippet=train.snippet,
    )


def _below(unit: Unit) -> tuple[str, str, str]:
    """What stands below a template, under its rate: its measures and whether it counts, or why there are none."""
    if unit.measures is None:
        standing = _standing(unit)
        return standing, "; ".join(flag for flag in unit.flags if flag not in standing), ""
    return _size(unit.measures), _shape(unit.measures), _standing(unit)


def _quality(unit: Unit) -> Quality:
    if unit.fate != "followed":
        return "ended"
    if unit.accepted:
        return "accepted"
    return "trusted" if unit.trusted else "doubtful"


def _standing(unit: Unit) -> str:
    """In a few words, whether it counts."""
    if unit.fate == "merged":
        return f"is unit {unit.into}"
    if unit.fate != "followed":
        return unit.fate
    if unit.not_told_from:
        return f"or unit {listed([str(other) for other in unit.not_told_from])}?"
    if unit.accepted:
        return "accepted"
    if unit.trusted:
        return unit.flags[0] if unit.flags else "does not count"
    return "not yet trusted"


def _size(measures: UnitMeasures) -> str:
    duration = f" · {measures.duration_ms:.1f} ms" if measures.duration_ms is not None else ""
    return f"{microvolts(measures.amplitude_uv)}{duration}"


def _shape(measures: UnitMeasures) -> str:
    words = ["1 phase" if measures.phases == 1 else f"{measures.phases} phases"]
    if measures.polyphasic:
        words.append("polyphasic")
    elif measures.serrated:
        words.append("serrated")
    if measures.satellites:
        words.append("satellite")
    return " · ".join(words)


def _title(unit: Unit) -> str:
    """Everything, for whoever points at a unit."""
    lines = [f"Unit {unit.unit}, site {unit.site}: {unit.discharges} discharges, {unit.averaged} averaged"]
    if unit.rate_hz is not None and unit.interval_cv is not None:
        lines.append(f"{unit.rate_hz:.1f} Hz, interval CV {unit.interval_cv:.2f}")
    if unit.snr is not None:
        lines.append(f"signal-to-noise of the template {unit.snr:.0f}")
    if (m := unit.measures) is not None:
        figures = (
            ("rise time", m.rise_time_us, "µs", 0),
            ("area", m.area_uvms, "µV ms", 0),
            ("thickness", m.thickness_ms, "ms", 2),
            ("size index", m.size_index, "", 2),
            ("spike duration", m.spike_duration_ms, "ms", 1),
            ("jiggle", m.jiggle_percent, "%", 0),
        )
        lines += [
            f"{name} {value:.{digits}f} {of}".strip()
            for name, value, of, digits in figures
            if value is not None
        ]
        lines.append(f"{m.turns} turns")
    lines.append("accepted" if unit.accepted else "trusted, not counted" if unit.trusted else "not trusted")
    lines += unit.flags
    if unit.not_told_from:
        lines.append(f"cannot be told from unit {listed([str(other) for other in unit.not_told_from])}")
    if unit.fate != "followed":
        lines.append(f"is unit {unit.into}" if unit.fate == "merged" else unit.fate)
    return "\n".join(lines)


def _deepest(unit: Unit) -> int:
    """The most negative sample of a template without marks; 0 without one."""
    template = unit.array()
    return int(template.argmin()) if template.size else 0


def _at(satellite: Satellite, peak: int, rate_hz: float) -> int:
    return peak + round(satellite.time_ms / 1_000 * rate_hz)
