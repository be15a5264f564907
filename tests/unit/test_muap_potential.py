"""What is told of a followed unit's potential, and whether it counts."""

import math
from typing import Any

import numpy as np
import pytest
from msgspec import structs
from numpy.typing import NDArray

from processing.motor_units.averaging import Average
from processing.motor_units.measures import measure
from processing.motor_units.potential import FAR_AWAY, counts_for_shape, describe
from processing.motor_units.settings import MuapSettings
from processing.motor_units.tracked import UnitState
from processing.motor_units.tracking_settings import AveragingSettings
from processing.motor_units.variability import variability

RATE_HZ = 50_000.0
TIMES_MS = np.arange(-1250, 1250) / 50.0
SETTINGS = MuapSettings()


def triangle(amplitude_uv: float = 500.0, rise_ms: float = 0.4, until_ms: float = 1.0) -> NDArray[np.float32]:
    """A positive and a negative peak, `rise_ms` apart."""
    corners = [-2.0, -rise_ms, 0.0, until_ms]
    values = [0.0, 0.3 * amplitude_uv, -0.7 * amplitude_uv, 0.0]
    return np.interp(TIMES_MS, corners, values).astype(np.float32)


def unit(template: NDArray[np.float32], **changes: Any) -> UnitState:
    """A unit that is followed well."""
    state = UnitState(
        unit=1,
        discharges=40,
        indices=np.arange(40) * 5000,
        breaks=(),
        template=template,
        averaged=30,
        amplitude_uv=float(np.ptp(template)) if template.size else 0.0,
        noise_uv=10.0,
        template_noise_uv=2.0,
        snr=50.0,
        trusted=True,
        flags=(),
        not_told_from=(),
    )
    return structs.replace(state, **changes)


def test_a_good_unit_is_measured_and_accepted() -> None:
    template = triangle()
    measures, accepted, flags = describe(unit(template), None, RATE_HZ, SETTINGS)
    assert measures is not None
    assert (accepted, flags) == (True, ())
    expected = structs.asdict(measure(template, RATE_HZ, SETTINGS, 2.0))
    told = structs.asdict(measures)
    assert {name: told[name] for name in told.keys() & expected.keys()} == {
        name: expected[name] for name in told.keys() & expected.keys()
    }
    assert (measures.jiggle_percent, measures.correlation) == (None, None)
    assert counts_for_shape(measures, SETTINGS)


def test_a_potential_that_is_upside_down_is_said_to_be_so() -> None:
    """Fibres beside the shaft are heard by the cannula."""
    said = "mostly positive: perhaps heard by the cannula"
    turned = np.interp(TIMES_MS, [-2.0, -0.4, 0.0, 1.0], [0.0, -50.0, 450.0, 0.0]).astype(np.float32)
    _, accepted, flags = describe(unit(turned), None, RATE_HZ, SETTINGS)
    assert accepted
    assert said in flags
    lenient = structs.replace(SETTINGS, upright_fraction=0.05)
    assert said not in describe(unit(turned), None, RATE_HZ, lenient)[2]


def test_the_noise_of_the_template_is_heeded() -> None:
    """A turn of 38 uV is one in silence, and none where the template's noise is 10 uV."""
    template = triangle()
    template += np.interp(TIMES_MS, [1.0, 1.5, 2.0], [0.0, 38.0, 0.0]).astype(np.float32)
    quiet, _, _ = describe(unit(template), None, RATE_HZ, SETTINGS)
    noisy, _, _ = describe(unit(template, template_noise_uv=10.0), None, RATE_HZ, SETTINGS)
    assert quiet is not None
    assert noisy is not None
    assert (quiet.turns, noisy.turns) == (3, 2)


def test_aligned_discharges_tell_the_jiggle() -> None:
    template = triangle()
    rng = np.random.default_rng(3)
    aligned = (template * (1.0 + 0.1 * rng.standard_normal((30, 1)))).astype(np.float32)
    measures, _, _ = describe(unit(template), aligned, RATE_HZ, SETTINGS)
    varied = variability(aligned, measure(template, RATE_HZ, SETTINGS, 2.0), RATE_HZ, SETTINGS)
    assert measures is not None
    assert measures.jiggle_percent is not None
    assert measures.jiggle_percent > 3.0
    assert (measures.jiggle_percent, measures.correlation) == (varied.jiggle_percent, varied.correlation)


def test_sampled_too_slowly_nothing_is_measured() -> None:
    result = describe(unit(triangle(), flags=("irregular",)), None, 9_999.0, SETTINGS)
    assert result == (None, False, ("irregular", "sampled too slowly to measure"))


def test_an_empty_template_is_not_measured() -> None:
    result = describe(unit(np.empty(0, np.float32)), None, RATE_HZ, SETTINGS)
    assert result == (None, False, ("no discharge stood alone",))


def test_a_template_that_is_not_trusted_is_not_measured() -> None:
    state = unit(triangle(), trusted=False, flags=("few discharges averaged",))
    assert describe(state, None, RATE_HZ, SETTINGS) == (None, False, ("few discharges averaged",))


@pytest.mark.parametrize(
    ("state", "flag"),
    [
        (unit(triangle(until_ms=26.0)), "ends after the template"),
        (unit(triangle(until_ms=26.0)[::-1].copy()), "begins before the template"),
        (unit(triangle(amplitude_uv=45.0)), "too small"),
        (unit(np.zeros(2500, np.float32)), "no potential"),
    ],
)
def test_what_is_not_accepted_says_why(state: UnitState, flag: str) -> None:
    measures, accepted, flags = describe(state, None, RATE_HZ, SETTINGS)
    assert measures is not None
    assert not accepted
    assert flag in flags


@pytest.mark.parametrize(
    ("template", "flag"),
    [
        (triangle(rise_ms=0.6), "rises too slowly for amplitude and phases"),
        (np.abs(triangle()), "no rise: not for amplitude and phases"),
    ],
)
def test_a_far_unit_counts_for_duration_only(template: NDArray[np.float32], flag: str) -> None:
    measures, accepted, flags = describe(unit(template), None, RATE_HZ, SETTINGS)
    assert measures is not None
    assert accepted
    assert flags[0] == flag
    assert flag in FAR_AWAY
    assert not counts_for_shape(measures, SETTINGS)


@pytest.mark.parametrize(
    ("noise_uv", "left_uv", "clear"),
    [
        (19.9, 2.4, True),
        (12.4, 2.6, False),
        (20.1, 1.0, False),
        (math.inf, math.inf, False),
        (0.0, 0.0, True),
    ],
)
def test_an_average_is_clear_of_its_noise_and_of_what_is_left_of_it(
    noise_uv: float, left_uv: float, clear: bool
) -> None:
    average = Average(triangle(), np.empty((10, 0), np.float32), True, 100.0, noise_uv, left_uv)
    assert average.is_clear(AveragingSettings()) is clear
