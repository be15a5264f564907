"""The virtual patient as a source of samples, with the truth behind every one of them."""

from bisect import bisect_right
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.recording import Annotation
from contracts.records import Channel, Gap, StreamDescription, Subject
from processing.recorders import draw, recorder
from processing.recording_chain import ChainSettings, RecordingChain
from simulators.patient.artefacts import Artefacts, ArtefactSpec
from simulators.patient.protocol import Stay, stays
from simulators.patient.running import SEGMENT_S, Running
from simulators.patient.scene import Scene, built, scene
from simulators.patient.script import Script
from simulators.patient.segment import Segment
from simulators.patient.truth import artefact_annotations, discharge_annotations, phase_annotations

SIMULATED = "virtual patient"

_CHECKPOINT = 40
"""Segments between two copies of the state, which is where a jump back goes on from."""
_RECENT = 6
"""Such copies kept, beside those from the beginning of each stay."""
_KEPT = 3
"""Segments kept for the next read."""
_RUN_KEY, _CHAIN_KEY = 3, 4
_PUSH_S = 0.3
_PUSH_UV = (300.0, 0.6)
"""Median, and the spread of its logarithm: 0.1 to 1 mV."""
_NYQUIST_SHARE = 0.45
"""Of the rate: the highest low-pass where the recorder's own rate is not kept."""


class PatientSource:
    """A scripted examination, sample by sample; keeps `simulators.source.SampleSource`.

    Made segment by segment as it is read. A segment's chance is keyed by the script's seed and its number,
    and all else is carried from one to the next, so that chunking and seeking change no bit: a jump back
    goes on from a copy of the state, a jump forward makes what lies between. While one stay of the needle
    plays, the next is prepared by a thread of its own. For one reader at a time.
    """

    def __init__(self, script: Script, rate_hz: float | None = None) -> None:
        preset = recorder(script.recorder)
        self.script = script
        self.rate_hz = rate_hz or script.rate_hz or preset.rate_hz
        chance = np.random.default_rng([script.seed, _CHAIN_KEY])
        self.chain_settings = script.chain or fitted(draw(preset, chance), self.rate_hz)
        self.stays = stays(script, self.rate_hz)
        self._segments = _segments(self.stays, max(1, round(SEGMENT_S * self.rate_hz)))
        self._firsts = [first for first, _, _ in self._segments]
        self._scenes: dict[int, Future[Scene]] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scene")
        chain = RecordingChain(self.chain_settings, self.rate_hz, script.seed)
        self._artefacts = (*script.artefacts, *insertions(self.stays, self.rate_hz, chance))
        self._running = Running(chain, Artefacts(self._artefacts, self.rate_hz, script.seed))
        self._next = 0
        self._stay_began: dict[int, Running] = {}
        self._recent: dict[int, Running] = {}
        self._made: dict[int, Segment] = {}

    @property
    def description(self) -> StreamDescription:
        """Says in model and notes that nobody was recorded. Subject: that of the first muscle."""
        first = self.script.muscles[0]
        return StreamDescription(
            name=self.script.name,
            rate_hz=self.rate_hz,
            channels=(Channel(label="EMG", unit="uV"),),
            subject=Subject(first.muscle, first.side, self.script.patient.age),
            manufacturer="Myoscope",
            model=SIMULATED,
            notes=("Simulated: nobody was recorded.",),
        )

    @property
    def n_samples(self) -> int | None:
        """Of the whole examination."""
        return self.stays[-1].stop

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """None."""
        return ()

    def read(self, first: int, stop: int) -> NDArray[np.float32]:
        """Samples `first` to `stop` (exclusive), within the examination: f32 `(n, 1)` microvolt."""
        stop = min(stop, self.stays[-1].stop)
        out = np.empty((max(0, stop - first), 1), np.float32)
        at = first
        while at < stop:
            made = self._segment_at(at)
            n = min(stop, made.first + made.samples.shape[0]) - at
            out[at - first : at - first + n, 0] = made.samples[at - made.first : at - made.first + n]
            at += n
        return out

    def read_aux(self, first: int, stop: int) -> NDArray[np.float64]:
        """There are no auxiliary channels: f64 `(n, 0)`."""
        return np.empty((max(0, min(stop, self.stays[-1].stop) - first), 0))

    def annotations_in(self, first: int, stop: int) -> tuple[Annotation, ...]:
        """Muscles, sites, phases, artefacts, and every discharge that is large enough to tell, by index."""
        stop = min(stop, self.stays[-1].stop)
        found = phase_annotations(self.stays, first, stop)
        found += artefact_annotations(self._artefacts, self.rate_hz, first, stop)
        at = first
        while at < stop:
            made = self._segment_at(at)
            found += discharge_annotations(made, at, stop)
            at = made.first + made.samples.shape[0]
        return tuple(sorted(found, key=lambda event: event.index))

    def scene_of(self, stay: Stay) -> Scene:
        """The scene of one stay, computed if need be."""
        return self._scene(self.stays.index(stay))

    def close(self) -> None:
        """End the thread that prepares scenes."""
        self._worker.shutdown(cancel_futures=True)

    def segment(self, number: int) -> Segment:
        """Segment `number`."""
        if number not in self._made:
            if number < self._next:
                copies = self._stay_began | self._recent
                self._next = max(k for k in copies if k <= number)
                self._running = copies[self._next].copy()
            while number not in self._made:
                self._make_next()
        return self._made[number]

    @property
    def n_segments(self) -> int:
        """Of the whole examination."""
        return len(self._segments)

    def _segment_at(self, index: int) -> Segment:
        return self.segment(bisect_right(self._firsts, index) - 1)

    def _make_next(self) -> None:
        number = self._next
        first, n, at_stay = self._segments[number]
        stay = self.stays[at_stay]
        here = self._scene(at_stay) if stay.muscle is not None else None
        if first == stay.first:
            self._stay_began[number] = self._running.copy(at_begin_of_stay=True)
            self._running.performance = here.performance.copy() if here is not None else None
        elif number % _CHECKPOINT == 0:
            self._recent[number] = self._running.copy()
            if len(self._recent) > _RECENT:
                del self._recent[min(self._recent)]
        rng = np.random.default_rng([self.script.seed, _RUN_KEY, number])
        self._made[number] = self._running.segment(first, n, stay, here, rng)
        self._next = number + 1
        for old in [made for made in self._made if abs(made - number) >= _KEPT]:
            del self._made[old]

    def _scene(self, number: int) -> Scene:
        found = built(self._prepared(number))
        if number + 1 < len(self.stays):
            following = number + 1 if self.stays[number + 1].muscle is not None else number + 2
            self._prepared(following)
        for old in [key for key in self._scenes if key < number - 1 or key > number + 2]:
            del self._scenes[old]
        return found

    def _prepared(self, number: int) -> Future[Scene]:
        if number not in self._scenes:
            self._scenes[number] = self._worker.submit(scene, self.script, self.stays[number], self.rate_hz)
        return self._scenes[number]


def insertions(
    planned: tuple[Stay, ...], rate_hz: float, rng: np.random.Generator
) -> tuple[ArtefactSpec, ...]:
    """What pushing the needle does to the baseline, wherever it is inserted."""
    return tuple(
        ArtefactSpec(
            "movement",
            at_s=phase.first / rate_hz,
            duration_s=min(_PUSH_S, (phase.stop - phase.first) / rate_hz),
            amplitude_uv=_PUSH_UV[0] * float(np.exp(_PUSH_UV[1] * rng.standard_normal())),
        )
        for stay in planned
        for phase in stay.phases
        if phase.kind == "insertion"
    )


def fitted(chain: ChainSettings, rate_hz: float) -> ChainSettings:
    """The chain with a low-pass that a recorder of this rate can have."""
    return msgspec.structs.replace(chain, lowpass_hz=min(chain.lowpass_hz, _NYQUIST_SHARE * rate_hz))


def _segments(planned: tuple[Stay, ...], length: int) -> list[tuple[int, int, int]]:
    """First sample, length and number of the stay, of every segment in order."""
    return [
        (first, min(length, stay.stop - first), number)
        for number, stay in enumerate(planned)
        for first in range(stay.first, stay.stop, length)
    ]
