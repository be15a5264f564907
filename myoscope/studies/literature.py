"""Published values, as data: what others have measured in people."""

import tomllib
from importlib.resources import files

import msgspec

Pair = tuple[float, float]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One group of people and one muscle."""

    muscle: str
    group: str
    """healthy, or a condition."""
    source: str = ""
    """Empty: nothing that was read says so."""
    values: dict[str, Pair] = {}
    """Mean and standard deviation between people, by measure."""
    ranges: dict[str, Pair] = {}
    """Where only limits are known."""


class FiringRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Intervals of single units, for several muscles."""

    muscles: tuple[str, ...]
    source: str
    values: dict[str, Pair]


class Literature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that simulated people are held against."""

    rows: tuple[Row, ...]
    firing: tuple[FiringRow, ...]

    def row(self, muscle: str, group: str) -> Row:
        """What is known of this group in this muscle; a row without values if nothing is."""
        found = [row for row in self.rows if (row.muscle, row.group) == (muscle, group)]
        return found[0] if found else Row(muscle, group)

    def firing_of(self, muscle: str) -> FiringRow | None:
        """What is known of the intervals in this muscle."""
        return next((row for row in self.firing if muscle in row.muscles), None)


def literature() -> Literature:
    """The published values that this package knows."""
    text = files("myoscope.studies").joinpath("published.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Literature)
