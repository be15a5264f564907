"""The grade of recruitment, with its reason."""

from contracts.measured import PhaseKind, Recruitment, RecruitmentGrade
from processing.recruitment.firing import UnitsAgainstRate
from processing.recruitment.pattern import Pattern
from processing.recruitment.settings import GradeSettings

DEFAULTS = GradeSettings()

Graded = tuple[RecruitmentGrade, str]


def recruitment(
    firing: UnitsAgainstRate, pattern: Pattern, asked: PhaseKind | None, settings: GradeSettings = DEFAULTS
) -> Recruitment:
    """The recruitment of a muscle.

    firing: of its units at slight effort; pattern: of all its efforts; asked: the strongest effort that the examiner
    says to have asked for, None where nobody said. At maximal effort a needle hears more units than anybody can
    follow, so there the pattern speaks; below it the units' rates; and what was asked for tells poor
    activation from a muscle of which no more was wanted.
    """
    grade, reason = (
        _of_full_effort(firing, pattern, settings) or _of_effort_not_made(firing, pattern, settings)
        if asked == "maximal"
        else _of_effort_unasked(pattern, settings)
    ) or _of_slight_effort(firing, _of_the_most(pattern, settings), settings)
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
    """By the pattern, where all was asked for and given."""
    if pattern.units is None or pattern.hum_uv is None or pattern.hum_uv < limits.effort_hum_uv:
        return None
    if (graded := _not_reduced(pattern, limits)) is not None:
        return graded
    beside = _index(pattern)
    if pattern.units >= limits.severe:
        if pattern.hum_uv < limits.whole_hum_uv:
            return "poor activation", f"{beside}, and distant units hum as at less than maximal effort"
        return "reduced", f"{beside}, below {limits.reduced:g}"
    alone = firing.units == 1 and (firing.fastest_hz or 0.0) >= limits.fast_hz
    return "single unit" if alone else "severely reduced", f"{beside}, below {limits.severe:g}"


def _not_reduced(pattern: Pattern, limits: GradeSettings) -> Graded | None:
    """Early or normal, if it is."""
    small, units = pattern.turns_per_uv, pattern.units
    if small is not None and small >= limits.early_turns_per_uv:
        return "early", f"{small:.2f} turns/s per uV of their size, at least {limits.early_turns_per_uv:g}"
    if units is not None and units >= limits.reduced:
        return "normal", f"{_index(pattern)}, at least {limits.reduced:g}"
    return None


def _index(pattern: Pattern) -> str:
    stretches = f"{pattern.stretches} stretch{'es' if pattern.stretches > 1 else ''}"
    return f"index of the number of units {pattern.units:.2f} in {stretches} of the strongest effort"


def _of_effort_unasked(pattern: Pattern, limits: GradeSettings) -> Graded | None:
    """By a pattern as of maximal effort that nobody asked for: there may be more that could be given, so that it tells
    what is not reduced and what surely is."""
    if pattern.units is None or not pattern.maximal or pattern.stretches < limits.least_stretches:
        return None
    if pattern.units < limits.severe and _not_reduced(pattern, limits) is None:
        return "reduced", f"{_index(pattern)}, below {limits.severe:g}; nobody asked for maximal effort"
    return _not_reduced(pattern, limits)


def _of_effort_not_made(firing: UnitsAgainstRate, pattern: Pattern, limits: GradeSettings) -> Graded:
    """Where maximal effort was asked for and did not come."""
    if pattern.effort_s <= 0.0 and firing.units == 0:
        return "absent", "no activity although maximal effort was asked for"
    fastest = firing.fastest_hz
    if fastest is not None and fastest >= limits.fast_hz and (firing.ratio or 0.0) >= limits.high_ratio:
        grade: RecruitmentGrade = "single unit" if firing.units == 1 else "severely reduced"
        return grade, f"{firing.units} units at up to {fastest:.1f} Hz, and no full effort"
    rate = f"units at up to {fastest:.1f} Hz" if fastest is not None else "no unit followed"
    return "poor activation", f"maximal effort was asked for and not found; {rate}"


def _of_the_most(pattern: Pattern, limits: GradeSettings) -> str:
    """What there is of maximal effort that nobody asked for, where it does not say enough."""
    if not pattern.maximal:
        return "no maximal effort"
    if pattern.stretches >= limits.least_stretches:
        return "what looks like maximal effort is neither full nor nearly empty; say when it is asked for"
    return (
        f"maximal effort in {pattern.stretches} of the {limits.least_stretches} stretches that it takes "
        "where nobody says that it was asked for"
    )


def _of_slight_effort(firing: UnitsAgainstRate, most: str, limits: GradeSettings) -> Graded:
    """By the rates of few units, which tell what is not normal alone: rates are as in health where many are gone, as
    long as two of those that are left lie near each other."""
    fastest, ratio, joined = firing.fastest_hz, firing.ratio, firing.recruitment_hz
    if fastest is None or ratio is None:
        return "not assessable", f"no fully followed unit, and {most}"
    if firing.lasted_s < limits.slight_s:
        return "not assessable", (
            f"{firing.lasted_s:.0f} s of slight effort, of at least {limits.slight_s:g}, and {most}"
        )
    if joined is not None and joined > limits.fast_hz and ratio >= limits.low_ratio:
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
            f"one unit at up to {fastest:.1f} Hz: no second joined, and {most}",
        )
    if joined is None:
        return (
            "not assessable",
            f"{firing.units} units that began together, and {most}",
        )
    return (
        "not assessable",
        f"second unit joined with the first at {joined:.1f} Hz, as in health, and {most}",
    )
