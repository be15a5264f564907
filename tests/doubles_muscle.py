"""Units, epochs and norm tables for tests of what is made of them."""

from contracts.measured import Epoch, Unit, UnitFate, UnitMeasures
from processing.norms.tables import NormRow, NormTable, NormValue, Technique


def unit_measures(
    duration_ms: float | None = 10.0, amplitude_uv: float = 400.0, phases: int = 3, turns: int = 3
) -> UnitMeasures:
    """The measures of one potential; what is not said is that of an ordinary one."""
    return UnitMeasures(
        amplitude_uv=amplitude_uv,
        duration_ms=duration_ms,
        onset_index=100,
        offset_index=300,
        peak_index=200,
        phases=phases,
        turns=turns,
        polyphasic=phases > 4,
        serrated=False,
        satellites=(),
        rise_time_us=300.0,
        area_uvms=1.3 * amplitude_uv,
        thickness_ms=1.3,
        size_index=0.5,
        spike_duration_ms=4.0,
        spike_area_uvms=300.0,
        jiggle_percent=20.0,
        correlation=0.95,
    )


def unit(
    number: int = 1,
    measures: UnitMeasures | None = None,
    *,
    accepted: bool = True,
    flags: tuple[str, ...] = (),
    fate: UnitFate = "followed",
) -> Unit:
    """One unit, accepted unless told otherwise."""
    return Unit(
        channel=0,
        unit=number,
        site=1,
        at_index=20_000 * number,
        fate=fate,
        into=0,
        discharges=40,
        rate_hz=19.0 + number / 10,
        slight_rate_hz=9.0 + number / 10,
        interval_cv=0.15,
        averaged=30,
        snr=20.0,
        trusted=True,
        accepted=accepted,
        flags=flags,
        not_told_from=(),
        measures=measures or unit_measures(),
    )


def epoch(turns_per_s: float = 200.0, mean_amplitude_uv: float = 400.0) -> Epoch:
    """One second of moderate effort."""
    return Epoch(
        channel=0,
        site=1,
        first_index=0,
        stop_index=20_000,
        phase="moderate",
        turns_per_s=turns_per_s,
        mean_amplitude_uv=mean_amplitude_uv,
        turns_amplitude_ratio=turns_per_s / mean_amplitude_uv,
        small_segments_per_s=90.0,
        activity=0.2,
        upper_centile_amplitude_uv=1_500.0,
        envelope_uv=1_400.0,
    )


def norm_table(algorithm: str, **values: NormValue) -> NormTable:
    """A laboratory's table for biceps at 20 to 60 years."""
    row = NormRow("biceps brachii", (20, 60), values, people=20, potentials=400)
    return NormTable(
        name="Laboratory",
        source="the laboratory's own healthy people",
        technique=Technique("concentric needle", 10.0, 10_000.0),
        algorithm=algorithm,
        verified=True,
        potentials_each=20,
        rows=(row,),
    )
