"""The grade of recruitment, with its reason."""

from contracts.measured import PhaseKind, Recruitment, RecruitmentGrade
from processing.recruitment.firing import UnitsAgainstRate
from processing.recruitment.pattern import Pattern
from processing.recruitment.settings import GradeSettings

DEFAULTS = GradeSettings()
_STRONG: tuple[PhaseKind, ...] = ("moderate", "maximal")

Graded = tuple[RecruitmentGrade, str]


def recruitment(
    firing: UnitsAgainstRate, pattern: Pattern, asked: PhaseKind | None, settings: GradeSettings = DEFAULTS
) -> Recruitment:
    """The recruitment of a muscle.

    firing: of its units at slight effort; pattern: of all its efforts; asked: the strongest effort that the examiner
    says to have asked for, None where nobody said. At maximal effort a needle hears more units than anybody can
    follow, so there the pattern's fullness speaks; below it the units' rates; and what was asked for tells poor
    activation from a muscle of which no more was wanted.
    """
    grade, reason = (
        _of_full_effort(firing, pattern, settings)
        or _of_effort_not_made(firing, pattern, asked, settings)
        or _of_slight_effort(firing, settings)
    )
    return Recruitment(
        grade=grade,
        reason=reason,
        units=firing.units,
        fastest_hz=firing.fastest_hz,
        onset_hz=firing.onset_hz,
        recruitment_hz=firing.recruitment_hz,
        ratio=firing.ratio,
    )


def _of_full_effort(firing: UnitsAgainstRate, pattern: Pattern, limits: GradeSettings) -> Graded | None:
    if pattern.fullness is None or pattern.activity is None:
        return None
    full = (pattern.fullness + pattern.activity) / 2.0
    peak, turns = pattern.peak_ratio, pattern.turns_per_hum
    beside = f"fullness and activity {full:.2f} at maximal effort"
    if peak is not None and peak >= limits.early_peak_ratio:
        return (
            "early",
            f"peak ratio of turns to amplitude {peak:.2f} /s/uV, at least {limits.early_peak_ratio:g}",
        )
    if full >= limits.reduced:
        return "normal", beside
    if turns is not None and turns >= limits.sparse_turns_per_hum:
        return "early", f"{turns:.1f} turns/s per uV of distant units, and {beside}"
    if full >= limits.severe:
        return "reduced", f"{beside}, below {limits.reduced:g}"
    alone = firing.units == 1 and (firing.fastest_hz or 0.0) >= limits.fast_hz
    return "single unit" if alone else "severely reduced", f"{beside}, below {limits.severe:g}"


def _of_effort_not_made(
    firing: UnitsAgainstRate, pattern: Pattern, asked: PhaseKind | None, limits: GradeSettings
) -> Graded | None:
    """Where more effort was asked for than came."""
    if asked != "maximal":
        return None
    if pattern.effort_s <= 0.0 and firing.units == 0:
        return "absent", "no activity although maximal effort was asked for"
    full, peak = pattern.moderate_fullness, pattern.peak_ratio
    if full is not None and full >= limits.reduced:
        # As full as other muscles with all they have: the effort was made, and the hum of distant units is low.
        early = peak is not None and peak >= limits.early_peak_ratio
        return (
            "early" if early else "normal",
            f"fullness and activity {full:.2f} without the hum of maximal effort",
        )
    fastest = firing.fastest_hz
    if fastest is not None and fastest >= limits.fast_hz and (firing.ratio or 0.0) >= limits.high_ratio:
        grade: RecruitmentGrade = "single unit" if firing.units == 1 else "severely reduced"
        return grade, f"{firing.units} units at up to {fastest:.1f} Hz, and no full effort"
    rate = f"units at up to {fastest:.1f} Hz" if fastest is not None else "no unit followed"
    return "poor activation", f"maximal effort was asked for and not found; {rate}"


def _of_slight_effort(firing: UnitsAgainstRate, limits: GradeSettings) -> Graded:
    """By the rates of few units."""
    fastest, ratio, joined = firing.fastest_hz, firing.ratio, firing.recruitment_hz
    if fastest is None or ratio is None:
        return "not assessable", "no fully followed unit, and no maximal effort"
    if joined is not None and joined > limits.fast_hz:
        return "reduced", f"second unit joined with the first at {joined:.1f} Hz, above {limits.fast_hz:g}"
    if fastest >= limits.fast_hz and ratio >= limits.high_ratio:
        if ratio >= limits.severe_ratio:
            grade: RecruitmentGrade = "single unit" if firing.units == 1 else "severely reduced"
            return grade, f"{firing.units} units at up to {fastest:.1f} Hz"
        return (
            "reduced",
            f"{fastest:.1f} Hz over {firing.units} units: ratio {ratio:.1f}, at least {limits.high_ratio:g}",
        )
    crowd = firing.units >= limits.early_units and ratio < limits.low_ratio
    if crowd and joined is not None and joined < limits.early_hz:
        return "early", f"{firing.units} units at up to {fastest:.1f} Hz, the second from {joined:.1f} Hz on"
    if firing.units < 2:
        return (
            "not assessable",
            f"one unit at up to {fastest:.1f} Hz: no second joined, and no maximal effort",
        )
    return "normal", f"{firing.units} units at up to {fastest:.1f} Hz, at slight effort only"
