"""The registries name what is computed, and nothing else."""

from processing.interference import InterferenceMeasures
from processing.measure_registry import (
    FIRING_MEASURES,
    INTERFERENCE_MEASURES,
    MUAP_MEASURES,
    VARIABILITY_MEASURES,
)
from processing.motor_units.firing import FiringMeasures
from processing.motor_units.measures import MuapMeasures
from processing.motor_units.selection import SHAPE
from processing.motor_units.variability import MuapVariability


def test_every_measure_has_an_entry() -> None:
    marks = {
        name for name in MuapMeasures.__struct_fields__ if name.endswith("_index") and name != "size_index"
    }
    places = {*marks, "onset_ms", "offset_ms", "flags"}
    assert set(MUAP_MEASURES) == set(MuapMeasures.__struct_fields__) - places
    assert set(VARIABILITY_MEASURES) == set(MuapVariability.__struct_fields__) - {"discharges"}
    assert set(FIRING_MEASURES) == set(FiringMeasures.__struct_fields__) - {"discharges", "intervals"}
    assert set(INTERFERENCE_MEASURES) == set(InterferenceMeasures.__struct_fields__)


def test_the_summary_takes_registered_measures() -> None:
    assert set(SHAPE) < set(MUAP_MEASURES)
