"""Needles: their surfaces, where they lie and what they cannot hear."""

import math

import numpy as np
import pytest

from simulators.patient.electrode import HURT_MM, ElectrodeKind, Needle, electrode

KINDS: tuple[ElectrodeKind, ...] = ("concentric 0.07 mm2", "concentric 0.03 mm2", "monopolar")


@pytest.mark.parametrize("kind", KINDS)
def test_a_uniform_potential_is_seen_by_a_surface_alone_and_cancelled_by_a_cannula(
    kind: ElectrodeKind,
) -> None:
    weights = electrode(kind).pieces[:, 3]
    assert weights[weights > 0].sum() == pytest.approx(1.0)
    assert weights.sum() == pytest.approx(1.0 if kind == "monopolar" else 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_an_electrode_is_symmetric_along_the_fibres(kind: ElectrodeKind) -> None:
    """The kernel runs both waves of a fibre with the same pieces."""
    pieces = electrode(kind).pieces
    assert np.dot(pieces[:, 2], pieces[:, 3]) == pytest.approx(0.0, abs=1e-12)
    assert sorted(pieces[:, 2]) == pytest.approx(sorted(-pieces[:, 2]))


@pytest.mark.parametrize(("kind", "area_mm2"), [("concentric 0.07 mm2", 0.07), ("concentric 0.03 mm2", 0.03)])
def test_chords_have_the_moments_of_the_ellipse(kind: ElectrodeKind, area_mm2: float) -> None:
    """The mean square distance from the centre of an ellipse is a quarter of each semi-axis squared."""
    core = electrode(kind).pieces[:-1]
    half_long = core[:, 1].max()
    half_short = area_mm2 / (math.pi * half_long)
    along = np.dot(core[:, 3], (core[:, 1] ** 3 - core[:, 0] ** 3) / (3 * (core[:, 1] - core[:, 0])))
    assert along == pytest.approx(half_long**2 / 4)
    assert np.dot(core[:, 3], core[:, 2] ** 2) == pytest.approx(half_short**2 / 4, rel=0.06)


def test_places_are_taken_from_the_middle_of_the_surface_towards_the_hub() -> None:
    needle = Needle(x_mm=1.0, y_mm=2.0, angle_rad=-math.pi / 2)
    along, aside = needle.from_shaft(np.array([1.0, 1.0, 1.3]), np.array([2.0, 5.0, 1.0]))
    assert along == pytest.approx([0.0, 3.0, -1.0])
    assert aside == pytest.approx([0.0, 0.0, 0.3])


def test_the_needle_advances_where_it_points_to() -> None:
    needle = Needle(x_mm=1.0, y_mm=0.0, angle_rad=math.pi / 6).advanced(2.0)
    assert (needle.x_mm, needle.y_mm) == pytest.approx((1.0 + math.sqrt(3.0), 1.0))
    along, _ = needle.from_shaft(np.array([1.0]), np.array([0.0]))
    assert along[0] == pytest.approx(2.0)


@pytest.mark.parametrize("kind", KINDS)
def test_dead_are_the_surroundings_of_the_surface_and_the_inside_of_the_shaft(kind: ElectrodeKind) -> None:
    needle, here = Needle(kind, angle_rad=math.pi), electrode(kind)
    tip = here.pieces[here.pieces[:, 3] > 0, 0].min()
    margin = 0.01
    x = np.array([-0.01, -0.01, tip - here.dead_zone_mm + margin, tip - here.dead_zone_mm - margin, 5.0, 5.0])
    y = np.array([-here.dead_zone_mm + margin, -here.dead_zone_mm - margin, 0.0, 0.0])
    hurt = here.shaft_radius_mm + HURT_MM
    y = np.append(y, [hurt - margin, hurt + margin])
    assert needle.hears(x, y).tolist() == [False, True, False, True, False, True]
