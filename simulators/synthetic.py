"""A small synthetic EMG, so that there is something to play where no recording is at hand."""

import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.recording import Annotation
from contracts.records import Channel, Gap, StreamDescription, Subject
from contracts.refusal import Refusal
from simulators.motor_units import Electrode, MotorUnit, Pattern, discharges, draw_units

SYNTHETIC = "synthetic source, not a physiological model"

PHASES = (("rest", 2.0, 0.0), ("minimal", 6.0, 0.15), ("moderate", 4.0, 0.5))
"""One cycle: name, seconds, effort from 0 to 1. Cycles follow each other without end."""

_NOISE: dict[Electrode, float] = {"needle": 4.0, "surface": 3.0, "armband": 1.0}
"""Standard deviation, microvolt or counts."""
_COUNTS_MAX = 127
"""The armband's converter has eight bits."""
_BLOCK_S = 0.25
_KEPT = 2
"""Blocks and cycles kept for the next read: the one being read, and the one before."""


class SyntheticEmg:
    """Motor unit trains and noise without end, the same for the same seed, whatever is read of it.

    Phases of rest, minimal and moderate effort follow each other and are annotated. The signal is made in
    whole blocks whose randomness depends on the seed and the block alone, and cut afterwards, so that
    chunking and seeking change no bit. `surface` and `armband` are wider, overlapping potentials seen by
    several channels; the armband gives whole counts as a MYO does.

    Labelled synthetic wherever it is described; see `simulators.motor_units` for what it is not. For one
    thread at a time. Raises Refusal for a rate or a number of channels that makes no signal.
    """

    def __init__(
        self,
        seed: int = 1,
        rate_hz: float = 23437.5,
        channels: int = 1,
        pattern: Pattern = "healthy",
        electrode: Electrode = "needle",
        subject: Subject | None = None,
    ) -> None:
        if not 100.0 <= rate_hz <= 200_000.0:
            raise Refusal(
                found=f"a synthetic source at {rate_hz:g} Hz",
                wanted="100 Hz to 200 kHz",
                do="Give another rate.",
            )
        if not 1 <= channels <= 256:
            raise Refusal(
                found=f"a synthetic source of {channels} channels",
                wanted="1 to 256",
                do="Give another number of channels.",
            )
        self._seed = seed
        self._electrode: Electrode = electrode
        self._rate_hz, self._n_channels = rate_hz, channels
        self._units = draw_units(pattern, electrode, channels, rate_hz, self._random(0))
        self._half = max(unit.potential.shape[0] for unit in self._units) // 2
        self._block = max(1, round(_BLOCK_S * rate_hz))
        self._cycle = sum(self._phase_lengths())
        self._blocks: dict[int, NDArray[np.float32]] = {}
        self._trains: dict[int, tuple[NDArray[np.int64], ...]] = {}
        self._description = _description(pattern, electrode, rate_hz, channels, subject or Subject())

    @property
    def description(self) -> StreamDescription:
        """Says that the signal is synthetic in name, model and notes."""
        return self._description

    @property
    def n_samples(self) -> int | None:
        """None: it has no end."""
        return None

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """None: it has no holes."""
        return ()

    def read(self, first: int, stop: int) -> NDArray[np.float32]:
        """EMG samples `first` to `stop` (exclusive): f32 `(n, n_channels)`, microvolt or counts."""
        out = np.empty((max(0, stop - first), self._n_channels), np.float32)
        at = first
        while at < stop:
            block, within = divmod(at, self._block)
            n = min(stop - at, self._block - within)
            out[at - first : at - first + n] = self._made(block)[within : within + n]
            at += n
        return out

    def read_aux(self, first: int, stop: int) -> NDArray[np.float64]:
        """There are no auxiliary channels: f64 `(n, 0)`."""
        return np.empty((max(0, stop - first), 0))

    def annotations_in(self, first: int, stop: int) -> tuple[Annotation, ...]:
        """The phases that begin in this range, as `effort minimal`."""
        found = []
        for cycle in range(max(0, first // self._cycle), stop // self._cycle + 1):
            begin = cycle * self._cycle
            for (name, _, _), length in zip(PHASES, self._phase_lengths(), strict=True):
                if first <= begin < stop:
                    found.append(Annotation(begin, length, f"effort {name}"))
                begin += length
        return tuple(found)

    def discharges(self, first: int, stop: int) -> tuple[NDArray[np.int64], ...]:
        """Per motor unit, the samples in this range at which it discharges: the truth behind the signal."""
        cycles = range(max(0, first // self._cycle), max(0, stop - 1) // self._cycle + 1)
        trains = [self._train(cycle) for cycle in cycles]
        whole = [np.concatenate(parts) for parts in zip(*trains, strict=True)]
        return tuple(train[(train >= first) & (train < stop)] for train in whole)

    def _phase_lengths(self) -> list[int]:
        return [round(seconds * self._rate_hz) for _, seconds, _ in PHASES]

    def _random(self, *key: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, *key])

    def _train(self, cycle: int) -> tuple[NDArray[np.int64], ...]:
        if cycle not in self._trains:
            self._trains[cycle] = tuple(
                self._draw_train(unit, self._random(1, cycle, i)) for i, unit in enumerate(self._units)
            )
            _forget_oldest(self._trains)
        return tuple(train + cycle * self._cycle for train in self._trains[cycle])

    def _draw_train(self, unit: MotorUnit, rng: np.random.Generator) -> NDArray[np.int64]:
        times_s = discharges(unit, tuple((seconds, effort) for _, seconds, effort in PHASES), rng)
        return np.minimum(np.round(times_s * self._rate_hz), self._cycle - 1).astype(np.int64)

    def _made(self, block: int) -> NDArray[np.float32]:
        if block not in self._blocks:
            self._blocks[block] = self._make(block)
            _forget_oldest(self._blocks)
        return self._blocks[block]

    def _make(self, block: int) -> NDArray[np.float32]:
        first = block * self._block
        noise = self._random(2, block).standard_normal((self._block, self._n_channels), np.float32)
        padded = np.zeros((self._block + 4 * self._half + 2, self._n_channels), np.float32)
        padded[2 * self._half : 2 * self._half + self._block] = np.float32(_NOISE[self._electrode]) * noise
        trains = self.discharges(first - self._half, first + self._block + self._half)
        for unit, train in zip(self._units, trains, strict=True):
            length = unit.potential.shape[0]
            for at in train - first + 2 * self._half - length // 2:
                padded[at : at + length] += unit.potential
        signal = padded[2 * self._half : 2 * self._half + self._block]
        if self._electrode == "armband":
            return np.clip(np.round(signal), -_COUNTS_MAX, _COUNTS_MAX)
        return signal


def _forget_oldest(kept: dict) -> None:
    while len(kept) > _KEPT:
        del kept[next(iter(kept))]


def _description(
    pattern: Pattern, electrode: Electrode, rate_hz: float, n_channels: int, subject: Subject
) -> StreamDescription:
    unit = "counts" if electrode == "armband" else "uV"
    labels = ["EMG"] if n_channels == 1 else [f"EMG {c + 1}" for c in range(n_channels)]
    return StreamDescription(
        name=f"Synthetic EMG, {pattern}",
        rate_hz=rate_hz,
        channels=tuple(Channel(label=label, unit=unit) for label in labels),
        subject=subject,
        manufacturer="Myoscope",
        model=SYNTHETIC,
        notes=("Synthetic signal, not a physiological model: what a model says of it means nothing.",),
    )
