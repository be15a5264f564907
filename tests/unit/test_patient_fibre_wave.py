"""The potential of one fibre: against published-formula values, against slow quadrature, and its limits."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.registry import CPUDispatcher
from numpy.typing import NDArray

import simulators.patient.kernels.fibre_wave as kernels
from simulators.patient import fibre_wave
from simulators.patient.electrode import ElectrodeKind, Needle
from simulators.patient.fibre_wave import (
    HUMAN,
    Conduction,
    arrival_ms,
    extinction_ms,
    rosenfalck,
    seen_from,
    steep,
    summed,
    velocity_m_s,
)
from simulators.patient.kernels.fibre_wave import add_fibre_waves
from simulators.patient.tissue import Fibres
from tests import naive_patient

F64 = NDArray[np.float64]
RATE_HZ = 50e3
COMPRESSED = Conduction(wave=rosenfalck(1.0), gain=1.0)

WAVE = np.array(astuple(COMPRESSED.wave))

DISTANCE_MM = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0)
POINT_UV = (4449, 2524, 1142, 631, 256, 57, 9)
CONCENTRIC_UV = (2326, 1550, 837, 506, 221, 49, 7)
RISE_US = (280, 300, 340, 400, 520, 860, 1600)


def fibre(
    x_mm: float, y_mm: float, diameter_um: float = 55.0, delay_ms: float = 0.0,
    z_mm: tuple[float, float, float] = (-60.0, 0.0, 60.0),
) -> Fibres:  # fmt: skip
    """One fibre; z of left end, end-plate, right end."""
    columns = (x_mm, y_mm, diameter_um, z_mm[1], z_mm[0], z_mm[2], delay_ms, 30.0, 0.0)
    return Fibres(np.zeros(1, dtype=np.int32), *(np.array([value]) for value in columns))


def wave(one: Fibres, needle: Needle, rate_hz: float = RATE_HZ, conduction: Conduction = HUMAN) -> F64:
    """Its potential from the discharge to its end."""
    n = int(extinction_ms(one, conduction)[0] * 1e-3 * rate_hz) + 1
    seen = seen_from(needle, one, rate_hz, conduction)
    return summed(seen, np.zeros(1, dtype=np.int64), 1, n, needle, conduction)[0][0]


def at_point(distance_mm: float) -> F64:
    """The potential of a fibre at a point electrode, 17 mm from the end-plate."""
    one, needle = fibre(distance_mm, 0.0), Needle(z_mm=17.0)
    seen = seen_from(needle, one, RATE_HZ, COMPRESSED)
    seen[:, 8] = 10
    rows, tiny = np.zeros((1, 1500)), 1e-4
    point = np.array([[-tiny, tiny, 0.0, 1.0]])
    add_fibre_waves(
        seen, np.zeros(1, dtype=np.int64), point, HUMAN.ratio, WAVE, np.empty(20_000), rows, np.zeros(1)
    )
    return rows[0]


@pytest.mark.parametrize(("distance_mm", "swing_uv"), [*zip(DISTANCE_MM, POINT_UV, strict=True)])
def test_amplitude_at_a_point(distance_mm: float, swing_uv: float) -> None:
    assert np.ptp(at_point(distance_mm)) == pytest.approx(swing_uv, rel=0.01, abs=0.5)


@pytest.mark.parametrize(("distance_mm", "rise_us"), [*zip(DISTANCE_MM, RISE_US, strict=True)])
def test_rise_time_at_a_point(distance_mm: float, rise_us: float) -> None:
    potential = at_point(distance_mm)
    trough = int(potential.argmin())
    rise = trough - int(potential[:trough].argmax())
    assert rise / RATE_HZ * 1e6 == pytest.approx(rise_us, rel=0.05)


@pytest.mark.parametrize(("distance_mm", "swing_uv"), [*zip(DISTANCE_MM, CONCENTRIC_UV, strict=True)])
def test_amplitude_at_a_concentric_needle(distance_mm: float, swing_uv: float) -> None:
    """The published-formula values come from 21 points, too few for the nearest fibre: the surface has less.

    They have a reference of 7 mm, not of 10, which takes less away: up to 6 %, more of what is far.
    """
    potential = wave(fibre(distance_mm, 0.0), Needle(z_mm=17.0), conduction=COMPRESSED)
    assert np.ptp(potential) == pytest.approx(swing_uv, rel=0.06 if distance_mm > 0.05 else 0.08, abs=1.0)


@settings(max_examples=10, deadline=None)
@given(
    x_mm=st.floats(-2.0, 2.0),
    y_mm=st.floats(-3.0, 3.0),
    diameter_um=st.floats(15.0, 95.0),
    delay_ms=st.floats(0.0, 5.0),
    ends_mm=st.tuples(st.floats(-40.0, -0.5), st.just(0.0), st.floats(0.5, 40.0)),
    z_mm=st.floats(-20.0, 20.0),
    kind=st.sampled_from(("concentric 0.07 mm2", "concentric 0.03 mm2", "monopolar")),
    part=st.floats(0.02, 0.98),
)
def test_the_kernel_is_the_integral(
    x_mm: float, y_mm: float, diameter_um: float, delay_ms: float, ends_mm: tuple[float, float, float],
    z_mm: float, kind: ElectrodeKind, part: float,
) -> None:  # fmt: skip
    """At any moment, end-plate onset and extinction at the ends included.

    Within 0.3 % of what the fibre would give if it were long: in a short one the two waves nearly cancel.
    """
    needle, one = Needle(kind, z_mm=z_mm), fibre(x_mm, y_mm, diameter_um, delay_ms, ends_mm)
    seen, potential = seen_from(needle, one, RATE_HZ), wave(one, needle)
    unending = wave(fibre(x_mm, y_mm, diameter_um, delay_ms, (z_mm - 60.0, z_mm - 20.0, z_mm + 60.0)), needle)
    moments = [int(part * potential.size), int(potential.argmin()), int(potential.argmax())]
    left, plate, right = (z - z_mm for z in ends_mm)
    for i in moments:
        front_mm = (i / RATE_HZ * 1e3 - delay_ms) * velocity_m_s(np.array([diameter_um]))[0]
        integral = naive_patient.fibre_wave(
            front_mm, (left, plate, right), (seen[0, 0], seen[0, 1]), needle.electrode.pieces, HUMAN.ratio,
            2.0 / HUMAN.wave.decay,
        )  # fmt: skip
        assert potential[i] == pytest.approx(seen[0, 7] * integral, abs=3e-3 * np.ptp(unending))


@pytest.mark.parametrize("x_mm", [0.01, 0.3, 1.0, 2.5, 6.0])
@pytest.mark.parametrize("size_mm", [0.8, 1.0, 1.5])
def test_the_slope_of_a_wave_is_that_of_its_definition(x_mm: float, size_mm: float) -> None:
    for wave_of, volts in (
        (rosenfalck, naive_patient.rosenfalck_mv),
        (steep, naive_patient.steep_mv),
    ):
        w = wave_of(size_mm)
        here = (w.linear * x_mm + w.square * x_mm**2 + w.cube * x_mm**3) * np.exp(-w.decay * x_mm)
        expected = naive_patient.slope(lambda x, v=volts: v(x, size_mm), x_mm)
        assert here == pytest.approx(expected, rel=1e-4, abs=1e-3)


def test_nothing_before_the_start_and_nothing_after_the_extinction() -> None:
    one = fibre(0.4, 0.1, delay_ms=2.5, z_mm=(-20.0, 0.0, 30.0))
    potential = wave(one, Needle(z_mm=12.0))
    assert not potential[: int(2.5e-3 * RATE_HZ)].any()
    assert abs(potential[-1]) < 1e-4 < abs(potential[int(30.0 / 3.7e3 * RATE_HZ)])


def test_the_negative_peak_comes_when_the_wave_passes() -> None:
    one = fibre(0.4, 0.0, delay_ms=1.0)
    near, far = (wave(one, Needle(z_mm=z)).argmin() / RATE_HZ * 1e3 for z in (15.0, 25.0))
    passed = [arrival_ms(one, z)[0] for z in (15.0, 25.0)]
    assert far - near == pytest.approx(passed[1] - passed[0], abs=0.05)
    assert 0.0 < near - passed[0] < 1.0


def test_the_sign_tells_what_happens_at_the_needle() -> None:
    """Passing: positive first. Beginning there: negative first. Ending there: mostly positive."""
    passing = wave(fibre(0.35, 0.0), Needle(z_mm=15.0))
    beginning = wave(fibre(0.35, 0.0), Needle(z_mm=0.0))
    ending = wave(fibre(0.35, 0.0, z_mm=(-40.0, 0.0, 15.0)), Needle(z_mm=15.0))
    first = [
        potential[np.flatnonzero(np.abs(potential) > 0.15 * np.ptp(potential))[0]]
        for potential in (passing, beginning, ending)
    ]
    assert first[0] > 0 > first[1]
    assert first[2] > 0
    assert passing.max() < -0.6 * passing.min()
    assert ending.max() > -1.2 * ending.min()


def test_a_fibre_is_as_large_as_its_cross_section() -> None:
    thin, thick = (seen_from(Needle(), fibre(0.4, 0.0, d), RATE_HZ)[0, 7] for d in (40.0, 80.0))
    assert thick == pytest.approx(4 * thin)


def test_many_fibres_are_the_sum_of_each() -> None:
    needle = Needle(z_mm=10.0)
    fibres = [fibre(0.4, 0.1 * k, 40.0 + 10 * k, 0.3 * k) for k in range(3)]
    n = 1500
    seen = np.concatenate([seen_from(needle, one, RATE_HZ) for one in fibres])
    together, swing = summed(seen, np.array([1, 0, 1]), 2, n, needle)
    alone = [summed(row[None], np.zeros(1, dtype=np.int64), 1, n, needle)[0][0] for row in seen]
    assert together[0] == pytest.approx(alone[1], abs=1e-9)
    assert together[1] == pytest.approx(alone[0] + alone[2], abs=1e-9)
    assert swing == pytest.approx([np.ptp(potential) for potential in alone])


@pytest.mark.skipif(not isinstance(add_fibre_waves, CPUDispatcher), reason="NUMBA_DISABLE_JIT is set")
def test_plain_python_gives_the_same_bits_as_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    needle, one = Needle(z_mm=4.0), fibre(0.1, 0.1, 60.0, 0.4, (-3.0, 0.0, 9.0))
    seen = seen_from(needle, one, RATE_HZ)
    assert seen[0, 8] > 1
    compiled, swing = summed(seen, np.zeros(1, dtype=np.int64), 1, 400, needle)
    for name, routine in list(vars(kernels).items()):
        if isinstance(routine, CPUDispatcher):
            monkeypatch.setattr(kernels, name, routine.py_func)
    monkeypatch.setattr(fibre_wave, "add_fibre_waves", kernels.add_fibre_waves)
    plain, plain_swing = summed(seen, np.zeros(1, dtype=np.int64), 1, 400, needle)
    assert swing[0] > 100.0
    assert plain.tobytes() == compiled.tobytes()
    assert plain_swing.tobytes() == swing.tobytes()


@pytest.mark.skipif(not isinstance(add_fibre_waves, CPUDispatcher), reason="NUMBA_DISABLE_JIT is set")
def test_one_version_of_the_kernel_serves_all_uses() -> None:
    at_point(0.3)
    wave(fibre(0.3, 0.2), Needle("monopolar"))
    seen = np.concatenate([seen_from(Needle(), fibre(0.4, y), RATE_HZ) for y in (0.0, 0.1, 0.2)])
    summed(seen[np.array([2, 0])], np.arange(2), 2, 500, Needle())
    assert len(add_fibre_waves.signatures) == 1
