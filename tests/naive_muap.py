"""Slow twins of the measures of motor unit potentials, of their firing and of the interference pattern.

Plain Python from the definitions, float64 throughout.
"""

import math
import statistics
from itertools import groupby, pairwise
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from processing.interference import InterferenceSettings
from processing.motor_units.firing import FiringSettings
from processing.motor_units.settings import MuapSettings
from tests.naive import Signal, pivots, upper_centile


def about_baseline(template: Signal, rate_hz: float, s: MuapSettings) -> tuple[Signal, float]:
    """The template about its baseline, and that: the median of both ends."""
    n = max(1, round(s.markers.baseline_ms * rate_hz / 1000.0))
    baseline = median([*template[:n].tolist(), *template[-n:].tolist()])
    return template - baseline, baseline


def running_mean(x: Signal, rate_hz: float, s: MuapSettings) -> Signal:
    half = math.floor(s.markers.smoothing_ms * rate_hz / 2000.0)
    return np.array([float(np.mean(x[max(0, i - half) : i + half + 1])) for i in range(len(x))])


def limits(noise_uv: float, s: MuapSettings) -> tuple[float, float]:
    """How far a quiet stretch may be from the baseline, and how much it may change over the span."""
    m = s.markers
    noise = m.noise_sigmas * noise_uv
    return max(m.level_uv, noise), max(m.slope_uv_per_ms * m.slope_span_ms, noise)


def is_quiet(stretch: Signal, rate_hz: float, noise_uv: float, s: MuapSettings) -> bool:
    level, change = limits(noise_uv, s)
    span = max(1, round(s.markers.slope_span_ms * rate_hz / 1000.0))
    steps = [abs(b - a) for a, b in zip(stretch, stretch[span:], strict=False)]
    return all(abs(v) <= level for v in stretch) and all(step <= change for step in steps)


def marks(x: Signal, rate_hz: float, noise_uv: float, s: MuapSettings) -> tuple[int | None, int | None]:
    """Onset and offset of x about its baseline: the inner ends of the nearest quiet stretches."""
    n = max(1, round(s.markers.quiet_ms * rate_hz / 1000.0))
    smoothed = running_mean(x, rate_hz, s)
    peak = farthest(smoothed)
    before = [
        e for e in range(n - 1, peak + 1) if is_quiet(smoothed[e - n + 1 : e + 1], rate_hz, noise_uv, s)
    ]
    after = [e for e in range(peak, len(x) - n + 1) if is_quiet(smoothed[e : e + n], rate_hz, noise_uv, s)]
    return max(before, default=None), min(after, default=None)


def phases(inside: Signal, rate_hz: float, s: MuapSettings) -> int:
    sides = [(i, v > 0) for i, v in enumerate(inside.tolist()) if abs(v) >= s.phase_uv]
    runs = [(side, [i for i, _ in run]) for side, run in groupby(sides, key=lambda each: each[1])]
    long = [side for side, run in runs if (run[-1] - run[0] + 1) * 1000.0 > s.phase_ms * rate_hz]
    return len(list(groupby(long)))


def turns(inside: Signal, threshold: float) -> int:
    return max(0, len(pivots(inside, threshold)) - 1)


def rise_time_us(inside: Signal, rate_hz: float, noise_uv: float, s: MuapSettings) -> float | None:
    lowest = int(np.argmin(inside))
    before = [at for at in pivots(inside, s.turn_uv) if at < lowest]
    if not before or inside[lowest] >= -limits(noise_uv, s)[0]:
        return None
    return (lowest - before[-1]) * 1e6 / rate_hz


def positive_peaks(inside: Signal, threshold: float) -> tuple[int, int] | None:
    """The maximum before the first turn that is a minimum, and the highest sample after the last one."""
    at = pivots(inside, threshold)
    minima = [(a, b) for a, b in pairwise(at) if inside[b] < inside[a]]
    return (minima[0][0], int(np.argmax(inside[minima[-1][1] :])) + minima[-1][1]) if minima else None


def area_uvms(x: Signal, rate_hz: float) -> float:
    return sum((abs(a) + abs(b)) / 2.0 for a, b in pairwise(x.tolist())) * 1000.0 / rate_hz


def farthest(x: Signal) -> int:
    return int(np.argmax(np.abs(x)))


def satellites(
    x: Signal, peak: int, offset: int, rate_hz: float, noise_uv: float, s: MuapSettings
) -> list[list[float]]:
    """Time from the peak (ms) and peak-to-peak amplitude of the late deflections that reach the threshold."""
    window = round(s.satellite_window_ms * rate_hz / 1000.0)
    gap = max(1, round(s.satellite_gap_ms * rate_hz / 1000.0))
    level, _ = limits(noise_uv, s)
    smoothed = running_mean(x, rate_hz, s)
    out = [i for i in range(offset + 1, min(len(x), offset + 1 + window)) if abs(smoothed[i]) > level]
    starts = [i for i in out if not any(i - gap <= j < i for j in out)]
    ends = [i for i in out if not any(i < j <= i + gap for j in out)]
    deflections = [list(range(a, b + 1)) for a, b in zip(starts, ends, strict=True)]
    found: list[list[float]] = []
    for places in deflections:
        values = [float(x[i]) for i in places]
        top = max(places, key=lambda i: (abs(x[i]), -i))
        if abs(x[top]) > s.satellite_uv:
            found.append([(top - peak) * 1000.0 / rate_hz, max(values) - min(values)])
    return found


def measures(
    template: NDArray[np.float32], rate_hz: float, s: MuapSettings, noise_uv: float = 0.0
) -> dict[str, Any]:
    """Every measure of one template, by name."""
    x, baseline = about_baseline(template.astype(np.float64), rate_hz, s)
    smoothed = running_mean(x, rate_hz, s)
    start = farthest(smoothed)
    silent = abs(smoothed[start]) <= limits(noise_uv, s)[0]
    onset, offset = (start, start) if silent else marks(x, rate_hz, noise_uv, s)
    first, last = onset or 0, len(x) - 1 if offset is None else offset
    inside = x[first : last + 1]
    peak = first + farthest(inside)
    amplitude = float(max(inside) - min(inside))
    area = area_uvms(inside, rate_hz)
    spike = positive_peaks(inside, s.turn_uv)
    n_turns, n_phases = turns(inside, s.turn_uv), phases(inside, rate_hz, s)
    raised = {"no potential": silent, "onset at edge": onset is None, "offset at edge": offset is None}
    return {
        "baseline_uv": baseline,
        "amplitude_uv": amplitude,
        "phases": n_phases,
        "turns": n_turns,
        "satellites": satellites(x, peak, last, rate_hz, noise_uv, s),
        "serrated": n_turns > s.serrated_turns and n_phases <= s.polyphasic_phases,
        "polyphasic": n_phases > s.polyphasic_phases,
        "onset_index": first,
        "offset_index": last,
        "peak_index": peak,
        "negative_peak_index": first + int(np.argmin(inside)),
        "onset_ms": first * 1000.0 / rate_hz,
        "offset_ms": last * 1000.0 / rate_hz,
        "flags": [flag for flag, is_raised in raised.items() if is_raised],
        "duration_ms": (last - first) * 1000.0 / rate_hz,
        "rise_time_us": rise_time_us(inside, rate_hz, noise_uv, s),
        "area_uvms": area,
        "thickness_ms": area / amplitude if amplitude else None,
        "size_index": 2.0 * math.log10(amplitude / 1000.0) + area / amplitude if amplitude else None,
        "spike_first_index": first + spike[0] if spike else None,
        "spike_last_index": first + spike[1] if spike else None,
        "spike_duration_ms": (spike[1] - spike[0]) * 1000.0 / rate_hz if spike else None,
        "spike_area_uvms": area_uvms(inside[spike[0] : spike[1] + 1], rate_hz) if spike else None,
    }


# --- variability ------------------------------------------------------------------------------------------


def centred(discharge: Signal, edge: int) -> list[float]:
    baseline = median([*discharge[:edge].tolist(), *discharge[-edge:].tolist()])
    return [v - baseline for v in discharge.tolist()]


def jiggle_percent(discharges: Signal, first: int, last: int, edge: int) -> float | None:
    """Over the samples from `first` to `last`, noise told from `edge` samples at either end."""
    rows = [centred(discharge, edge) for discharge in discharges]
    columns = list(zip(*rows, strict=True))
    change = [median(abs(b - a) for a, b in pairwise(column)) for column in columns]
    ends = [*change[:edge], *change[-edge:]]
    noise = sum(ends) / len(ends)
    excess = sum(change[j] - noise for j in range(first, last + 1))
    size = sum(abs(median(columns[j])) for j in range(first, last + 1))
    return 100.0 * max(0.0, excess) / size if size else None


def consecutive_correlation(discharges: Signal, first: int, last: int) -> float:
    def correlation(a: list[float], b: list[float]) -> float:
        return 0.0 if len(set(a)) == 1 or len(set(b)) == 1 else statistics.correlation(a, b)

    parts = discharges[:, first : last + 1].tolist()
    return median(correlation(a, b) for a, b in pairwise(parts))


# --- firing -----------------------------------------------------------------------------------------------


def firing(times_s: list[float], breaks_s: list[float], s: FiringSettings) -> dict[str, Any]:
    """The measures of firing, by name."""
    whole = [
        b - a if b > a and not any(a < at <= b for at in breaks_s) else None for a, b in pairwise(times_s)
    ]
    usable = [interval for interval in whole if interval is not None]
    middle = median(usable) if usable else 0.0
    missed = [interval for interval in usable if interval > s.missed_ratio * middle]
    false = [interval for interval in usable if interval < s.false_ratio * middle]
    unit = [interval if interval not in (*missed, *false) else None for interval in whole]
    kept = [interval for interval in unit if interval is not None]
    pairs = [(a, b) for a, b in pairwise(unit) if a is not None and b is not None]
    return {
        "discharges": len(times_s),
        "intervals": len(kept),
        "missed": len(missed),
        "false": len(false),
        "rate_hz": 1.0 / median(kept) if kept else None,
        "cv": statistics.stdev(kept) / statistics.mean(kept) if len(kept) > 1 else None,
        "cv2": statistics.mean(2.0 * abs(b - a) / (a + b) for a, b in pairs) if pairs else None,
    }


# --- interference pattern ---------------------------------------------------------------------------------


def interference(x: Signal, rate_hz: float, s: InterferenceSettings) -> dict[str, float]:
    """The measures of an epoch, by name."""
    at = pivots(x, s.turn_uv)
    segments = [(b - a, abs(float(x[b] - x[a]))) for a, b in pairwise(at)]
    longest = math.floor(s.segment_ms * rate_hz / 1000.0)
    amplitudes = [amplitude for _, amplitude in segments]
    potentials = [float(x[i]) for i in at[1:]]
    mean_amplitude = statistics.mean(amplitudes) if segments else 0.0
    turns_per_s = len(segments) * rate_hz / len(x)
    small = [length for length, amplitude in segments if length <= longest and amplitude < s.segment_uv]
    return {
        "turns_per_s": turns_per_s,
        "mean_amplitude_uv": mean_amplitude,
        "turns_amplitude_ratio": turns_per_s / mean_amplitude if segments else 0.0,
        "small_segments_per_s": len(small) * rate_hz / len(x),
        "activity": sum(length for length, _ in segments if length <= longest) / len(x),
        "upper_centile_amplitude_uv": upper_centile(amplitudes, s.upper_centile),
        "envelope_uv": upper_centile(potentials, s.upper_centile)
        + upper_centile([-v for v in potentials], s.upper_centile),
    }
