"""Colours of motor units stay apart, for every kind of colour vision and in both themes."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import dashboard
from dashboard.measured.slots import N_SLOTS

APART = 18.0
"""In CIELAB; neighbours in print are told apart from about 10 on."""

VISIONS = {
    "typical": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""In linear RGB: Machado, Oliveira and Fernandes, IEEE Trans Vis Comput Graph 2009;15:1291-1298."""

TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)


def roles(theme: int) -> dict[str, str]:
    """Colours by role; theme 0 is light, 1 is dark."""
    text = (Path(dashboard.__file__).parent / "assets" / "page.css").read_text("utf-8")
    found = re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text)
    return {name: colours[theme] for name, *colours in found}


def lab(colour: str, vision: str) -> NDArray[np.float64]:
    """The colour as it is seen, in CIELAB."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.asarray(VISIONS[vision]) @ linear, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISIONS)
def test_units_stay_apart_for_every_kind_of_colour_vision(theme: int, vision: str) -> None:
    seen = [lab(roles(theme)[f"unit-{slot}"], vision) for slot in range(N_SLOTS)]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > APART


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("other", ["trace", "warn", "fault", "panel"])
def test_no_unit_looks_like_trace_warning_fault_or_ground(theme: int, other: str) -> None:
    held = roles(theme)
    ground = lab(held[other], "typical")
    for slot in range(N_SLOTS):
        assert np.linalg.norm(lab(held[f"unit-{slot}"], "typical") - ground) > APART
