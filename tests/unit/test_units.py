"""Words for units."""

import pytest

from acquisition.units import is_counts, microvolt_per


@pytest.mark.parametrize(
    ("word", "factor"),
    [
        ("V", 1e6),
        ("volts", 1e6),
        ("mV", 1e3),
        ("mv", 1e3),
        ("millivolts", 1e3),
        ("uV", 1.0),
        ("UV", 1.0),
        ("\u00b5V", 1.0),
        ("\u03bcV", 1.0),
        (" microvolts ", 1.0),
        ("nV", 1e-3),
        ("\u03bcVolt", 1.0),
        ("mVolt", 1e3),
    ],
)
def test_a_voltage_by_any_of_its_names(word: str, factor: float) -> None:
    assert microvolt_per(word) == factor
    assert not is_counts(word)


@pytest.mark.parametrize("word", ["MV", "Mv", "MVolt", "", "g", "counts", "kV", "mmHg"])
def test_what_is_no_known_voltage_has_no_factor(word: str) -> None:
    assert microvolt_per(word) is None


@pytest.mark.parametrize("word", ["counts", "ADU", "lsb", "raw", "int16", "a.u.", "arbitrary units"])
def test_steps_of_a_converter(word: str) -> None:
    assert is_counts(word)


@pytest.mark.parametrize("word", ["uV", "", "g", "integral"])
def test_what_is_no_step_of_a_converter(word: str) -> None:
    assert not is_counts(word)
