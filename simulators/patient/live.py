"""A virtual patient without an end, who can be told what to do while the signal runs."""

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.recording import Annotation
from contracts.commands import PatientState, SetPatient
from contracts.records import SCENE_CHANGED, Channel, Gap, StreamDescription, Subject
from contracts.refusal import Refusal
from processing.recorders import draw, recorder
from processing.recording_chain import RecordingChain
from simulators.patient.artefacts import Artefacts
from simulators.patient.muscles import muscle, muscles
from simulators.patient.person import Disorder, Person
from simulators.patient.protocol import PlannedPhase, Stay, stays
from simulators.patient.running import SEGMENT_S, Running
from simulators.patient.scene import Scene, built, scene
from simulators.patient.script import EFFORTS, MuscleScript, Phase, Script
from simulators.patient.segment import Segment
from simulators.patient.source import SIMULATED, fitted, insertions
from simulators.patient.truth import discharge_annotations

PROTOCOL = (
    Phase("insertion", 1.0),
    Phase("rest", 8.0),
    Phase("minimal", 24.0),
    Phase("moderate", 6.0),
    Phase("rest", 3.0),
)
"""At every needle position, then the needle moves to the next. Slight effort lasts as long as a template takes to
become clear, and nobody moves a needle in a tensed muscle."""
_KEPT = 40
"""Segments, and as many times notes, kept for whoever reads a little behind."""
_RUN_KEY, _SEX_KEY = 5, 6
_WHO = ("condition", "severity", "stage", "age")
"""Of the state: what makes a person."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the patient shall be; with the number of the needle position it gives the scene."""

    state: PatientState
    seed: int

    def script(self) -> Script:
        """An examination of one position."""
        state = self.state
        sex = "female" if np.random.default_rng([self.seed, _SEX_KEY]).random() < 0.5 else "male"
        disorders = (
            () if state.condition == "healthy" else (Disorder(state.condition, state.severity, state.stage),)
        )
        # A needle that keeps still is prepared in half the time.
        about = MuscleScript(state.muscle, state.side, sites=1, phases=PROTOCOL, last_phases=(), drift_mm=0.0)
        return Script(
            seed=self.seed,
            patient=Person(state.age, sex, disorders),
            muscles=(about,),
        )


def _another(left: _Wanted, wanted: _Wanted) -> str:
    """What is new in plain words, without the truth: what changed most."""
    here, there = left.state, wanted.state
    if left.seed != wanted.seed or any(getattr(here, name) != getattr(there, name) for name in _WHO):
        return "another person"
    same = (here.muscle, here.side) == (there.muscle, there.side)
    return "another needle position" if same else "another muscle"


class LivePatient:
    """Endless; keeps `simulators.source.SampleSource` for a player that never goes back.

    `change` may be called from any thread: a new scene is prepared aside, about a second, while the old
    one goes on, and takes over with the segment after. Effort follows at once. The signal depends on when
    commands arrive; a script is what gives the same bits again. Raises Refusal for an unknown muscle.
    """

    def __init__(self, state: PatientState, seed: int, rate_hz: float | None = None) -> None:
        preset = recorder("bedside")
        self.rate_hz = rate_hz or preset.rate_hz
        settings = fitted(draw(preset, np.random.default_rng([seed, _RUN_KEY])), self.rate_hz)
        self._running = Running(
            RecordingChain(settings, self.rate_hz, seed), Artefacts((), self.rate_hz, seed)
        )
        self._rng = np.random.default_rng([seed, _RUN_KEY, 1])
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scene")
        self._wanted = _Wanted(msgspec.structs.replace(state, muscle=muscle(state.muscle).name), seed)
        self._site = 0
        self._aimed = "protocol"
        self._segments: deque[Segment] = deque(maxlen=_KEPT)
        self._notes: deque[Annotation] = deque(maxlen=_KEPT)
        self._stop = 0
        self._next = self._prepare(self._wanted, 1)
        self._urgent = True
        self._stay, self._scene = self._enter(None)

    @property
    def description(self) -> StreamDescription:
        """Says in model and notes that nobody was recorded. Subject: the one of the beginning."""
        state = self.state
        return StreamDescription(
            name="Virtual patient",
            rate_hz=self.rate_hz,
            channels=(Channel(label="EMG", unit="uV"),),
            subject=Subject(state.muscle, state.side, state.age),
            manufacturer="Myoscope",
            model=SIMULATED,
            notes=("Simulated: nobody was recorded.",),
        )

    @property
    def n_samples(self) -> int | None:
        """None: it has no end."""
        return None

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """None."""
        return ()

    @property
    def state(self) -> PatientState:
        """What the patient does at this moment."""
        with self._lock:
            wanted, site = self._wanted.state, self._site
        return msgspec.structs.replace(
            wanted, site=site, phase=self._phase().kind, muscles=tuple(each.name for each in muscles())
        )

    def change(self, command: SetPatient) -> PatientState:
        """Do what was asked; the state that follows. Raises Refusal for an unknown muscle."""
        given = {
            name: value
            for name in ("condition", "severity", "stage", "age", "muscle", "side")
            if (value := getattr(command, name)) is not None
        }
        if command.muscle is not None:
            given["muscle"] = muscle(command.muscle).name
        with self._lock:
            effort = command.effort or self._wanted.state.effort
            state = msgspec.structs.replace(self._wanted.state, **given, effort=effort)
            self._wanted = _Wanted(state, self._wanted.seed + command.another_person)
            if given or command.another_person or command.move_needle:
                self._next.cancel()
                self._next = self._prepare(self._wanted, self._site + 1)
                self._urgent = True
        return self.state

    def read(self, first: int, stop: int) -> NDArray[np.float32]:
        """Samples `first` to `stop` (exclusive): f32 `(n, 1)` microvolt.

        Raises Refusal for samples that are no longer kept.
        """
        while self._stop < stop:
            self._make_next()
        oldest = self._segments[0].first if self._segments else 0
        if first < min(oldest, stop):
            raise Refusal(
                found=f"a reading from sample {first} on",
                wanted=f"from {oldest} on: the last {_KEPT * SEGMENT_S:g} s are kept",
                do="Read on; a script can be read from anywhere.",
            )
        out = np.empty((max(0, stop - first), 1), np.float32)
        for made in self._segments:
            begin, end = max(first, made.first), min(stop, made.first + made.samples.shape[0])
            if begin < end:
                out[begin - first : end - first, 0] = made.samples[begin - made.first : end - made.first]
        return out

    def read_aux(self, first: int, stop: int) -> NDArray[np.float64]:
        """There are no auxiliary channels: f64 `(n, 0)`."""
        return np.empty((max(0, stop - first), 0))

    def annotations_in(self, first: int, stop: int) -> tuple[Annotation, ...]:
        """Positions, phases and discharges, as a script has them."""
        while self._stop < stop:
            self._make_next()
        found = [note for note in self._notes if first <= note.index < stop]
        for made in self._segments:
            if made.first < stop and made.first + made.samples.shape[0] > first:
                found += discharge_annotations(made, first, stop)
        return tuple(sorted(found, key=lambda event: event.index))

    def close(self) -> None:
        """End the thread that prepares scenes."""
        self._worker.shutdown(cancel_futures=True)

    def _prepare(self, wanted: _Wanted, site: int) -> Future[Scene]:
        script = wanted.script()
        stay = replace(stays(script, self.rate_hz)[0], site=site)
        return self._worker.submit(scene, script, stay, self.rate_hz)

    def _take_next(self) -> tuple[_Wanted, Scene]:
        """What the patient shall be, and the scene of it, waited for; the one after is prepared.

        A command that comes while it is waited for puts another one in its place.
        """
        while True:
            with self._lock:
                following = self._next
            wait([following])
            with self._lock:
                if following is self._next:
                    self._site += 1
                    self._urgent = False
                    self._next = self._prepare(self._wanted, self._site + 1)
                    return self._wanted, built(following)

    def _enter(self, left: _Wanted | None) -> tuple[Stay, Scene]:
        """Go to the next position: its clocks begin. `left`: what the patient was at the one before."""
        wanted, found = self._take_next()
        self._entered = wanted
        script, effort = wanted.script(), wanted.state.effort
        planned = stays(script, self.rate_hz)[0]
        phases = tuple(
            PlannedPhase(p.kind, p.first + self._stop, p.stop + self._stop, p.efforts) for p in planned.phases
        )
        stay = replace(
            planned, first=self._stop, stop=self._stop + planned.stop, phases=phases, site=self._site
        )
        self._running.performance = found.performance.copy()
        pushed = insertions((stay,), self.rate_hz, self._rng)
        self._running.artefacts = Artefacts(pushed, self.rate_hz, int(self._rng.integers(2**32)))
        self._aimed = "protocol"
        if left is not None:
            self._notes.append(Annotation(stay.first, 0, f"{SCENE_CHANGED}{_another(left, wanted)}"))
        self._notes.append(Annotation(stay.first, 0, f"muscle {script.muscles[0].side} {found.muscle.name}"))
        self._notes.append(Annotation(stay.first, 0, f"site {self._site}"))
        if effort == "protocol":
            self._notes.extend(Annotation(p.first, p.stop - p.first, f"phase {p.kind}") for p in phases)
        return stay, found

    def _make_next(self) -> None:
        with self._lock:
            effort, urgent, ready = self._wanted.state.effort, self._urgent, self._next.done()
        over = effort == "protocol" and self._stop >= self._stay.stop
        back = effort == "protocol" and self._aimed != "protocol"
        # What was commanded is never waited for: the signal goes on until it is there.
        if ready if urgent else over or back:
            self._stay, self._scene = self._enter(self._entered)
        if effort not in ("protocol", self._aimed) and self._running.performance is not None:
            self._running.performance.pool.drive.aim(EFFORTS[effort][0])
            self._aimed = effort
            self._notes.append(Annotation(self._stop, 0, f"phase {effort}"))
        n = max(1, round(SEGMENT_S * self.rate_hz))
        made = self._running.segment(self._stop, n, self._stay, self._scene, self._rng)
        self._segments.append(made)
        self._stop += n

    def _phase(self) -> PlannedPhase:
        if self._aimed != "protocol":
            return PlannedPhase(self._aimed, 0, 0, (0.0, 0.0))  # pyright: ignore[reportArgumentType]
        begun = [phase for phase in self._stay.phases if phase.first <= self._stop]
        return begun[-1] if begun else self._stay.phases[0]
