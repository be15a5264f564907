"""The door for TOML files: a checked tree of structs, or a refusal with key, value and what is allowed."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import msgspec

from contracts.refusal import Refusal

StructT = TypeVar("StructT", bound=msgspec.Struct)

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


def read_toml(path: Path, what: str, otherwise: str = "") -> dict[str, Any]:
    """The tables of a TOML file. `what` and `otherwise` complete the sentence of the Refusal."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refusal(
            found=f"{what} that cannot be read from {path} ({error})",
            wanted="a TOML file",
            do=f"Correct the file{otherwise}.",
        ) from error


def as_struct(tree: dict[str, Any], kind: type[StructT], where: str, do: str) -> StructT:
    """The tree as a `kind`. Raises Refusal naming the key, its value and what is allowed."""
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        raise _refused(str(error), tree, kind, where, do) from error


def _refused(text: str, tree: dict[str, Any], kind: type, where: str, do: str) -> Refusal:
    """msgspec's sentence (`Expected ... - at `$.part.key``) as found, wanted and what to do."""
    what, _, at = text.partition(" - at `$")
    steps = [name or int(number) for name, number in _STEP.findall(at.strip("`"))]
    declared, value = _at(steps, tree, kind)
    place = at.strip("`").replace("[...]", "").lstrip(".") or "the top level"
    if "unknown field" in what:
        found = f"the unknown key {what.rpartition(' ')[2].strip('`')!r} at {place} in {where}"
        wanted = "one of " + ", ".join(field.name for field in msgspec.structs.fields(declared))
    elif "missing required field" in what:
        found = f"no {what.rpartition(' ')[2].strip('`')!r} at {place} in {where}"
        wanted = "it to be given"
    else:
        found = f"{place} = {value!r} in {where}"
        options = [option for option in _options(declared) if isinstance(option, str | int)]
        wanted = " or ".join(repr(option) for option in options) if options else _expected(what)
    return Refusal(found=found, wanted=wanted, do=do)


def _at(steps: list[str | int], tree: dict[str, Any], kind: type) -> tuple[Any, Any]:
    """The declared type at a place in the tree, and the value that stands there."""
    declared: Any = kind
    value: Any = tree
    for step in steps:
        if isinstance(step, int):
            declared = _struct_in(declared)
            value = cast("list[Any]", value)[step]
            continue
        fields = {f.name: f.type for f in msgspec.structs.fields(declared)} if _is_struct(declared) else {}
        declared = fields.get(step, declared)
        if not isinstance(value, dict):
            continue
        value = cast("dict[str, Any]", value).get(step)
        declared = declared if isinstance(value, list) else _struct_in(declared)
    return declared, value


def _struct_in(declared: Any) -> Any:
    """The struct inside an optional, a tuple or a list; the type itself where there is none."""
    if _is_struct(declared):
        return declared
    inner = (_struct_in(option) for option in get_args(declared))
    return next((option for option in inner if _is_struct(option)), declared)


def _options(declared: Any) -> list[Any]:
    """What a literal allows, also where it is optional."""
    found: list[Any] = []
    for option in get_args(declared):
        found += [option] if isinstance(option, str | int) else list(get_args(option))
    return found


def _expected(what: str) -> str:
    """The part of msgspec's sentence that says what was expected: a type, and its limits."""
    return what.partition("xpected ")[2].partition(", got")[0].replace("`", "") or what


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
