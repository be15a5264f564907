"""The rules by which figures speak for a phase."""

from contracts.measured import PhaseKind
from processing.phases.figures import Figures
from processing.phases.settings import ArtefactSettings, EffortSettings, InsertionSettings, RestSettings


def spoilt(f: Figures, limits: ArtefactSettings) -> bool:
    """Whether it is no signal of a muscle: clipped, flat or mains."""
    mains = f.mains_fraction > limits.mains_fraction and f.mains_uv >= limits.mains_uv
    return f.flat or f.clipped > limits.clipped_fraction or mains


def moves(f: Figures, tensed: bool, insertion: InsertionSettings, artefact: ArtefactSettings) -> bool:
    """Whether the needle moves: a slow wave, large and larger than what units make of it, distant ones or, in a
    muscle that is tensed, near ones."""
    over, fraction = insertion.over_hum, artefact.slow_fraction
    if tensed:
        over, fraction = insertion.tensed_over_hum, insertion.tensed_slow_fraction
    pushed = f.moving_uv >= insertion.slow_uv and f.moving_uv >= over * f.hum_uv
    return pushed or (f.slow_fraction > fraction and f.slow_uv >= artefact.slow_uv)


def at_rest(f: Figures, floor_uv: float, limits: RestSettings) -> bool:
    """Whether nobody tenses the muscle; `floor_uv` is the lowest level of the middle band in quiet moments of late."""
    low, high = limits.middle_uv
    hum = f.quietest_hum_uv / limits.hum_uv
    middle = f.quiet_middle_uv / min(max(limits.floors * floor_uv, low), high)
    if max(hum, middle) <= 1.0:
        return max(hum, middle) <= limits.deep or f.large_per_s < limits.large_per_s
    return (
        f.quietest_hum_uv <= limits.end_plate_hum_uv
        and f.quiet_middle_uv <= limits.end_plate_middle_uv
        and f.quiet_fine_uv >= limits.end_plate_fine_uv
        and f.quiet_fine_uv >= limits.end_plate_ratio * f.quiet_middle_uv
        and f.quietest_hum_uv <= limits.end_plate_hum_ratio * f.quiet_middle_uv
        and f.turns_per_s <= limits.end_plate_turns_per_s
        and f.large_per_s < limits.large_per_s
    )


def effort(f: Figures, limits: EffortSettings) -> PhaseKind:
    """How much effort, if there is any."""
    if f.hum_uv >= limits.maximal_hum_uv and f.turns_per_s >= limits.maximal_turns_per_s:
        return "maximal"
    surely = f.turns_per_s >= limits.surely_turns_per_s or f.hum_uv >= limits.surely_hum_uv
    both = f.turns_per_s >= limits.moderate_turns_per_s and f.hum_uv >= limits.moderate_hum_uv
    return "moderate" if surely or both else "minimal"
