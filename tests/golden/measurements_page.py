"""docs/measurements.md, written from the registries.

python -m tests.golden.measurements_page    writes the page anew
"""

from pathlib import Path

from processing.feature_registry import COUNTS_PARAMETERS, FEATURES, NEEDLE_PARAMETERS, FeatureParameters
from processing.features import columns_of
from processing.quality import FLAGS

PAGE = Path(__file__).parents[2] / "docs" / "measurements.md"

HEAD = """# What is measured in a window

Written from the registries by `python -m tests.golden.measurements_page`; a test compares. Research use only.

## Features

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
    return HEAD + features + PARAMETERS_HEAD + parameters + FLAGS_HEAD + flags


def escaped(text: str) -> str:
    """Text that does not end a cell of a table."""
    return text.replace("|", "\\|")


def value(parameters: FeatureParameters, name: str) -> str:
    """A parameter as a person writes it."""
    given = getattr(parameters, name)
    return ", ".join(f"{v:g}" for v in given) if isinstance(given, tuple) else f"{given:g}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
