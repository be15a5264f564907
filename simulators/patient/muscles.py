"""The muscles that a patient can be examined in, as data: what is usual in each, and how much people differ."""

import tomllib
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contracts.refusal import Refusal

Region = Literal["bulbar", "cervical", "thoracic", "lumbosacral"]
"""The body regions that criteria for motor neuron disease count."""

Group = Literal["proximal arm", "distal arm", "proximal leg", "distal leg", "axial", "cranial"]

_Above0 = Annotated[float, Meta(gt=0)]


class Muscle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One muscle of a healthy adult of middle age. muscles.toml says where each number comes from."""

    name: str
    aliases: tuple[str, ...]
    nerve: str
    roots: tuple[str, ...]
    region: Region
    group: Group
    half_lengths_mm: tuple[_Above0, _Above0]
    """From the middle of the end-plate zone to the two ends of the fibres."""
    needle_distance_mm: tuple[_Above0, _Above0]
    """Range of the distance, along the fibres, from the end-plate zone to where a needle is usually put."""
    end_plate_sd_mm: _Above0
    """Scatter of the end-plates of one unit along the fibres."""
    unit_zone_sd_mm: _Above0
    """Scatter of the middles of the units' own zones."""
    terminal_delay_ms: _Above0
    """Spread of the delay in the terminal branches: that of a normal distribution, folded at 0."""
    territory_mm: _Above0
    """Radius of the territory of the units of minimal effort."""
    fibres_per_mm2: _Above0
    """Fibres of one such unit per area of its territory."""
    size_range: Annotated[float, Meta(ge=1)]
    """Fibres of the last unit recruited, as a multiple of those of the first."""
    diameter_um: _Above0
    diameter_sd_um: _Above0
    recruitment_range: Annotated[float, Meta(gt=1)]
    """Threshold of the last unit recruited, as a multiple of that of the first."""
    first_rate_hz: _Above0
    """Of a unit as it is recruited."""
    peak_rates_hz: tuple[_Above0, _Above0]
    """Of the first and the last unit recruited, at full drive."""
    interval_cv: _Above0
    """Coefficient of variation of the interval between discharges."""


class Spread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Coefficients of variation of the parameters of a muscle between healthy people of one age and sex."""

    territory: Annotated[float, Meta(ge=0)]
    density: Annotated[float, Meta(ge=0)]
    diameter: Annotated[float, Meta(ge=0)]
    diameter_sd: Annotated[float, Meta(ge=0)]
    end_plates: Annotated[float, Meta(ge=0)]
    terminal_delay: Annotated[float, Meta(ge=0)]
    rates: Annotated[float, Meta(ge=0)]
    interval_cv: Annotated[float, Meta(ge=0)]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    between_people: Spread
    muscles: tuple[Muscle, ...]


def muscles() -> tuple[Muscle, ...]:
    """Every muscle that is known, in the order of muscles.toml."""
    return _table().muscles


def between_people() -> Spread:
    """How much healthy people differ."""
    return _table().between_people


def muscle(name: str) -> Muscle:
    """The muscle of that name or alias, in upper or lower case. Raises Refusal with the names that are known."""
    known = muscles()
    wanted = name.strip().lower()
    for candidate in known:
        if wanted in (candidate.name, *(alias.lower() for alias in candidate.aliases)):
            return candidate
    raise Refusal(
        found=f"no muscle {name!r}",
        wanted=f"one of {', '.join(m.name for m in known)}",
        do="Choose one of these; short forms: "
        + ", ".join(alias for m in known for alias in m.aliases)
        + ".",
    )


def _table() -> _Table:
    text = files("simulators.patient").joinpath("muscles.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Table)
