"""Discharges into signal: the loop against its definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulators.patient.bank import TICKS, NearFibre, Source
from simulators.patient.render import Bank, Discharges, drawn


def potential(rng: np.random.Generator, n: int) -> NDArray[np.float32]:
    return rng.standard_normal((TICKS, n)).astype(np.float32)


def some_sources(rng: np.random.Generator) -> tuple[Source, ...]:
    near = tuple(NearFibre(potential(rng, 7), start, 5.0, 0.3) for start in (0, 3))
    return (
        Source("motor unit", potential(rng, 20), near, unit=0),
        Source("motor unit", np.empty((TICKS, 0), np.float32), unit=1),
        Source("fibrillation potential", potential(rng, 12)),
    )


def naive(sources: tuple[Source, ...], discharges: Discharges, n: int) -> NDArray[np.float64]:
    """Every discharge's potential put where it belongs, sample by sample."""
    out = np.zeros(n)

    def put(potential: NDArray[np.float32], at_ticks: int, start: int, gain: float) -> None:
        sample, row = divmod(at_ticks, TICKS)
        for i, value in enumerate(potential[row]):
            if 0 <= sample + start + i < n:
                out[sample + start + i] += gain * float(value)

    for e in range(len(discharges)):
        source = sources[discharges.source[e]]
        gain, at = float(discharges.gain[e]), int(discharges.at_ticks[e])
        put(source.rest, at, 0, gain)
        for k, fibre in enumerate(source.near):
            if discharges.block_draws[e, k] >= fibre.blocking:
                late = int(np.floor(np.float32(fibre.jitter_ticks) * discharges.delay_draws[e, k] + 0.5))
                put(fibre.potential, at + late, fibre.start, gain)
    return out


@given(seed=st.integers(0, 1000), n_events=st.integers(0, 12))
@settings(max_examples=25, deadline=None)
def test_the_loop_puts_every_potential_where_it_belongs(seed: int, n_events: int) -> None:
    rng = np.random.default_rng(seed)
    sources = some_sources(rng)
    at = np.sort(rng.integers(0, 60 * TICKS, n_events))
    gain = rng.uniform(0.2, 1.0, n_events).astype(np.float32)
    discharges = drawn(at, rng.integers(0, 3, n_events).astype(np.int32), gain, rng)
    out = np.zeros(70)
    Bank(sources).add(discharges, out)
    np.testing.assert_allclose(out, naive(sources, discharges, 70), atol=1e-9)


def test_nothing_reaches_beyond_the_reach() -> None:
    rng = np.random.default_rng(1)
    bank = Bank(some_sources(rng))
    out = np.zeros(bank.reach + 50)
    bank.add(drawn(np.array([TICKS - 1]), np.array([0], np.int32), np.ones(1, np.float32), rng), out)
    assert np.any(out)
    assert not np.any(out[bank.reach :])


def test_a_blocked_fibre_is_silent_and_jitter_moves_it() -> None:
    rng = np.random.default_rng(2)
    source = Source(
        "motor unit", np.zeros((TICKS, 1), np.float32), (NearFibre(potential(rng, 5), 4, 8.0, 0.5),), 0
    )
    bank = Bank((source,))

    def heard(block: float, delay: float) -> NDArray[np.float64]:
        out = np.zeros(20)
        draws = np.full((1, 8), delay, np.float32), np.full((1, 8), block, np.float32)
        bank.add(Discharges(np.array([16]), np.zeros(1, np.int32), np.ones(1, np.float32), *draws), out)
        return out

    assert not np.any(heard(0.4, 0.0))
    present = heard(0.6, 0.0)
    assert np.flatnonzero(present).tolist() == [6, 7, 8, 9, 10]
    np.testing.assert_array_equal(heard(0.6, 1.0)[1:], present[:-1])
