"""An invented examination: motor units that fire in a signal, and every message that is told of them."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from contracts.measured import (
    Discharges,
    Epoch,
    Grade,
    Measured,
    MeasureRow,
    MuscleSummary,
    PhaseChanged,
    PhaseKind,
    PhaseOrigin,
    Recruitment,
    RestTrain,
    Satellite,
    SurfaceMeasures,
    Unit,
    UnitMeasures,
)
from contracts.records import Subject

SHAPES = ((620.0, 0.9, 0.35), (380.0, 0.7, 0.2), (250.0, 1.2, 0.6), (160.0, 0.8, 0.1), (110.0, 1.0, 0.3))
RATES_HZ = (11.2, 9.8, 8.1, 7.4, 6.9)


def potential(rate_hz: float, shape: int = 0) -> NDArray[np.float32]:
    """A template of 50 ms in microvolt, its negative peak in the middle."""
    size, width, early = SHAPES[shape % len(SHAPES)]
    t = np.arange(round(0.05 * rate_hz)) / rate_hz * 1e3 - 25.0

    def bell(middle: float, wide: float) -> NDArray[np.float64]:
        return np.exp(-(((t - middle) / wide) ** 2))

    wave = -bell(0, width) + 0.55 * bell(1.6 * width, 1.3 * width) + early * bell(-2.1 * width, 0.9 * width)
    if shape % len(SHAPES) == 2:
        wave -= 0.25 * bell(13.0, 0.5)
    return (size * wave).astype("<f4")


def unit(number: int = 1, *, rate_hz: float = 20_000.0, shape: int | None = None, **other: object) -> Unit:
    """An accepted unit, unless told otherwise."""
    shape = number - 1 if shape is None else shape
    template = potential(rate_hz, shape)
    middle, ms = len(template) // 2, rate_hz / 1e3
    satellites = (Satellite(13.0, 62.0),) if shape % len(SHAPES) == 2 else ()
    width = SHAPES[shape % len(SHAPES)][1]
    measures = UnitMeasures(
        amplitude_uv=float(template.max() - template.min()),
        duration_ms=6.5 * width,
        onset_index=middle - round(3.0 * width * ms),
        offset_index=middle + round(3.5 * width * ms),
        peak_index=middle,
        phases=3,
        turns=3,
        polyphasic=False,
        serrated=False,
        satellites=satellites,
        rise_time_us=420.0,
        area_uvms=610.0,
        thickness_ms=1.4,
        size_index=0.8,
        spike_duration_ms=4.1,
        spike_area_uvms=400.0,
        jiggle_percent=23.0,
        correlation=0.97,
    )
    told = Unit(
        channel=0,
        unit=number,
        site=1,
        at_index=1_000,
        fate="followed",
        into=0,
        discharges=41,
        rate_hz=RATES_HZ[shape % len(RATES_HZ)],
        interval_cv=0.13,
        averaged=34,
        snr=24.0,
        trusted=True,
        accepted=True,
        flags=(),
        not_told_from=(),
        template_rate_hz=rate_hz,
        template=template.tobytes(),
        measures=measures,
    )
    return msgspec.structs.replace(told, **other)


def phase(
    name: PhaseKind,
    *,
    at_index: int = 0,
    origin: PhaseOrigin = "automatic",
    automatic: PhaseKind | None = None,
    site: int = 1,
) -> PhaseChanged:
    """The phase from an index on."""
    return PhaseChanged(0, at_index, name, origin, automatic or name, site)


def train(number: int = 1, **other: object) -> RestTrain:
    """A train of fibrillation potentials that goes on."""
    told = RestTrain(
        channel=0,
        train=number,
        site=1,
        kind="fibrillation potentials",
        first_index=20_000,
        stop_index=160_000,
        discharges=52,
        rate_hz=7.4,
        interval_cv=0.04,
        irregularity=0.03,
        amplitude_uv=82.0,
        duration_ms=3.1,
        phases=3,
        watched_s=9.0,
        ended=False,
        reason="positive onset, 3.1 ms, 7.4 Hz, intervals vary by 3 % about their trend",
        snippet_rate_hz=20_000.0,
        snippet=(potential(20_000.0, 1)[400:700] * -0.2).tobytes(),
    )
    return msgspec.structs.replace(told, **other)


def epoch(n: int = 0, *, in_cloud: bool | None = True, site: int = 1) -> Epoch:
    """One second of steady effort; `n` moves it through the cloud."""
    turns = 90.0 + 23.0 * n + 31.0 * np.sin(7.0 * n)
    amplitude = (230.0 + 12.0 * n) * (1.0 + 0.2 * np.cos(5.0 * n)) * (2.1 if in_cloud is False else 1.0)
    return Epoch(
        channel=0,
        site=site,
        first_index=1_000 * n,
        stop_index=1_000 * n + 1_000,
        phase="moderate",
        turns_per_s=float(turns),
        mean_amplitude_uv=float(amplitude),
        turns_amplitude_ratio=float(turns / amplitude),
        small_segments_per_s=float(0.7 * turns),
        activity=float(turns / 900.0),
        upper_centile_amplitude_uv=float(3.1 * amplitude),
        envelope_uv=float(4.2 * amplitude),
        in_cloud=in_cloud,
    )


ROWS = (
    MeasureRow("duration_ms", "ms", 14, 12.9, 2.1, 9.9, 1.4, 2.14, 0, 5, True, "Bischoff 1994, biceps"),
    MeasureRow(
        "amplitude_uv", "uV", 14, 812.0, 240.0, 436.0, 115.0, 3.27, 0, 6, True, "Bischoff 1994, biceps"
    ),
    MeasureRow("phases", "1", 14, 2.7, 0.6, 2.6, 0.27, 0.37, 0, 0, False, "Pattichis 1995"),
    MeasureRow("turns", "1", 14, 2.2, 0.9, 3.06, 0.35, -2.46, 3, 0, False, "Pattichis 1995"),
    MeasureRow("area_uvms", "uV ms", 14, 1_130.0, 410.0, note="no norm"),
    MeasureRow("thickness_ms", "ms", 14, 1.39, 0.3, note="no norm"),
    MeasureRow("size_index", "1", 14, 1.2, 0.41, note="no norm"),
    MeasureRow("spike_duration_ms", "ms", 14, 5.8, 1.1, 5.42, 0.71, 0.54, 0, 1, False, "Pattichis 1995"),
    MeasureRow("polyphasic_percent", "%", 4, None, None, note="n/a below 5 units"),
    MeasureRow("jiggle_percent", "%", 12, 31.0, 7.0, note="no norm"),
    MeasureRow("rate_hz", "Hz", 14, 9.1, 1.6, note="no norm"),
    MeasureRow("turns_per_s", "1/s", 18, 260.0, 120.0, note="no norm"),
    MeasureRow("mean_amplitude_uv", "uV", 18, 410.0, 150.0, note="no norm"),
    MeasureRow("peak_ratio", "1/(s uV)", 18, 0.71, None, 0.9, 0.2, -0.95, note="the largest of all epochs"),
)


def muscle(subject: Subject | None = None, **other: object) -> MuscleSummary:
    """A muscle with reduced recruitment, five measures beside a norm and fibrillations in two of four sites."""
    of = subject or Subject("biceps brachii", "right", 58)
    told = MuscleSummary(
        channel=0,
        muscle=of.muscle,
        side=of.side,
        age=of.age,
        group="proximal arm",
        region="cervical",
        sites=3,
        units_accepted=14,
        units_rejected=2,
        rows=ROWS,
        recruitment=Recruitment("reduced", "2 units, the fastest at 18 Hz: ratio 9", 2, 18.0, 8.1, 16.2, 9.0),
        epochs=18,
        epochs_outside=3,
        spontaneous=(
            Grade("fibrillation potentials", 2, 2, 4, 48.0, True),
            Grade("positive sharp waves", 0, 0, 4, 48.0, True),
            Grade("fasciculation potentials", 0, 0, 4, 48.0, False),
        ),
        insertional_s=0.24,
        norms="Bischoff 1994, Pattichis 1995",
        reason="",
    )
    return msgspec.structs.replace(told, **other)


def surface(stop_index: int, n_channels: int = 2, *, rate_hz: float = 2_000.0) -> SurfaceMeasures:
    """The newest second of surface EMG: the first channel is active, the others rest."""
    active = tuple(i == 0 for i in range(n_channels))
    level = 1.0 + 0.4 * np.sin(stop_index / rate_hz)
    return SurfaceMeasures(
        first_index=stop_index - round(rate_hz),
        stop_index=stop_index,
        envelope_uv=tuple(float(level * (84.0 if on else 6.0)) for on in active),
        active=active,
        onsets=((),) * n_channels,
        offsets=((),) * n_channels,
        median_frequency_hz=tuple(92.0 if on else None for on in active),
        fatigue_hz_per_s=tuple(-0.31 if on else None for on in active),
        cocontraction=((0, 1, 0.12),) if n_channels > 1 else (),
    )


class Voluntary:
    """Units that fire in a loop of signal, and the messages about them: in step with the samples that are sent."""

    def __init__(self, rate_hz: float, seconds: float, n_units: int = 4, seed: int = 3) -> None:
        rng = np.random.default_rng(seed)
        self.rate_hz = rate_hz
        self.units = [unit(number, rate_hz=rate_hz) for number in range(1, n_units + 1)]
        n = round(rate_hz * seconds)
        self.signal = rng.normal(0.0, 6.0, (n, 1)).astype(np.float32)
        self._fired: list[tuple[int, int]] = []
        for i, told in enumerate(self.units):
            shape, at = told.array(), rng.uniform(0.03, 0.1)
            while at < seconds - 0.03:
                index = round(at * rate_hz)
                self._fired.append((index, told.unit))
                first = index - len(shape) // 2
                self.signal[first : first + len(shape), 0] += shape
                at += (1 + 0.12 * rng.normal()) / RATES_HZ[i % len(RATES_HZ)]
        self._fired.sort()

    def fired(self, first: int, stop: int) -> list[Measured]:
        """What is told when samples `first` to `stop` have been sent: discharges of a tenth of a second before."""
        n, late = len(self.signal), round(0.1 * self.rate_hz)
        found = [
            (lap * n + index, number)
            for lap in range(max(0, first - late) // n, max(0, stop - late) // n + 1)
            for index, number in self._fired
            if first - late <= lap * n + index < stop - late
        ]
        if not found:
            return []
        indices, numbers = zip(*found, strict=True)
        return [Discharges(0, numbers, indices, tuple(i % 7 == 0 for i in indices))]
