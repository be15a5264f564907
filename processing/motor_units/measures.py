"""What is measured of one averaged motor unit potential."""

import math
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from contracts.refusal import Refusal
from processing.kernels.muap_marks import deflections, moved_inwards, quiet_edge, running_mean
from processing.kernels.muap_phases import count_phases
from processing.kernels.turning_points import turning_points
from processing.motor_units.middles import median
from processing.motor_units.settings import MarkerSettings, MuapSettings

MuapFlag = Literal["no potential", "onset at edge", "offset at edge", "rate too low"]

DEFAULTS = MuapSettings()

MAD_TO_SD = 1.4826
"""Standard deviation of normal values over the median of their absolute values."""

Signal = NDArray[np.float64]


class Satellite(msgspec.Struct, frozen=True):
    """A late potential that belongs to the unit and not to its duration."""

    time_ms: float
    """Its peak, from the peak of the unit."""
    amplitude_uv: float
    """Peak to peak."""


class MuapMeasures(msgspec.Struct, frozen=True):
    """The measures of one template. What cannot be measured is None; `flags` and the definitions say why."""

    baseline_uv: float
    amplitude_uv: float
    phases: int
    turns: int
    satellites: tuple[Satellite, ...]
    serrated: bool
    polyphasic: bool
    onset_index: int
    """The last quiet sample before the potential, counted from the first of the template."""
    offset_index: int
    """The first quiet sample after it; the potential includes it."""
    peak_index: int
    """Farthest from the baseline, on either side."""
    negative_peak_index: int
    onset_ms: float
    """From the first sample of the template, like the next."""
    offset_ms: float
    flags: tuple[MuapFlag, ...]
    duration_ms: float | None = None
    """With a mark at the edge of the template it is at least this."""
    rise_time_us: float | None = None
    """None without a fall of a turn's size into a negative peak."""
    area_uvms: float | None = None
    thickness_ms: float | None = None
    size_index: float | None = None
    spike_first_index: int | None = None
    """The first positive peak, counted as the marks are; None without a minimum among the turns."""
    spike_last_index: int | None = None
    spike_duration_ms: float | None = None
    spike_area_uvms: float | None = None


class _Marks(NamedTuple):
    onset: int
    peak: int
    offset: int
    flags: tuple[MuapFlag, ...]


def measure(
    template: NDArray[np.float32], rate_hz: float, settings: MuapSettings = DEFAULTS, noise_uv: float = 0.0
) -> MuapMeasures:
    """The measures of an averaged potential f32 `(n_samples,)`, microvolt in true sign.

    `noise_uv` is the standard deviation of the noise that the averaging has left. For good marks the
    template reaches about 25 ms to either side of its peak. What rests on the course in time is None
    below `minimum_rate_hz`. Raises Refusal for an empty template and for one that is not finite.
    """
    return TemplateMeter(rate_hz, settings).measure(template, noise_uv)


class TemplateMeter:
    """Measures templates at one rate: the settings' times in samples, rounded once."""

    def __init__(self, rate_hz: float, settings: MuapSettings = DEFAULTS) -> None:
        per_ms = rate_hz / 1000.0
        markers = settings.markers
        self._settings = settings
        self._sample_ms = 1.0 / per_ms
        self._timed = rate_hz >= settings.minimum_rate_hz
        self._baseline = max(1, round(markers.baseline_ms * per_ms))
        self._half = math.floor(markers.smoothing_ms * per_ms / 2.0)
        self._span = max(1, round(markers.slope_span_ms * per_ms))
        self._quiet = max(1, round(markers.quiet_ms * per_ms))
        self._brief = math.floor(settings.phase_smoothing_ms * per_ms / 2.0)
        self._phase = math.floor(settings.phase_ms * per_ms) + 1
        self._gap = max(1, round(settings.satellite_gap_ms * per_ms))
        self._window = round(settings.satellite_window_ms * per_ms)

    def measure(self, template: NDArray[np.float32], noise_uv: float = 0.0) -> MuapMeasures:
        """The measures of one template; see the function of this name."""
        if template.ndim != 1 or template.size == 0 or not np.isfinite(template).all():
            raise Refusal(
                found=f"a template of shape {template.shape}, or one with samples that are not finite",
                wanted="finite microvolts, one after the other",
                do="Average discharges of one channel, away from gaps.",
            )
        x = template.astype(np.float64)
        baseline = float(median(np.concatenate([x[: self._baseline], x[-self._baseline :]])))
        x -= baseline
        smoothed = np.empty_like(x)
        running_mean(x, self._half, smoothed)
        s = self._settings.in_noise(noise_uv, noise_left(smoothed, noise_uv))
        loud = (np.abs(smoothed) > s.markers.level_uv) | (np.abs(x) > s.markers.sample_uv)
        marks = self._marks(x, smoothed, loud, s.markers)
        satellites = self._satellites(x, loud, marks, s.satellite_uv)
        phases = self._phases(x, marks, noise_uv)
        return self._between(x, marks, baseline, satellites, phases, s)

    def _marks(self, x: Signal, smoothed: Signal, loud: NDArray[np.bool_], markers: MarkerSettings) -> _Marks:
        """Onset, peak and offset of a template about its baseline."""
        if not loud.any():
            return _Marks(0, 0, 0, ("no potential",))
        start = int(np.argmax(np.where(loud, np.abs(x), -1.0)))
        change = markers.slope_uv_per_ms * markers.slope_span_ms
        flags: list[MuapFlag] = []
        onset = quiet_edge(smoothed, loud, start, -1, change, self._span, self._quiet)
        offset = quiet_edge(smoothed, loud, start, 1, change, self._span, self._quiet)
        if onset < 0:
            onset = 0
            flags.append("onset at edge")
        else:
            onset = moved_inwards(x, onset, start, markers.level_uv, self._half)
        if offset < 0:
            offset = x.size - 1
            flags.append("offset at edge")
        else:
            offset = moved_inwards(x, offset, start, markers.level_uv, self._half)
        return _Marks(onset, onset + _farthest(x[onset : offset + 1]), offset, tuple(flags))

    def _satellites(
        self, x: Signal, loud: NDArray[np.bool_], marks: _Marks, threshold: float
    ) -> tuple[Satellite, ...]:
        """The satellites of a template about its baseline, in order of time."""
        first = marks.offset + 1
        window = loud[: first + self._window]
        places = np.empty((window.size // (self._gap + 1) + 1, 2), dtype=np.int64)
        found = deflections(window, first, self._gap, places)
        satellites: list[Satellite] = []
        for began, ended in places[:found].tolist():
            deflection = x[began : ended + 1]
            peak = _farthest(deflection)
            if abs(deflection[peak]) > threshold:
                time_ms = (began + peak - marks.peak) * self._sample_ms
                satellites.append(Satellite(time_ms, _peak_to_peak(deflection)))
        return tuple(satellites)

    def _phases(self, x: Signal, marks: _Marks, noise_uv: float) -> int:
        """Phases between the marks of a template about its baseline, briefly smoothed. A potential has one at least:
        single fibres in myopathy may be over sooner than a phase has to last."""
        brief = np.empty_like(x)
        running_mean(x, self._brief, brief)
        s = self._settings
        beside = np.concatenate([brief[: marks.onset], brief[marks.offset + 1 :]])
        least_uv = max(s.phase_uv, s.phase_sigmas * noise_left(beside, noise_uv))
        counted = count_phases(brief[marks.onset : marks.offset + 1], least_uv, self._phase)
        return counted if "no potential" in marks.flags else max(1, counted)

    def _between(
        self,
        x: Signal,
        marks: _Marks,
        baseline: float,
        satellites: tuple[Satellite, ...],
        phases: int,
        s: MuapSettings,
    ) -> MuapMeasures:
        """What is measured between the marks of a template about its baseline."""
        inside = x[marks.onset : marks.offset + 1]
        negative = int(np.argmin(inside))
        amplitude = 0.0 if "no potential" in marks.flags else _peak_to_peak(inside)
        points = np.empty(inside.size, dtype=np.int64)
        points = points[: turning_points(inside, s.turn_uv, points)]
        turns = max(0, points.size - 1)
        many = phases > s.polyphasic_phases
        measured = MuapMeasures(
            baseline_uv=baseline,
            amplitude_uv=amplitude,
            phases=phases,
            turns=turns,
            satellites=satellites,
            serrated=turns > s.serrated_turns and not many,
            polyphasic=many,
            onset_index=marks.onset,
            offset_index=marks.offset,
            peak_index=marks.peak,
            negative_peak_index=marks.onset + negative,
            onset_ms=marks.onset * self._sample_ms,
            offset_ms=marks.offset * self._sample_ms,
            flags=marks.flags,
        )
        if not self._timed:
            return replace(measured, flags=(*marks.flags, "rate too low"))
        first, last = _positive_peaks(inside, points)
        fall = points[points < negative][-1:] if inside[negative] < -s.markers.level_uv else points[:0]
        area = _area(inside) * self._sample_ms
        return replace(
            measured,
            duration_ms=(marks.offset - marks.onset) * self._sample_ms,
            rise_time_us=float(negative - fall[0]) * self._sample_ms * 1000.0 if fall.size else None,
            area_uvms=area,
            thickness_ms=area / amplitude if amplitude > 0.0 else None,
            size_index=size_index(area, amplitude) if amplitude > 0.0 else None,
            spike_first_index=marks.onset + first if last > first else None,
            spike_last_index=marks.onset + last if last > first else None,
            spike_duration_ms=(last - first) * self._sample_ms if last > first else None,
            spike_area_uvms=_area(inside[first : last + 1]) * self._sample_ms if last > first else None,
        )


def noise_left(smoothed: Signal, noise_uv: float) -> float:
    """What smoothing has left of a template's noise (SD): no more than there was, and no more than the median of
    what is smoothed comes to. Of the template about its baseline the potential itself is the smaller part."""
    return min(noise_uv, MAD_TO_SD * float(median(np.abs(smoothed)))) if smoothed.size else noise_uv


def _positive_peaks(inside: Signal, points: NDArray[np.int64]) -> tuple[int, int]:
    """The maximum before the first turn that is a minimum and the highest sample after the last; 0, 0 for none."""
    turns = points[1:]
    minima = turns[inside[turns] < inside[points[:-1]]]
    if minima.size == 0:
        return 0, 0
    before = points[points < minima[0]]
    return int(before[-1]), int(minima[-1] + np.argmax(inside[minima[-1] :]))


def _farthest(x: Signal) -> int:
    """Index of the first value that is farthest from zero."""
    return int(np.argmax(np.abs(x)))


def _peak_to_peak(x: Signal) -> float:
    """Highest minus lowest of the values and zero: a mark stands up to a level away from the baseline."""
    return float(max(np.max(x), 0.0) - min(np.min(x), 0.0))


def _area(x: Signal) -> float:
    """Integral of |x| by the trapezoid rule, in unit times samples."""
    return float(np.trapezoid(np.abs(x)))


def size_index(area_uvms: float, amplitude_uv: float) -> float:
    """2 log10 of the amplitude in mV, plus area over amplitude in ms (Sonoo and Stalberg 1993)."""
    return 2.0 * math.log10(amplitude_uv / 1000.0) + area_uvms / amplitude_uv
