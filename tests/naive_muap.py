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


def running_mean(x: Signal, rate_hz: float, width_ms: float) -> Signal:
    half = math.floor(width_ms * rate_hz / 2000.0)
    return np.array([float(np.mean(x[max(0, i - half) : i + half + 1])) for i in range(len(x))])


def at_least(threshold: float, sigmas: float, noise_uv: float) -> float:
    return max(threshold, sigmas * noise_uv)


def left(smoothed: list[float], noise_uv: float) -> float:
    """What smoothing has left of the noise."""
    return min(noise_uv, 1.4826 * median(abs(v) for v in smoothed)) if smoothed else noise_uv


def level_uv(x: Signal, rate_hz: float, noise_uv: float, s: MuapSettings) -> float:
    remaining = left(running_mean(x, rate_hz, s.markers.smoothing_ms).tolist(), noise_uv)
    return at_least(s.markers.level_uv, s.markers.noise_sigmas, remaining)


def is_loud(x: Signal, rate_hz: float, noise_uv: float, s: MuapSettings) -> list[bool]:
    """Samples that cannot be in a quiet stretch: beyond the level when smoothed, or far out themselves."""
    level = level_uv(x, rate_hz, noise_uv, s)
    sample = at_least(s.markers.sample_uv, s.markers.sample_sigmas, noise_uv)
    smoothed = running_mean(x, rate_hz, s.markers.smoothing_ms)
    return [abs(mean) > level or abs(v) > sample for v, mean in zip(x, smoothed, strict=True)]


def quiet_stretches(x: Signal, rate_hz: float, noise_uv: float, s: MuapSettings) -> list[range]:
    """Every stretch that is long enough, without a loud sample, and nowhere too steep."""
    m = s.markers
    n = max(1, round(m.quiet_ms * rate_hz / 1000.0))
    span = max(1, round(m.slope_span_ms * rate_hz / 1000.0))
    smoothed, loud = running_mean(x, rate_hz, m.smoothing_ms), is_loud(x, rate_hz, noise_uv, s)
    remaining = left(smoothed.tolist(), noise_uv)
    change = m.slope_span_ms * max(m.slope_uv_per_ms, m.noise_sigmas * remaining / m.slope_span_ms)
    flat = [abs(b - a) <= change for a, b in zip(smoothed, smoothed[span:], strict=False)]
    starts = range(len(x) - n + 1)
    return [
        range(i, i + n) for i in starts if not any(loud[i : i + n]) and all(flat[i : max(i, i + n - span)])
    ]


def marks(
    x: Signal, start: int, rate_hz: float, noise_uv: float, s: MuapSettings
) -> tuple[int | None, int | None]:
    """The ends, next to `start`, of the nearest quiet stretches on either side, moved inwards where they can be."""
    stretches = quiet_stretches(x, rate_hz, noise_uv, s)
    onset = max((stretch[-1] for stretch in stretches if stretch[-1] <= start), default=None)
    offset = min((stretch[0] for stretch in stretches if stretch[0] >= start), default=None)
    most = math.floor(s.markers.smoothing_ms * rate_hz / 2000.0)
    level = level_uv(x, rate_hz, noise_uv, s)
    low = [abs(v) <= level for v in x]
    if onset is not None:
        onset = max(i for i in range(onset, min(onset + most, start) + 1) if all(low[onset + 1 : i + 1]))
    if offset is not None:
        offset = min(i for i in range(max(offset - most, start), offset + 1) if all(low[i:offset]))
    return onset, offset


def phases_between(x: Signal, first: int, last: int, rate_hz: float, noise_uv: float, s: MuapSettings) -> int:
    """Of the potential from `first` to `last`, briefly smoothed."""
    brief = running_mean(x, rate_hz, s.phase_smoothing_ms)
    remaining = left([*brief[:first].tolist(), *brief[last + 1 :].tolist()], noise_uv)
    return phases(brief[first : last + 1], rate_hz, at_least(s.phase_uv, s.phase_sigmas, remaining), s)


def phases(inside: Signal, rate_hz: float, threshold: float, s: MuapSettings) -> int:
    sides = [(i, v > 0) for i, v in enumerate(inside.tolist()) if abs(v) >= threshold]
    runs = [(side, [i for i, _ in run]) for side, run in groupby(sides, key=lambda each: each[1])]
    long = [side for side, run in runs if (run[-1] - run[0] + 1) * 1000.0 > s.phase_ms * rate_hz]
    return len(list(groupby(long)))


def turns(inside: Signal, threshold: float) -> int:
    return max(0, len(pivots(inside, threshold)) - 1)


def turn_uv(noise_uv: float, s: MuapSettings) -> float:
    return at_least(s.turn_uv, s.turn_sigmas, noise_uv)


def rise_time_us(
    inside: Signal, level: float, rate_hz: float, noise_uv: float, s: MuapSettings
) -> float | None:
    lowest = int(np.argmin(inside))
    before = [at for at in pivots(inside, turn_uv(noise_uv, s)) if at < lowest]
    if not before or inside[lowest] >= -level:
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
    loud = is_loud(x, rate_hz, noise_uv, s)
    out = [i for i in range(offset + 1, min(len(x), offset + 1 + window)) if loud[i]]
    starts = [i for i in out if not any(i - gap <= j < i for j in out)]
    ends = [i for i in out if not any(i < j <= i + gap for j in out)]
    deflections = [list(range(a, b + 1)) for a, b in zip(starts, ends, strict=True)]
    found: list[list[float]] = []
    for places in deflections:
        values = [float(x[i]) for i in places]
        top = max(places, key=lambda i: (abs(x[i]), -i))
        if abs(x[top]) > at_least(s.satellite_uv, s.satellite_sigmas, noise_uv):
            found.append([(top - peak) * 1000.0 / rate_hz, max(*values, 0.0) - min(*values, 0.0)])
    return found


def measures(
    template: NDArray[np.float32], rate_hz: float, s: MuapSettings, noise_uv: float = 0.0
) -> dict[str, Any]:
    """Every measure of one template, by name."""
    x, baseline = about_baseline(template.astype(np.float64), rate_hz, s)
    loud = is_loud(x, rate_hz, noise_uv, s)
    start = max(range(len(x)), key=lambda i: (loud[i] * abs(x[i]), -i))
    silent = not any(loud)
    onset, offset = (start, start) if silent else marks(x, start, rate_hz, noise_uv, s)
    first, last = onset or 0, len(x) - 1 if offset is None else offset
    inside = x[first : last + 1]
    peak = first + farthest(inside)
    amplitude = 0.0 if silent else float(max(*inside, 0.0) - min(*inside, 0.0))
    area = area_uvms(inside, rate_hz)
    spike = positive_peaks(inside, turn_uv(noise_uv, s))
    n_turns = turns(inside, turn_uv(noise_uv, s))
    n_phases = 0 if silent else max(1, phases_between(x, first, last, rate_hz, noise_uv, s))
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
        "rise_time_us": rise_time_us(inside, level_uv(x, rate_hz, noise_uv, s), rate_hz, noise_uv, s),
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
