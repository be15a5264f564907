"""Words for units at the door: live streams and recordings share this one table."""

_VOLT_WORDS = {"v": 1e6, "volt": 1e6, "volts": 1e6}
_PREFIXED_WORDS = {
    "mv": 1e3,
    "uv": 1.0,
    "nv": 1e-3,
    "mvolt": 1e3,
    "mvolts": 1e3,
    "uvolt": 1.0,
    "uvolts": 1.0,
    "millivolt": 1e3,
    "millivolts": 1e3,
    "microvolt": 1.0,
    "microvolts": 1.0,
    "nanovolt": 1e-3,
    "nanovolts": 1e-3,
}
_MICROVOLT_PER = _VOLT_WORDS | _PREFIXED_WORDS

_COUNTS = frozenset(
    {
        "count",
        "counts",
        "cnt",
        "cnts",
        "adu",
        "adc",
        "lsb",
        "lsbs",
        "raw",
        "int",
        "int8",
        "int16",
        "int24",
        "int32",
        "digital",
        "a.u.",
        "a.u",
        "au",
        "arb",
        "arb.",
        "arb. units",
        "arbitrary",
        "arbitrary units",
    }
)

_MEGA = ("MV", "Mv", "MVolt", "MVolts")
"""Megavolt if taken at its word, and no electrode gives that; but nor is it surely millivolt."""


def _plain(unit: str) -> str:
    """The word without blanks around it, case and the two Greek letters for micro (U+00B5 and U+03BC)."""
    return unit.strip().replace("µ", "u").replace("μ", "u").casefold()


def microvolt_per(unit: str) -> float | None:
    """Microvolt per one of `unit`, or None where the word is not a voltage that we know.

    Case does not matter where only one reading makes sense (`UV`, `Volt`); `MV` does not say whether mega
    or milli is meant, so it is unknown and whoever calls asks for the unit.
    """
    if unit.strip() in _MEGA:
        return None
    return _MICROVOLT_PER.get(_plain(unit))


def is_counts(unit: str) -> bool:
    """True for words that mean the steps of a converter whose gain nobody states."""
    return _plain(unit) in _COUNTS
