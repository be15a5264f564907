"""The hiss of an end-plate: small negative potentials of many shapes, without a pattern."""

from typing import NamedTuple

import numpy as np

from processing.spontaneous.naming import Named
from processing.spontaneous.settings import NamingSettings
from processing.spontaneous.trains import Train

_NEWEST_S = 2.0


class Hiss(NamedTuple):
    """What is small and has no pattern, over the newest seconds."""

    rate_hz: float
    negative: float
    """Share of potentials that begin negative."""
    cv: float
    train: Train | None
    """That with most of them: its mean potential stands for all."""


def hiss(trains: list[Train], now_index: int, rate_hz: float, s: NamingSettings) -> Hiss:
    """What the trains without a pattern have in common; trains that carry a name of their own are left out."""
    first = now_index - round(_NEWEST_S * rate_hz)
    newest = [(t, t.index[t.index >= first]) for t in trains if _small(t, s)]
    if not newest:
        return Hiss(0.0, 0.0, 0.0, None)
    index = np.sort(np.concatenate([at for _, at in newest]))
    if index.size < 3:
        return Hiss(0.0, 0.0, 0.0, None)
    negative = sum(at.size for t, at in newest if t.potential is not None and t.potential.onset < 0)
    interval = np.diff(index)
    most = max(newest, key=lambda each: each[1].size)[0]
    return Hiss(
        index.size / _NEWEST_S, negative / index.size, float(np.std(interval) / np.mean(interval)), most
    )


def named_noise(found: Hiss, s: NamingSettings) -> Named | None:
    """End-plate noise, if that is what it is."""
    if found.rate_hz < s.noise_hz or found.negative < s.noise_negative or found.cv < s.chaos_cv:
        return None
    return Named("end-plate noise", f"{found.rate_hz:.0f}/s, chaotic, {found.negative:.0%} begin negative")


def _small(train: Train, s: NamingSettings) -> bool:
    """Small, and not known for anything else."""
    named = train.named is not None and train.named.kind not in (
        "not named",
        "irregular single-fibre potentials",
    )
    return train.potential is not None and train.potential.amplitude_uv < s.noise_uv and not named
