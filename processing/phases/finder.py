"""The phase of the examination, hop by hop."""

from collections import deque

import msgspec
import numpy as np
from numpy.typing import NDArray

from contracts.measured import PhaseKind
from contracts.refusal import Refusal
from processing.phases.blocks import Bands
from processing.phases.figures import Figures, Meter
from processing.phases.insertion import InsertionWatch
from processing.phases.rules import at_rest, effort, moves, spoilt
from processing.phases.settings import PhaseSettings

DEFAULTS = PhaseSettings()
EFFORTS: tuple[PhaseKind, ...] = ("minimal", "moderate", "maximal")


class Hop(msgspec.Struct, frozen=True):
    """A tenth of a second and what it belongs to."""

    first_index: int
    stop_index: int
    phase: PhaseKind
    figures: Figures | None = None
    """That it rests on; None before there is enough signal, and at the end before a gap."""
    insertional_s: float | None = None
    """With the first hop after an insertion: how long activity outlasted the needle's movement; None also where it
    did not end."""


class PhaseFinder:
    """Finds the phase on one channel of a needle examination, in hops of about 100 ms.

    A hop is judged by the windows around it and told at the latest `latency_s` after its end: a new name only
    once several hops in a row speak for it, and then for all of them. Samples go in steps of a hop, counted from the
    first sample or the last gap: how they were cut into chunks changes no bit. Raises Refusal below `minimum_rate_hz`.
    """

    def __init__(self, rate_hz: float, settings: PhaseSettings = DEFAULTS) -> None:
        self._settings, self._rate_hz = settings, rate_hz
        self._bands = Bands(rate_hz, settings.bands, settings.rest.window_s)
        self._meter = Meter(self._bands, rate_hz, settings)
        self.hop = self._bands.hop
        """Samples."""
        hop_s = self.hop / rate_hz
        self._behind = min(self._bands.wide - 1, round(settings.behind_s / hop_s))
        self._hold = max(1, round(settings.hold_s / hop_s))
        self.latency_s = (self._behind + self._hold) * hop_s
        self._insertion = InsertionWatch(self._bands.block, rate_hz, settings.insertion)
        self._floors: deque[float] = deque(maxlen=max(1, round(settings.rest.floor_s / hop_s)))
        self._partial = np.empty(self.hop, np.float32)
        self._fed = False
        self._begin(0)

    def _begin(self, at_index: int) -> None:
        self._next = at_index
        self._filled = 0
        self._untold: deque[int] = deque()
        self._waiting: list[Hop] = []
        self._phase: PhaseKind = "unknown"
        self._bands.reset()
        self._insertion.reset()

    def warm_up(self) -> None:
        """Compile every kernel. Changes nothing here."""
        twin = PhaseFinder(self._rate_hz, self._settings)
        twin.feed(np.zeros((self._bands.wide + 1) * self.hop, np.float32), 0)

    def feed(self, samples: NDArray[np.float32], first_index: int) -> list[Hop]:
        """The hops that became known with the next samples, f32 `(n_samples,)` microvolt, in order.

        Samples follow each other; after missing ones call `gap` first. Raises Refusal where they do not.
        """
        if not self._fed:
            self._fed = True
            self._begin(first_index)
        if first_index != self._next:
            raise Refusal(
                found=f"samples from index {first_index}",
                wanted=f"those from {self._next}",
                do="Tell of missing samples by calling gap.",
            )
        told: list[Hop] = []
        at = 0
        while at < samples.size:
            n = min(self.hop - self._filled, samples.size - at)
            self._partial[self._filled : self._filled + n] = samples[at : at + n]
            self._filled += n
            self._next += n
            at += n
            if self._filled == self.hop:
                self._filled = 0
                told += self._take(self._next - self.hop)
        return told

    def gap(self, at_index: int) -> list[Hop]:
        """The hops that were held back, as what was before them; the next sample has index `at_index`.

        What is left of a hop is told by nobody. The phase is unknown until there is a whole window again.
        """
        told = [msgspec.structs.replace(hop, phase=self._phase) for hop in self._waiting]
        told += [Hop(first, first + self.hop, self._phase) for first in self._untold]
        self._fed = True
        self._begin(at_index)
        return told

    def _take(self, first_index: int) -> list[Hop]:
        self._bands.take(self._partial)
        self._untold.append(first_index)
        if not self._bands.full:
            if len(self._untold) <= self._behind:
                return []
            first = self._untold.popleft()
            return [Hop(first, first + self.hop, "unknown")]
        return self._name(self._bands.wide - 1 - self._behind)

    def _name(self, at: int) -> list[Hop]:
        """Hops that have a name now, with the next one that is judged, which is `at` of those that are held."""
        figures = self._meter.figures(at)
        first = self._untold.popleft()
        phase, insertional_s = self._judge(at, figures)
        found = Hop(first, first + self.hop, phase, figures, insertional_s)
        if phase == self._phase:
            return [*self._release(self._phase), found]
        told: list[Hop] = []
        if self._waiting and phase != self._waiting[-1].phase:
            # Neither the old name nor the one that was coming up: those that waited keep the old.
            told = self._release(self._phase)
        self._waiting.append(found)
        if len(self._waiting) >= self._hold or phase in ("insertion", "artefact"):
            self._phase = phase
            told += self._release(phase)
        return told

    def _release(self, phase: PhaseKind) -> list[Hop]:
        told = [msgspec.structs.replace(hop, phase=phase) for hop in self._waiting]
        self._waiting.clear()
        return told

    def _judge(self, at: int, figures: Figures) -> tuple[PhaseKind, float | None]:
        """What speaks for itself in a hop, whatever was before."""
        settings = self._settings
        if spoilt(figures, settings.artefact):
            self._insertion.reset()
            return "artefact", None
        tensed = self._phase in EFFORTS
        moving = moves(figures, tensed, settings.insertion, settings.artefact)
        state = self._insertion.take(self._bands, at, moving, tensed)
        if state == "moving too long":
            return "artefact", None
        if state == "going on":
            return "insertion", None
        self._floors.append(figures.quiet_middle_uv)
        quiet = at_rest(figures, min(self._floors), settings.rest)
        phase = "rest" if quiet else effort(figures, settings.effort)
        return phase, self._insertion.ended_s if state == "just over" else None
