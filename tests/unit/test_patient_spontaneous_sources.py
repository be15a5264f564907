"""What a needle hears of spontaneous discharges: size, polarity and length that name them."""

from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.patient.bank import N_NEAR, TICKS, NearFibre, Source
from simulators.patient.electrode import Needle
from simulators.patient.potentials import mean_potential
from simulators.patient.spontaneous import SpontaneousKind, SpontaneousSpec, spontaneous
from simulators.patient.tissue import DENERVATED, Fibres, Tissue, Units

RATE_HZ = 23_437.5
NEEDLE = Needle()
N_ALONE = 40


def tissue(innervated: bool = True) -> Tissue:
    """A few thick fibres around the needle; without their axons they are thin."""
    rng = np.random.default_rng(1)
    angle, away = rng.uniform(0, 2 * np.pi, N_ALONE), rng.uniform(0.2, 0.9, N_ALONE)
    owner = np.full(N_ALONE, 0 if innervated else DENERVATED, np.int32)
    fibres = Fibres(
        owner,
        away * np.cos(angle),
        away * np.sin(angle),
        np.full(N_ALONE, 35.0),
        rng.normal(0, 1, N_ALONE),
        np.full(N_ALONE, -60.0),
        np.full(N_ALONE, 60.0),
        *np.zeros((3, N_ALONE)),
    )
    one = np.ones(1)
    return Tissue(fibres, Units(one, one, one, one, one.astype(bool)), 6.0)


def units() -> tuple[Source, ...]:
    """Units with near fibres, one of them too far to be heard at all."""
    bump = np.tile(np.hanning(40).astype(np.float32), (TICKS, 1))
    near = tuple(NearFibre(bump * (20 + i), 5 * i, 3.0, 0.01) for i in range(N_NEAR))
    nothing = Source("motor unit", np.zeros((TICKS, 0), np.float32), (), 0)
    return (nothing, *(Source("motor unit", bump * 60.0, near, unit) for unit in range(1, 5)))


def built(spec: SpontaneousSpec, seed: int = 1, of: Tissue | None = None) -> tuple[Source, ...]:
    sources, _ = spontaneous(
        (spec,), of or tissue(), NEEDLE, RATE_HZ, units(), np.random.default_rng(seed)
    )  # fmt: skip
    return sources


def potential(source: Source) -> NDArray[np.float64]:
    return mean_potential(source)


def first_deflection(wave: NDArray[np.float64]) -> float:
    """Sign of the first excursion above 15 % of the amplitude."""
    return float(np.sign(wave[np.flatnonzero(np.abs(wave) > 0.15 * np.ptp(wave))[0]]))


def duration_ms(wave: NDArray[np.float64], part: float = 0.05) -> float:
    beyond = np.flatnonzero(np.abs(wave) > part * np.ptp(wave))
    return float(beyond[-1] - beyond[0]) / RATE_HZ * 1e3


@pytest.mark.parametrize("kind", get_args(SpontaneousKind))
def test_every_kind_gives_its_sources_and_their_clocks(kind: SpontaneousKind) -> None:
    spec = SpontaneousSpec(kind, count=3)
    sources, clocks = spontaneous((spec, spec), tissue(), NEEDLE, RATE_HZ, units(), np.random.default_rng(1))
    assert [source.kind for source in sources] == [kind] * 6
    rng = np.random.default_rng(2)
    spoken = {int(s) for clock in clocks for s in clock.events(300.0, rng).source}
    assert spoken <= set(range(5, 11))
    assert len(clocks) == (2 if kind == "insertional activity" else 6)
    assert kind == "insertional activity" or len(spoken) == 6
    for source in sources:
        assert source.rest.dtype == np.float32
        assert source.rest.shape[0] == TICKS
        assert len(source.near) <= N_NEAR
        assert np.ptp(potential(source)) > 5


@pytest.mark.parametrize("seed", range(4))
def test_fibrillation_potentials_are_small_short_and_begin_positive(seed: int) -> None:
    for source in built(SpontaneousSpec("fibrillation potential", count=5), seed):
        wave = potential(source)
        assert 15 < np.ptp(wave) < 210
        assert first_deflection(wave) > 0
        assert wave[np.argmax(np.abs(wave))] < 0
        assert duration_ms(wave, 0.1) < 6.5


def test_denervated_fibres_of_the_tissue_are_those_that_fibrillate() -> None:
    sources = built(SpontaneousSpec("fibrillation potential", count=4), of=tissue(innervated=False))
    peaks_ms = [np.argmin(potential(source)) / RATE_HZ * 1e3 for source in sources]
    assert peaks_ms == pytest.approx([17 / 2.7] * 4, abs=1.5)
    assert all(np.ptp(potential(source)) >= 20 for source in sources)


@pytest.mark.parametrize("kind", ["fibrillation potential", "positive sharp wave", "end-plate spike"])
def test_an_amplitude_asked_for_is_given(kind: SpontaneousKind) -> None:
    for source in built(SpontaneousSpec(kind, count=3, amplitude_uv=150.0)):
        assert np.ptp(potential(source)) == pytest.approx(150.0, rel=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_positive_sharp_waves_are_sharply_positive_then_long_and_low(seed: int) -> None:
    for source in built(SpontaneousSpec("positive sharp wave", count=5), seed):
        wave = potential(source)
        assert first_deflection(wave) > 0
        assert wave.max() > 2 / 3 * np.ptp(wave)
        assert np.argmax(wave) / RATE_HZ < 0.001
        assert 8 < duration_ms(wave) < 40


@pytest.mark.parametrize("seed", range(4))
def test_end_plates_begin_negative(seed: int) -> None:
    for source in built(SpontaneousSpec("end-plate spike", count=4), seed):
        wave = potential(source)
        assert 95 < np.ptp(wave) < 310
        assert first_deflection(wave) < 0
        assert duration_ms(wave) < 5
    for source in built(SpontaneousSpec("end-plate noise", count=4), seed):
        wave = potential(source)
        assert 9 < np.ptp(wave) < 45
        assert wave.max() < 1e-3 * -wave.min()
        assert 0.9 < duration_ms(wave, 0.1) < 2.5


def test_a_chain_is_a_complex_of_many_spikes() -> None:
    found = []
    for source in built(SpontaneousSpec("complex repetitive discharge", count=10)):
        wave = potential(source)
        spikes = (wave[1:-1] < wave[:-2]) & (wave[1:-1] < wave[2:]) & (wave[1:-1] < -0.15 * np.ptp(wave))
        found.append(int(spikes.sum()))
    assert min(found) >= 1
    assert np.mean(found) > 3
    assert np.mean(found) < 12


def test_units_keep_their_potential_and_their_number() -> None:
    for source in built(SpontaneousSpec("fasciculation potential", count=3)):
        assert source.unit is not None
        assert np.array_equal(potential(source), potential(units()[source.unit]))


def test_a_complex_fasciculation_varies_and_has_late_parts_of_its_unit_and_more() -> None:
    (source,) = built(SpontaneousSpec("fasciculation potential", complex=True))
    assert source.unit is not None
    simple = units()[source.unit]
    whole, before = potential(source), potential(simple)
    assert whole[: int(0.008 * RATE_HZ)] == pytest.approx(
        np.pad(before, (0, whole.size))[: int(0.008 * RATE_HZ)], abs=1e-3
    )
    assert whole.size > before.size + 0.004 * RATE_HZ
    assert np.ptp(whole[int(0.01 * RATE_HZ) :]) > 20
    assert sum(fibre.blocking for fibre in source.near) > 5 * sum(fibre.blocking for fibre in simple.near)


def test_more_units_than_are_heard_gives_those_that_are() -> None:
    assert len(built(SpontaneousSpec("fasciculation potential", count=60))) == 4


def test_the_same_generator_state_gives_the_same_bits() -> None:
    one, other = (built(SpontaneousSpec("complex repetitive discharge", count=2), 9) for _ in range(2))
    assert all(np.array_equal(a.rest, b.rest) for a, b in zip(one, other, strict=True))
