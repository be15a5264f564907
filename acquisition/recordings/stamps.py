"""Holes in a stamped recording, and where on its index an event lies.

A file counts its samples; stamps tell when they came, and they are messy: delivered in bursts, late, now and
then running backwards. Only a jump that stays is a hole, so a late sample that is followed by early ones is
not one.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from contracts.records import Gap

_BREAK_S = 1.0
"""A step of stamps by this much, forwards or backwards, is a break whatever the jitter is."""
_BLOCK_S = 1.0
_AHEAD = 4
"""How many samples after a jump must keep it, where stamps are regular otherwise."""
_SIDE_S = 0.25
"""Length of signal on each side of a jump that is compared, where stamps jitter."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch without a hole: stamp of its sample i (stored) is `origin_s + (i - first) * period_s`."""

    first: int
    run_first: int
    n_samples: int
    origin_s: float
    period_s: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The holes of a stamped recording and the stretches between them."""

    gaps: tuple[Gap, ...]
    segments: tuple[Segment, ...]
    rate_hz: float
    """Measured rate: the slope of the longest stretch."""
    backward: int
    """How many stamps are earlier than the one before."""

    def index_of(self, stamp_s: float) -> int | None:
        """Run index of a moment, None outside the recording (more than a second before or after it).

        A moment in a hole has an index among the missing samples.
        """
        first, last = self.segments[0], self.segments[-1]
        end_s = last.origin_s + last.n_samples * last.period_s
        if not first.origin_s - _BREAK_S <= stamp_s <= end_s + _BREAK_S:
            return None
        place = 0
        for k, segment in enumerate(self.segments):
            if segment.origin_s - segment.period_s / 2 <= stamp_s:
                place = k
        segment = self.segments[place]
        following = self.segments[place + 1].run_first if place + 1 < len(self.segments) else None
        stop = following if following is not None else segment.run_first + segment.n_samples
        index = segment.run_first + round((stamp_s - segment.origin_s) / segment.period_s)
        return min(max(index, segment.run_first), max(stop - 1, segment.run_first))


def rough_period_s(stamps: NDArray[np.float64], nominal_s: float | None) -> float | None:
    """Seconds per sample: the median over blocks of about a second (an eighth of a short file).

    Holes fall into few blocks and leave the median alone; jitter averages out within a block. None where
    stamps do not advance and no nominal period is known.
    """
    steps = np.diff(stamps)
    whole = steps[np.abs(steps) < _BREAK_S]
    guess = nominal_s or (float(np.mean(whole)) if whole.size else 0.0)
    if stamps.size < 16 or guess <= 0:
        period = nominal_s or (float(np.median(steps)) if steps.size else 0.0)
    else:
        block = max(2, min(round(_BLOCK_S / guess), stamps.size // 8))
        starts = np.arange(0, stamps.size - block, block)
        period = float(np.median(stamps[starts + block] - stamps[starts])) / block
    return period if period > 0 else nominal_s


def neat_rate_hz(period_s: float) -> float:
    """The rate of a period, rounded to a whole or half hertz where it is within 1e-4 of one.

    Stamps are written with few digits; no clock is known to 1e-4 by them.
    """
    rate = 1.0 / period_s
    neat = round(rate * 2) / 2
    return neat if neat > 0 and abs(rate / neat - 1) < 1e-4 else rate


def timeline_of(stamps: NDArray[np.float64], nominal_rate_hz: float | None) -> Timeline | None:
    """The holes and stretches of stamps in seconds, in the order in which samples were stored.

    None where no rate is given and the stamps do not tell one.
    """
    nominal_s = 1.0 / nominal_rate_hz if nominal_rate_hz else None
    period = rough_period_s(stamps, nominal_s)
    if period is None:
        return None
    steps = np.diff(stamps)
    inner = steps[np.abs(steps) < max(_BREAK_S, 3 * period)]
    regular = inner.size == 0 or float(np.mean(np.abs(inner - period) < 0.5 * period)) > 0.99
    jumps = (_kept_jumps if regular else _jumps_in_jitter)(stamps, period)
    for i in np.flatnonzero(np.abs(steps) >= max(_BREAK_S, 3 * period)):
        jumps[int(i)] = float(steps[i]) - period
    places = sorted(jumps)
    lines = _lines(stamps, places, period)
    longest = max(lines, key=lambda line: line.n_samples)
    period = longest.period_s if longest.n_samples >= 64 else period
    doubt_s = 0.0 if regular else float(np.std(inner))
    drift = abs(period / nominal_s - 1.0) if nominal_s else 0.0
    gaps: list[Gap] = []
    lost = 0
    for i in places:
        missing = max(0, round(jumps[i] / period))
        lost += missing
        doubt = int(np.ceil(doubt_s / period + drift * missing - 1e-6))
        gaps.append(Gap(i + 1 + lost, missing, "recording", exact=False, uncertainty=doubt))
    shifts = [0, *(g.at_index - i - 1 for g, i in zip(gaps, places, strict=True))]
    segments = tuple(
        replace(line, run_first=line.first + shift) for line, shift in zip(lines, shifts, strict=True)
    )
    return Timeline(tuple(gaps), segments, 1.0 / period, int(np.count_nonzero(steps < 0)))


def _kept_jumps(stamps: NDArray[np.float64], period: float) -> dict[int, float]:
    """Jumps of regular stamps: what is left of the step after each of the samples that follow."""
    found: dict[int, float] = {}
    for i in np.flatnonzero(np.diff(stamps) > 1.5 * period):
        later = stamps[i + 1 : i + 1 + _AHEAD]
        excess = later - stamps[i] - period * np.arange(1, later.size + 1)
        if round(float(excess.min()) / period) >= 1:
            found[int(i)] = float(excess.min())
    return found


def _jumps_in_jitter(stamps: NDArray[np.float64], period: float) -> dict[int, float]:
    """Jumps by which the mean lateness differs on both sides, by more than two samples and four times its spread."""
    side = max(16, round(_SIDE_S / period))
    if stamps.size < 2 * side:
        return {}
    late = stamps - stamps[0] - period * np.arange(stamps.size)
    total, squares = (np.concatenate(([0.0], np.cumsum(values))) for values in (late, late**2))
    at = np.flatnonzero(np.diff(stamps) > 1.5 * period)
    at = at[(at >= side - 1) & (at + 1 + side <= stamps.size)]
    before = (total[at + 1] - total[at + 1 - side]) / side
    after = (total[at + 1 + side] - total[at + 1]) / side
    spread_before = (squares[at + 1] - squares[at + 1 - side]) / side - before**2
    spread_after = (squares[at + 1 + side] - squares[at + 1]) / side - after**2
    spread = np.sqrt(np.maximum(np.maximum(spread_before, spread_after), 0.0))
    jump = after - before
    hits = np.flatnonzero(jump > np.maximum(2 * period, 4 * spread))
    found: dict[int, float] = {}
    for k in hits[np.argsort(-jump[hits])]:
        if all(abs(int(at[k]) - i) > side for i in found):
            found[int(at[k])] = float(jump[k])
    return found


def _lines(stamps: NDArray[np.float64], places: list[int], period: float) -> list[Segment]:
    """A straight line through the stamps of each stretch; short ones take the period as it is."""
    edges = [0, *(i + 1 for i in places), stamps.size]
    lines: list[Segment] = []
    for first, stop in pairwise(edges):
        index = np.arange(stop - first)
        slope, origin = period, float(np.mean(stamps[first:stop] - period * index))
        if stop - first >= 64:
            slope, origin = (float(v) for v in np.polyfit(index, stamps[first:stop], 1))
        lines.append(Segment(first, first, stop - first, origin, slope if slope > 0 else period))
    return lines
