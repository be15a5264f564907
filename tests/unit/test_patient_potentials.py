"""What a needle hears: all fibres once, at the right time, in phases that differ by a delay and nothing else."""

from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample

from simulators.patient.bank import N_NEAR, TICKS
from simulators.patient.electrode import Needle
from simulators.patient.fibre_wave import HUMAN, arrival_ms, extinction_ms, seen_from, summed
from simulators.patient.potentials import HEARD_UV, hear, listen, mean_potential, single_fibre
from simulators.patient.tissue import DENERVATED, Fibres, Tissue, Units

RATE_HZ = 23_437.5
NEEDLE = Needle(z_mm=17.0)


def tissue(n_units: int = 6, seed: int = 3, half_mm: float = 50.0) -> Tissue:
    """A small healthy biceps: about 46 fibres per unit in territories of 2.1 mm radius."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(-2.0, 2.0, (n_units, 2))
    n = n_units * 46
    unit = np.repeat(np.arange(n_units, dtype=np.int32), 46)
    radius, turn = 2.1 * np.sqrt(rng.uniform(size=n)), rng.uniform(0, 2 * np.pi, n)
    fibres = Fibres(
        unit=unit,
        x_mm=centre[unit, 0] + radius * np.cos(turn),
        y_mm=centre[unit, 1] + radius * np.sin(turn),
        diameter_um=rng.normal(46.0, 6.0, n).clip(25.0, 80.0),
        end_plate_mm=rng.normal(0.0, 1.9, n),
        left_mm=rng.normal(-half_mm, 1.0, n),
        right_mm=rng.normal(half_mm, 1.0, n),
        delay_ms=1.0 + np.abs(rng.normal(0.0, 0.13, n)),
        jitter_us=np.full(n, 30.0),
        blocking=np.linspace(0.0, 0.1, n),
    )
    units = Units(
        threshold=np.geomspace(1.0, 30.0, n_units),
        x_mm=centre[:, 0],
        y_mm=centre[:, 1],
        territory_mm=np.full(n_units, 2.1),
        alive=np.ones(n_units, dtype=np.bool_),
    )
    return Tissue(fibres, units, radius_mm=6.0)


def directly(some: Tissue, unit: int, needle: Needle, rate_hz: float) -> NDArray[np.float64]:
    """The potential of a unit, all heard fibres summed at the sampling rate itself."""
    fibres = some.fibres
    rows = np.flatnonzero((fibres.unit == unit) & needle.hears(fibres.x_mm, fibres.y_mm))
    n = int(extinction_ms(fibres)[rows].max() * 1e-3 * rate_hz) + 1
    seen = seen_from(needle, fibres, rate_hz)[rows]
    seen[:, 8] *= 4
    return summed(seen, np.zeros(rows.size, dtype=np.int64), 1, n, needle, HUMAN)[0][0]


@pytest.mark.parametrize("rate_hz", [RATE_HZ, 32_768.0, 50_000.0])
def test_rest_and_near_fibres_are_the_whole_unit(rate_hz: float) -> None:
    some = tissue()
    for unit, source in enumerate(hear(some, NEEDLE, rate_hz)):
        whole = directly(some, unit, NEEDLE, rate_hz)
        heard = mean_potential(source, whole.size)
        assert heard == pytest.approx(whole, abs=0.003 * np.ptp(whole) + 0.5)


def test_rows_are_the_same_potential_later_by_ticks() -> None:
    source = hear(tissue(), NEEDLE, RATE_HZ)[0]
    fine = hear(tissue(), NEEDLE, RATE_HZ * TICKS)[0]
    for p in range(TICKS):
        later = np.zeros(source.rest.shape[1])
        whole = mean_potential(fine, later.size * TICKS)
        later[0 if p == 0 else 1 :] = whole[(-p) % TICKS :: TICKS][: later.size - (p > 0)]
        row = source.rest[p].astype(np.float64)
        for fibre in source.near:
            stop = min(later.size, fibre.start + fibre.potential.shape[1])
            row[fibre.start : stop] += fibre.potential[p, : stop - fibre.start]
        assert row == pytest.approx(later, abs=0.5 + 0.005 * np.ptp(later))


def test_phases_interleave_to_a_band_limited_potential() -> None:
    """Row 0, resampled to ticks, gives the other rows."""
    rest = single_fibre(
        NEEDLE, RATE_HZ, x_mm=0.4, y_mm=0.0, diameter_um=50.0, end_plate_mm=0.0, left_mm=-40.0, right_mm=40.0
    )
    n = rest.shape[1]
    fine = resample(np.pad(rest[0].astype(np.float64), (n, n)), 3 * n * TICKS)
    for p in range(1, TICKS):
        assert rest[p, 1:] == pytest.approx(fine[(n + 1) * TICKS - p :: TICKS][: n - 1], abs=0.3)


def test_a_slow_recording_has_nothing_folded_into_its_band() -> None:
    """At 4 kHz the potential is that of 40 kHz after a steep low-pass."""
    slow, fast = (
        single_fibre(
            NEEDLE,
            rate_hz,
            x_mm=0.35,
            y_mm=0.0,
            diameter_um=60.0,
            end_plate_mm=0.0,
            left_mm=-40.0,
            right_mm=40.0,
        )[0].astype(np.float64)
        for rate_hz in (4_000.0, 40_000.0)
    )
    n = 400
    spectra = [np.abs(np.fft.rfft(x, size)) / size for x, size in ((slow, n), (fast, 10 * n))]
    inside = int(0.8 * n / 2)
    assert spectra[0][:inside] == pytest.approx(spectra[1][:inside], abs=0.02 * spectra[1].max())
    assert np.ptp(slow) < np.ptp(fast)


def test_the_largest_fibres_are_kept_apart_with_their_own_jitter() -> None:
    some = tissue()
    heard = listen(some, NEEDLE, RATE_HZ)
    assert any(len(source.near) == N_NEAR for source in heard.sources)
    for source in heard.sources:
        swings = [np.ptp(fibre.potential[0]) for fibre in source.near]
        assert swings == sorted(swings, reverse=True)
        assert all(swing > 0.95 * HEARD_UV for swing in swings)
        assert all(fibre.jitter_ticks == pytest.approx(30e-6 * RATE_HZ * TICKS) for fibre in source.near)
        assert all(fibre.blocking in some.fibres.blocking for fibre in source.near)


def test_lost_units_denervated_and_destroyed_fibres_are_silent() -> None:
    some = tissue()
    whole = listen(some, NEEDLE, RATE_HZ)
    unit = some.fibres.unit.copy()
    unit[unit == 2] = DENERVATED
    alive = some.units.alive.copy()
    alive[1] = False
    fewer = Tissue(replace(some.fibres, unit=unit), replace(some.units, alive=alive), some.radius_mm)
    heard = listen(fewer, NEEDLE, RATE_HZ)
    for lost in (1, 2):
        assert heard.sources[lost].rest.shape == (TICKS, 0)
        assert not heard.sources[lost].near
        assert heard.units.fibres[lost] == 0
        assert np.isnan(heard.units.first_s[lost])
    assert np.array_equal(heard.sources[0].rest, whole.sources[0].rest)
    assert [source.unit for source in heard.sources] == list(range(6))


def test_a_muscle_without_a_fibre_left_is_silent() -> None:
    some = tissue()
    none = Fibres(*(getattr(some.fibres, column.name)[:0] for column in fields(some.fibres)))
    heard = listen(replace(some, fibres=none), NEEDLE, RATE_HZ)
    assert all(source.rest.shape == (TICKS, 0) and not source.near for source in heard.sources)
    assert not heard.units.amplitude_uv.any()


def test_a_needle_far_from_all_fibres_hears_nothing() -> None:
    heard = listen(tissue(), Needle(x_mm=400.0), RATE_HZ)
    assert all(source.rest.shape == (TICKS, 0) for source in heard.sources)


def test_a_mean_potential_is_as_long_as_it_is_or_as_wanted() -> None:
    source = hear(tissue(), NEEDLE, RATE_HZ)[0]
    whole = mean_potential(source)
    assert whole.size == max([source.rest.shape[1], *(f.start + f.potential.shape[1] for f in source.near)])
    assert np.array_equal(mean_potential(source, 100), whole[:100])
    assert np.array_equal(mean_potential(source, whole.size + 5), np.append(whole, np.zeros(5)))


def test_the_truth_is_that_of_the_potentials() -> None:
    some = tissue()
    heard = listen(some, NEEDLE, RATE_HZ)
    for unit, source in enumerate(heard.sources):
        assert heard.units.amplitude_uv[unit] == pytest.approx(np.ptp(mean_potential(source, 1000)), rel=0.02)
        assert len(source.near) == min(N_NEAR, heard.units.fibres[unit])
        arrivals_s = arrival_ms(some.fibres, 17.0)[some.fibres.unit == unit] * 1e-3
        assert arrivals_s.min() <= heard.units.first_s[unit] <= heard.units.last_s[unit] <= arrivals_s.max()
        peak_s = np.abs(mean_potential(source, 1000)).argmax() / RATE_HZ
        assert heard.units.first_s[unit] - 0.5e-3 < peak_s < heard.units.last_s[unit] + 1.5e-3


def test_the_same_tissue_gives_the_same_bits() -> None:
    first, again = hear(tissue(), NEEDLE, RATE_HZ), hear(tissue(), NEEDLE, RATE_HZ)
    for a, b in zip(first, again, strict=True):
        assert np.array_equal(a.rest, b.rest)
        assert all(np.array_equal(x.potential, y.potential) for x, y in zip(a.near, b.near, strict=True))
