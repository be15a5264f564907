"""The muscle under the needle, in words: its table beside norms, recruitment, discharges at rest."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from contracts.measured import Epoch, Grade, MeasureRow, MuscleSummary, Recruitment
from dashboard.measured.picture import GradeShown, LineShown, MuscleShown, PointShown, RowShown, Side
from dashboard.words import RATHER_NOT, listed, measure, unit_word

BEYOND_SD = 2.0
"""From here on a z-score is drawn as outside the norm."""

NAMES = {
    "duration_ms": "Duration",
    "amplitude_uv": "Amplitude",
    "phases": "Phases",
    "polyphasic_percent": "Polyphasic",
    "turns": "Turns",
    "area_uvms": "Area",
    "thickness_ms": "Thickness",
    "size_index": "Size index",
    "spike_duration_ms": "Spike duration",
    "jiggle_percent": "Jiggle",
    "rate_hz": "Firing rate",
}
"""Measures of units, in the order of the table."""

INTERFERENCE = {
    "turns_per_s": "Turns",
    "mean_amplitude_uv": "Mean amplitude",
    "turns_amplitude_ratio": "Turns / amplitude",
    "peak_ratio": "Peak ratio",
    "activity": "Activity",
    "small_segments_per_s": "Small segments",
    "upper_centile_amplitude_uv": "Upper centile",
    "envelope_uv": "Envelope",
}

USUAL = frozenset({"normal", "not assessable", "poor activation"})
"""Grades of recruitment that are not drawn as outside the norm."""


def muscle_shown(summary: MuscleSummary) -> MuscleShown:
    """The muscle's table: units first, then what is said of it as a whole."""
    sites = f"{summary.sites} site{'s' * (summary.sites != 1)}"
    rows = [row for row in summary.rows if row.name not in INTERFERENCE]
    known = sorted(rows, key=lambda row: list(NAMES).index(row.name) if row.name in NAMES else len(NAMES))
    return MuscleShown(
        counts=f"{summary.units_accepted} accepted, {summary.units_rejected} rejected · {sites}",
        rows=tuple(_row(row, NAMES.get(row.name)) for row in known),
        lines=tuple(_lines(summary)),
        foot=_foot(summary, any(row.unverified for row in summary.rows)),
    )


def interference_shown(summary: MuscleSummary | None, newest: Epoch | None) -> tuple[RowShown, ...]:
    """The interference pattern: its newest epoch beside the muscle's mean and norm."""
    held = {row.name: row for row in summary.rows} if summary is not None else {}
    rows: list[RowShown] = []
    for name, word in INTERFERENCE.items():
        value = getattr(newest, name, None)
        row = held.get(name)
        if row is None and value is None:
            continue
        shown = _row(row or MeasureRow(name, _unit_of(name), 0, None, None), word)
        rows.append(replace(shown, now="" if value is None else measure(value)))
    return tuple(rows)


def points(epochs: Iterable[Epoch], site: int) -> tuple[PointShown, ...]:
    """Epochs in the cloud, oldest first; one without a turn has no amplitude, and no place."""
    return tuple(
        PointShown(round(e.turns_per_s, 1), round(e.mean_amplitude_uv, 1), e.in_cloud, e.site == site)
        for e in epochs
        if e.mean_amplitude_uv > 0
    )


def cloud_words(summary: MuscleSummary | None, epochs: int) -> str:
    """How many epochs there are, and how many lie outside the normal area."""
    if epochs == 0:
        return ""
    total = summary.epochs if summary is not None and summary.epochs else epochs
    said = f"{total} epoch{'s' * (total != 1)}"
    if summary is None or summary.epochs_outside is None:
        return said
    return f"{said} · {summary.epochs_outside} outside"


def area_words(summary: MuscleSummary | None) -> str:
    """On which side epochs lie outside, and whose normal area it is; or that there is none."""
    if summary is None or not summary.epochs:
        return ""
    if summary.epochs_outside is None:
        return "no normal area for this muscle"
    sides = f"{summary.epochs_above or 0} above, {summary.epochs_below or 0} below; "
    whose = f" of {summary.cloud_source}" if summary.cloud_source else ""
    return f"{sides if summary.epochs_outside else ''}normal area{whose}"


def grade_shown(grade: Grade) -> GradeShown:
    """A proposal: 0 to 3+, and where it was found; none only where it was watched long enough to say so."""
    words = _sites(grade) if grade.sites else "none" if grade.enough else "too short to say"
    said = f"{grade.grade}+" if grade.grade else "0" if grade.enough else "–"
    return GradeShown(grade.kind, said, grade.grade > 0, words)


def watched_words(grades: Sequence[Grade]) -> str:
    """For how long this muscle was watched at rest, and at how many sites."""
    if not grades:
        return ""
    seconds, sites = max(g.watched_s for g in grades), max(g.watched_sites for g in grades)
    return f"{seconds:.0f} s watched at {sites} site{'s' * (sites != 1)}"


def _lines(summary: MuscleSummary) -> Iterable[LineShown]:
    yield _recruitment(summary.recruitment)
    if summary.epochs:
        words = cloud_words(summary, summary.epochs)
        yield LineShown("Interference", words, area_words(summary), _many_outside(summary))
    if summary.spontaneous:
        said = listed([_found(grade) for grade in summary.spontaneous if grade.grade or grade.sites])
        graded = any(grade.grade for grade in summary.spontaneous)
        enough = all(grade.enough for grade in summary.spontaneous)
        none = "none" if enough else "none so far, watch longer"
        yield LineShown("At rest", said or none, summary.spontaneous[0].evidence, graded)
    if summary.insertional_s is not None:
        yield LineShown(
            "Insertional", f"{1_000 * summary.insertional_s:.0f} ms", "the longest of the sites", False
        )


def _found(grade: Grade) -> str:
    """A kind with its grade; one that was found and is not enough for a grade, with where."""
    return f"{grade.grade}+ {grade.kind}" if grade.grade else f"{grade.kind} at {_sites(grade)}"


def _sites(grade: Grade) -> str:
    return f"{grade.sites} of {grade.watched_sites} site{'s' * (grade.watched_sites != 1)}"


def _recruitment(recruitment: Recruitment) -> LineShown:
    outside = recruitment.grade not in USUAL
    return LineShown("Recruitment", recruitment.grade, recruitment.reason, outside)


def _many_outside(summary: MuscleSummary) -> bool:
    """More than a tenth of the points outside make the cloud abnormal."""
    return summary.epochs_outside is not None and summary.epochs_outside > 0.1 * summary.epochs


def _row(row: MeasureRow, word: str | None) -> RowShown:
    spread = f" ± {measure(row.sd)}" if row.sd is not None else ""
    norm = ""
    if row.norm_mean is not None:
        norm = measure(row.norm_mean) + (f" ± {measure(row.norm_sd)}" if row.norm_sd is not None else "")
    side: Side = ""
    if row.z is not None and abs(row.z) > BEYOND_SD:
        side = "above" if row.z > 0 else "below"
    return RowShown(
        name=word or row.name.replace("_", " "),
        unit=unit_word(row.unit, row.name),
        n=str(row.n),
        mean=f"{measure(row.mean)}{spread}"
        if row.mean is not None
        else RATHER_NOT
        if row.note and row.n
        else "–",
        norm=norm,
        z=f"{row.z:+.1f}".replace("-", "\u2212") if row.z is not None else "",
        side=side,
        unverified=row.unverified,
        note="; ".join(part for part in (row.note, _outliers(row)) if part),
    )


def _outliers(row: MeasureRow) -> str:
    if row.outliers_low is None and row.outliers_high is None:
        return ""
    return f"outliers: {row.outliers_low or 0} low, {row.outliers_high or 0} high"


def _foot(summary: MuscleSummary, unverified: bool) -> str:
    said = summary.reason or (f"Norms: {summary.norms}." if summary.norms else "")
    said = said[:1].upper() + said[1:]
    if said and said[-1] not in ".!?":
        said += "."
    return f"{said} † unverified norm." if unverified else said


def _unit_of(name: str) -> str:
    return {"uv": "uV", "s": "1/s", "ratio": "1/(s uV)"}.get(name.rpartition("_")[2], "1")
