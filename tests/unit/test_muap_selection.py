"""Which potentials count, and what those of a person come to."""

import numpy as np
import pytest
from msgspec import structs

from processing.motor_units.measures import MuapFlag, MuapMeasures, measure
from processing.motor_units.selection import select, summarise
from processing.motor_units.settings import MuapSettings

RATE_HZ = 50_000.0
TIMES_MS = np.arange(-1250, 1250) / 50.0


def potential(amplitude_uv: float = 500.0, rise_ms: float = 0.4) -> MuapMeasures:
    """A positive and a negative peak, `rise_ms` apart."""
    corners = [-2.0, -rise_ms, 0.0, 1.0]
    values = [0.0, 0.3 * amplitude_uv, -0.7 * amplitude_uv, 0.0]
    return measure(np.interp(TIMES_MS, corners, values).astype(np.float32), RATE_HZ)


def test_a_slow_rise_counts_for_duration_only() -> None:
    near, far = potential(), potential(rise_ms=0.6)
    assert select([near, far]).for_duration == (near, far)
    assert select([near, far]).for_shape == (near,)
    assert select([far], MuapSettings(rise_time_limit_us=700.0)).for_shape == (far,)


def test_a_rise_at_the_limit_counts() -> None:
    limit = structs.replace(potential(), rise_time_us=500.0)
    none = structs.replace(potential(), rise_time_us=None)
    assert select([limit, none]).for_shape == (limit,)
    assert select([limit, none]).for_duration == (limit, none)


def test_a_small_potential_counts_for_nothing() -> None:
    at_limit, below = (structs.replace(potential(), amplitude_uv=a) for a in (50.0, 49.9))
    assert select([at_limit, below]).for_duration == (at_limit,)


@pytest.mark.parametrize("flag", ["no potential", "onset at edge", "offset at edge", "rate too low"])
def test_a_flagged_potential_counts_for_nothing(flag: MuapFlag) -> None:
    assert select([structs.replace(potential(), flags=(flag,))]).for_duration == ()


def test_the_summary_of_a_person() -> None:
    measured = [potential(amplitude_uv=a) for a in (200.0, 400.0, 600.0, 800.0)]
    many = structs.replace(potential(amplitude_uv=1000.0), phases=6, polyphasic=True)
    far = structs.replace(potential(rise_ms=0.8), duration_ms=9.0)
    summary = summarise([*measured, many, far])
    amplitude = summary.measures["amplitude_uv"]
    assert (amplitude.n, amplitude.mean, amplitude.median) == (5, pytest.approx(600.0), pytest.approx(600.0))
    assert amplitude.sd == pytest.approx(np.std([200.0, 400.0, 600.0, 800.0, 1000.0], ddof=1))
    assert summary.measures["duration_ms"].n == 6
    assert summary.polyphasic_percent == pytest.approx(20.0)
    assert (summary.serrated_percent, summary.satellites_percent) == (0.0, 0.0)
    assert (summary.offered, summary.algorithm) == (6, MuapSettings().algorithm)


def test_few_potentials_have_no_percentage_and_none_have_nothing() -> None:
    few = summarise([potential()] * 4)
    assert (few.polyphasic_percent, few.measures["duration_ms"].n) == (None, 4)
    one = summarise([potential()])
    assert one.measures["duration_ms"].sd is None
    nothing = summarise([])
    assert (nothing.measures, nothing.polyphasic_percent, nothing.offered) == ({}, None, 0)
