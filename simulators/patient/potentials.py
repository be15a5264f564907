"""What a needle hears of a tissue: the potential of every motor unit, ready to be discharged."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from simulators.patient.bank import N_NEAR, TICKS, NearFibre, Source
from simulators.patient.electrode import Needle
from simulators.patient.fibre_wave import HUMAN, Conduction, arrival_ms, extinction_ms, seen_from, summed
from simulators.patient.tissue import DENERVATED, Fibres, Tissue

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]

FINE_HZ = 40e3
"""Potentials are computed at this rate at least. A fibre 0.3 mm away has nothing above 12 kHz."""

SILENT_UV = 0.05
"""Below this a potential is cut off."""

FARTHEST_MM = 10.0
"""From any conductor of the needle. All that lies beyond adds at most 4 uV to the potential of a unit, and takes
two thirds of the time. The recording chain has a noise for distant units."""

HEARD_UV = 10.0
"""Peak to peak from which on a fibre counts as heard: its jitter then shows in the unit's potential."""


@dataclass(frozen=True, slots=True)
class UnitsHeard:
    """The truth about the units at one needle position, one row each."""

    fibres: NDArray[np.int32]
    """How many are heard on their own."""
    amplitude_uv: F64
    """Peak to peak of the mean potential."""
    first_s: F64
    """When the wave of the first fibre that is heard passes the electrode after the discharge; NaN if none."""
    last_s: F64


@dataclass(frozen=True, slots=True)
class Heard:
    """Sources, one per unit and in their order, and the truth about them."""

    sources: tuple[Source, ...]
    units: UnitsHeard


def hear(
    tissue: Tissue, needle: Needle, rate_hz: float, conduction: Conduction = HUMAN
) -> tuple[Source, ...]:
    """One source of kind "motor unit" per unit of the tissue, in their order, without the truth.

    See `listen`.
    """
    return listen(tissue, needle, rate_hz, conduction).sources


def listen(tissue: Tissue, needle: Needle, rate_hz: float, conduction: Conduction = HUMAN) -> Heard:
    """What a needle hears of each unit: its potential in microvolt at `rate_hz`, and the truth about it.

    A unit that is lost or too far away has a potential of no samples. Up to N_NEAR fibres per unit are kept
    apart, the largest ones, each of HEARD_UV at least; the sum of all others is the `rest`.
    """
    oversampling = _oversampling(rate_hz)
    fibres = _audible(tissue, needle)
    unit, n_units = fibres.unit.astype(np.int64), len(tissue.units)
    seen = seen_from(needle, fibres, rate_hz * oversampling, conduction)
    n = _window(fibres, rate_hz * oversampling, conduction)
    rest, swing = summed(seen, unit, n_units, n, needle, conduction)
    amplitude_uv = np.ptp(rest, axis=1)
    near = _largest(unit, swing)
    own, _ = summed(seen[near], np.arange(near.size), near.size, n, needle, conduction)
    np.subtract.at(rest, unit[near], own)
    apart: list[list[NearFibre]] = [[] for _ in range(n_units)]
    for row, potential in zip(near, _at_ticks(own, oversampling), strict=True):
        apart[unit[row]].append(_near_fibre(potential, fibres, int(row), rate_hz))
    sources = tuple(
        Source("motor unit", _trimmed(potential)[0], tuple(apart[index]), index)
        for index, potential in enumerate(_at_ticks(rest, oversampling))
    )
    return Heard(sources, _truth(fibres, swing, amplitude_uv, needle))


def single_fibre(
    needle: Needle,
    rate_hz: float,
    *,
    x_mm: float,
    y_mm: float,
    diameter_um: float,
    end_plate_mm: float,
    left_mm: float,
    right_mm: float,
    delay_ms: float = 0.0,
    conduction: Conduction = HUMAN,
) -> F32:
    """The potential of one fibre, f32 (TICKS, n) microvolt, rows as in `Source.rest`; dead zones do not apply.

    It begins at its end-plate, or wherever a denervated fibre fires by itself. An end at the needle gives a
    positive sharp wave, an end-plate at the needle an initially negative spike.
    """
    fibres = Fibres(
        unit=np.array([DENERVATED], dtype=np.int32),
        x_mm=np.array([x_mm]),
        y_mm=np.array([y_mm]),
        diameter_um=np.array([diameter_um]),
        end_plate_mm=np.array([end_plate_mm]),
        left_mm=np.array([left_mm]),
        right_mm=np.array([right_mm]),
        delay_ms=np.array([delay_ms]),
        jitter_us=np.zeros(1),
        blocking=np.zeros(1),
    )
    oversampling = _oversampling(rate_hz)
    seen = seen_from(needle, fibres, rate_hz * oversampling, conduction)
    n = _window(fibres, rate_hz * oversampling, conduction)
    potential, _ = summed(seen, np.zeros(1, dtype=np.int64), 1, n, needle, conduction)
    return _trimmed(_at_ticks(potential, oversampling)[0])[0]


def mean_potential(source: Source, n: int | None = None) -> F64:
    """The potential of a discharge at a sample, all fibres present and none early or late: f64 (n,) microvolt.

    From the discharge on; to the end of the potential unless `n` says how long.
    """
    parts = [(0, source.rest), *((fibre.start, fibre.potential) for fibre in source.near)]
    length = max(start + potential.shape[1] for start, potential in parts)
    out = np.zeros(length)
    for start, potential in parts:
        out[start : start + potential.shape[1]] += potential[0]
    return out if n is None else np.pad(out[:n], (0, max(0, n - length)))


def _oversampling(rate_hz: float) -> int:
    """Fine samples per sample."""
    return max(1, int(np.ceil(FINE_HZ / rate_hz)))


def _audible(tissue: Tissue, needle: Needle) -> Fibres:
    """Fibres of living units that are not too far, and that the needle has not pushed aside."""
    fibres = tissue.fibres
    owned = (fibres.unit != DENERVATED) & tissue.units.alive[fibres.unit]
    near = needle.reaches(fibres.x_mm, fibres.y_mm, FARTHEST_MM)
    index = np.flatnonzero(owned & near & needle.hears(fibres.x_mm, fibres.y_mm))
    return Fibres(**{column.name: getattr(fibres, column.name)[index] for column in fields(fibres)})


def _window(fibres: Fibres, rate_hz: float, conduction: Conduction) -> int:
    """Samples from the discharge to the extinction of the slowest fibre."""
    return 2 + int(extinction_ms(fibres, conduction).max(initial=0.0) * 1e-3 * rate_hz)


def _largest(unit: NDArray[np.int64], swing: F64) -> NDArray[np.int64]:
    """The fibres of each unit to be kept apart, ordered by unit, then by size."""
    order = np.lexsort((-swing, unit))
    owner = unit[order]
    rank = np.arange(owner.size) - np.searchsorted(owner, owner)
    return order[(rank < N_NEAR) & (swing[order] >= HEARD_UV)]


def _at_ticks(fine: F64, oversampling: int) -> F32:
    """Rows at every tick, f32 (n_rows, TICKS, n), from rows at `oversampling` values per sample.

    Through the spectrum, which ends at half the sampling rate: rows of one potential differ by a delay and
    by nothing else, at any rate.
    """
    n_rows, n_fine = fine.shape
    n = -(-n_fine // oversampling)
    n_samples = -(-(n + 2) // 64) * 64
    padded = np.zeros((n_rows, n_samples * oversampling))
    padded[:, oversampling : oversampling + n_fine] = fine
    spectrum = np.fft.rfft(padded)[:, : n_samples // 2 + 1]
    edge = np.clip((np.arange(spectrum.shape[1]) * 2 / n_samples - 0.85) / 0.15, 0.0, 1.0)
    spectrum *= 0.5 + 0.5 * np.cos(np.pi * edge)
    ticks = np.fft.irfft(spectrum, n_samples * TICKS).reshape(n_rows, n_samples, TICKS)
    out = np.empty((n_rows, TICKS, n), dtype=np.float32)
    out[:, 0] = ticks[:, 1 : n + 1, 0]
    out[:, 1:] = ticks[:, :n, :0:-1].transpose(0, 2, 1)
    out *= TICKS / oversampling
    return out


def _trimmed(potential: F32) -> tuple[F32, int]:
    """The potential without its silent end, and how many silent samples it begins with."""
    loud = np.flatnonzero(np.abs(potential).max(axis=0) >= SILENT_UV)
    if loud.size == 0:
        return np.zeros((TICKS, 0), dtype=np.float32), 0
    return potential[:, : loud[-1] + 1].copy(), int(loud[0])


def _near_fibre(potential: F32, fibres: Fibres, row: int, rate_hz: float) -> NearFibre:
    """One fibre that is kept apart, without the silence before and after it."""
    trimmed, start = _trimmed(potential)
    jitter_ticks = float(fibres.jitter_us[row]) * 1e-6 * rate_hz * TICKS
    return NearFibre(trimmed[:, start:].copy(), start, jitter_ticks, float(fibres.blocking[row]))


def _truth(fibres: Fibres, swing: F64, amplitude_uv: F64, needle: Needle) -> UnitsHeard:
    """Which fibres of which unit are heard, and when they pass."""
    heard = swing >= HEARD_UV
    unit, at_s = fibres.unit[heard], arrival_ms(fibres, needle.z_mm)[heard] * 1e-3
    first_s, last_s = np.full_like(amplitude_uv, np.inf), np.full_like(amplitude_uv, -np.inf)
    np.minimum.at(first_s, unit, at_s)
    np.maximum.at(last_s, unit, at_s)
    count = np.bincount(unit, minlength=amplitude_uv.size).astype(np.int32)
    none = count == 0
    first_s[none] = last_s[none] = np.nan
    return UnitsHeard(count, amplitude_uv, first_s, last_s)
