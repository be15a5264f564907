"""What one segment of an examination hands to the next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processing.recording_chain import RecordingChain
from simulators.patient.artefacts import Artefacts
from simulators.patient.performance import Performance
from simulators.patient.protocol import Stay
from simulators.patient.render import nothing
from simulators.patient.scene import Scene
from simulators.patient.segment import Segment

SEGMENT_S = 0.25
"""What is made at once, within one stay. Part of what makes the signal: another value, other bits."""


@dataclass(slots=True)
class Running:
    """The recorder and all clocks between two segments."""

    chain: RecordingChain
    artefacts: Artefacts
    performance: Performance | None = None
    """None while the needle is out."""
    tail: NDArray[np.float64] | None = None
    """What the discharges so far still add after the last sample."""

    def segment(
        self, first: int, n: int, stay: Stay, scene: Scene | None, rng: np.random.Generator
    ) -> Segment:
        """The next `n` samples, from index `first`."""
        tail = self.tail if self.tail is not None else np.zeros(0)
        reach = self.performance.place.reach if self.performance is not None else 0
        signal = np.zeros(max(n + reach, tail.shape[0]))
        signal[: tail.shape[0]] = tail
        discharges, effort = nothing(), np.zeros(n)
        if self.performance is not None:
            discharges, effort = self.performance.play(n, rng, signal)
        self.tail = signal[n:]
        clean = signal[:n].copy()
        self.artefacts.add_to(clean, first)
        samples = self.chain.apply(clean, effort, first)
        return Segment(first, samples, discharges, stay, scene)

    def copy(self, *, at_begin_of_stay: bool = False) -> "Running":
        """An independent copy; at the beginning of a stay without the clocks, which the stay brings along."""
        playing = self.performance if not at_begin_of_stay else None
        performance = playing.copy() if playing is not None else None
        return Running(self.chain.copy(), self.artefacts, performance, self.tail)
