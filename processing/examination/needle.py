"""One needle channel, examined as it comes."""

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from contracts.measured import Measured, MuscleSummary, PhaseKind, RestTrain, Unit
from contracts.records import Subject
from processing.epochs.meter import EpochMeter
from processing.examination.current_phase import EFFORTS, CurrentPhase
from processing.examination.following import FIBRE, NOTHING, Followed, Following
from processing.examination.muscle import MuscleRecord
from processing.examination.settings import ExaminationSettings
from processing.norms.lookup import Norms
from processing.phases.finder import Hop, PhaseFinder
from processing.recruitment.watcher import RecruitmentWatcher
from processing.ring import RingBuffer
from processing.spontaneous.watcher import RestWatcher

NO_UNIT = frozenset(("two units mixed", "as regular as a fibrillating fibre", FIBRE))
"""Flags of trains whose rate is that of no unit that obeys the will."""


class NeedleExaminer:
    """Samples of one channel in, measures out, the same for any chunking.

    The signal is taken in steps of a fixed number of samples, counted from the first or from the last gap. Its
    phase is known some tenths of a second late; what belongs to it is then brought up from a ring: motor units
    are followed during effort only and without delay, and rest is watched as late as it is sure to be rest.
    """

    def __init__(self, channel: int, rate_hz: float, settings: ExaminationSettings, norms: Norms) -> None:
        self._channel = channel
        self._settings = settings
        self._step = max(1, round(settings.step_s * rate_hz))
        self._report = max(1, round(settings.report_s / settings.step_s))
        self._finder = PhaseFinder(rate_hz, settings.phases)
        self._following = Following(channel, rate_hz, settings)
        self._rate_hz = rate_hz
        self._recruitment = RecruitmentWatcher(rate_hz, settings.recruitment)
        self._epochs = EpochMeter(rate_hz, settings.epochs)
        self._epochs.channel = channel
        self._rest = RestWatcher(rate_hz, settings.rest)
        self._muscle = MuscleRecord(channel, norms, settings)
        held_s = max(settings.look_back_s, 2.0 * self._finder.latency_s)
        self._ring = RingBuffer(round(held_s * rate_hz) + 2 * self._step, 1)
        self._partial = np.empty(self._step, dtype=np.float32)
        self._current = CurrentPhase(channel)
        self._phase: PhaseKind = "unknown"
        self._watching = False
        """Whether what discharges is watched as at rest."""
        self._site = 1
        self._used = False
        """Whether anything was measured at this site."""
        self._changed = True
        self._begun = False
        self._steps = 0
        self._begin(0)
        self.latency_s = self._following.latency_s + self._step / rate_hz
        """After which a unit's discharge is told."""

    def _begin(self, at_index: int) -> None:
        self._first = self._stop = at_index
        """Of the steps that were taken since the last gap."""
        self._filled = 0
        self._rest_from = self._followed_to = at_index
        self._ring.reset(at_index)

    def warm_up(self) -> None:
        """Compile every kernel; changes nothing here."""
        self._finder.warm_up()
        self._following.warm_up()
        self._rest.warm_up()

    def set_subject(self, subject: Subject) -> list[Measured]:
        """Whose muscle it is; another muscle or side begins anew."""
        held = self._muscle.subject
        self._changed = True
        if (held.muscle, held.side) == (subject.muscle, subject.side):
            self._muscle.subject = subject
            return []
        return self.begin_anew(subject)

    def begin_anew(self, subject: Subject) -> list[Measured]:
        """Another muscle, or that of another person: nothing that was measured counts any more."""
        self._changed = True
        out = self._to_site(1)
        self._muscle.begin(subject)
        self._epochs.cloud = self._muscle.cloud
        self._rest.new_muscle()
        self._recruitment = RecruitmentWatcher(self._rate_hz, self._settings.recruitment)
        if self._current.asked is not None:
            self._recruitment.asked(self._current.asked)
        return out

    @property
    def subject(self) -> Subject:
        """Whose muscle it is."""
        return self._muscle.subject

    def set_phase(self, phase: PhaseKind | None) -> list[Measured]:
        """The examiner's word, from the newest step on; None gives it back to the signal."""
        self._current.ask(phase)
        if phase is not None:
            self._recruitment.asked(phase)
        return self._decide(self._stop, None) if self._begun else []

    def next_site(self) -> list[Measured]:
        """The needle is at another position of this muscle."""
        return self._to_site(self._site + 1)

    def feed(self, samples: NDArray[np.float32], first_index: int) -> list[Measured]:
        """What became known with the next samples, f32 `(n_samples,)` microvolt.

        After missing samples call `gap` first.
        """
        out: list[Measured] = []
        if not self._begun:
            out += self.gap(first_index)
        at = 0
        while at < samples.size:
            n = min(self._step - self._filled, samples.size - at)
            self._partial[self._filled : self._filled + n] = samples[at : at + n]
            self._filled += n
            at += n
            if self._filled == self._step:
                self._filled = 0
                out += self._take_step(self._partial.copy())
        return out

    def gap(self, at_index: int) -> list[Measured]:
        """What was held back; the next sample has index `at_index`. Trains, rest and epochs end before it."""
        out = self._flush(at_index) if self._begun else []
        self._begun = True
        self._begin(at_index)
        self._finder.gap(at_index)
        self._epochs.gap(at_index)
        self._recruitment.gap(at_index)
        self._current.find("unknown")
        self._phase = "unknown"
        return out + self._decide(at_index, None)

    def known(self) -> list[Measured]:
        """Phase, units of this needle position and the muscle's summary, as they were told last."""
        last = self._current.last
        return [] if last is None else [last, *self._following.told(), self._summary()]

    def finish(self) -> list[Measured]:
        """The last words, at the end of the signal."""
        if not self._begun:
            return []
        out = self._flush(self._stop)
        self._changed = True
        return out + self._report_now()

    def _take_step(self, step: NDArray[np.float32]) -> list[Measured]:
        first = self._stop
        self._stop += self._step
        self._steps += 1
        out: list[Measured] = []
        self._ring.push(step[:, None])
        if self._following.active:
            out += self._followed(self._following.feed(step, first))
        self._epochs.feed(step, first)
        out += self._sort(self._finder.feed(step, first))
        if self._steps % self._report == 0:
            out += self._report_now()
        return out

    def _sort(self, hops: Sequence[Hop]) -> list[Measured]:
        """Lead stretches whose phase is known to where they belong."""
        out: list[Measured] = []
        for hop in hops:
            self._current.find(hop.phase)
            out += self._decide(hop.first_index, hop)
            if self._watching:
                out += self._watch(hop.stop_index)
                self._current.strain(not self._rest.relaxed)
            self._recruitment.phase(replace(hop, phase=self._phase))
            for epoch in self._epochs.phase(self._phase, hop.first_index, hop.stop_index):
                self._muscle.take_epoch(epoch)
                self._changed = self._used = True
                out.append(epoch)
        return out

    def _decide(self, at_index: int, hop: Hop | None) -> list[Measured]:
        """Go by the examiner's word or else by the signal's, and say so where that is new."""
        phase, before = self._current.phase, self._phase
        out: list[Measured] = []
        insertional_s = hop.insertional_s if hop is not None else None
        if insertional_s is not None:
            self._muscle.take_insertion(insertional_s)
            self._changed = True
        if self._watching and not self._current.watched:
            out += self._watch(min(at_index, self._stop))
            out += self._end_watch(at_index)
        if phase == before and self._watching == self._current.watched:
            return [*out, *self._current.news(at_index, self._site, insertional_s)]
        if before in EFFORTS and phase not in EFFORTS:
            out += self._stop_following()
        self._phase = phase
        self._following.effort(phase)
        if phase == "insertion" and self._used and self._settings.site_by_insertion:
            out += self._move(self._site + 1)
        out += self._current.news(at_index, self._site, insertional_s)
        if self._current.watched and not self._watching:
            self._watching = True
            self._rest_from = max(at_index, self._ring.first_index)
            self._rest.begin(self._site, self._rest_from)
        if phase in EFFORTS and not self._following.active:
            out += self._catch_up(max(at_index, self._ring.first_index, self._followed_to))
        return out

    def _catch_up(self, first: int) -> list[Measured]:
        """Follow units from the beginning of an effort that was known late."""
        self._following.begin(first)
        if first == self._stop:
            return []
        return self._followed(self._following.feed(self._held(first, self._stop), first))

    def _end_watch(self, at_index: int) -> list[Measured]:
        self._watching = False
        self._current.strain(False)
        return self._rested(self._rest.end(at_index))

    def _watch(self, stop: int) -> list[Measured]:
        """Give the watcher what is sure to be rest."""
        first = max(self._rest_from, self._ring.first_index)
        if stop <= first:
            return []
        self._rest_from = stop
        self._used = True
        return self._rested(self._rest.feed(self._held(first, stop), first))

    def _held(self, first: int, stop: int) -> NDArray[np.float32]:
        return self._ring.window(stop, stop - first)[:, 0].copy()

    def _flush(self, at_index: int) -> list[Measured]:
        """What waited for its phase, and the end of what goes on."""
        return self._sort(self._finder.gap(at_index)) + self._leave(self._stop)

    def _leave(self, stop: int) -> list[Measured]:
        """The end of what goes on."""
        out: list[Measured] = []
        if self._watching:
            out += self._end_watch(stop)
        if self._following.active:
            out += self._stop_following()
        self._phase = "unknown"
        return out

    def _stop_following(self) -> list[Measured]:
        self._followed_to = self._stop
        return self._followed(self._following.stop(self._stop))

    def _to_site(self, site: int) -> list[Measured]:
        """Another needle position, from the newest step on."""
        if not self._begun:
            return []
        out = self._leave(self._stop) + self._move(site)
        return out + self._decide(self._stop, None)

    def _move(self, site: int) -> list[Measured]:
        """Nothing spans this moment; the last words on the units of the position that is left."""
        out = self._noted(self._following.next_site(site))
        self._site = self._epochs.site = site
        self._epochs.cut(self._stop)
        self._recruitment.gap(self._stop)
        self._used = False
        self._changed = True
        return out

    def _followed(self, told: Followed) -> list[Measured]:
        if told is NOTHING:
            return []
        for unit, indices in told.born:
            self._recruitment.reassign(unit, indices)
        if told.discharges is not None:
            self._used = True
            for unit, index in zip(told.discharges.units, told.discharges.indices, strict=True):
                self._recruitment.add(unit, index)
        for unit, into in told.merged:
            self._recruitment.merge(unit, into)
        noted = self._noted(told.last)
        return noted if told.discharges is None else [told.discharges, *noted]

    def _noted(self, units: Sequence[Unit]) -> list[Measured]:
        for unit in units:
            self._muscle.take_unit(unit)
            self._recruitment.doubt(unit.unit, bool(NO_UNIT & set(unit.flags)))
            self._changed = True
        return [*units]

    def _rested(self, trains: Sequence[RestTrain]) -> list[Measured]:
        if not trains:
            return []
        self._changed = True
        known = self._noted(self._following.rested(trains))
        return [*(replace(train, channel=self._channel) for train in trains), *known]

    def _report_now(self) -> list[Measured]:
        """Units and the muscle's summary, as far as they changed."""
        out = self._noted(self._following.changed())
        if self._changed:
            self._changed = False
            out.append(self._summary())
        return out

    def _summary(self) -> MuscleSummary:
        return self._muscle.summary(self._site, self._recruitment.now(), self._rest.grades())
