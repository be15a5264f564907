"""docs/measurements.md, written from the registries.

python -m tests.golden.measurements_page    writes the page anew
"""

from pathlib import Path

from msgspec import Struct
from msgspec.structs import fields

from processing.feature_registry import COUNTS_PARAMETERS, FEATURES, NEEDLE_PARAMETERS, FeatureParameters
from processing.features import columns_of
from processing.interference import InterferenceSettings
from processing.measure_registry import (
    FIRING_MEASURES,
    INTERFERENCE_MEASURES,
    MUAP_MEASURES,
    VARIABILITY_MEASURES,
    Measure,
)
from processing.motor_units.firing import FiringSettings
from processing.motor_units.settings import MarkerSettings, MuapSettings
from processing.quality import FLAGS

PAGE = Path(__file__).parents[2] / "docs" / "measurements.md"

HEAD = """# What is measured

Written from the registries by `python -m tests.golden.measurements_page`; a test compares. Research use only.

## Features of a window

Of the filtered window, per channel, float64 sums rounded once to float32. For signals in counts read counts
for uV. Columns are those at 23,437.5 Hz; a band that reaches above half the rate is left out. Every value is
finite for a finite window. Counts are per second of the window, so that windows of different length compare.

| feature | columns | unit | definition | parameters | source |
|---|---|---|---|---|---|
"""

PARAMETERS_HEAD = """
Parameters, in the unit of the signal where they are thresholds:

| parameter | microvolt | counts |
|---|---|---|
"""

FLAGS_HEAD = """
## Quality flags

Judged from each window alone. A flagged window is shown, and kept out of the evidence. The limits are those
of `[quality]` in the settings.

| flag | raised by |
|---|---|
"""

MEASURES_HEAD = """
| measure | unit | definition | source |
|---|---|---|---|
"""

SETTINGS_HEAD = """
| setting | default |
|---|---|
"""

MUAP_HEAD = """
## Motor unit potentials

Of an averaged potential in microvolt, in true sign: an extracellular negative peak is negative. Averages of
20 discharges or more that reach 25 ms to either side give good marks. Durations depend on the rule for the
marks: they compare only with norms made by the same rule, so that tables name it. Here it is
`{algorithm}`.
Sampled slower than minimum_rate_hz, nothing is given that rests on the course in time. An onset or offset
that is not found within the template is said, and the potential is not taken.
"""

SELECTION = """
Of a person, a potential is taken for duration if both marks were found and its amplitude is at least
minimum_amplitude_uv; for everything else only if its rise time is within rise_time_limit_us too. Percentages
are of those, from minimum_potentials on.
"""

VARIABILITY_HEAD = """
## Variability of a unit

Of consecutive aligned discharges, from minimum_discharges on.
"""

FIRING_HEAD = """
## Firing of a unit

Of the intervals between neighbouring discharges that no break of the signal lies between.
"""

INTERFERENCE_HEAD = """
## Interference pattern

Of an epoch of stable effort. A brief segment is at most segment_ms from turn to turn. Peak ratio: the largest
turns_amplitude_ratio over epochs of rising force.
"""


def page() -> str:
    """The text of docs/measurements.md."""
    features = "".join(
        f"| {name} | {', '.join(columns_of(name, NEEDLE_PARAMETERS, 23_437.5))} | {f.unit} | {escaped(f.definition)} "
        f"| {', '.join(f.depends_on)} | {f.reference} |\n"
        for name, f in FEATURES.items()
    )
    parameters = "".join(
        f"| {name} | {value(NEEDLE_PARAMETERS, name)} | {value(COUNTS_PARAMETERS, name)} |\n"
        for name in FeatureParameters.__struct_fields__
        if name != "unit"
    )
    flags = "".join(f"| {name} | {meaning} |\n" for name, meaning in FLAGS.items())
    windows = HEAD + features + PARAMETERS_HEAD + parameters + FLAGS_HEAD + flags
    return (
        windows
        + motor_units()
        + INTERFERENCE_HEAD
        + measures(INTERFERENCE_MEASURES)
        + settings(InterferenceSettings())
    )


def motor_units() -> str:
    """The sections on potentials, their variability and their firing."""
    potentials = MUAP_HEAD.format(algorithm=MuapSettings().algorithm) + measures(MUAP_MEASURES)
    constants = settings(MarkerSettings(), MuapSettings())
    variability = VARIABILITY_HEAD + measures(VARIABILITY_MEASURES)
    return (
        potentials
        + SELECTION
        + constants
        + variability
        + FIRING_HEAD
        + measures(FIRING_MEASURES)
        + settings(FiringSettings())
    )


def measures(registry: dict[str, Measure]) -> str:
    """The table of a registry."""
    rows = [f"| {name} | {m.unit} | {escaped(m.definition)} | {m.source} |\n" for name, m in registry.items()]
    return MEASURES_HEAD + "".join(rows)


def settings(*parts: Struct) -> str:
    """The table of the numbers in settings."""
    numbers = [(field.name, getattr(part, field.name)) for part in parts for field in fields(part)]
    rows = [f"| {name} | {number:g} |\n" for name, number in numbers if isinstance(number, int | float)]
    return SETTINGS_HEAD + "".join(rows)


def escaped(text: str) -> str:
    """Text that does not end a cell of a table."""
    return text.replace("|", "\\|")


def value(parameters: FeatureParameters, name: str) -> str:
    """A parameter as a person writes it."""
    given = getattr(parameters, name)
    return ", ".join(f"{v:g}" for v in given) if isinstance(given, tuple) else f"{given:g}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
