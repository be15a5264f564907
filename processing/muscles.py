"""The muscles that measurements know by name: nerve, roots, body region and functional group of each."""

import re
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import msgspec

from contracts.toml_door import as_struct, read_toml

MuscleRegion = Literal["bulbar", "cervical", "thoracic", "lumbosacral"]
"""The body regions that criteria for motor neuron disease count."""

MuscleGroup = Literal["proximal arm", "distal arm", "proximal leg", "distal leg", "axial", "cranial"]

GROUPS: tuple[MuscleGroup, ...] = get_args(MuscleGroup)

_FILE = Path(__file__).with_name("muscles.toml")
_NOT_PART_OF_A_NAME = frozenset({"left", "right", "musculus"})


class Muscle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One muscle. Its side is the subject's, not the muscle's."""

    name: str
    aliases: tuple[str, ...]
    nerve: str
    roots: tuple[str, ...]
    region: MuscleRegion
    group: MuscleGroup


class _Dictionary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    muscles: tuple[Muscle, ...]


def muscles() -> tuple[Muscle, ...]:
    """Every muscle that is known, from arm to leg to head."""
    return _dictionary().muscles


def find_muscle(name: str | None) -> Muscle | None:
    """The muscle of that name or alias, whatever its case and punctuation; None for one that is not known.

    `Tib. ant.`, `left TA` and `tibialis anterior` are one; what stands in brackets is a part of the muscle.
    None is no error: a muscle that nobody knows has raw values and no norm.
    """
    return _by_name().get(_key(name)) if name else None


def _key(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", re.sub(r"\(.*?\)", " ", name.lower()))
    return " ".join(word for word in words if word not in _NOT_PART_OF_A_NAME)


@cache
def _dictionary() -> _Dictionary:
    return as_struct(read_toml(_FILE, "muscles"), _Dictionary, _FILE.name, "Correct it.")


@cache
def _by_name() -> dict[str, Muscle]:
    return {_key(name): muscle for muscle in muscles() for name in (muscle.name, *muscle.aliases)}
