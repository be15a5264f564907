"""What is in a recording and comes neither from muscle nor from the recorder itself."""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from contracts.settings import NotNegative, Positive

ArtefactKind = Literal["movement", "electrode off", "ecg", "stimulator", "cable bump"]

USUAL_UV: dict[ArtefactKind, float] = {
    "movement": 500.0,
    "electrode off": 2_000.0,
    "ecg": 40.0,
    "stimulator": 3_000.0,
    "cable bump": 300.0,
}
"""Amplitude where none is stated."""

Wave = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Value at times since the beginning, seconds; nothing before 0."""

_BLOCK = 4096
_ARTEFACT_KEY = 7
"""Other than those of the tissue, the needle and the run; never 0 at the end, which numpy would not tell apart."""
_EDGE_S = 0.002
_CONTACT_S = 0.15
_SLOW_HZ = 5.0
_APART_S = 0.3
"""Between two knocks at least, and on average once more: one has come to rest when the next comes."""
_PULSE_S, _PULSE_TAIL_S = 0.0002, 0.0015
_BEATS_HZ, _BEAT_SPREAD, _BEAT_S, _R_S = (1.0, 1.7), 0.04, 0.7, 0.25
_BEAT = (  # of P, Q, R, S and T: height relative to R, seconds from it, width in seconds
    (0.12, -0.16, 0.020),
    (-0.15, -0.028, 0.008),
    (1.0, 0.0, 0.010),
    (-0.25, 0.030, 0.010),
    (0.25, 0.26, 0.050),
)


class ArtefactSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One artefact, or a row of them, in an examination."""

    kind: ArtefactKind
    at_s: NotNegative
    duration_s: Annotated[float, Meta(gt=0, le=7200)] = 1.0
    """movement, cable bump: while something moves, it settles afterwards. The others: as it says."""
    amplitude_uv: Positive | None = None
    """Largest deflection: of a movement or bump, the R wave, a pulse; of the mains while an electrode is off."""
    rate_hz: Annotated[float, Meta(gt=0, le=500)] | None = None
    """ecg: beats, drawn from 1 to 1.7. stimulator: pulses, 3. electrode off: the mains, 50."""


@dataclass(frozen=True, slots=True)
class _Event:
    at_s: float
    reach_s: float
    wave: Wave


class Artefacts:
    """The artefacts of an examination, as a function of the sample index.

    Made in whole blocks that depend on the specs and the seed alone, and cut afterwards: cutting and
    seeking change no bit. For one thread at a time.
    """

    def __init__(self, specs: Sequence[ArtefactSpec], rate_hz: float, seed: int) -> None:
        self._rate_hz = rate_hz
        self._events = sorted(
            (
                event
                for number, spec in enumerate(specs)
                for event in _events(spec, np.random.default_rng([seed, _ARTEFACT_KEY, number + 1]))
            ),
            key=lambda event: event.at_s,
        )
        self._begins = [round(event.at_s * rate_hz) for event in self._events]
        self._lengths = [math.ceil(event.reach_s * rate_hz) for event in self._events]
        self._longest = max(self._lengths, default=0)
        self._off = [
            (round(spec.at_s * rate_hz), spec.duration_s) for spec in specs if spec.kind == "electrode off"
        ]
        self._made: tuple[int, NDArray[np.float64], NDArray[np.float64]] | None = None

    def add_to(self, signal_uv: NDArray[np.float64], first: int) -> None:
        """Put them onto a stretch that begins at index `first`, in place: f64 `(n,)` microvolt.

        What the electrode sees is lost while it is off; all else adds up.
        """
        done = 0
        while done < signal_uv.shape[0]:
            block, within = divmod(first + done, _BLOCK)
            n = min(signal_uv.shape[0] - done, _BLOCK - within)
            wave, contact = self._block(block)
            part = signal_uv[done : done + n]
            part *= contact[within : within + n]
            part += wave[within : within + n]
            done += n

    def _block(self, block: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self._made is None or self._made[0] != block:
            first = block * _BLOCK
            self._made = (block, self._wave(first), self._contact(first))
        return self._made[1:]

    def _wave(self, first: int) -> NDArray[np.float64]:
        wave = np.zeros(_BLOCK)
        earliest = bisect_left(self._begins, first - self._longest)
        for k in range(earliest, bisect_left(self._begins, first + _BLOCK)):
            begin = self._begins[k]
            heard = np.arange(max(first, begin), min(first + _BLOCK, begin + self._lengths[k]))
            if heard.size:
                wave[heard[0] - first : heard[-1] + 1 - first] += self._events[k].wave(
                    (heard - begin) / self._rate_hz
                )
        return wave

    def _contact(self, first: int) -> NDArray[np.float64]:
        contact = np.ones(_BLOCK)
        for begin, duration_s in self._off:
            contact *= 1.0 - _open((np.arange(first, first + _BLOCK) - begin) / self._rate_hz, duration_s)
        return contact


def _events(spec: ArtefactSpec, rng: np.random.Generator) -> list[_Event]:
    amplitude = spec.amplitude_uv or USUAL_UV[spec.kind]
    if spec.kind == "movement":
        return [_movement(spec, amplitude, rng)]
    if spec.kind == "electrode off":
        return [_electrode_off(spec, amplitude, rng)]
    if spec.kind == "ecg":
        return _beats(spec, amplitude, rng)
    if spec.kind == "stimulator":
        period_s = 1.0 / (spec.rate_hz or 3.0)
        count = math.ceil(spec.duration_s / period_s)
        return [
            _Event(spec.at_s + k * period_s, 12 * _PULSE_TAIL_S, partial(_pulse, amplitude=amplitude))
            for k in range(count)
        ]
    return _bumps(spec, amplitude, rng)


def _movement(spec: ArtefactSpec, amplitude: float, rng: np.random.Generator) -> _Event:
    """The needle is pushed about: steps, as fast as 5 Hz lets them be, from which the electrode recovers.

    In the public recordings such steps last 0.1 to 0.3 s and are followed by a second of recovery.
    """
    n = 1 + rng.poisson(2.0 * spec.duration_s)
    begins = np.concatenate(([0.0], np.sort(rng.uniform(0.0, spec.duration_s, n - 1))))
    heights = rng.normal(size=n)
    decays_s = rng.uniform(0.15, 0.8, n)
    reach_s = spec.duration_s + 4.0
    wave = partial(_steps, begins=begins, heights=heights, decays_s=decays_s)
    peak = float(np.abs(wave(np.arange(0.0, reach_s, 0.005))).max())
    scaled = partial(_steps, begins=begins, heights=heights * amplitude / peak, decays_s=decays_s)
    return _Event(spec.at_s, reach_s, scaled)


def _steps(
    t: NDArray[np.float64],
    begins: NDArray[np.float64],
    heights: NDArray[np.float64],
    decays_s: NDArray[np.float64],
) -> NDArray[np.float64]:
    wave = np.zeros(t.shape)
    for begin, height, decay_s in zip(begins, heights, decays_s, strict=True):
        since = np.maximum(t - begin, 0.0)
        turns = 2.0 * np.pi * _SLOW_HZ * since
        wave += height * (1.0 - (1.0 + turns) * np.exp(-turns)) * np.exp(-since / decay_s)
    return wave


def _open(t: NDArray[np.float64], duration_s: float) -> NDArray[np.float64]:
    """1 while the contact is open, 0 before and after, with short edges."""
    rise = np.clip(t / _EDGE_S, 0.0, 1.0)
    fall = np.clip((t - duration_s) / _EDGE_S, 0.0, 1.0)
    return rise - fall


def _electrode_off(spec: ArtefactSpec, amplitude: float, rng: np.random.Generator) -> _Event:
    """An open input: the mains, and a jump of the potential where contact is lost and found."""
    wave = partial(
        _open_input,
        duration_s=spec.duration_s,
        amplitude=amplitude,
        mains_hz=spec.rate_hz or 50.0,
        phase=rng.uniform(0.0, 2.0 * np.pi),
        jumps=amplitude * rng.uniform(0.5, 1.5, 2) * rng.choice([-1.0, 1.0], 2),
    )
    return _Event(spec.at_s, spec.duration_s + 10 * _CONTACT_S, wave)


def _open_input(
    t: NDArray[np.float64],
    duration_s: float,
    amplitude: float,
    mains_hz: float,
    phase: float,
    jumps: NDArray[np.float64],
) -> NDArray[np.float64]:
    turns = 2.0 * np.pi * mains_hz * t + phase
    wave = (
        amplitude
        * _open(t, duration_s)
        * (np.sin(turns) + 0.15 * np.sin(3.0 * turns) + 0.05 * np.sin(5.0 * turns))
    )
    for begin_s, jump in zip((0.0, duration_s), jumps, strict=True):
        since = np.maximum(t - begin_s, 0.0)
        wave += jump * np.minimum(since / _EDGE_S, 1.0) * np.exp(-since / _CONTACT_S)
    return wave


def _beats(spec: ArtefactSpec, amplitude: float, rng: np.random.Generator) -> list[_Event]:
    interval_s = 1.0 / (spec.rate_hz or rng.uniform(*_BEATS_HZ))
    beats: list[_Event] = []
    at_s = rng.uniform(0.0, interval_s)
    while at_s < spec.duration_s:
        beats.append(_Event(spec.at_s + at_s, _BEAT_S, partial(_beat, amplitude=amplitude)))
        at_s += interval_s * max(0.5, 1.0 + _BEAT_SPREAD * rng.standard_normal())
    return beats


def _beat(t: NDArray[np.float64], amplitude: float) -> NDArray[np.float64]:
    waves = [height * np.exp(-0.5 * ((t - _R_S - at_s) / width_s) ** 2) for height, at_s, width_s in _BEAT]
    return amplitude * np.sum(waves, axis=0)


def _pulse(t: NDArray[np.float64], amplitude: float) -> NDArray[np.float64]:
    """A pulse, and the discharge of the coupling after it, of the other sign."""
    return amplitude * np.where(t < _PULSE_S, 1.0, -0.25 * np.exp(-(t - _PULSE_S) / _PULSE_TAIL_S))


def _bumps(spec: ArtefactSpec, amplitude: float, rng: np.random.Generator) -> list[_Event]:
    """A cable that is knocked, about twice a second: it rings as it comes to rest."""
    begins = [0.0]
    while (following := begins[-1] + _APART_S + rng.exponential(_APART_S)) < spec.duration_s:
        begins.append(following)
    bumps: list[_Event] = []
    for begin_s in begins:
        ring_hz, decay_s = rng.uniform(8.0, 30.0), rng.uniform(0.03, 0.12)
        height = amplitude * rng.choice([-1.0, 1.0]) * (1.0 if begin_s == 0.0 else rng.uniform(0.3, 1.0))
        wave = partial(_ring, height=height, ring_hz=ring_hz, decay_s=decay_s)
        bumps.append(_Event(spec.at_s + begin_s, 10 * decay_s, wave))
    return bumps


def _ring(t: NDArray[np.float64], height: float, ring_hz: float, decay_s: float) -> NDArray[np.float64]:
    return height * np.minimum(t / _EDGE_S, 1.0) * np.exp(-t / decay_s) * np.cos(2.0 * np.pi * ring_hz * t)
