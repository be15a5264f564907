"""Settings for common set-ups, by name."""

import tomllib
from importlib import resources
from typing import Any

from contracts.refusal import Refusal


def preset_names() -> list[str]:
    """The names of the presets, sorted."""
    folder = resources.files("myoscope.presets")
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


def read_preset(name: str | None) -> dict[str, Any]:
    """The tree of a preset; empty for None. Raises Refusal for an unknown name."""
    if name is None:
        return {}
    if name not in preset_names():
        raise Refusal(
            found=f"preset {name!r}",
            wanted=f"one of {', '.join(preset_names())}",
            do="See `myoscope settings`.",
        )
    return tomllib.loads(
        resources.files("myoscope.presets").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    )
