"""Watching a muscle at rest: samples in, named trains out."""

import numpy as np
from numpy.typing import NDArray

from contracts.measured import DischargeKind, Grade, RestTrain
from contracts.refusal import Refusal
from processing.spontaneous.grading import Grader
from processing.spontaneous.hearing import Hearing
from processing.spontaneous.naming import Named, fasciculation, name, quick
from processing.spontaneous.parts import alone, fit_together, part_of_another, same_as, shadow_of
from processing.spontaneous.rhythm import rhythm
from processing.spontaneous.settings import RestSettings
from processing.spontaneous.shape import ShapeMeter
from processing.spontaneous.sorting import Sorter
from processing.spontaneous.telling import as_record
from processing.spontaneous.trains import Train
from processing.spontaneous.twitches import twitches

DEFAULTS = RestSettings()

VAGUE: tuple[DischargeKind, ...] = (
    "not named",
    "irregular single-fibre potentials",
    "fasciculation potentials",
)
"""Names that potentials get which others lie upon."""


class RestWatcher:
    """Finds, sorts and names what discharges at rest, on one channel.

    Fed only while the muscle is said to be at rest, with samples that follow each other: `begin` where rest begins,
    `gap` where samples are missing, `end` where rest ends. The signal is looked through in steps of a fixed length,
    counted from the beginning or the last gap, so that chunking changes nothing. A train is told of once it can
    be named, when its name changes, every few seconds while it goes on, and when it ends. Raises Refusal below
    `minimum_rate_hz`, and for samples that do not follow.
    """

    def __init__(self, rate_hz: float, settings: RestSettings = DEFAULTS) -> None:
        if not rate_hz >= settings.minimum_rate_hz:
            raise Refusal(
                found=f"a rate of {rate_hz:g} Hz",
                wanted=f"at least {settings.minimum_rate_hz:g} Hz to tell potentials of single fibres",
                do="Record with a needle at 20 kHz or more.",
            )
        self._rate_hz = rate_hz
        self._settings = settings
        self._sorter = Sorter(rate_hz, settings)
        self._hearing = Hearing(rate_hz, self._sorter.step, settings)
        self._meter = ShapeMeter(rate_hz, self._sorter.middle, settings.shape)
        self._review = max(1, round(settings.evidence.review_s * 1000.0 / settings.step_ms))
        self._grader = Grader(rate_hz, settings.grades)
        self._partial = np.empty(self._sorter.step, np.float32)
        self.latency_s = self._sorter.latency / rate_hz
        """After which a potential is known. A train is told of at the next review, `review_s` later at most."""
        self._alone = round(settings.naming.alone_ms * rate_hz / 1000.0)
        self._numbers = 0
        self._site = 1
        self._resting = False
        self._restart(0)

    def begin(self, site: int, at_index: int) -> None:
        """Rest begins at a site; the next sample has index `at_index`."""
        self._site = site
        self._resting = True
        self._grader.visit(site)
        self._restart(at_index)

    def end(self, at_index: int) -> list[RestTrain]:
        """Rest ends before `at_index`: so does every train."""
        told = self._end_all()
        self._resting = False
        self._restart(at_index)
        return told

    def gap(self, at_index: int) -> list[RestTrain]:
        """Samples are missing: trains end there, rest goes on with sample `at_index`."""
        told = self._end_all()
        self._restart(at_index)
        return told

    def new_muscle(self) -> None:
        """Forget the sites, and all that was found at them."""
        self._grader = Grader(self._rate_hz, self._settings.grades)
        if self._resting:
            self._grader.visit(self._site)

    @property
    def relaxed(self) -> bool:
        """False while units discharge as under the will; as of the newest review."""
        return self._hearing.relaxed(self._sorter.known)

    @property
    def watched_s(self) -> float:
        """Rest that was watched at this site so far."""
        return self._grader.watched_s(self._site)

    def grades(self) -> tuple[Grade, ...]:
        """A proposal for each kind that is graded, over the sites of this muscle so far."""
        return self._grader.grades()

    def warm_up(self) -> None:
        """Compile every kernel, so that the first potential waits for none. Changes nothing here."""
        n = round(3.0 * self._rate_hz)
        signal = np.random.default_rng(0).standard_normal(n).astype(np.float32)
        width = max(1, round(0.3e-3 * self._rate_hz))
        for at in range(n // 20, n - width, n // 20):
            signal[at : at + width] -= np.float32(100.0)
        twin = RestWatcher(self._rate_hz, self._settings)
        twin.begin(1, 0)
        twin.feed(signal, 0)

    def feed(self, samples: NDArray[np.float32], first_index: int) -> list[RestTrain]:
        """What became known with the next samples, f32 `(n_samples,)` microvolt."""
        if not self._resting or first_index != self._next:
            raise Refusal(
                found=f"samples from index {first_index}",
                wanted=f"those from {self._next} of a muscle at rest",
                do="Tell of rest by calling begin, and of missing samples by calling gap.",
            )
        found: list[RestTrain] = []
        at, step = 0, self._sorter.step
        while at < samples.size:
            n = min(step - self._filled, samples.size - at)
            self._partial[self._filled : self._filled + n] = samples[at : at + n]
            self._filled += n
            at += n
            if self._filled == step:
                self._filled = 0
                found += self._take_step()
        self._next = first_index + samples.size
        return found

    def _restart(self, at_index: int) -> None:
        self._next = at_index
        self._filled = 0
        self._steps = 0
        self._stepped = at_index
        self._sorter.reset(at_index)
        self._sorter.forget()
        self._hearing.reset(at_index)
        self._trains: dict[int, Train] = {}
        self._noise: Train | None = None
        """End-plate noise: of all shapes together."""
        self._twitch: Train | None = None
        """Fasciculation potentials of no one shape."""

    def _take_step(self) -> list[RestTrain]:
        self._stepped += self._sorter.step
        if self.relaxed:
            self._grader.watched(self._site, self._sorter.step)
        told: list[RestTrain] = []
        self._hearing.take(self._partial)
        for found in self._sorter.take(self._partial):
            if found.begins:
                told += self._end(self._trains.pop(found.row, None))
                self._trains[found.row] = Train(found.row, found.index, self._settings.evidence.kept)
            train = self._trains.get(found.row)
            if train is not None:
                train.add(found.index, found.size_uv)
        self._steps += 1
        if self._steps % self._review == 0:
            told += self._review_trains()
        return told

    def _review_trains(self) -> list[RestTrain]:
        told: list[RestTrain] = []
        looked_at: list[Train] = []
        for train in list(self._trains.values()):
            if self._silent(train):
                told += self._drop(train)
            elif train.fresh:
                train.fresh = False
                told += self._measure(train, looked_at)
        self._hearing.review(self._trains, self._sorter.known)
        for train in looked_at:
            told += self._look_at(train)
        return told + self._listen() + self._twitching()

    def _measure(self, train: Train, looked_at: list[Train]) -> list[RestTrain]:
        """Pattern and shape of a train that has discharged, unless it belongs to another."""
        e = self._settings.evidence
        if train.total < 3:
            return []
        first = train.last_index - round(e.memory_s * self._rate_hz)
        index = train.index
        if index.size - int(np.searchsorted(index, first)) < e.memory_s:
            first = train.last_index - round(e.slow_memory_s * self._rate_hz)
        at = int(np.searchsorted(index, first))
        if index.size - at < 3:
            return []
        train.pattern = rhythm(index[at:], train.sizes_uv[at:], self._rate_hz, self._settings.naming)
        train.potential = self._meter.measure(self._sorter.means[train.row])
        self._sorter.fast[train.row] = quick(train.pattern, 1000.0 / self._settings.sort.fast_ms)
        same = same_as(train, self._trains.values(), self._sorter, self._settings.sort)
        around, naming = self._hearing.around, self._settings.naming
        if same is not None and fit_together(train, same, around, self._rate_hz, naming):
            same.absorb(train)
            return self._drop(train)
        train.part = part_of_another(train, self._trains.values(), self._rate_hz)
        if train.part:
            told = self._end(train)
            train.unname()
            self._sorter.held[train.row] = False
            return told
        looked_at.append(train)
        return []

    def _look_at(self, train: Train) -> list[RestTrain]:
        """Name a train, and say so if that is new."""
        if train.pattern is None or train.potential is None:
            return []
        share = 1.0
        if train.pattern.mean_hz < self._settings.naming.fasciculation_hz:
            share = alone(train, self._trains.values(), self._alone)
        now = self._sorter.known
        others = any(t.paced_until > now for t in self._trains.values() if t is not train)
        around = self._hearing.around._replace(
            effort=self._hearing.around.effort or others,
            paced=train.row in self._hearing.paced,
            was_paced=train.paced_until > now,
            alone=share,
        )
        named = name(train.pattern, train.potential, around, self._settings)
        if named is None or train.propose(named) < self._settings.evidence.reviews:
            return []
        small = train.potential.amplitude_uv < self._settings.naming.noise_uv
        vague = named.kind in VAGUE
        if vague and (
            (self._hearing.around.chaos and small) or shadow_of(train, self._trains.values(), self._sorter)
        ):
            return []
        return self._say(train, named)

    def _listen(self) -> list[RestTrain]:
        """Tell of end-plate noise."""
        e = self._settings.evidence
        effort = self._hearing.around.effort or any(
            t.paced_until > self._sorter.known for t in self._trains.values()
        )
        named = None if effort else self._hearing.noise
        noise, source = self._noise, self._hearing.hiss.train
        if named is None or source is None:
            silence = noise is not None and self._sorter.known - noise.last_index > e.ended_s * self._rate_hz
            if noise is None or not silence:
                return []
            self._noise = None
            return self._end(noise)
        if noise is None:
            noise = self._noise = Train(source.row, source.last_index, e.kept)
        assert source.pattern is not None
        noise.row, noise.potential = source.row, source.potential
        noise.pattern = source.pattern._replace(run_hz=self._hearing.hiss.rate_hz, cv=self._hearing.hiss.cv)
        noise.add(source.last_index, source.size_uv)
        if noise.propose(named) < 2 * e.reviews:
            return []
        return self._say(noise, named)

    def _twitching(self) -> list[RestTrain]:
        """Tell of fasciculation potentials that no single shape stands for."""
        e, now, held = self._settings.evidence, self._sorter.known, self._trains.values()
        whole = any(t.named is not None and t.named.kind == "fasciculation potentials" for t in held)
        twitch = self._twitch
        if whole or (twitch is not None and self._silent(twitch)):
            self._twitch = None
            return self._end(twitch)
        if self._hearing.around.effort or any(t.paced_until > now for t in held):
            return []
        first = now - round(e.slow_memory_s * self._rate_hz)
        found = twitches(held, first, self._rate_hz, self._settings.naming)
        if found is None or found.train.potential is None or found.pattern.span_s < e.span_s:
            return []
        if twitch is None:
            twitch = self._twitch = Train(found.train.row, int(found.at[0]), e.kept)
        newest = twitch.last_index if twitch.total else first
        new = found.at[found.at > newest].tolist()
        twitch.row, twitch.pattern, twitch.potential = found.train.row, found.pattern, found.train.potential
        for index in new:
            twitch.add(index, found.train.size_uv)
        around = self._hearing.around._replace(alone=found.alone)
        named = fasciculation(found.pattern, found.train.potential, around, self._settings.naming)
        if not new or named is None or twitch.propose(named) < e.reviews:
            return []
        return self._say(twitch, named)

    def _say(self, train: Train, named: Named) -> list[RestTrain]:
        late = train.last_index - train.told_index > self._settings.evidence.told_s * self._rate_hz
        if train.named is not None and train.named.kind == named.kind and not late:
            return []
        if train.number == 0:
            self._numbers += 1
            train.number = self._numbers
            self._sorter.held[train.row] = True
        train.named = named
        train.told_index = train.last_index
        span_s = (train.last_index - train.first_index) / self._rate_hz
        self._grader.saw(self._site, train.number, named.kind, span_s)
        return [self._told(train, named, ended=False)]

    def _silent(self, train: Train) -> bool:
        e = self._settings.evidence
        slow = train.named is None or train.named.kind == "fasciculation potentials"
        silence = e.ended_slow_s if slow else e.ended_s
        return self._sorter.known - train.last_index > silence * self._rate_hz

    def _drop(self, train: Train) -> list[RestTrain]:
        told = self._end(train)
        del self._trains[train.row]
        self._sorter.drop(train.row)
        return told

    def _end_all(self) -> list[RestTrain]:
        trains = [*self._trains.values(), *(t for t in (self._noise, self._twitch) if t is not None)]
        return [each for train in trains for each in self._end(train)]

    def _end(self, train: Train | None) -> list[RestTrain]:
        """The last word on a train that was told of."""
        if train is None or train.named is None:
            return []
        return [self._told(train, train.named, ended=True)]

    def _told(self, train: Train, named: Named, ended: bool) -> RestTrain:
        mean = self._sorter.means[train.row]
        return as_record(train, named, self._site, self.watched_s, self._rate_hz, mean, ended)
