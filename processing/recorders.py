"""Recorders that are imitated, and the conditions of one person's session drawn from what was measured."""

from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta

from contracts.refusal import Refusal
from contracts.settings import NotNegative, Positive
from contracts.toml_door import as_struct, read_toml
from processing.recording_chain import ChainSettings

_FILE = Path(__file__).with_name("recorders.toml")
_FARTHEST = 2.0
"""Standard deviations at which a draw is cut: a recorder is not imagined far beyond those that were seen."""

Factor = Annotated[float, Meta(ge=1, le=10)]


class Spread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How sessions on one recorder differ: one standard deviation multiplies or divides by the factor."""

    electrode: Factor = 1.0
    mains: Factor = 1.0
    harmonics: Factor = 1.0
    """Each harmonic for itself."""
    drift: Factor = 1.0
    distant: Factor = 1.0
    offset_uv: NotNegative = 0.0
    """Added, not multiplied."""


class Recorder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recorder: its rate, its median session, and how sessions differ."""

    rate_hz: Positive
    chain: ChainSettings
    spread: Spread = Spread()


def recorder_names() -> tuple[str, ...]:
    """The recorders of recorders.toml."""
    return tuple(_recorders())


def recorder(name: str) -> Recorder:
    """The recorder of that name. Raises Refusal for one that is not known."""
    if name not in _recorders():
        raise Refusal(
            found=f"recorder {name!r}",
            wanted=f"one of {', '.join(_recorders())}",
            do="Correct the name, or give the settings of a chain of your own.",
        )
    return _recorders()[name]


def draw(recorder: Recorder, rng: np.random.Generator) -> ChainSettings:
    """One person's session on this recorder: its noise, mains, baseline and offset."""

    def near(median: float, factor: float) -> float:
        return median * factor ** float(np.clip(rng.standard_normal(), -_FARTHEST, _FARTHEST))

    chain, spread = recorder.chain, recorder.spread
    mains = msgspec.structs.replace(
        chain.mains,
        amplitude_uv=near(chain.mains.amplitude_uv, spread.mains),
        harmonics=tuple(near(relative, spread.harmonics) for relative in chain.mains.harmonics),
    )
    return msgspec.structs.replace(
        chain,
        electrode_uv=near(chain.electrode_uv, spread.electrode),
        drift_uv=near(chain.drift_uv, spread.drift),
        distant_uv=near(chain.distant_uv, spread.distant),
        offset_uv=chain.offset_uv + spread.offset_uv * float(rng.standard_normal()),
        mains=mains,
    )


@cache
def _recorders() -> dict[str, Recorder]:
    tables = read_toml(_FILE, "recorders")
    return {
        name: as_struct(table, Recorder, f"{_FILE.name}, {name}", "Correct it.")
        for name, table in tables.items()
    }
