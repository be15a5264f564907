"""The hiss of an end-plate: small negative potentials of many shapes, without a pattern."""

import math
from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from contracts.settings import FilterSettings
from processing.filters import FilterBank
from processing.spontaneous.naming import Named
from processing.spontaneous.settings import NamingSettings
from processing.spontaneous.trains import Train

_NEWEST_S = 2.0
_MAD_TO_SD = 1.4826
_WITHIN_SD = 6.0


class Lean:
    """To which side the signal leans between its large potentials, over the newest seconds.

    The potentials of end-plate noise are negative, over before they go positive, and lie upon each other: one by one
    their sign cannot be told, but together they make the signal lean. The detection signal, without its slower
    part, does not show it.
    """

    def __init__(self, rate_hz: float, step: int, settings: NamingSettings) -> None:
        bands = (settings.lean_hz, settings.middle_hz, settings.fine_hz)
        self._filters = [
            FilterBank(FilterSettings(highpass_hz=low_hz, lowpass_hz=high_hz, order=2), rate_hz, 1)
            for low_hz, high_hz in bands
        ]
        most = max(1, round(_NEWEST_S * rate_hz / step))
        self._steps: deque[NDArray[np.float32]] = deque(maxlen=most)
        self._powers: deque[tuple[float, float]] = deque(maxlen=most)

    def reset(self) -> None:
        """Forget the past."""
        for band in self._filters:
            band.reset()
        self._steps.clear()
        self._powers.clear()

    def take(self, samples: NDArray[np.float32]) -> None:
        """The next step, f32 `(step,)`."""
        broad, middle, fine = (band.apply(samples[:, None])[:, 0] for band in self._filters)
        self._steps.append(broad)
        self._powers.append((float(np.mean(middle * middle)), float(np.mean(fine * fine))))

    @property
    def fineness(self) -> float:
        """Fine over middle band, of the median step: distant units are heard by their slower part; 0 of silence."""
        middle, fine = np.median(np.array(self._powers), axis=0).tolist() if self._powers else (0.0, 0.0)
        return math.sqrt(fine / middle) if middle > 0.0 else 0.0

    @property
    def skewness(self) -> float:
        """Third moment about the median over the standard deviation cubed, larger potentials cut off.

        0 of a symmetric signal, negative where negative potentials make it up; 0 before there is enough signal.
        """
        if len(self._steps) < (self._steps.maxlen or 0):
            return 0.0
        x = np.concatenate(self._steps).astype(np.float64)
        x -= np.median(x)
        most = _WITHIN_SD * _MAD_TO_SD * float(np.median(np.abs(x)))
        np.clip(x, -most, most, out=x)
        power = float(np.mean(x * x))
        return float(np.mean(x * x * x)) / power**1.5 if power > 0.0 else 0.0


class Hiss(NamedTuple):
    """What is small and has no pattern, over the newest seconds."""

    rate_hz: float
    cv: float
    train: Train | None
    """That with most of them: its mean potential stands for all."""


def hiss(trains: list[Train], now_index: int, rate_hz: float, s: NamingSettings) -> Hiss:
    """What the trains without a pattern have in common; trains that carry a name of their own are left out."""
    first = now_index - round(_NEWEST_S * rate_hz)
    newest = [(t, t.index[t.index >= first]) for t in trains if _small(t, s)]
    index = np.sort(np.concatenate([at for _, at in newest])) if newest else np.empty(0)
    if index.size < 3:
        return Hiss(0.0, 0.0, None)
    interval = np.diff(index)
    most = max(newest, key=lambda each: each[1].size)[0]
    return Hiss(index.size / _NEWEST_S, float(np.std(interval) / np.mean(interval)), most)


def named_noise(found: Hiss, lean: Lean, s: NamingSettings) -> Named | None:
    """End-plate noise, if that is what it is."""
    if found.rate_hz < s.noise_hz or found.cv < s.chaos_cv:
        return None
    skewness = lean.skewness
    if skewness > s.noise_skewness or lean.fineness < s.noise_fineness:
        return None
    return Named("end-plate noise", f"{found.rate_hz:.0f}/s, chaotic, negative: skewness {skewness:.1f}")


def _small(train: Train, s: NamingSettings) -> bool:
    """Small, and not known for anything else."""
    named = train.named is not None and train.named.kind not in (
        "not named",
        "irregular single-fibre potentials",
    )
    return train.potential is not None and train.potential.amplitude_uv < s.noise_uv and not named
